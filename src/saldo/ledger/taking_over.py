"""Writing the old book into ours, and giving it back. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, amount_text
from saldo.ledger import models
from saldo.ledger.actions import allocate, post
from saldo.ledger.openings import TakenOver, count_undone, list_standing, list_taken_over
from saldo.ledger.queries import list_open_among
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.opening import (
    UNDONE,
    UnableToTakeOver,
    digest_of_old,
    item_key,
    posting_of,
    sum_items,
)
from saldo.ledger.rules.opening_rows import OldItem
from saldo.ledger.rules.posting import NewItem, Posting, mirror, opposite_items


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRow:
    """An item of the old book with its row in the file and the number of its debtor here."""

    row: int
    debtor: str
    item: OldItem


def lock_openings(*, company: CompanyId) -> None:
    """One take-over at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger.openings'), %s)", [company])


def take_over(*, company: CompanyId, name: str, rows: Sequence[OldRow], as_of: date, by: str, at: datetime) -> int:
    """Post items of the old book on the day of taking over and keep what the old tool knew; returns how many were new.

    A row that stands here already, the same in everything, is passed over.
    Refuses (UnableToTakeOver): ledger.opening.other-content, with the number; (UnableToPost): ledger.posting.…
    """
    numbers = [row.item.number for row in rows]
    standing, undone = list_standing(company=company, numbers=numbers), count_undone(company=company, numbers=numbers)
    postings: list[tuple[Posting, Sequence[NewItem]]] = []
    made = []
    for row in rows:
        digest = digest_of_old(row.item, debtor=row.debtor, as_of=as_of)
        before = standing.get((row.item.kind, row.item.number))
        if before is not None:
            _refuse_other(before, digest)
            continue
        key = item_key(row.item, before=undone.get((row.item.kind, row.item.number), 0))
        postings.append(posting_of(row.item, key=key, debtor=row.debtor, as_of=as_of))
        made.append(_record(company, name, row, key, digest, as_of, by, at))
    if not made:
        return 0
    post(company=company, postings=postings, by=by, at=at)
    models.OpeningItem.objects.bulk_create(made)
    taken = [row.item for row in rows if (row.item.kind, row.item.number) not in standing]
    sums = {f"{c}/{kind}": amount_text(value, c) for (c, kind), value in sorted(sum_items(taken).items())}
    facts = {"count": len(made), "as_of": as_of.isoformat(), "sums": sums}
    record(company=company, code="ledger.opening-taken-over", actor=by, subject=f"opening:{name}", at=at, facts=facts)
    return len(made)


def undo_take_over(*, company: CompanyId, name: str, by: str, at: datetime) -> int:
    """Give a file back by mirror postings on the day it was taken over; returns how many items it had.

    What was given back may be taken over again, also with other content.
    Refuses (UnableToTakeOver): ledger.opening.unknown, .settled (the first number and how many);
    (UnableToPost): ledger.posting.period-closed.
    """
    lock_openings(company=company)
    rows = list_taken_over(company=company, take_over=name)
    if not rows:
        raise UnableToTakeOver(code="ledger.opening.unknown", facts={"take_over": name})
    opens = list_open_among(company=company, keys=[row.item for row in rows])
    settled = [row.number for row in rows if opens.get(row.item, ZERO) != row.open]
    if settled:
        facts = {"number": settled[0], "count": len(settled)}
        raise UnableToTakeOver(code="ledger.opening.settled", facts=facts)
    backs = [_mirror(row) for row in rows]
    post(company=company, postings=[(posting, items) for posting, items, _ in backs], by=by, at=at)
    allocate(company=company, allocations=[allocation for _, _, allocation in backs], by=by, at=at)
    standing = models.OpeningItem.objects.filter(company_id=company, take_over=name, undone_at__isnull=True)
    standing.update(undone_at=at, undone_by=by)
    facts = {"count": len(rows)}
    record(company=company, code="ledger.opening-undone", actor=by, subject=f"opening:{name}", at=at, facts=facts)
    return len(rows)


def _refuse_other(before: TakenOver, digest: str) -> None:
    if before.digest != digest:
        raise UnableToTakeOver(code="ledger.opening.other-content", facts={"number": before.number})


def _mirror(row: TakenOver) -> tuple[Posting, tuple[NewItem, ...], NewAllocation]:
    old = OldItem(
        debtor=row.debtor,
        number=row.number,
        kind=row.kind,
        issued_on=row.as_of,
        due_on=row.as_of,
        original=row.original,
        open=row.open,
        currency=row.currency,
    )
    posting, items = posting_of(old, key=row.item, debtor=row.debtor, as_of=row.as_of)
    key = f"{row.item}/undone"
    back = mirror(posting, key=key, on=row.as_of, code=UNDONE)
    opposite = opposite_items(posting, items, key=key, on=row.as_of)
    debit, credit = (row.item, key) if row.open > 0 else (key, row.item)
    allocation = NewAllocation(key=f"{key}/settles", on=row.as_of, debit=debit, credit=credit, value=abs(row.open))
    return back, opposite, allocation


def _record(
    company: CompanyId, name: str, row: OldRow, key: str, digest: str, as_of: date, by: str, at: datetime
) -> models.OpeningItem:
    item, dispute, promise = row.item, row.item.dispute, row.item.promise
    return models.OpeningItem(
        company_id=company,
        take_over=name,
        row=row.row,
        item=key,
        debtor=row.debtor,
        as_of=as_of,
        **{field: getattr(item, field) for field in ("number", "kind", "currency", "original", "open")},
        dispute_amount=dispute.amount if dispute else None,
        dispute_reason=dispute.reason if dispute else "",
        dispute_since=dispute.since if dispute else None,
        promise_amount=promise.amount if promise else None,
        promise_until=promise.until if promise else None,
        step=item.step,
        last_notice_on=item.last_notice_on,
        last_notice=item.last_notice,
        digest=digest,
        taken_at=at,
        taken_by=by,
    )
