"""Money: an exact amount in one currency, and the ways to share it without losing a cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

# ISO 4217: currencies whose minor unit is not the hundredth.
_NO_MINOR_UNIT = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"}
    | {"PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})

ZERO = Decimal(0)
_ROOMY = Context(prec=100)  # a column holds 38 digits; Python alone would cut a sum at 28


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""


def minor_digits(currency: str) -> int:
    """How many digits the currency writes after the point: 0, 2 or 3 (ISO 4217)."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


def minor_unit(currency: str) -> Decimal:
    """The smallest amount the currency can pay: 0.01 SEK, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-minor_digits(currency))


def round_half_up(value: Decimal, currency: str) -> Decimal:
    """Round to the currency's minor unit, halves away from zero (Microsoft's legacy rows, reference 8.1)."""
    return value.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def round_down(value: Decimal, currency: str) -> Decimal:
    """Cut to the currency's minor unit, toward zero (Microsoft's new-commerce rows, reference 8.3)."""
    return value.quantize(minor_unit(currency), rounding=ROUND_DOWN)


def share_out(total: Decimal, parts: Sequence[Fraction], currency: str) -> list[Decimal]:
    """Round exact parts to minor units so that they add up to ``total``; the largest remainders get the odd units.

    ``parts`` are exact and in the currency's major unit; ties go to the earlier part.
    Refuses (ValueError) a total finer than the minor unit, or parts further from the total than their number of units.
    """
    unit = Fraction(minor_unit(currency))
    target = Fraction(total) / unit
    if target.denominator != 1:
        raise ValueError(f"{total} is finer than the minor unit of {currency}")
    units = [part / unit for part in parts]
    shares = [exact.numerator // exact.denominator for exact in units]
    missing = int(target) - sum(shares)
    if not 0 <= missing <= len(shares):
        raise ValueError("the parts do not add up to the total")
    by_remainder = sorted(range(len(units)), key=lambda i: (shares[i] - units[i], i))
    for i in by_remainder[:missing]:
        shares[i] += 1
    return [share * minor_unit(currency) for share in shares]


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency; arithmetic across currencies is refused."""

    value: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.value + other.value, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.value - other.value, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.value, self.currency)

    def __str__(self) -> str:
        return amount_text(self.value, self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share this sum by weight; the shares always add up to the whole.

        Refuses (ValueError) weights that are negative or all zero.
        """
        if min(weights, default=0) < 0 or not sum(weights):
            raise ValueError("weights must not be negative and not all zero")
        parts = [Fraction(self.value) * weight / sum(weights) for weight in weights]
        return [Money(share, self.currency) for share in share_out(self.value, parts, self.currency)]

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")


def amount_text(value: Decimal, currency: str) -> str:
    """The amount as JSON and exports write it: ASCII minus, a point, all minor digits (interface.md)."""
    return f"{value.quantize(minor_unit(currency)) + ZERO:f}"


def add_up(values: Iterable[Decimal]) -> Decimal:
    """The exact sum of figures that may have more digits than Python's arithmetic keeps by itself."""
    total = ZERO
    for value in values:
        total = _ROOMY.add(total, value)
    return total


def every_digit(value: Decimal) -> str:
    """A figure with all of its digits and no zeros behind them: ``0.000305``, ``1200``."""
    return f"{_ROOMY.normalize(value):f}" if value else "0"
