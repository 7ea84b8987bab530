"""A bank takes a part of a receipt back: free money goes first, then what matches settled is opened again.

Every match keeps its posting; the part that went back is mirrored, and settled with the credit it comes out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.ledger.actions import allocate, post, undo_allocation
from saldo.ledger.queries import find_items, items_of_posting
from saldo.ledger.rules.accounts import RECEIVABLE, UNALLOCATED
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.ledger.settling import find_allocations, lock_sides
from saldo.receipts import models
from saldo.receipts.actions.matching import lock_entries, lock_matching, undone_on
from saldo.receipts.match_queries import sum_returned, sum_used
from saldo.receipts.rules.settlement import UnableToMatch

PART_RETURNED = "receipts.entry.part-returned"


@dataclass(slots=True, kw_only=True)
class _Part:
    """What of one match goes back: out of which credits, and which debts are open again."""

    match: models.Match
    on: date
    credits: dict[str, Decimal] = field(default_factory=dict)
    reopened: dict[str, Decimal] = field(default_factory=dict)

    @property
    def value(self) -> Decimal:
        """How much of the match goes back."""
        return sum(self.credits.values(), ZERO)


def return_part(
    *, company: CompanyId, entry: str, receipt: str, by: str, at: datetime, first: Sequence[str] = ()
) -> None:
    """The bank took a part of a receipt back with this entry; the receipt keeps the rest.

    Money that settles nothing goes first, then the newest match and in it the newest allocation; the debts named in
    ``first`` before all. Refuses (UnableToMatch): receipts.match.unknown-entry, receipts.return.not-a-return,
    .not-returnable, .not-a-part (other account or currency, or as much as is left), .exchanged,
    receipts.match.credit-used.
    """
    lock_matching(company=company)
    rows = lock_entries(company=company, keys=[entry, receipt])
    back, paid = rows[entry], rows[receipt]
    left = _check(company, back, paid)
    free = paid.value - sum_used(company=company, entries=[receipt]).get(receipt, ZERO)
    matches = models.Match.objects.filter(company_id=company, entry=paid, undone_at__isnull=True).order_by("-id")
    wanted = -back.value
    from_free = ZERO if first else min(free, wanted)
    parts = _parts(list(matches), wanted - from_free, first, by, at)
    from_free = wanted - sum((part.value for part in parts), ZERO)
    if from_free > free:
        raise UnableToMatch(code="receipts.match.credit-used", facts={"match": receipt, "item": receipt})
    told = [_book(company, part, number, entry, by, at) for number, part in enumerate(parts, start=1)]
    models.PartReturn.objects.create(
        company_id=company, receipt=paid, entry=back, value=wanted, free=from_free, parts=told, made_at=at, made_by=by
    )
    _set_states(back, paid, left - wanted, free - from_free)
    facts = {"entry": entry, "receipt": receipt, "value": f"{wanted}", "parts": told}
    record(company=company, code="receipts.part-returned", actor=by, subject=f"entry:{receipt}", at=at, facts=facts)


def _check(company: CompanyId, back: models.BankEntry, paid: models.BankEntry) -> Decimal:
    """What of the receipt is left to be taken back."""
    facts = {"entry": back.key, "receipt": paid.key}
    if back.value >= 0 or back.state != "open":
        raise UnableToMatch(code="receipts.return.not-a-return", facts=facts)
    if paid.value <= 0 or paid.state not in ("open", "matched", "pending"):
        raise UnableToMatch(code="receipts.return.not-returnable", facts=facts | {"state": paid.state})
    returned = sum_returned(company=company, entries=[paid.key]).get(paid.key, ZERO)
    left = paid.value - returned
    is_whole = not returned and left == -back.value
    if (back.account, back.currency) != (paid.account, paid.currency) or left < -back.value or is_whole:
        raise UnableToMatch(code="receipts.return.not-a-part", facts=facts | {"left": f"{left}"})
    return left


def _parts(
    matches: Sequence[models.Match], wanted: Decimal, first: Sequence[str], by: str, at: datetime
) -> list[_Part]:
    """Undo what settled the debts until enough is free; matches with debts named first come first."""
    chosen = set(first)
    order = sorted(matches, key=lambda row: not chosen & {share["item"] for share in row.shares})
    parts = []
    for row in order:
        if wanted > 0:
            part = _free(row, wanted, first, by, at)
            wanted -= part.value
            parts.append(part)
    return [part for part in parts if part.value]


def _free(row: models.Match, wanted: Decimal, first: Sequence[str], by: str, at: datetime) -> _Part:
    """Make up to ``wanted`` of a match's own money free, and say out of which credits."""
    company = CompanyId(row.company_id)
    made = [item for item in items_of_posting(company=company, posting=row.key) if item.kind == "receipt"]
    if any(item.currency != row.entry.currency for item in made):
        raise UnableToMatch(code="receipts.return.exchanged", facts={"match": row.key})
    opens = find_items(company=company, keys=[item.key for item in made])
    keys = [f"{row.key}:{number}" for number in range(1, row.allocations + 1)]
    known, undone = find_allocations(company, keys)
    live = [known[key][0] for key in keys if key in known and key not in undone]
    part = _Part(match=row, on=_day(row, made, live, at.date()))
    for item in made:
        _take(part, item.key, min(-opens[item.key].open, wanted - part.value))
    rank = {item: place for place, item in enumerate(first)}
    own = [one for one in reversed(live) if one.credit in opens]
    for one in sorted(own, key=lambda each: rank.get(each.debit, len(rank))):
        if part.value < wanted:
            _open_again(part, one, min(one.value, wanted - part.value), by, at)
    return part


