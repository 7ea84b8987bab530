"""What one line costs the customer under its rule (docs/algorithms/prices.md): exact until one rounding at the end.

Proration follows Microsoft's own: the row's part of its cycle is the customer's part. Refund rows run through the same
arithmetic with their sign, and halves go away from zero, so a refund is the exact mirror of its charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from saldo.agreements.rules.earned_credit import before_credit
from saldo.agreements.rules.exact import ONE, Exact, exact_of, rounded, shown, times, times_part
from saldo.agreements.rules.exchange import Rate, Rates
from saldo.agreements.rules.prices import PriceRule
from saldo.core.problems import Refused

DEFAULT_USED = "agreements.price.default-used"


class UnableToPrice(Refused):
    """The rule cannot price this line: agreements.price.no-list-price, .bad-value."""


class PricedFacts(NamedTuple):
    """A row of Microsoft's as figures. Cost side: nothing of it but quantity and part may reach a customer."""

    quantity: Decimal  # billed, positive also on refund rows
    unit_price: Decimal  # Microsoft's list price of one unit and a whole cycle, in pricing currency
    cost: Decimal  # what Microsoft charged, signed
    currency: str  # of ``cost``
    pricing_currency: str = ""  # "" is ``currency``
    rate: Decimal = Decimal(1)  # one unit of pricing currency in ``currency``, as Microsoft used it
    part: Fraction = Fraction(1)  # of its cycle that the row charges; 1 for what is metered or one-time
    months: int = 1  # of a whole cycle: 12 where a year is billed at once; 1 for what is metered or one-time
    adjustments: str = ""  # PriceAdjustmentDescription as sent
    listed: Fraction | None = None  # the row at list price where it is known better than price × quantity (legacy)
    is_refund: bool = False  # for rows that give back nothing; a negative cost says it by itself

    @property
    def sign(self) -> int:
        """-1 on rows that give back."""
        return -1 if self.cost < 0 or self.is_refund else 1

    @property
    def at_list(self) -> Exact:
        """What Microsoft charges at list price for the same units and part of the cycle, signed, in ``currency``."""
        if self.listed is not None:
            return exact_of(self.listed)
        return times(self.units, self.unit_price, self.rate or ONE)

    @property
    def units(self) -> Exact:
        """Quantity × part of the cycle, signed."""
        return times_part(times(Exact(self.quantity), self.sign), self.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What the customer is charged for a line, in the currency of the invoice.

    ``unit_price`` is that of one unit for a whole cycle, ``charged_price`` that of one unit for the part charged; both
    are positive and for showing, ``net`` is signed and counts. ``rule`` is None where the list price stands in.
    """

    net: Decimal
    unit_price: Decimal
    charged_price: Decimal
    currency: str
    rule: PriceRule | None
    because: str
    rate: Rate | None = None  # where an amount had to be converted


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBilled:
    """The rule says that the customer does not pay this."""

    rule: PriceRule
    reason: str


def price_line(
    facts: PricedFacts, rule: PriceRule | None, *, currency: str, rates: Rates, on: date
) -> Price | NotBilled:
    """Price one row in the customer's currency; None as rule is the list price.

    ``on`` is the day whose rate holds if amounts must be converted.
    Refuses: UnableToPrice (agreements.price.no-list-price, .bad-value), UnableToConvert (as `Rates.cross`).
    """
    if rule is not None and rule.method == "not-billed":
        return NotBilled(rule=rule, reason=str(rule.value.get("reason", "")))
    try:
        exact, of = _exact(facts, rule)
    except (ArithmeticError, KeyError, TypeError, ValueError) as fault:
        code = rule.code if rule else ""
        raise UnableToPrice(code="agreements.price.bad-value", facts={"rule": code}) from fault
    rate = None if of == currency else rates.cross(of, currency, on)
    exact = exact if rate is None else times(exact, rate.rate)
    whole = times_part(exact, 1 / facts.part) if facts.part else exact
    return Price(
        net=rounded(exact, currency),
        unit_price=shown(whole, facts.quantity),
        charged_price=shown(exact, facts.quantity),
        currency=currency,
        rule=rule,
        because=DEFAULT_USED if rule is None else f"agreements.price.{rule.method}",
        rate=rate,
    )


def top_up(minimum: PriceRule, *, charged: Decimal, currency: str, rates: Rates, on: date) -> Price | None:
    """The extra line that lifts a debtor's month to its minimum; None where the month reaches it already.

    ``charged`` is the net of the debtor's month in ``currency``, credits taken off. Refuses: UnableToConvert.
    """
    of = minimum.currency or currency
    rate = None if of == currency else rates.cross(of, currency, on)
    least = times(Exact(_figure(minimum.value["net"])), rate.rate if rate else ONE)
    missing = rounded(least, currency) - charged
    if missing <= 0:
        return None
    return Price(
        net=missing,
        unit_price=missing,
        charged_price=missing,
        currency=currency,
        rule=minimum,
        because="agreements.price.minimum",
        rate=rate,
    )


def _exact(facts: PricedFacts, rule: PriceRule | None) -> tuple[Exact, str]:
    """The exact amount and the currency it is in."""
    method = "list-price" if rule is None else rule.method
    value = {} if rule is None else rule.value
    if rule is not None and method in ("fixed-price", "tiers"):
        return _agreed(facts, rule), rule.currency or facts.currency
    if method == "pass-through":
        return Exact(facts.cost), facts.currency
    if method == "markup-on-cost":
        return times(_before_credit(facts), 1 + _figure(value["percent"]).scaleb(-2)), facts.currency
    if method not in ("list-price", "discount-from-list"):
        raise ValueError(method)
    kept = 1 - _figure(value["percent"]).scaleb(-2) if method == "discount-from-list" else ONE
    return times(_at_list(facts), kept), facts.currency


def _agreed(facts: PricedFacts, rule: PriceRule) -> Exact:
    """A price of our own: per unit and month, or per unit where it is metered or bought once."""
    if rule.method == "fixed-price":
        return times(facts.units, _figure(rule.value["price"]), facts.months)
    steps = [(_figure(step["from"]), _figure(step["price"])) for step in rule.value["steps"]]
    reached = max((step for step in steps if step[0] <= facts.quantity), default=min(steps))
    return times(facts.units, reached[1], facts.months)


def _figure(text: object) -> Decimal:
    figure = Decimal(str(text))
    if not figure.is_finite():
        raise ValueError(text)
    return figure


def _before_credit(facts: PricedFacts) -> Exact:
    return before_credit(
        at_list=facts.at_list,
        cost=facts.cost,
        adjustments=facts.adjustments,
        rate=facts.rate,
        currency=facts.currency,
        pricing_currency=facts.pricing_currency,
    )


def _at_list(facts: PricedFacts) -> Exact:
    listed = facts.at_list
    if not listed.above and facts.cost:
        raise UnableToPrice(code="agreements.price.no-list-price")
    return listed
