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

_SLACK = Fraction(1, 100)


class Factor(NamedTuple):
    """One factor in both periods, and the code that its share goes to."""

    code: Code
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line, or several as one, as a product: units (signed, times part of the cycle) × list price × kept × rate."""

    units: Fraction
    price: Fraction
    kept: Fraction  # what a discount leaves
    rate: Fraction

    @property
    def total(self) -> Fraction:
        """What it comes to before anything was cut."""
        return self.units * self.price * self.kept * self.rate


def mean_of(terms: Sequence[Term]) -> Term | None:
    """Several lines of one product as one, exactly: weighted means, each weighted by the factors before it.

    None where they are no means of anything: the units cancel, or refunds at another price leave a mean far from
    everything it is the mean of.
    """
    if len(terms) == 1:
        return terms[0] if terms[0].units else None
    units = listed = paid = total = Fraction(0)
    for term in terms:
        of_list = term.units * term.price
        of_paid = of_list * term.kept
        units, listed, paid, total = units + term.units, listed + of_list, paid + of_paid, total + of_paid * term.rate
    if not units:
        return None
    mean = Term(
        units=units,
        price=listed / units,
        kept=paid / listed if listed else terms[0].kept,
        rate=total / paid if paid else terms[0].rate,
    )
    return mean if mean.total == total and _is_among(mean, terms) else None


def _is_among(mean: Term, terms: Sequence[Term]) -> bool:
    """Whether every mean lies between what it is the mean of, or at most a hundredth beside it (cut prices)."""
    if len({term.units > 0 for term in terms}) == 1:
        return True  # only refunds beside charges can push a mean out
    return all(
        min(figures) * (1 - _SLACK) <= value <= max(figures) * (1 + _SLACK)
        for value, figures in (
            (mean.price, [term.price for term in terms]),
            (mean.kept, [term.kept for term in terms]),
            (mean.rate, [term.rate for term in terms]),
        )
    )


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
