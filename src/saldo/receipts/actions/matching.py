"""Matching entries with what they settle, and taking that back. Every function belongs to the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.ledger.actions import allocate, post, reverse, undo_allocation
from saldo.ledger.booking import closed_before
from saldo.ledger.queries import find_items, items_of_posting
from saldo.ledger.settling import find_allocations, lock_sides
from saldo.receipts import models
from saldo.receipts.actions.learning import learn, unlearn
from saldo.receipts.match_queries import shares_of, sum_used
from saldo.receipts.rules.proposals import Because, Difference, Proposal, Share
from saldo.receipts.rules.settlement import Held, Settlement, UnableToMatch, UsedMoney, paid_by, settle

MATCHABLE = ("payment", "card-settlement", "transfer")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMatch:
    """What an entry shall settle, and why."""

    entry: str
    shares: tuple[Share, ...]
    differences: tuple[Difference, ...] = ()
    because: tuple[Because, ...] = ()

    @classmethod
    def of(cls, entry: str, proposal: Proposal) -> NewMatch:
        """A proposal, taken as it is."""
        return cls(entry=entry, shares=proposal.shares, differences=proposal.differences, because=proposal.because)


def match(
    *,
    company: CompanyId,
    entry: str,
    shares: Sequence[Share],
    differences: Sequence[Difference] = (),
    because: Sequence[Because] = (),
    by: str,
    at: datetime,
) -> str:
    """A person says what an entry settles; returns the match's key. The payer is remembered.

    Money that is not used stays unallocated and the entry open. Refuses (UnableToMatch): receipts.match.unknown-entry,
    .not-open, .more-than-money, and what `settle` refuses.
    """
    lock_matching(company=company)
    new = NewMatch(entry=entry, shares=tuple(shares), differences=tuple(differences), because=tuple(because))
    (made,) = _book(company, [new], is_automatic=False, by=by, at=at)
    row = models.BankEntry.objects.get(company_id=company, key=entry)
    learn(company=company, entry=row, debtor=made.debtor, on=at.date())
    facts = {"entry": entry, "debtor": made.debtor, "items": [share.item for share in shares]}
    record(company=company, code="receipts.matched", actor=by, subject=f"match:{made.key}", at=at, facts=facts)
    return made.key


def match_certain(*, company: CompanyId, matches: Sequence[NewMatch], by: str, at: datetime) -> int:
    """Book what is certain, a whole batch at once; the caller holds `lock_matching`. Returns how many."""
    if not matches:
        return 0
    made = _book(company, matches, is_automatic=True, by=by, at=at)
    facts = {"count": len(made), "entries": [match.entry for match in matches]}
    record(
        company=company, code="receipts.matched-certain", actor=by, subject=f"match:{made[0].key}", at=at, facts=facts
    )
    return len(made)


def undo_match(*, company: CompanyId, match: str, by: str, at: datetime, because: str = "") -> None:
    """Take a match back: what it settled is open again, its posting is mirrored, the entry waits again.

    An entry once undone is never matched by itself again. Refuses (UnableToMatch): receipts.match.unknown,
    .undone-already, .part-returned (the bank took some of it back), .credit-used (what rested on account has settled
    something else since).
    """
    lock_matching(company=company)
    row = models.Match.objects.select_for_update().filter(company_id=company, key=match).first()
    if row is None:
        raise UnableToMatch(code="receipts.match.unknown", facts={"match": match})
    if row.undone_at is not None:
        raise UnableToMatch(code="receipts.match.undone-already", facts={"match": match})
    if models.PartReturn.objects.filter(company_id=company, parts__contains=[{"match": match}]).exists():
        raise UnableToMatch(code="receipts.match.part-returned", facts={"match": match})
    on = undone_on(company=company, row=row, today=at.date())
    keys = [f"{match}:{number}" for number in range(row.allocations, 0, -1)]
    _, undone = find_allocations(company, keys)
    for key in (key for key in keys if key not in undone):
        undo_allocation(company=company, key=key, new_key=f"{key}:undone", on=on, by=by, at=at)
    _refuse_used(company, match)
    reverse(company=company, key=match, new_key=f"{match}:undone", on=on, by=by, at=at, code="receipts.match-undone")
    row.undone_at, row.undone_by = at, by
    row.save(update_fields=["undone_at", "undone_by"])
    _set_state(company, [row.entry.key], "open")
    if not row.is_automatic:
        unlearn(company=company, entry=row.entry, debtor=row.debtor)
    facts = {"entry": row.entry.key, "because": because}
    record(company=company, code="receipts.match-undone", actor=by, subject=f"match:{match}", at=at, facts=facts)


def set_aside(*, company: CompanyId, entry: str, reason: str, by: str, at: datetime) -> None:
    """Say that an entry is not a customer's money; it stays unallocated in the books, with the reason.

    Refuses (UnableToMatch): receipts.match.unknown-entry, .not-open, .reason-missing.
    """
    if not reason.strip():
        raise UnableToMatch(code="receipts.match.reason-missing", facts={"entry": entry})
    (row,) = lock_entries(company=company, keys=[entry]).values()
    if row.state != "open":
        raise UnableToMatch(code="receipts.match.not-open", facts={"entry": entry, "state": row.state})
    row.state, row.because = "set-aside", reason
    row.save(update_fields=["state", "because"])
    record(company=company, code="receipts.set-aside", actor=by, subject=f"entry:{entry}", at=at)


def lock_matching(*, company: CompanyId) -> None:
    """One who matches at a time in a company, until the transaction ends: two would settle the same debt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('receipts.match'), %s)", [company])


