"""Builders for the tests of the desk: one keyword-only function per noun."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.charges.rules.line import LineItem

_PLAIN = LineItem(
    file="f" * 64,  # type: ignore[arg-type]
    row=1,
    document="G000000001",  # type: ignore[arg-type]
    amends=(),
    is_estimated=False,
    platform="new-commerce",
    category="licence",
    charge_type="cycleFee",
    customer="11111111-1111-1111-1111-111111111111",  # type: ignore[arg-type]
    subscription="s-1",  # type: ignore[arg-type]
    product_id="P1",
    sku_id="0001",
    availability_id="A1",
    product_name="Microsoft 365 E3",
    sku_name="",
    meter_name="",
    unit_type="Licence",
    publisher="Microsoft",
    quantity=Decimal(10),
    unit_price=Decimal("36.00"),
    effective_unit_price=Decimal("36.00"),
    discount=Decimal(0),
    amount=Decimal("360.00"),
    tax=Decimal(0),
    currency="SEK",
    pricing_currency="SEK",
    exchange_rate=Decimal(1),
    ordered_on=date(2026, 4, 1),
    charge_starts_on=date(2026, 4, 1),
    charge_ends_on=date(2026, 4, 30),
    term_starts_on=date(2026, 1, 1),
    term_ends_on=date(2026, 12, 31),
    term_text="P1Y",
    billing_frequency="Monthly",
    reference="",
    promotion="",
    credit_reason="",
    qualifiers="",
    adjustments="",
    reservation_order="",
)


def a_line(**changes: Any) -> LineItem:
    """A plain seat charge of April 2026, with these fields otherwise."""
    if "amount" in changes:
        changes["amount"] = Decimal(changes["amount"])
    return replace(_PLAIN, **changes)
