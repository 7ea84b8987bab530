"""What we owe Microsoft, as pages and commands read it: documents with their standing, runs, payments, settings.

Reads only. Amounts are signed as we owe them: an invoice positive, a note negative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from saldo.agreements.queries import load_rates
from saldo.agreements.rules.exchange import NO_RATES, Rates
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.core.problems import Refused
from saldo.ledger.booking import closed_before
from saldo.ledger.queries import OpenItem, list_open_items
from saldo.ledger.rules.accounts import MICROSOFT
from saldo.parties.calendars import calendar_of
from saldo.parties.queries import Company, list_companies
from saldo.payables import models
from saldo.payables.rules.approval import is_approved, people_needed
from saldo.payables.rules.due import LOUDEST_FIRST, Standing, last_safe_day, stand
from saldo.payables.rules.tie_out import TieOut, tie_out

PARTY = "microsoft"
"""Microsoft in the ledger, and the owner of the accounts it is paid on."""


class UnableToFind(Refused):
    """No such document or run in this company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a company pays Microsoft; ``two_people_above`` in the company's currency, 0: two people always."""

    two_people_above: Decimal = ZERO
    bank_lead_days: int = 1
    microsoft_country: str = "IE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalShown:
    """One person's yes that holds."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLineShown:
    """An amount on the document without a row in its files."""

    name: str
    net: Decimal
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableShown:
    """One document on a day. ``net`` and ``tax`` are None while nothing tells them apart.

    ``source`` is "lines" where no header came and nobody read the document: then its invoice date is assumed too.
    ``run`` is the number of the payment run that holds it, "" while none does, or when that one was paid.
    """

    document: str
    kind: str
    amends: str
    month: date | None
    invoiced_on: date
    due_on: date
    is_due_assumed: bool
    source: str
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal
    paid: Decimal
    open: Decimal
    standing: Standing
    last_safe_on: date
    approvals: tuple[ApprovalShown, ...]
    people_needed: int
    named_lines: tuple[NamedLineShown, ...]
    tie_out: TieOut
    run: str

    @property
    def level(self) -> str:
        """How loud it is."""
        return self.standing.level

    @property
    def days_left(self) -> int:
        """Days to the due day; negative when overdue."""
        return self.standing.days_left

    @property
    def is_approved(self) -> bool:
        """Whether enough different people said yes."""
        return is_approved(approvals=[one.by for one in self.approvals], needed=self.people_needed)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the documents, read once for all of them."""

    company: Company
    rates: Rates  # of the day, for limits; none where every document is in the company's currency
    settings: Settings
    owed: Mapping[tuple[str, str], Decimal]  # by document and currency
    approvals: Mapping[str, list[ApprovalShown]]
    named: Mapping[str, list[NamedLineShown]]
    runs: Mapping[str, str]
    notes: Mapping[str, list[Decimal]]


def item_key(*, document: str, version: int) -> str:
    """The key of a document's posting and item in the ledger; corrections are numbered."""
    return f"microsoft:{document}" if version == 1 else f"microsoft:{document}/{version}"


def first_open_day(*, company: CompanyId) -> date | None:
    """The first day on which the books take a posting, None when all days do."""
    return closed_before(company)


def get_own_company(*, company: CompanyId) -> Company:
    """The company by its id."""
    return next(one for one in list_companies() if one.id == company)


def get_settings(*, company: CompanyId) -> Settings:
    """The settings, or what holds until somebody sets them."""
    row = models.PayablesSettings.objects.filter(company_id=company).first()
    if row is None:
        return Settings()
    return Settings(
        two_people_above=row.two_people_above,
        bank_lead_days=row.bank_lead_days,
        microsoft_country=row.microsoft_country,
    )


def list_payables(*, company: CompanyId, today: date) -> tuple[PayableShown, ...]:
    """Every document invoiced by this day, loudest first, then by due day; settled ones among them."""
    rows = list(models.Payable.objects.filter(company_id=company, invoiced_on__lte=today))
    beside = _read_beside(company, today, {row.currency for row in rows})
    shown = [_show(row, beside, today) for row in rows if row.gross or row.version]
    return tuple(sorted(shown, key=lambda one: (LOUDEST_FIRST.index(one.standing.level), one.due_on, one.document)))


