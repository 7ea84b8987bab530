"""Money that does not stay: returns of the bank, and money in its return period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.receipts import models
from saldo.receipts.actions.matching import lock_entries, lock_matching, undo_match
from saldo.receipts.match_queries import sum_returned
from saldo.receipts.rules.returns import LONGEST, Movement, find_part_returned, find_returned
from saldo.receipts.rules.settlement import UnableToMatch

IN_RETURN_PERIOD = "receipts.entry.in-return-period"
RETURNED = "receipts.entry.returned"
_RETURNABLE = ("open", "matched", "pending")


def return_receipt(*, company: CompanyId, entry: str, receipt: str, by: str, at: datetime) -> None:
    """The bank took a receipt back with this entry: what it settled is open again, both entries are done.

    Refuses (UnableToMatch): receipts.match.unknown-entry, receipts.return.not-a-return (money in, or done already),
    .not-returnable (the receipt was returned or set aside), .other-sum (a part is for `part_returns`), and what
    `undo_match` refuses.
    """
    lock_matching(company=company)
    rows = lock_entries(company=company, keys=[entry, receipt])
    back, paid = rows[entry], rows[receipt]
    facts = {"entry": entry, "receipt": receipt}
    if back.value >= 0 or back.state != "open":
        raise UnableToMatch(code="receipts.return.not-a-return", facts=facts)
    if paid.state not in _RETURNABLE:
        raise UnableToMatch(code="receipts.return.not-returnable", facts=facts | {"state": paid.state})
    is_part = models.PartReturn.objects.filter(company_id=company, receipt=paid).exists()
    if is_part or (back.account, back.currency, back.value) != (paid.account, paid.currency, -paid.value):
        raise UnableToMatch(code="receipts.return.other-sum", facts=facts)
    matches = models.Match.objects.filter(company_id=company, entry=paid, undone_at__isnull=True).order_by("-id")
    for key in matches.values_list("key", flat=True):
        undo_match(company=company, match=key, by=by, at=at, because=RETURNED)
    done = models.BankEntry.objects.filter(company_id=company, key__in=[entry, receipt])
    done.update(state="returned", because=RETURNED)
    record(company=company, code="receipts.returned", actor=by, subject=f"entry:{receipt}", at=at, facts=facts)


def list_returnable(*, company: CompanyId, entry: str) -> tuple[str, ...]:
    """The receipts that this return may take back, the likeliest first; a single one is sure."""
    back = models.BankEntry.objects.get(company_id=company, key=entry)
    rows = models.BankEntry.objects.filter(
        company_id=company,
        account=back.account,
        value=-back.value,
        booked_on__range=(back.booked_on - LONGEST, back.booked_on),
        state__in=_RETURNABLE,
    )
    parted = models.PartReturn.objects.filter(company_id=company).values("receipt")
    return find_returned(back=_movement(back), receipts=[_movement(row) for row in rows.exclude(id__in=parted)])


def list_part_returnable(*, company: CompanyId, entry: str) -> tuple[str, ...]:
    """The receipts of the same payer that this return may take back a part of, the latest first; a person chooses."""
    back = models.BankEntry.objects.get(company_id=company, key=entry)
    rows = models.BankEntry.objects.filter(
        company_id=company,
        account=back.account,
        value__gte=-back.value,
        booked_on__range=(back.booked_on - LONGEST, back.booked_on),
        state__in=_RETURNABLE,
    )
    moves = {row.key: _movement(row) for row in rows}
    returned = sum_returned(company=company, entries=moves)
    left = [replace(move, value=move.value - returned.get(key, ZERO)) for key, move in moves.items()]
    whole = {move.key for move in left if move.key not in returned and move.value == -back.value}
    return find_part_returned(back=_movement(back), receipts=[move for move in left if move.key not in whole])


def list_open_returns(*, company: CompanyId) -> tuple[str, ...]:
    """Returns that wait for their receipt, oldest first."""
    rows = models.BankEntry.objects.filter(company_id=company, state="open", kind="return", value__lt=0)
    return tuple(rows.order_by("booked_on", "id").values_list("key", flat=True))


def hold_until_settled(*, company: CompanyId, entry: str, settles_on: date, by: str, at: datetime) -> None:
    """Money in its return period is pending: nothing is settled with it before that day (practice 14).

    Refuses (UnableToMatch): receipts.match.unknown-entry, .not-open, .matched-already.
    """
    lock_matching(company=company)
    (row,) = lock_entries(company=company, keys=[entry]).values()
    if row.state != "open" or row.value <= 0:
        raise UnableToMatch(code="receipts.match.not-open", facts={"entry": entry, "state": row.state})
    if models.Match.objects.filter(company_id=company, entry=row, undone_at__isnull=True).exists():
        raise UnableToMatch(code="receipts.match.matched-already", facts={"entry": entry})
    row.state, row.because, row.settles_on = "pending", IN_RETURN_PERIOD, settles_on
    row.save(update_fields=["state", "because", "settles_on"])
    facts = {"settles_on": settles_on.isoformat()}
    record(company=company, code="receipts.held", actor=by, subject=f"entry:{entry}", at=at, facts=facts)


def settle_pending(*, company: CompanyId, today: date, by: str, at: datetime) -> int:
    """Money whose return period is over counts from now on; returns how many entries, 0 when told twice."""
    rows = models.BankEntry.objects.filter(
        company_id=company, state="pending", because=IN_RETURN_PERIOD, settles_on__lte=today
    )
    keys = list(rows.order_by("id").values_list("key", flat=True))
    if keys:
        rows.filter(key__in=keys).update(state="open", because="")
        facts = {"entries": keys}
        record(company=company, code="receipts.settled", actor=by, subject=f"entry:{keys[0]}", at=at, facts=facts)
    return len(keys)


def _movement(row: models.BankEntry) -> Movement:
    same = ("key", "account", "currency", "value", "payer", "payer_account", "text", "bank_reference")
    values = {name: getattr(row, name) for name in same}
    return Movement(on=row.booked_on, references=tuple(row.references), **values)
