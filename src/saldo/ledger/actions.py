"""Writing of the books: post, reverse, allocate, undo, close. Nothing here commits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, amount_text
from saldo.core.problems import Refused
from saldo.ledger import models
from saldo.ledger.booking import Batch, Pair, Standing, closed_before, known_items, look_up, write_postings
from saldo.ledger.queries import find_posting, items_of_posting, list_open_among
from saldo.ledger.rules.allocation import NewAllocation, UnableToAllocate, draw, put_back
from saldo.ledger.rules.posting import (
    NewItem,
    PostedCount,
    Posting,
    UnableToPost,
    check_posting,
    digest_of,
    mirror,
    opposite_items,
)
from saldo.ledger.settling import find_allocations, lock_reversal, lock_sides, write_allocations


class UnableToClose(Refused):
    """The books cannot be closed as asked."""


def post(
    *, company: CompanyId, postings: Sequence[tuple[Posting, Sequence[NewItem]]], by: str, at: datetime
) -> PostedCount:
    """Enter postings and the items they open, thousands at once; one that stands there already is skipped.

    Refuses (UnableToPost): what `check_posting` refuses, ledger.posting.other-content (the key stands there with
    other legs or items), .period-closed, .item-exists. Called by the flow that writes the document, in its
    transaction.
    """
    digests = _digests(postings)
    batch = list(_once(postings))
    _refuse_item_twice(batch)
    while batch and not write_postings(
        company=company, batch=batch, digests=digests, by=by, at=at, facts=_facts_of(batch)
    ):
        batch = _not_standing(company, batch, digests)
    return PostedCount(posted=len(batch), skipped=len(postings) - len(batch))


def reverse(
    *,
    company: CompanyId,
    key: str,
    new_key: str,
    on: date,
    by: str,
    at: datetime,
    code: str = "ledger.reversed",
    document: str = "",
) -> PostedCount:
    """Take a posting back by its mirror; its items get opposite ones, which settle what is still open of them.

    ``document`` is the paper that takes back, else the posting's own. The same asked twice is one reversal.
    Refuses (UnableToPost): ledger.posting.unknown, .reversed-already (under another key), .period-closed.
    """
    original = find_posting(company=company, key=key)
    if original is None:
        raise UnableToPost(code="ledger.posting.unknown", facts={"posting": key})
    items = items_of_posting(company=company, posting=key)
    lock_reversal(company, key)
    _refuse_second_reversal(company, key, new_key)
    opposite = opposite_items(original, items, key=new_key, on=on)
    back = mirror(original, key=new_key, on=on, code=code, document=document or original.document)
    done = post(company=company, postings=[(back, opposite)], by=by, at=at)
    if done.posted:
        _settle_with_opposite(company, items, opposite, on=on, by=by, at=at)
    return done


def allocate(*, company: CompanyId, allocations: Sequence[NewAllocation], by: str, at: datetime) -> int:
    """Settle debts with credits, in the order given; returns how many were new.

    Refuses (UnableToAllocate) all of them when one does not hold: what `draw` refuses, and
    ledger.allocation.other-content when a key stands there with other content.
    """
    known, _ = find_allocations(company, [allocation.key for allocation in allocations])
    fresh: dict[str, NewAllocation] = {}
    for allocation in allocations:
        before = known[allocation.key][0] if allocation.key in known else fresh.get(allocation.key)
        if before is None:
            fresh[allocation.key] = allocation
        elif before != allocation:
            raise UnableToAllocate(code="ledger.allocation.other-content", facts={"allocation": allocation.key})
    if not fresh:
        return 0
    sides = lock_sides(company, (key for one in fresh.values() for key in (one.debit, one.credit)))
    if find_allocations(company, list(fresh))[0]:  # somebody wrote one of them while we waited for its items
        return allocate(company=company, allocations=allocations, by=by, at=at)
    drawn = [(allocation, draw(allocation, sides)) for allocation in fresh.values()]
    write_allocations(company=company, allocations=drawn, sides=sides.values(), by=by, at=at)
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for allocation, currency in drawn:
        sums[currency] += allocation.value
    record(
        company=company,
        code="ledger.allocated",
        actor=by,
        subject=f"ledger:{next(iter(fresh))}",
        at=at,
        facts={"count": len(drawn), "sums": {c: amount_text(value, c) for c, value in sums.items()}},
    )
    return len(drawn)


def undo_allocation(*, company: CompanyId, key: str, new_key: str, on: date, by: str, at: datetime) -> None:
    """Take an allocation back by its mirror, so that both items are open again; the same asked twice is one undoing.

    Refuses (UnableToAllocate): ledger.allocation.unknown, .undone-already, .is-an-undoing, .too-early.
    """
    found, undone = find_allocations(company, [key, new_key])
    if key not in found:
        raise UnableToAllocate(code="ledger.allocation.unknown", facts={"allocation": key})
    if undone.get(key) == new_key:
        return
    allocation, mirrors = found[key]
    if key in undone or new_key in found:
        raise UnableToAllocate(code="ledger.allocation.undone-already", facts={"allocation": key})
    if mirrors:
        raise UnableToAllocate(code="ledger.allocation.is-an-undoing", facts={"allocation": key})
    sides = lock_sides(company, (allocation.debit, allocation.credit))
    if find_allocations(company, [key, new_key])[1].get(key):  # somebody undid it while we waited for its items
        undo_allocation(company=company, key=key, new_key=new_key, on=on, by=by, at=at)
        return
    back = put_back(allocation, sides, key=new_key, on=on)
    currency = sides[allocation.debit].currency
    write_allocations(
        company=company, allocations=[(back, currency)], sides=sides.values(), by=by, at=at, reversal_of=key
    )
    facts = {"undoes": key, "debit": allocation.debit, "credit": allocation.credit}
    record(company=company, code="ledger.allocation-undone", actor=by, subject=f"ledger:{new_key}", at=at, facts=facts)


def close_period(*, company: CompanyId, ends_before: date, by: str, at: datetime, reason: str = "") -> None:
    """Close the books for every day before one; a day further back opens them again, which takes a reason.

    Refuses (UnableToClose): ledger.period.reason-missing.
    """
    before = closed_before(company)
    if before is not None and ends_before < before and not reason.strip():
        raise UnableToClose(code="ledger.period.reason-missing", facts={"closed_before": before.isoformat()})
    models.ClosedPeriod.objects.create(
        company_id=company, ends_before=ends_before, closed_at=at, closed_by=by, reason=reason
    )
    facts = {"before": before.isoformat() if before else None, "after": ends_before.isoformat()}
    record(company=company, code="ledger.period-closed", actor=by, subject="ledger:period", at=at, facts=facts)


def _digests(postings: Batch) -> dict[str, str]:
    """Digest by key; the same key twice with other content is refused here, an unsound posting too."""
    made: dict[str, str] = {}
    for posting, items in postings:
        check_posting(posting, items)
        digest = digest_of(posting)
        if made.setdefault(posting.key, digest) != digest:
            raise UnableToPost(code="ledger.posting.other-content", facts={"posting": posting.key})
    return made


def _once(postings: Batch) -> Iterable[Pair]:
    return {posting.key: (posting, items) for posting, items in reversed(postings)}.values().__reversed__()


def _refuse_item_twice(postings: Batch) -> None:
    keys = Counter(item.key for _, items in postings for item in items)
    twice = next((key for key, count in keys.items() if count > 1), None)
    if twice:
        raise UnableToPost(code="ledger.posting.item-exists", facts={"item": twice})


def _not_standing(company: CompanyId, postings: Batch, digests: Mapping[str, str]) -> list[Pair]:
    """Of postings that were not written those that are still to be; refused when it is not their standing there."""
    standing = look_up(company, postings)
    again = [(posting, items) for posting, items in postings if posting.key in standing.digests]
    known = known_items(company, (item.key for _, items in again for item in items))
    for posting, items in again:
        is_same = standing.digests[posting.key] == digests[posting.key]
        if not is_same or any(known.get(item.key) != (item, posting.key) for item in items):
            raise UnableToPost(code="ledger.posting.other-content", facts={"posting": posting.key})
    fresh = [(posting, items) for posting, items in postings if posting.key not in standing.digests]
    _refuse_closed_or_taken(standing, fresh)
    return fresh


def _refuse_closed_or_taken(standing: Standing, postings: Batch) -> None:
    closed = standing.closed_before
    for posting, items in postings:
        if closed and posting.on < closed:
            facts = {"posting": posting.key, "on": posting.on.isoformat(), "closed_before": closed.isoformat()}
            raise UnableToPost(code="ledger.posting.period-closed", facts=facts)
        taken = next((item.key for item in items if item.key in standing.items), None)
        if taken:
            raise UnableToPost(code="ledger.posting.item-exists", facts={"item": taken})


def _refuse_second_reversal(company: CompanyId, key: str, new_key: str) -> None:
    other = models.Posting.objects.filter(company_id=company, reversal_of=key).exclude(key=new_key).exists()
    if other:
        raise UnableToPost(code="ledger.posting.reversed-already", facts={"posting": key})


def _settle_with_opposite(
    company: CompanyId, items: Sequence[NewItem], opposite: Sequence[NewItem], *, on: date, by: str, at: datetime
) -> None:
    opens = list_open_among(company=company, keys=[item.key for item in items])
    made = []
    for item, against in zip(items, opposite, strict=True):
        left = opens.get(item.key, ZERO)
        if left:
            debit, credit = (item.key, against.key) if left > 0 else (against.key, item.key)
            made.append(NewAllocation(key=f"{against.key}/settles", on=on, debit=debit, credit=credit, value=abs(left)))
    allocate(company=company, allocations=made, by=by, at=at)


def _facts_of(batch: Batch) -> dict[str, Any]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting, _ in batch:
        for entry in posting.entries:
            if entry.value > 0:
                sums[entry.currency] += entry.value
    return {
        "count": len(batch),
        "last": batch[-1][0].key,
        "sums": {currency: amount_text(value, currency) for currency, value in sums.items()},
    }
