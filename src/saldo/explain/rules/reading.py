"""Taking one line apart into the factors of its amount: units, part of the cycle, list price, discount, rate.

The figures are Microsoft's own. Where it shows a price already cut (rule B of reference 8.3, legacy display prices),
the plainest discount and list price that show the same figure are taken: a cut is never mistaken for a discount.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from saldo.charges.rules.cycles import CycleShare, shares_of_cycle
from saldo.charges.rules.line import LineItem
from saldo.core.money import minor_unit
from saldo.explain.rules.factors import Term

_WHOLE = CycleShare(1, 1)
_COARSEST = Decimal("0.01")
_PLAIN = (2, 3, 4)
"""Digits of a discount that a person would have agreed on: 10 %, 12.5 %, 4.75 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line with its factors. ``quantity`` is signed; ``cycle`` tells which part of its cycle it charges."""

    item: LineItem
    quantity: Fraction
    cycle: CycleShare
    price: Fraction
    kept: Fraction
    rate: Fraction

    @property
    def is_whole_cycle(self) -> bool:
        """Whether its days are a whole cycle, also one that Microsoft counts by the days of a longer month."""
        return self.cycle.is_whole or _parts(self.item)[0].is_whole

    @property
    def term(self) -> Term:
        """Its factors, ready to be summed with others."""
        return Term(units=self.quantity * self.cycle.share, price=self.price, kept=self.kept, rate=self.rate)


def read_line(item: LineItem, *, list_prices: Collection[Decimal] = ()) -> ReadLine | None:
    """A seat line as a product of factors; None where an amount stands without a quantity.

    ``list_prices`` are those that whole rows of the same product show: legacy prorated rows hide theirs.
    """
    if not item.quantity:
        return None
    sign = -1 if item.amount < 0 or (not item.amount and item.effective_unit_price < 0) else 1
    rate = Fraction(item.exchange_rate) or Fraction(1)
    if item.platform == "legacy":
        return _read_legacy(item, sign, list_prices)
    shown = abs(item.effective_unit_price)
    effective = Fraction(shown) or abs(Fraction(item.amount)) / (Fraction(item.quantity) * rate)
    cycle, price, kept = _read_price(item, effective, _last_digit(shown))
    quantity = sign * Fraction(item.quantity)
    return ReadLine(item=item, quantity=quantity, cycle=cycle, price=price, kept=kept, rate=rate)


def read_usage(item: LineItem) -> Term:
    """A metered line: units × price of a unit after all reductions × rate.

    Legacy rates are quotients of the amount: where the list price gives the same amount, that is it (reference 8.2).
    """
    rate = Fraction(item.exchange_rate) or Fraction(1)
    quantity = Fraction(item.quantity)
    price = Fraction(item.effective_unit_price)
    if quantity and item.platform == "legacy":
        amount = Fraction(item.amount)
        listed = _price_that_gives(amount, quantity, item.currency, (item.unit_price,))
        price = _implied_price(amount, quantity, item.currency) if listed is None else listed
    elif quantity and not price:
        price = Fraction(item.amount) / (quantity * rate)
    if price < 0:
        price, quantity = -price, -quantity
    return Term(units=quantity, price=price, kept=Fraction(1), rate=rate)


def _read_price(item: LineItem, effective: Fraction, tolerance: Fraction) -> tuple[CycleShare, Fraction, Fraction]:
    """Part of the cycle, list price, and what a discount leaves of it: the likeliest part that needs no discount.

    With a promotion the likeliest part that leaves a plain one; else the likeliest part with whatever it leaves.
    """
    listed = Fraction(item.unit_price)
    parts = _parts(item)
    if listed <= 0:
        return parts[0], effective / parts[0].share, Fraction(1)
    for part in parts:
        if abs(listed * part.share - effective) < tolerance:
            return part, listed, Fraction(1)
    for digits in _PLAIN:
        for part in parts:
            kept = _rounded(effective / (listed * part.share), digits)
            if 0 < kept < 1 and abs(listed * part.share * kept - effective) < tolerance:
                return part, listed, kept
    return parts[0], listed, effective / (listed * parts[0].share)


def _parts(item: LineItem) -> tuple[CycleShare, ...]:
    first, last = item.charge_starts_on, item.charge_ends_on
    return (_WHOLE,) if first is None or last is None or last < first else shares_of_cycle(first, last)


def _last_digit(shown: Decimal) -> Fraction:
    """One unit of the last digit that a price shows, at most a hundredth: what cutting may have taken."""
    exponent = shown.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    return Fraction(min(Decimal(1).scaleb(-digits), _COARSEST)) if shown else Fraction(_COARSEST)


def _rounded(value: Fraction, digits: int) -> Fraction:
    return Fraction(round(value * 10**digits), 10**digits)


def _read_legacy(item: LineItem, sign: int, list_prices: Collection[Decimal]) -> ReadLine:
    """Legacy: the amount before discount is exact, the price of a prorated row is only shown (reference 8.1)."""
    gross = abs(Fraction(item.amount + item.discount))
    kept = abs(Fraction(item.amount)) / gross if gross else Fraction(1)
    quantity = Fraction(item.quantity)
    parts = _parts(item)
    known = (item.unit_price, *list_prices)
    read = (
        (part, price)
        for part in parts
        if (price := _price_that_gives(gross, quantity * part.share, item.currency, known)) is not None
    )
    part, price = next(read, (parts[0], _implied_price(gross, quantity * parts[0].share, item.currency)))
    return ReadLine(item=item, quantity=sign * quantity, cycle=part, price=price, kept=kept, rate=Fraction(1))


def _price_that_gives(amount: Fraction, units: Fraction, currency: str, prices: Collection[Decimal]) -> Fraction | None:
    """The first of the prices that gives the amount to the minor unit."""
    unit = Fraction(minor_unit(currency))
    found = (price for price in map(Fraction, prices) if price > 0 and abs(price * units - amount) < unit)
    return next(found, None)


def _implied_price(amount: Fraction, units: Fraction, currency: str) -> Fraction:
    """What the amount implies, in hundredths where they give the same amount."""
    exact = amount / units
    plain = _rounded(exact, 2)
    return plain if plain > 0 and abs(plain - exact) * abs(units) < Fraction(minor_unit(currency)) else exact
