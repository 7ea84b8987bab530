"""An exact amount while a line is priced: decimals above and below, so that nothing is divided before the one rounding.

A fraction of the standard library would be as exact and ten times slower: a month has hundreds of thousands of lines.
"""

from __future__ import annotations

from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction
from typing import NamedTuple

from saldo.core.money import minor_digits

ONE = Decimal(1)

_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_SHOWN = Context(prec=60, rounding=ROUND_HALF_UP)
_LAST_DIGIT = Decimal("1E-10")


class Exact(NamedTuple):
    """``above`` / ``below``; ``below`` is positive. Digits beyond four hundred raise instead of being cut."""

    above: Decimal
    below: Decimal = ONE

    @property
    def fraction(self) -> Fraction:
        """The same as a fraction."""
        return Fraction(self.above) / Fraction(self.below)


def exact_of(value: Decimal | Fraction) -> Exact:
    """A figure as an exact amount."""
    if isinstance(value, Fraction):
        return Exact(Decimal(value.numerator), Decimal(value.denominator))
    return Exact(value)


def times(exact: Exact, *factors: Decimal | int) -> Exact:
    """The amount times all of these."""
    above = exact.above
    for factor in factors:
        above = _EXACT.multiply(above, factor)
    return Exact(above, exact.below)


def times_part(exact: Exact, part: Fraction) -> Exact:
    """The amount times a part of a cycle."""
    if part == 1:
        return exact
    above = _EXACT.multiply(exact.above, Decimal(part.numerator))
    return Exact(above, _EXACT.multiply(exact.below, Decimal(part.denominator)))


def over(exact: Exact, divisor: Decimal) -> Exact:
    """The amount divided by a positive figure."""
    return Exact(exact.above, _EXACT.multiply(exact.below, divisor))


def is_between(figure: Decimal, one: Exact, other: Exact, *, slack: Decimal) -> bool:
    """Whether a figure lies between two amounts, or at most ``slack`` outside."""
    far = sorted((_beyond(figure, one), _beyond(figure, other)))
    return far[0] <= slack and far[1] >= -slack


def _beyond(figure: Decimal, exact: Exact) -> Decimal:
    """By how much the amount exceeds the figure; cut far below any minor unit where it does not end."""
    over_it = _EXACT.subtract(exact.above, _EXACT.multiply(figure, exact.below))
    return over_it if exact.below == 1 else _SHOWN.divide(over_it, exact.below)


def rounded(exact: Exact, currency: str) -> Decimal:
    """Rounded half up, halves away from zero, to the currency's minor unit."""
    digits = minor_digits(currency)
    doubled = _EXACT.multiply(exact.below, Decimal(2))
    raised = _EXACT.add(_EXACT.scaleb(_EXACT.multiply(_EXACT.abs(exact.above), Decimal(2)), digits), exact.below)
    units = _EXACT.divide_int(raised, doubled).scaleb(-digits, _EXACT)
    return units.copy_negate() if exact.above < 0 and units else units


def shown(exact: Exact, units: Decimal) -> Decimal:
    """The positive price of one of so many units, for showing; an amount without units is its own price."""
    below = _EXACT.multiply(exact.below, abs(units)) if units else exact.below
    price = _SHOWN.divide(abs(exact.above), below)
    return _SHOWN.normalize(_SHOWN.quantize(price, _LAST_DIGIT))
