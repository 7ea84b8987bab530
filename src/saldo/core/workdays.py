"""Working days: Monday to Friday without the days that a calendar closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

Closed = Callable[[date], bool]
"""Whether a day is a public holiday; the calendars of countries come from `parties.calendars`."""

_SATURDAY = 5


def is_workday(day: date, *, closed: Closed) -> bool:
    """Whether banks and offices work on this day."""
    return day.weekday() < _SATURDAY and not closed(day)


def plus_workdays(day: date, count: int, *, closed: Closed) -> date:
    """The working day so many working days after (before, when negative); 0 gives the day itself or the next one."""
    step = timedelta(days=1 if count >= 0 else -1)
    if count == 0:
        while not is_workday(day, closed=closed):
            day += step
        return day
    for _ in range(abs(count)):
        day += step
        while not is_workday(day, closed=closed):
            day += step
    return day


def any_closed(*calendars: Closed) -> Closed:
    """A day is closed when any of these calendars closes it."""
    return lambda day: any(closed(day) for closed in calendars)
