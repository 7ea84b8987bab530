"""What an amount is the product of, and how the factors that moved share its change.

Every order of moving the factors counts alike (the Shapley value), so that no cause gains by being named first;
the shares add up to the change exactly (docs/algorithms/compare.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import NamedTuple

from saldo.explain.rules.explanation import Code


class Factor(NamedTuple):
    """One factor in both periods, and the code that its share goes to."""

    code: Code
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line as a product: units (signed, times part of the cycle) × list price × what a discount leaves × rate."""

    units: Fraction
    price: Fraction
    kept: Fraction
    rate: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """Several lines of one product as one product of factors, whose product is their sum exactly."""

    units: Fraction
    price: Fraction
    kept: Fraction
    rate: Fraction

    @property
    def total(self) -> Fraction:
        """What the lines come to before anything was cut."""
        return self.units * self.price * self.kept * self.rate


def mean_of(terms: Sequence[Term]) -> Mean | None:
    """The weighted means of lines, each weighted by the factors before it; None where they cancel to nothing."""
    units = sum((term.units for term in terms), Fraction(0))
    listed = sum((term.units * term.price for term in terms), Fraction(0))
    kept = sum((term.units * term.price * term.kept for term in terms), Fraction(0))
    total = sum((term.units * term.price * term.kept * term.rate for term in terms), Fraction(0))
    if not (units and listed and kept):
        return None
    return Mean(units=units, price=listed / units, kept=kept / listed, rate=total / kept)


def share_change(factors: Sequence[Factor]) -> dict[Code, Fraction]:
    """What each code has of the change of the factors' product; a factor that stood still has nothing.

    The shares add up to the change. Of ``n`` factors that moved, the share of one is the mean, over how many of the
    others moved before it, of the mean over which ones did.
    """
    still = Fraction(1)
    moved: list[Factor] = []
    for factor in factors:
        if factor.before == factor.after:
            still *= factor.before
        else:
            moved.append(factor)
    shares: dict[Code, Fraction] = {}
    for place, factor in enumerate(moved):
        others = moved[:place] + moved[place + 1 :]
        mean = sum(
            (products / comb(len(others), size) for size, products in enumerate(_products_by_size(others))), Fraction(0)
        )
        share = (factor.after - factor.before) * still * mean / len(moved)
        shares[factor.code] = shares.get(factor.code, Fraction(0)) + share
    return shares


def _products_by_size(factors: Sequence[Factor]) -> list[Fraction]:
    """For each number of factors that moved already, the sum of the products over every choice of that many.

    These are the coefficients of the polynomial ∏(before + after·x).
    """
    sums = [Fraction(1)]
    for factor in factors:
        longer = [sum_ * factor.before for sum_ in sums] + [Fraction(0)]
        for size, sum_ in enumerate(sums):
            longer[size + 1] += sum_ * factor.after
        sums = longer
    return sums
