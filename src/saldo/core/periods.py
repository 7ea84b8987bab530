"""Time as bills know it: whole days, half-open periods, months."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH_TEXT = re.compile(r"(?!0000)([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; ordered, written ``2026-04``."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``; refuses (ValueError) anything else."""
        match = _MONTH_TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"not a month: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.number)[1]

    def plus(self, months: int) -> Month:
        """The month so many months later (earlier when negative)."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``starts_on`` up to, not including, ``ends_before``."""

    starts_on: date
    ends_before: date

    def __post_init__(self) -> None:
        if self.ends_before < self.starts_on:
            raise ValueError(f"a period cannot end ({self.ends_before}) before it starts ({self.starts_on})")

    @classmethod
    def inclusive(cls, first: date, last: date) -> Period:
        """From Microsoft's dates, which name the first and the last day charged (reference 8)."""
        return cls(first, last + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.ends_before - self.starts_on).days

    def overlap(self, other: Period) -> Period | None:
        """The days both hold, or None when they share none."""
        starts_on, ends_before = max(self.starts_on, other.starts_on), min(self.ends_before, other.ends_before)
        return Period(starts_on, ends_before) if starts_on < ends_before else None

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before


def anchored(month: Month, day: int) -> date:
    """The anchor day within a month, clipped to its length: the 31st is 28 February (reference 8.6)."""
    return date(month.year, month.number, min(day, month.days))
