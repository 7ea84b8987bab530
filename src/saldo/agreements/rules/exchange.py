"""Rates of exchange: published per euro, crossed through it, never guessed and never old.

A rate is that of the last day, on or before the day asked for, on which both currencies were published; older than
``OLDEST_DAYS`` it is refused. A cross rate has ``DIGITS`` digits, rounded half up: what is printed is what was used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from saldo.core.money import minor_digits
from saldo.core.problems import Refused

OLDEST_DAYS = 7
DIGITS = 10
HUB = "EUR"

_DIVIDE = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
_ONE = Decimal(1)


class UnableToConvert(Refused):
    """No rate that may be used: agreements.rate.none, .too-old."""


class Published(NamedTuple):
    """One euro in another currency, as published for a day."""

    currency: str
    on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of ``base`` is ``rate`` units of ``quote``, as published on a day; 1 where both are one currency."""

    base: str
    quote: str
    on: date
    rate: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Rates:
    """What one source published, by currency and day."""

    source: str
    days: Mapping[str, tuple[date, ...]]
    figures: Mapping[tuple[str, date], Decimal]

    @classmethod
    def of(cls, published: Iterable[Published], *, source: str) -> Rates:
        """Index them by currency; their order changes nothing."""
        figures = {(one.currency, one.on): one.rate for one in published}
        days: dict[str, list[date]] = {}
        for currency, on in sorted(figures):
            days.setdefault(currency, []).append(on)
        return cls(source, {currency: tuple(found) for currency, found in days.items()}, figures)

    def cross(self, base: str, quote: str, on: date) -> Rate:
        """The rate between two currencies for a day.

        Refuses (UnableToConvert): agreements.rate.none, agreements.rate.too-old.
        """
        if base == quote:
            return Rate(base, quote, on, _ONE, self.source)
        facts = {"base": base, "quote": quote, "on": on.isoformat()}
        day = self._common_day(base, quote, on)
        if day is None:
            raise UnableToConvert(code="agreements.rate.none", facts=facts)
        if on - day > timedelta(days=OLDEST_DAYS):
            raise UnableToConvert(code="agreements.rate.too-old", facts=facts | {"newest": day.isoformat()})
        if base == HUB:
            return Rate(base, quote, day, self.figures[quote, day], self.source)
        below = self.figures[base, day]
        above = _ONE if quote == HUB else self.figures[quote, day]
        return Rate(base, quote, day, _DIVIDE.divide(above, below), self.source)

    def _common_day(self, base: str, quote: str, on: date) -> date | None:
        asked = [currency for currency in (base, quote) if currency != HUB]
        days = self.days.get(asked[0], ())
        for day in reversed(days[: bisect_right(days, on)]):
            if all((currency, day) in self.figures for currency in asked[1:]):
                return day
        return None


NO_RATES = Rates("", {}, {})
"""For companies that need none: whatever has to be converted is refused."""


def is_within(*, value: Decimal, currency: str, limit: Decimal, limit_currency: str, rates: Rates, on: date) -> bool:
    """Whether an amount stays within a limit, compared in the limit's currency by the rate of the day.

    Where no rate may be used nobody knows, and the answer is no: then a second person is asked. Nothing and less is
    within any limit.
    """
    if value <= 0:
        return True
    try:
        rate = rates.cross(currency, limit_currency, on)
    except UnableToConvert:
        return False
    return convert(Fraction(value), rate) <= Fraction(limit)


def convert(exact: Fraction, rate: Rate) -> Fraction:
    """An exact amount of the rate's base in its quote; whoever posts it rounds it, once."""
    return exact * Fraction(rate.rate)


def round_exact(exact: Fraction, currency: str) -> Decimal:
    """An exact amount rounded half up, halves away from zero, to the currency's minor unit."""
    digits = minor_digits(currency)
    units = int(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(-units if exact < 0 else units).scaleb(-digits)