def lock_entries(*, company: CompanyId, keys: Iterable[str]) -> dict[str, models.BankEntry]:
    """These entries, nobody else's until the transaction ends. Refuses: receipts.match.unknown-entry."""
    asked = list(dict.fromkeys(keys))
    rows = models.BankEntry.objects.select_for_update().filter(company_id=company, key__in=asked).order_by("id")
    found = {row.key: row for row in rows}
    for key in asked:
        if key not in found:
            raise UnableToMatch(code="receipts.match.unknown-entry", facts={"entry": key})
    return {key: found[key] for key in asked}


def hold_items(*, company: CompanyId, keys: Iterable[str]) -> dict[str, Held]:
    """Items as they stand now, locked until the transaction ends; unknown ones are missing."""
    sides = lock_sides(company, keys)
    return {key: Held(side.party, side.currency, side.open, side.free_from) for key, side in sides.items()}


def _book(
    company: CompanyId, matches: Sequence[NewMatch], *, is_automatic: bool, by: str, at: datetime
) -> list[models.Match]:
    keys = [match.entry for match in matches]
    entries = lock_entries(company=company, keys=keys)
    held = hold_items(company=company, keys=(share.item for match in matches for share in match.shares))
    used = sum_used(company=company, entries=keys)
    counts = _count_matches(company, keys)
    closed = closed_before(company)
    laid: list[tuple[NewMatch, UsedMoney, Settlement]] = []
    for new in matches:
        left = _left(entries[new.entry], used.get(new.entry, ZERO))
        money = _money(entries[new.entry], new, left, counts.get(new.entry, 0) + 1, held, closed)
        settlement = settle(money=money, shares=new.shares, differences=new.differences, held=held)
        _take_off(held, new.shares)
        used[new.entry] = used.get(new.entry, ZERO) + money.used
        laid.append((new, money, settlement))
    post(company=company, postings=[(one.posting, one.items) for _, _, one in laid], by=by, at=at)
    allocate(company=company, allocations=[a for _, _, one in laid for a in one.allocations], by=by, at=at)
    _set_state(company, [key for key in keys if used[key] == entries[key].value], "matched")
    rows = [_row(company, entries, held, one, is_automatic=is_automatic, by=by, at=at) for one in laid]
    return models.Match.objects.bulk_create(rows, batch_size=1000)


def _left(entry: models.BankEntry, used: Decimal) -> Decimal:
    facts = {"entry": entry.key, "state": entry.state, "kind": entry.kind}
    if entry.state != "open" or entry.kind not in MATCHABLE or entry.value <= 0:
        raise UnableToMatch(code="receipts.match.not-open", facts=facts)
    return entry.value - used


def _money(
    entry: models.BankEntry,
    new: NewMatch,
    left: Decimal,
    number: int,
    held: Mapping[str, Held],
    closed: date | None,
) -> UsedMoney:
    currencies = {held[share.item].currency for share in new.shares if share.item in held}
    is_exchanged = bool(currencies - {entry.currency})
    used = left if is_exchanged else paid_by(shares=new.shares, differences=new.differences)
    if used > left:
        facts = {"entry": entry.key, "left": f"{left}", "used": f"{used}"}
        raise UnableToMatch(code="receipts.match.more-than-money", facts=facts)
    on = max(entry.settles_on or entry.booked_on, closed or entry.booked_on)
    return UsedMoney(entry=entry.key, number=number, on=on, currency=entry.currency, used=used)


def _take_off(held: dict[str, Held], shares: Iterable[Share]) -> None:
    """What the next match of the batch finds open."""
    for share in shares:
        item = held[share.item]
        held[share.item] = item._replace(open=item.open - share.value)


def _count_matches(company: CompanyId, entries: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    rows = models.Match.objects.filter(company_id=company, entry__key__in=set(entries))
    for key in rows.values_list("entry__key", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def _row(
    company: CompanyId,
    entries: Mapping[str, models.BankEntry],
    held: Mapping[str, Held],
    laid: tuple[NewMatch, UsedMoney, Settlement],
    **made: Any,
) -> models.Match:
    new, money, settlement = laid
    return models.Match(
        company_id=company,
        key=money.key,
        entry=entries[new.entry],
        debtor=held[new.shares[0].item].debtor if new.shares else new.differences[0].debtor,
        used=money.used,
        currency=settlement.items[0].currency if settlement.items else money.currency,
        shares=[{"item": share.item, "value": f"{share.value}"} for share in new.shares],
        differences=[{"kind": d.kind, "value": f"{d.value}", "debtor": d.debtor} for d in new.differences],
        because=[{"code": one.code, "facts": dict(one.facts)} for one in new.because],
        allocations=len(settlement.allocations),
        is_automatic=made["is_automatic"],
        made_at=made["at"],
        made_by=made["by"],
    )


def _set_state(company: CompanyId, keys: Sequence[str], state: str) -> None:
    models.BankEntry.objects.filter(company_id=company, key__in=keys).update(state=state, because="")


def undone_on(*, company: CompanyId, row: models.Match, today: date) -> date:
    """The day of the undoing: today, or later where what it undoes is dated later."""
    entry = row.entry.settles_on or row.entry.booked_on
    items = hold_items(company=company, keys=[share.item for share in shares_of(row)])
    return max(today, entry, closed_before(company) or entry, *(item.free_from for item in items.values()))


def _refuse_used(company: CompanyId, match: str) -> None:

    made = items_of_posting(company=company, posting=match)
    now = find_items(company=company, keys=[item.key for item in made])
    for item in made:
        if now[item.key].open != item.original:
            raise UnableToMatch(code="receipts.match.credit-used", facts={"match": match, "item": item.key})
