"""From exact shares to reasons in minor units, whose sum is the change or what of it can be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from saldo.core.money import ZERO, minor_unit, share_out
from saldo.explain.rules.bill import BillLine, Evidence
from saldo.explain.rules.compare import Difference
from saldo.explain.rules.explanation import CODES, Code, Fact, Reason

_FIGURE_DIGITS = 10
_ABSURD = 10**6
"""Causes that outweigh so many times all that was charged are misread figures: they explain nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one code has of a change, exactly, and the sentence that says so."""

    exact: Fraction
    variant: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The reasons of one difference and what they leave unexplained."""

    reasons: tuple[Reason, ...]
    unexplained: Decimal = ZERO


def settle_whole(
    difference: Difference, code: Code, variant: str, facts: Mapping[str, Fact], *, currency: str
) -> Settled:
    """One code takes the whole change of a difference; a change of nothing is no reason."""
    if not difference.change:
        return Settled(reasons=())
    return Settled(reasons=(_reason(difference, code, difference.change, variant, facts, currency),))


def settle(
    difference: Difference, shares: Mapping[Code, Share], *, currency: str, follows_arithmetic: bool = False
) -> Settled:
    """Exact shares in minor units by largest remainder, ties in the public order of the codes.

    What cutting the amounts left over, at most one minor unit a line, is ``rounding``; more is unexplained. Only where
    every row obeys Microsoft's arithmetic with the price it shows does more belong to the largest cause: then the
    price of a unit was cut before it was multiplied (reference 8.3, rule B).
    """
    change = difference.change
    charged = sum((Fraction(abs(line.item.amount)) for line in difference.lines), Fraction(0))
    if any(abs(share.exact) > charged * _ABSURD for share in shares.values()):
        shares = {}
    exact = {code: shares[code].exact for code in CODES if code in shares and shares[code].exact}
    left = Fraction(change) - sum(exact.values(), Fraction(0))
    bound = Fraction(minor_unit(currency)) * len(difference.lines)
    if abs(left) > bound and follows_arithmetic and exact:
        largest = max(exact, key=lambda code: abs(exact[code]))
        exact[largest] += left
        left = Fraction(0)
    amounts = share_out(change, [*exact.values(), left], currency)
    reasons = [
        _reason(difference, code, amount, shares[code].variant, shares[code].facts, currency)
        for code, amount in zip(exact, amounts, strict=False)
        if amount
    ]
    rest = amounts[-1]
    if rest and abs(left) <= bound:
        reasons.append(_reason(difference, "rounding", rest, "cut", {"lines": len(difference.lines)}, currency))
        rest = ZERO
    return Settled(reasons=tuple(reasons), unexplained=rest)


def subject_of(lines: Sequence[BillLine]) -> str:
    """The product's name: of the line that weighs most, since an event may have rows of small parts."""
    heaviest = max(lines, key=lambda line: abs(line.item.amount))
    return heaviest.item.product_name or heaviest.item.sku_name


def figure(value: Fraction) -> Decimal:
    """A figure for a sentence, to ten digits after the point, without trailing zeros."""
    units = round(value * 10**_FIGURE_DIGITS)
    whole, rest = divmod(units, 10**_FIGURE_DIGITS)
    return Decimal(units).scaleb(-_FIGURE_DIGITS).normalize() if rest else Decimal(whole)


def _reason(
    difference: Difference, code: Code, amount: Decimal, variant: str, facts: Mapping[str, Fact], currency: str
) -> Reason:
    return Reason(
        code=code,
        amount=amount,
        key=difference.key,
        subject=str(facts.get("subject", "")) or subject_of(_of_key(difference)),
        variant=variant,
        facts={"currency": currency, **{name: value for name, value in facts.items() if name != "subject"}},
        lines=tuple(Evidence(file=line.item.file, row=line.item.row) for line in difference.lines),
    )


def _of_key(difference: Difference) -> tuple[BillLine, ...]:
    """Lines that may name the product: the later period's, if it has any."""
    return difference.after or difference.before
