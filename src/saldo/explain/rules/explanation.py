"""What an explanation is: reasons whose amounts add up to the change, each with the rows that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from saldo.core.identity import CustomerId
from saldo.explain.rules.bill import Evidence, Side

Code = Literal[
    "new-subscription",
    "ended-subscription",
    "seats-added",
    "seats-removed",
    "proration",
    "plan-changed",
    "term-changed",
    "upfront-charge",
    "price-changed",
    "promotion-changed",
    "exchange-rate",
    "usage-volume",
    "usage-price",
    "calendar-days",
    "credit",
    "correction",
    "tax",
    "partner-price",
    "partner-fee",
    "rounding",
]
"""The public codes (interface.md); their order breaks ties of the smallest unit."""

CODES: tuple[Code, ...] = Code.__args__  # type: ignore[attr-defined]  # a Literal's members, in the order written

Fact = str | int | Decimal | date
"""A figure a sentence is made of. Prices are in ``pricing_currency``, days inclusive, shares of one (0.15 is 15 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One cause of a change, of one subscription or meter.

    ``amount`` is in the bill's currency to the minor unit and signed; ``key`` names the subscription or meter;
    ``variant`` picks the sentence of a code, and ``facts`` fill it (docs/algorithms/reasons.md lists both).
    """

    code: Code
    amount: Decimal
    key: str
    subject: str
    variant: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    lines: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one bill differs from another: the sum of all reasons plus ``unexplained`` is ``change``, always."""

    customer: CustomerId
    currency: str
    side: Side
    before_period: str
    after_period: str
    before: Decimal
    after: Decimal
    reasons: tuple[Reason, ...]
    unexplained: Decimal

    @property
    def change(self) -> Decimal:
        """What is to be explained."""
        return self.after - self.before