def get_payable(*, company: CompanyId, document: str, today: date) -> PayableShown:
    """One document by its number, whatever its case. Refuses (UnableToFind): payables.document.unknown."""
    row = models.Payable.objects.filter(company_id=company, document=document.strip().upper()).first()
    if row is None:
        raise UnableToFind(code="payables.document.unknown", facts={"document": document})
    return _show(row, _read_beside(company, today, {row.currency}), today)


def _read_beside(company: CompanyId, today: date, currencies: Collection[str]) -> _Beside:
    own = get_own_company(company=company)
    is_all_own = set(currencies) <= {own.currency}
    approvals: dict[str, list[ApprovalShown]] = defaultdict(list)
    for given in models.Approval.objects.filter(company_id=company, withdrawn_at=None).order_by("approved_at", "id"):
        approvals[given.document].append(ApprovalShown(by=given.approved_by, at=given.approved_at))
    named: dict[str, list[NamedLineShown]] = defaultdict(list)
    for line in models.NamedLine.objects.filter(company_id=company).order_by("id"):
        named[line.document].append(
            NamedLineShown(name=line.name, net=line.net, by=line.entered_by, at=line.entered_at)
        )
    paid = set(
        models.Payment.objects.filter(company_id=company, taken_back_on=None)
        .exclude(run=None)
        .values_list("document", "run__number")
    )
    lines = models.RunLine.objects.filter(company_id=company, run__state__in=("ordered", "handed-over")).order_by("id")
    in_runs = [pair for pair in lines.values_list("document", "run__number") if pair not in paid]
    notes: dict[str, list[Decimal]] = defaultdict(list)
    bare = models.Payable.objects.filter(company_id=company, kind="credit", rows=0).exclude(amends="")
    for amends, gross in bare.values_list("amends", "gross"):
        notes[amends].append(gross)
    items = list_open_items(company=company, account=MICROSOFT, as_of=today)
    return _Beside(
        company=own,
        rates=NO_RATES if is_all_own else load_rates(company, today, today),
        settings=get_settings(company=company),
        owed=_owed_by_document(items),
        approvals=approvals,
        named=named,
        runs=dict(in_runs),
        notes=notes,
    )


def _owed_by_document(items: Iterable[OpenItem]) -> Mapping[tuple[str, str], Decimal]:
    """What is open of each document, its corrections included; payments beyond it stay by themselves."""
    owed: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for item in items:
        if item.kind != "payment":
            owed[item.document, item.currency] -= item.open
    return owed


_AS_THEY_ARE = (
    *("document", "kind", "amends", "month", "invoiced_on", "due_on", "is_due_assumed", "source", "currency"),
    *("net", "tax", "gross"),
)


def _show(row: models.Payable, beside: _Beside, today: date) -> PayableShown:
    still_open = beside.owed.get((row.document, row.currency), ZERO)
    approvals = tuple(beside.approvals.get(row.document, ()))
    settings, company = beside.settings, beside.company
    needed = people_needed(
        gross=row.gross,
        currency=row.currency,
        limit=settings.two_people_above,
        limit_currency=company.currency,
        rates=beside.rates,
        on=today,
    )
    last_safe_on = last_safe_day(
        due_on=row.due_on,
        bank_lead_days=settings.bank_lead_days,
        our_bank=calendar_of(company.country),
        microsoft=calendar_of(settings.microsoft_country),
    )
    return PayableShown(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        paid=row.gross - still_open,
        open=still_open,
        standing=stand(
            due_on=row.due_on,
            last_safe_on=last_safe_on,
            today=today,
            is_settled=not still_open or (still_open < 0 <= row.gross),
            is_credit=row.gross < 0,
            is_approved=is_approved(approvals=[one.by for one in approvals], needed=needed),
        ),
        last_safe_on=last_safe_on,
        approvals=approvals,
        people_needed=needed,
        named_lines=tuple(beside.named.get(row.document, ())),
        tie_out=_tie_out(row, beside),
        run=beside.runs.get(row.document, ""),
    )


def _tie_out(row: models.Payable, beside: _Beside) -> TieOut:
    return tie_out(
        currency=row.currency,
        total=row.gross,
        credit_notes=beside.notes.get(row.document, ()),
        rows=row.rows,
        lines_net=row.rows_net,
        lines_tax=row.rows_tax,
        named=[line.net for line in beside.named.get(row.document, ())],
        printed_tax=row.printed_tax,
        has_document=row.source != "lines",
    )
