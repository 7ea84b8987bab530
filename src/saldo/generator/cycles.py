"""Charge cycles of a subscription: from anchor day to anchor day, clipped at month ends (reference 8.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from saldo.core.periods import Month, anchored


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """First and last day charged, both inclusive."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days the cycle holds."""
        return (self.ends_on - self.starts_on).days + 1

    def days_from(self, day: date) -> int:
        """How many of its days are left from this day on, the day included."""
        return (self.ends_on - day).days + 1


def cycle_of(month: Month, anchor: int) -> Cycle:
    """The cycle that begins in a month; the 31st begins on the last day of a shorter month."""
    following = _begins(month.plus(1), anchor)
    return Cycle(starts_on=_begins(month, anchor), ends_on=following - timedelta(days=1))


def term_of(month: Month, anchor: int, months: int) -> tuple[date, date]:
    """First and last day of a term of so many months that begins in this month."""
    return _begins(month, anchor), _begins(month.plus(months), anchor) - timedelta(days=1)


def _begins(month: Month, anchor: int) -> date:
    if anchor == 30 and month.days < 30:  # a day-before-last anchor stays the day before the last (reference 8.6)
        return date(month.year, month.number, month.days - 1)
    return anchored(month, anchor)
