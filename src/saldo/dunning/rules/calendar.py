"""Days in the debtor's own calendar: when a notice has run out, and on which day something may leave or stop."""

from __future__ import annotations

from datetime import date, timedelta

from saldo.core.workdays import Closed, plus_workdays
from saldo.dunning.rules.policy import Hours, NoticePeriod

_DAY = timedelta(days=1)
_LOOK_AHEAD = 60  # no calendar closes two months in a row; a policy without weekdays would look for ever


def earliest_after_notice(notice: NoticePeriod, *, proved_on: date, closed: Closed) -> date:
    """The first day after all days of a notice; the day of the proof itself is not one of them.

    A notice of no days still gives the next day: two steps never begin on one day, however often it is looked.
    """
    if notice.in_workdays and notice.count:
        return plus_workdays(proved_on, notice.count, closed=closed) + _DAY
    return proved_on + timedelta(days=notice.count) + _DAY


def next_sending_day(hours: Hours, *, day: date, closed: Closed) -> date | None:
    """This day if letters may leave on it, else the next such day; None when the hours allow no weekday."""
    return _next_day(hours, day, closed, lambda one: False)


def next_access_day(hours: Hours, *, day: date, closed: Closed) -> date | None:
    """This day if access may be touched on it, else the next such day: never the day before a holiday (practice 19)."""
    return _next_day(hours, day, closed, closed)


def _next_day(hours: Hours, day: date, closed: Closed, closed_after: Closed) -> date | None:
    for _ in range(_LOOK_AHEAD):
        if day.weekday() in hours.weekdays and not closed(day) and not closed_after(day + _DAY):
            return day
        day += _DAY
    return None
