"""Which part of its charge cycle a charge covers (reference 8.3 and 8.6), read from its first and last day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from saldo.charges.rules.proration import is_whole_cycle
from saldo.core.periods import Month, anchored

LONGEST_MONTHLY = 45
"""A charge for more days than this is for a year or more, paid at once (interface.md, rule 6)."""

_DAY = timedelta(days=1)
_CYCLES = ("Monthly", "Annual")


@dataclass(frozen=True, slots=True)
class CycleShare:
    """So many days (or, of a yearly plan, months) out of the whole cycle's."""

    days: int
    cycle_days: int

    @property
    def share(self) -> Fraction:
        """The part of the cycle that is charged."""
        return Fraction(self.days, self.cycle_days)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the cycle is missing."""
        return self.days == self.cycle_days


@lru_cache(maxsize=4096)
def shares_of_cycle(first: date, last: date) -> tuple[CycleShare, ...]:
    """What part of its cycle the days may be, the likeliest first; the price of the row tells which it is.

    Microsoft counts the days of the month in which the cycle started. A row that begins inside a cycle has its end, one
    that was cut short its beginning. A whole cycle of a month-end anchor may also be counted by days.
    """
    return tuple(dict.fromkeys(_shares(first, last, (last - first).days + 1)))


def _shares(first: date, last: date, days: int) -> Iterator[CycleShare]:
    if any(is_whole_cycle(starts_on=first, ends_on=last, billing_frequency=cycle) for cycle in _CYCLES):
        yield CycleShare(days, days)
    if days > LONGEST_MONTHLY:
        yield from _shares_of_year(first, last, days)
    else:
        yield from _shares_of_month(first, last, days)


def _a_month_before(day: date) -> date:
    return anchored(Month.of(day).plus(-1), day.day)


def _shares_of_month(first: date, last: date, days: int) -> Iterator[CycleShare]:
    """Of a month: by the days of the month in which the cycle began that ends or begins with the row."""
    from_end = _a_month_before(last + _DAY)
    for cycle_days in (Month.of(from_end).days, Month.of(first).days, (last + _DAY - from_end).days):
        if days <= cycle_days:
            yield CycleShare(days, cycle_days)
    if days > Month.of(first).days:
        yield CycleShare(days, days)


def _shares_of_year(first: date, last: date, days: int) -> Iterator[CycleShare]:
    """Of a yearly plan: by days of the year that ends or begins with the row, or by months (a change of plan)."""
    following = last + _DAY
    months = (following.year - first.year) * 12 + following.month - first.month
    year_before = anchored(Month.of(following).plus(-12), following.day)
    year_after = anchored(Month.of(first).plus(12), first.day)
    for year in ((following - year_before).days, (year_after - first).days):
        if days <= year:
            yield CycleShare(days, year)
    if months < 12:
        yield CycleShare(months, 12)
    yield CycleShare(days, days)
