"""When Microsoft must have its money, the last day on which it is safe to send it, and how loud to say so.

Days only; the calendars of our bank and of Microsoft's come as arguments (practice 16, reference 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from saldo.core.workdays import Closed, any_closed, is_workday, plus_workdays

Level = Literal["paid", "credit", "far", "soon", "now", "passed", "overdue", "suspension-near"]

LOUDEST_FIRST: tuple[Level, ...] = ("suspension-near", "overdue", "passed", "now", "soon", "far", "credit", "paid")
"""All levels; a list that is short of room shows the first ones."""

TERMS: Mapping[str, int] = {"global": 60, "us-gov": 60, "cn-21vianet": 30}
"""Days from the invoice date to the due day, by cloud, where no due day was printed (reference 2)."""

POSTING_DAYS = 5
"""Business days that Microsoft takes until a payment shows (reference 2)."""

SOON_DAYS = 14
NOW_DAYS = 3
"""Calendar days before the last safe day."""

SUSPENSION_DAYS = 60
"""Days overdue after which Microsoft may suspend the partner (reference 2)."""

SUSPENSION_NEAR_DAYS = 30
"""From so many days overdue on, the way to suspension is shorter than the way behind."""

SEEN_WITHIN_DAYS = 7
"""Business days after which a payment that Microsoft's balance does not show is chased (practice 16)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one document stands on a day. ``days_left`` to the due day, ``safe_days_left`` to the last safe day."""

    level: Level
    days_left: int
    safe_days_left: int
    days_to_suspension: int


def assume_due(*, invoiced_on: date, cloud: str) -> date:
    """The due day by the terms of the cloud; refuses (KeyError) a cloud that nobody knows."""
    return invoiced_on + timedelta(days=TERMS[cloud])


def last_safe_day(*, due_on: date, bank_lead_days: int, our_bank: Closed, microsoft: Closed) -> date:
    """The last day on which a payment sent is shown as paid by the due day.

    Counted back from the due day, or the last business day before it, over days that both calendars keep open:
    Microsoft's posting and then the bank's own ``bank_lead_days``. A working day of both.
    """
    closed = any_closed(our_bank, microsoft)
    by = due_on
    while not is_workday(by, closed=closed):
        by -= timedelta(days=1)
    return plus_workdays(by, -(POSTING_DAYS + max(bank_lead_days, 0)), closed=closed)


def stand(
    *, due_on: date, last_safe_on: date, today: date, is_settled: bool, is_credit: bool = False, is_approved: bool
) -> Standing:
    """How loud a document is today.

    ``is_approved`` keeps a document that passed its last safe day at "now": the money is on its way, or about to be.
    """
    days_left, safe_days_left = (due_on - today).days, (last_safe_on - today).days
    level: Level
    if is_credit:
        level = "paid" if is_settled else "credit"
    else:
        level = "paid" if is_settled else _level(days_left, safe_days_left, is_approved)
    return Standing(
        level=level,
        days_left=days_left,
        safe_days_left=safe_days_left,
        days_to_suspension=days_left + SUSPENSION_DAYS,
    )


def _level(days_left: int, safe_days_left: int, is_approved: bool) -> Level:
    if days_left < 0:
        return "suspension-near" if -days_left >= SUSPENSION_NEAR_DAYS else "overdue"
    if safe_days_left < 0:
        return "now" if is_approved else "passed"
    if safe_days_left <= NOW_DAYS:
        return "now"
    return "soon" if safe_days_left <= SOON_DAYS else "far"


def chase_on(*, paid_on: date, microsoft: Closed) -> date:
    """The first day on which a payment that Microsoft does not show is chased as unallocated."""
    return plus_workdays(paid_on, SEEN_WITHIN_DAYS, closed=microsoft) + timedelta(days=1)
