"""Placing and ending holds: nobody writes to the debtor, or about the item, until the day. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.debtor_items import get_debtor_item, list_debtor_items, lock_debtor
from saldo.dunning.rules.holds import UnableToHold, allowance_of, check_hold
from saldo.parties.calendars import calendar_of
from saldo.parties.rules.roles import Role


def place_hold(
    *,
    company: CompanyId,
    debtor: str,
    item: str = "",
    reason: str,
    until: date | None,
    roles: Collection[Role],
    country: str,
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Keep a debtor, or one item of it, from being chased until a day (None: until it is ended); returns the hold.

    ``roles`` are those of who asks; ``country`` is the company's, whose working days count.
    Refuses (UnableToFindDebtor): dunning.debtor.unknown, dunning.item.not-open; (UnableToHold): as `check_hold`.
    """
    lock_debtor(company=company, debtor=debtor)
    if item:
        get_debtor_item(company=company, debtor=debtor, item=item)
    closed, was_held = calendar_of(country), _was_held(company, debtor, item)
    check_hold(allowance_of(roles), reason=reason, until=until, today=today, closed=closed, was_held=was_held)
    row = models.Hold.objects.create(
        company_id=company,
        debtor=debtor,
        item=item,
        reason=reason.strip(),
        until=until,
        placed_on=today,
        placed_at=at,
        placed_by=by,
    )
    facts = {"hold": row.pk, "item": item, "until": until.isoformat() if until else None}
    record(company=company, code="dunning.hold-placed", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    touch(company=company, debtors=[debtor], on=today)
    return int(row.pk)


def end_hold(*, company: CompanyId, hold: int, by: str, today: date, at: datetime) -> None:
    """Let a hold end before its day. Refuses (UnableToHold): dunning.hold.unknown, .ended-already."""
    row = models.Hold.objects.select_for_update().filter(company_id=company, pk=hold).first()
    if row is None:
        raise UnableToHold(code="dunning.hold.unknown", facts={"hold": hold})
    if row.ended_on is not None or (row.until is not None and row.until < today):
        ended = row.ended_on or row.until
        raise UnableToHold(code="dunning.hold.ended-already", facts={"on": ended.isoformat() if ended else ""})
    row.ended_on, row.ended_by = today, by
    row.save(update_fields=["ended_on", "ended_by"])
    facts = {"hold": hold, "item": row.item}
    record(company=company, code="dunning.hold-ended", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts)
    touch(company=company, debtors=[row.debtor], on=today)


def _was_held(company: CompanyId, debtor: str, item: str) -> bool:
    """Whether an item that the hold would keep back was held before: by itself, or with its whole debtor."""
    kept = [one for one in list_debtor_items(company=company, debtor=debtor) if item in ("", one.item)]
    earlier = models.Hold.objects.filter(company_id=company, debtor=debtor).values_list("item", "placed_on")
    return any(
        held == one.item or (not held and placed_on >= one.issued_on) for held, placed_on in earlier for one in kept
    )
