"""Reading for matching: the book of open items, what waits, what was matched, and who a payer turned out to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from saldo.agreements.queries import list_tax_profiles
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.invoicing.nets import list_nets
from saldo.ledger.queries import OpenItem, list_open_among, list_open_items
from saldo.ledger.rules.accounts import RECEIVABLE
from saldo.ledger.settled import list_settled_items
from saldo.parties.debtors import map_tenants
from saldo.parties.payers import list_named_debtors
from saldo.parties.queries import name_customers
from saldo.receipts import models
from saldo.receipts.queries import BankEntry
from saldo.receipts.rules.book import Allowance, Book, KnownDebtor, Learned
from saldo.receipts.rules.proposals import Because, Claim, Difference, MoneyIn, Proposal, Share

_REMEMBERED = timedelta(days=180)  # a paper settled longer ago is not said to be paid already, only unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match as it was made; ``value`` is what of the entry's money it uses."""

    key: str
    entry: str
    debtor: str
    used: Decimal
    currency: str
    shares: tuple[Share, ...]
    differences: tuple[Difference, ...]
    because: tuple[Because, ...]
    is_automatic: bool
    made_at: datetime
    made_by: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReturn:
    """A part of a receipt that went back on a day: ``free`` of it had settled nothing, ``reopened`` is open again."""

    receipt: str
    entry: str
    on: date
    value: Decimal
    free: Decimal
    reopened: tuple[Share, ...]
    made_at: datetime
    made_by: str


def load_book(*, company: CompanyId, today: date) -> Book:
    """Everything that an entry may settle or be known by, indexed."""
    debtors = _known_debtors(company, today)
    items = [
        *list_open_items(company=company, account=RECEIVABLE),
        *list_settled_items(company=company, account=RECEIVABLE, since=today - _REMEMBERED),
    ]
    withholding = {debtor.number for debtor in debtors if debtor.withholding}
    nets = list_nets(company=company, debtors=withholding) if withholding else {}
    return Book(
        claims=(_claim(item, nets) for item in items if item.kind != "receipt"),
        debtors=debtors,
        learned=_learned(company),
        allowance=Allowance(limits=fee_allowances(company=company)),
    )


def fee_allowances(*, company: CompanyId) -> dict[str, Decimal]:
    """By currency, how much a payment with a sure reference may be short."""
    return dict(models.FeeAllowance.objects.filter(company_id=company).values_list("currency", "value"))


def as_money_in(entry: BankEntry | models.BankEntry, *, left: Decimal | None = None) -> MoneyIn:
    """An entry as matching sees it; ``left`` is what earlier matches left of it."""
    return MoneyIn(
        key=entry.key,
        on=entry.booked_on,
        currency=entry.currency,
        value=entry.value if left is None else left,
        fee=entry.fee,
        original_currency=entry.original_currency,
        original_value=entry.original_value,
        payer=entry.payer,
        payer_account=entry.payer_account,
        references=tuple(entry.references),
        text=entry.text,
    )


def list_matches(
    *, company: CompanyId, entries: Iterable[str] | None = None, debtor: str | None = None, limit: int | None = None
) -> tuple[Match, ...]:
    """Matches, undone ones too, the newest first; of these entries or this debtor where named."""
    rows = models.Match.objects.filter(company_id=company).select_related("entry").order_by("-id")
    if entries is not None:
        rows = rows.filter(entry__key__in=set(entries))
    if debtor is not None:
        rows = rows.filter(debtor=debtor)
    return tuple(_match(row) for row in rows[:limit])


def sum_used(*, company: CompanyId, entries: Iterable[str]) -> dict[str, Decimal]:
    """By entry, what of its money is not free: matched, or taken back by the bank before anything matched it."""
    keys = set(entries)
    matched = models.Match.objects.filter(company_id=company, entry__key__in=keys, undone_at__isnull=True)
    gone = models.PartReturn.objects.filter(company_id=company, receipt__key__in=keys)
    return _sum([*matched.values_list("entry__key", "used"), *gone.values_list("receipt__key", "free")])


def sum_returned(*, company: CompanyId, entries: Iterable[str]) -> dict[str, Decimal]:
    """By receipt, what the bank took back of it in parts."""
    rows = models.PartReturn.objects.filter(company_id=company, receipt__key__in=set(entries))
    return _sum(rows.values_list("receipt__key", "value"))


