"""Published rates of exchange: one euro in other currencies, day by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol


class PublishedRate(NamedTuple):
    """One euro in another currency, as published for a day."""

    currency: str
    on: date
    rate: Decimal


class RatesUnreachable(Exception):
    """The source did not answer, or not with rates; trying again later may help. Carries a dotted code."""

    def __init__(self, *, code: str, source: str) -> None:
        super().__init__(code)
        self.code = code
        self.source = source


class RatesSource(Protocol):
    """Where rates come from."""

    def fetch(self, where: str, *, all_days: bool = False) -> tuple[PublishedRate, ...]:
        """All rates of a file at a path or an https address; "" is the source's own, of the last day or of all days.

        Raises `RatesUnreachable`.
        """
        ...


class NoRates:
    """No source is plugged in."""

    def fetch(self, where: str, *, all_days: bool = False) -> tuple[PublishedRate, ...]:
        """Nobody answers."""
        raise RatesUnreachable(code="agreements.rates.unreachable", source=where)


NO_RATES_SOURCE = NoRates()
