"""A bill as compare reads it: one customer, one currency, one side, one period, every line with its source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from saldo.charges.rules.line import LineItem
from saldo.core.identity import CustomerId

Side = Literal["cost", "price"]
"""``cost``: what Microsoft charges the partner. ``price``: what the partner charges the customer."""


Basis = Literal["", "cost", "list", "own"]
"""What a customer's price is made of: what Microsoft charges, Microsoft's list price, or a price of the partner's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill: Microsoft's charge, and on the price side what the partner made of it.

    ``item.amount`` is the amount of this line on this side, before tax; on the cost side the own fields are empty.
    On the price side the item's prices are the customer's, with the partner's rule in them.
    """

    item: LineItem
    price_rule: str = ""  # the partner's rule that priced it; a change of it is ``partner-price``
    basis: Basis = ""
    own: Fraction = Fraction(1)  # what the rule makes of its basis: 1.1 for ten per cent on top
    own_fee: str = ""  # support, late or service fee of the partner: ``partner-fee``
    is_tax: bool = False  # a tax line, price side only: ``tax``


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one customer is charged in one period, in one currency, on one side."""

    customer: CustomerId
    currency: str
    side: Side
    period: str  # month YYYY-MM, or a document number
    lines: tuple[BillLine, ...]

    @property
    def net(self) -> Decimal:
        """Sum of the lines, before tax on the cost side, the amount to pay on the price side."""
        return sum((line.item.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The row that proves a figure: sha256 of the imported file and its 1-based data row."""

    file: str
    row: int