def list_part_returns(*, company: CompanyId, entry: str) -> tuple[PartReturn, ...]:
    """The parts that were taken back of a receipt, or with a returning entry, oldest first."""
    about = Q(receipt__key=entry) | Q(entry__key=entry)
    rows = models.PartReturn.objects.filter(about, company_id=company).select_related("receipt", "entry").order_by("id")
    return tuple(
        PartReturn(
            receipt=row.receipt.key,
            entry=row.entry.key,
            on=row.entry.booked_on,
            value=row.value,
            free=row.free,
            reopened=tuple(share for part in row.parts for share in _shares(part["reopened"])),
            made_at=row.made_at,
            made_by=row.made_by,
        )
        for row in rows
    )


def _sum(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for key, value in pairs:
        found[key] = found.get(key, ZERO) + value
    return found


def _known_debtors(company: CompanyId, today: date) -> list[KnownDebtor]:
    tenants = map_tenants(company=company)
    names = name_customers(company=company, keys=tenants) if tenants else {}
    aliases: dict[str, set[str]] = {}
    for tenant, debtor in tenants.items():
        aliases.setdefault(debtor, set()).add(names.get(tenant, ""))
    withheld = _withholding(company, today)
    return [
        KnownDebtor(
            number=debtor.number,
            name=debtor.name,
            aliases=tuple(sorted(aliases.get(debtor.number, set()) - {"", debtor.name})),
            parent=debtor.parent,
            withholding=withheld.get(debtor.number, ZERO),
        )
        for debtor in list_named_debtors(company=company)
    ]


def _withholding(company: CompanyId, today: date) -> Mapping[str, Decimal]:
    profiles = list_tax_profiles(company=company)  # of each debtor the oldest first
    return {profile.debtor: profile.withholding for profile in profiles if profile.starts_on <= today}


def _claim(item: OpenItem, nets: Mapping[str, Decimal]) -> Claim:
    return Claim(
        item.key,
        item.party,
        item.kind,
        item.document,
        item.reference,
        item.issued_on,
        item.due_on,
        item.currency,
        item.open,
        nets.get(item.document),
    )


def _learned(company: CompanyId) -> list[Learned]:
    rows = models.LearnedPayer.objects.filter(company_id=company).values_list("kind", "said", "debtor")
    return [Learned(*row) for row in rows]


def _match(row: models.Match) -> Match:
    same = ("key", "debtor", "used", "currency", "is_automatic", "made_at", "made_by", "undone_at", "undone_by")
    values: dict[str, Any] = {name: getattr(row, name) for name in same}
    return Match(
        entry=row.entry.key,
        shares=tuple(shares_of(row)),
        differences=tuple(_differences(row.differences)),
        because=tuple(Because(one["code"], one["facts"]) for one in row.because),
        **values,
    )


def list_proposals_of(*, company: CompanyId, entries: Iterable[str]) -> dict[str, tuple[Proposal, ...]]:
    """By entry, what it may settle, the surest first; what names an item that has less open by now is left out."""
    rows = models.Proposed.objects.filter(company_id=company, entry__key__in=set(entries), entry__state="open")
    kept = {
        key: [_proposal(one) for one in proposals] for key, proposals in rows.values_list("entry__key", "proposals")
    }
    items = {share.item for proposals in kept.values() for one in proposals for share in one.shares}
    now = list_open_among(company=company, keys=items)
    return {key: tuple(one for one in proposals if _still_holds(one, now)) for key, proposals in kept.items()}


def _still_holds(proposal: Proposal, now: Mapping[str, Decimal]) -> bool:
    return all(abs(share.value) <= abs(now.get(share.item, ZERO)) for share in proposal.shares)


def _proposal(kept: Mapping[str, Any]) -> Proposal:
    return Proposal(
        sureness=kept["sureness"],
        currency=kept["currency"],
        paid=Decimal(kept["paid"]),
        shares=tuple(_shares(kept["shares"])),
        differences=tuple(_differences(kept["differences"])),
        because=tuple(Because(one["code"], one["facts"]) for one in kept["because"]),
    )


def shares_of(row: models.Match) -> list[Share]:
    """The shares of a match as they are kept."""
    return _shares(row.shares)


def _shares(kept: Iterable[Mapping[str, str]]) -> list[Share]:
    return [Share(item=one["item"], value=Decimal(one["value"])) for one in kept]


def _differences(kept: Iterable[Mapping[str, str]]) -> list[Difference]:
    return [Difference(kind=one["kind"], value=Decimal(one["value"]), debtor=one["debtor"]) for one in kept]
