"""Simple interest for lateness: per day on what is owed that day, exact until the one rounding at the end.

Interest bears no interest. A rate that is not known for a half-year refuses the whole figure instead of guessing it.
Worked through in docs/algorithms/interest.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from saldo.agreements.rules.exact import exact_of, rounded
from saldo.core.problems import Refused
from saldo.dunning.rules.law import DayCount, LawRow, ReferenceRate, half_year_of, rate_on

_DAY = timedelta(days=1)
_DAYS_OF_A_YEAR: dict[DayCount, int] = {"actual-365": 365, "thirty-a-month": 360}


class UnableToReckonInterest(Refused):
    """No rate is known for a day on which interest would run."""


@dataclass(frozen=True, slots=True)
class OwedSince:
    """An amount that is owed from a day until the next such row."""

    since: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days in a row with one amount and one rate: the first and the last of them, both counted."""

    first: date
    last: date
    amount: Decimal
    percent: Decimal

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """The interest of a claim, in the currency's minor unit, with the stretches it is made of."""

    total: Decimal
    currency: str
    stretches: tuple[Stretch, ...]


def interest_of(
    owed: Sequence[OwedSince], *, currency: str, until: date, percent: Decimal, day_count: DayCount = "actual-365"
) -> Interest:
    """Interest at one rate a year on each day from the first row to ``until``, that day included."""
    stretches = [_stretch(amount, first, last, percent) for amount, first, last in _runs(owed, until)]
    return _added_up(stretches, currency, day_count)


def interest_by_law(
    owed: Sequence[OwedSince], *, currency: str, until: date, row: LawRow, rates: Sequence[ReferenceRate]
) -> Interest:
    """Interest at the reference rate of each half-year and the margin of a law's row.

    Refuses, ``dunning.law.rate-unknown``, when a half-year with interest in it has no verified rate.
    """
    stretches: list[Stretch] = []
    for amount, first, last in _runs(owed, until):
        while first <= last:
            rate = rate_on(row.reference, first, rates=rates)
            if rate is None:
                raise UnableToReckonInterest(
                    code="dunning.law.rate-unknown", facts={"rate": row.reference, "since": half_year_of(first)}
                )
            ends = min(last, _end_of_half_year(first))
            stretches.append(_stretch(amount, first, ends, rate.percent + row.margin))
            first = ends + _DAY
    return _added_up(stretches, currency, row.day_count)


def _runs(owed: Sequence[OwedSince], until: date) -> list[tuple[Decimal, date, date]]:
    """Amount, first and last day of each row that reaches into the time; nothing is owed on nothing."""
    rows = sorted((one for one in owed if one.since <= until), key=lambda one: one.since)
    ends = [*(after.since - _DAY for _, after in pairwise(rows)), until] if rows else []
    return [
        (row.amount, row.since, last)
        for row, last in zip(rows, ends, strict=True)
        if row.amount > 0 and row.since <= last
    ]


def _stretch(amount: Decimal, first: date, last: date, percent: Decimal) -> Stretch:
    return Stretch(first=first, last=last, amount=amount, percent=percent)


def _added_up(stretches: Sequence[Stretch], currency: str, day_count: DayCount) -> Interest:
    year = _DAYS_OF_A_YEAR[day_count]
    exact = sum(
        (Fraction(one.amount) * Fraction(one.percent) * one.days / (100 * year) for one in stretches), Fraction(0)
    )
    return Interest(total=rounded(exact_of(exact), currency), currency=currency, stretches=tuple(stretches))


def _end_of_half_year(on: date) -> date:
    return date(on.year, 6, 30) if on.month < 7 else date(on.year, 12, 31)
