"""One month's bill as levels that add up: product, subscription, row.

Pure. Who may not see cost gets a tree without amounts: they are left out here, not hidden later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.charges.rules.line import Category, LineItem
from saldo.core.identity import FileId, SubscriptionId


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """One row of Microsoft's as a page shows it; ``amount`` and ``unit_price`` are None where cost is not shown.

    Amounts are before tax in the billing currency, the price in ``pricing_currency``; days are inclusive.
    """

    file: FileId
    row: int
    label: str  # meter or offer name, the product where there is none
    charge_type: str
    quantity: Decimal
    unit_type: str
    starts_on: date | None
    ends_on: date | None
    ordered_on: date | None
    is_usage: bool
    meter: tuple[str, str, str]  # product, sku, availability: what the daily rows of a meter share
    pricing_currency: str
    unit_price: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLevel:
    """All rows of one subscription of one product in the month."""

    subscription: SubscriptionId
    rows: tuple[BillRow, ...]
    amount: Decimal | None
    seats: Decimal | None  # None for usage: adding up different meters means nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLevel:
    """All subscriptions of one product in the month."""

    product: str
    category: Category
    subscriptions: tuple[SubscriptionLevel, ...]
    amount: Decimal | None
    seats: Decimal | None
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTree:
    """The whole bill; its amount is the sum of its products, theirs of their subscriptions, theirs of their rows."""

    products: tuple[ProductLevel, ...]
    amount: Decimal | None
    row_count: int

    def find_product(self, product: str) -> ProductLevel | None:
        """The product of this name, or None."""
        return next((level for level in self.products if level.product == product), None)


def grow_bill_tree(*, lines: Iterable[LineItem], with_cost: bool) -> BillTree:
    """Arrange lines of one customer, month and currency; dearest first, by name where cost is not shown."""
    by_product: dict[str, list[LineItem]] = {}
    for line in lines:
        by_product.setdefault(name_product(line), []).append(line)
    products = [_product(name, found, with_cost) for name, found in by_product.items()]
    products.sort(key=lambda level: (-abs(level.amount or Decimal(0)), level.product.casefold()))
    return BillTree(
        products=tuple(products),
        amount=_sum(level.amount for level in products) if with_cost else None,
        row_count=sum(level.row_count for level in products),
    )


def name_product(line: LineItem) -> str:
    """What the bill calls a line: the product, else the offer, else the meter, else Microsoft's own id."""
    return line.product_name or line.sku_name or line.meter_name or line.product_id or line.subscription


def _product(name: str, lines: Sequence[LineItem], with_cost: bool) -> ProductLevel:
    by_subscription: dict[SubscriptionId, list[LineItem]] = {}
    for line in lines:
        by_subscription.setdefault(line.subscription, []).append(line)
    levels = [_subscription(key, found, with_cost) for key, found in by_subscription.items()]
    levels.sort(key=lambda level: (-abs(level.amount or Decimal(0)), level.subscription))
    known = [level.seats for level in levels if level.seats is not None]
    return ProductLevel(
        product=name,
        category=lines[0].category,
        subscriptions=tuple(levels),
        amount=_sum(level.amount for level in levels) if with_cost else None,
        seats=sum(known, Decimal(0)) if known else None,
        row_count=len(lines),
    )


def _subscription(key: SubscriptionId, lines: Sequence[LineItem], with_cost: bool) -> SubscriptionLevel:
    rows = sorted(lines, key=lambda line: (line.charge_starts_on or date.min, line.ordered_on or date.min, line.row))
    return SubscriptionLevel(
        subscription=key,
        rows=tuple(show_row(line, with_cost=with_cost) for line in rows),
        amount=_sum(line.amount for line in rows) if with_cost else None,
        seats=_seats(rows),
    )


def show_row(line: LineItem, *, with_cost: bool) -> BillRow:
    """One line as a page may show it."""
    return BillRow(
        file=line.file,
        row=line.row,
        label=line.meter_name or line.sku_name or name_product(line),
        charge_type=line.charge_type,
        quantity=line.quantity,
        unit_type=line.unit_type,
        starts_on=line.charge_starts_on,
        ends_on=line.charge_ends_on,
        ordered_on=line.ordered_on,
        is_usage=line.category == "usage",
        meter=(line.product_id, line.sku_id, line.availability_id),
        pricing_currency=line.pricing_currency,
        unit_price=line.unit_price if with_cost else None,
        amount=line.amount if with_cost else None,
    )


def _seats(lines: Sequence[LineItem]) -> Decimal | None:
    """Seats at the end of the month: those of the last charge, since a refund row repeats the seats before it."""
    charged = [line for line in lines if line.category != "usage" and line.amount >= 0]
    if not charged:
        return None
    return max(charged, key=lambda line: (line.ordered_on or date.min, line.charge_starts_on or date.min)).quantity


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