def _take(part: _Part, credit: str, value: Decimal) -> None:
    if value > 0:
        part.credits[credit] = part.credits.get(credit, ZERO) + value


def _open_again(part: _Part, one: NewAllocation, value: Decimal, by: str, at: datetime) -> None:
    """Undo an allocation; what of it stays settled is settled again under the match's next number."""
    company = CompanyId(part.match.company_id)
    undo_allocation(company=company, key=one.key, new_key=f"{one.key}:undone", on=part.on, by=by, at=at)
    _take(part, one.credit, value)
    part.reopened[one.debit] = part.reopened.get(one.debit, ZERO) + value
    if one.value > value:
        part.match.allocations += 1
        key = f"{part.match.key}:{part.match.allocations}"
        rest = NewAllocation(key=key, on=part.on, debit=one.debit, credit=one.credit, value=one.value - value)
        allocate(company=company, allocations=[rest], by=by, at=at)
        part.match.save(update_fields=["allocations"])


def _book(company: CompanyId, part: _Part, number: int, entry: str, by: str, at: datetime) -> dict[str, object]:
    """Mirror the part of the match's posting; the debt it opens is settled with the credit at once."""
    key = f"{entry}:part{number}"
    parties = find_items(company=company, keys=part.credits)
    currency = part.match.currency
    items = [
        NewItem(
            key=f"{key}:{place}",
            account=RECEIVABLE,
            party=parties[credit].party,
            kind="receipt-reversal",
            document=part.match.entry.key,
            issued_on=part.on,
            due_on=part.on,
            currency=currency,
            original=value,
        )
        for place, (credit, value) in enumerate(part.credits.items(), start=1)
    ]
    legs = [Entry(account=RECEIVABLE, party=item.party, currency=currency, value=item.original) for item in items]
    legs.append(Entry(account=UNALLOCATED, currency=currency, value=-part.value))
    posting = Posting(
        key=key, on=part.on, code="receipts.part-returned", document=part.match.entry.key, entries=tuple(legs)
    )
    post(company=company, postings=[(posting, items)], by=by, at=at)
    settled = [
        NewAllocation(key=f"{item.key}/settles", on=part.on, debit=item.key, credit=credit, value=item.original)
        for item, credit in zip(items, part.credits, strict=True)
    ]
    allocate(company=company, allocations=settled, by=by, at=at)
    reopened = [{"item": item, "value": f"{value}"} for item, value in part.reopened.items()]
    return {"match": part.match.key, "value": f"{part.value}", "reopened": reopened}


def _day(row: models.Match, made: Sequence[NewItem], live: Sequence[NewAllocation], today: date) -> date:
    """Today, or later where what is undone, or what it is settled with, is dated later."""
    company = CompanyId(row.company_id)
    sides = lock_sides(company, [*(item.key for item in made), *(one.debit for one in live)])
    days = [side.free_from for side in sides.values()] + [one.on for one in live]
    return max(undone_on(company=company, row=row, today=today), *days)


def _set_states(back: models.BankEntry, paid: models.BankEntry, left: Decimal, free: Decimal) -> None:
    back.state, back.because = "returned", PART_RETURNED
    back.save(update_fields=["state", "because"])
    if not left:
        paid.state, paid.because = "returned", PART_RETURNED
    elif paid.state != "pending":
        paid.state = "open" if free else "matched"
    paid.save(update_fields=["state", "because"])
