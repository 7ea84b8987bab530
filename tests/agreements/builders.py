"""Rules and lines of the tests, with only what a test is about named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.agreements.rules.exchange import NO_RATES, Rates
from saldo.agreements.rules.prices import LineFacts, PriceRule
from saldo.agreements.rules.pricing import NotBilled, Price, PricedFacts, price_line

JANUARY = date(2026, 1, 1)
MARCH = date(2026, 3, 1)


def rule(
    code: str = "list", method: str = "list-price", value: Mapping[str, Any] | None = None, **more: Any
) -> PriceRule:
    usual = {"version": 1, "level": "company", "starts_on": JANUARY}
    return PriceRule(code=code, method=method, value=value or {}, **usual | more)


def markup(percent: str, code: str = "markup", **more: Any) -> PriceRule:
    return rule(code, "markup-on-cost", {"percent": percent}, **more)


def fixed(price: str, code: str = "fixed", currency: str = "EUR", **more: Any) -> PriceRule:
    return rule(code, "fixed-price", {"price": price}, currency=currency, **more)


def line(**more: Any) -> LineFacts:
    usual = {
        "tenant": "tenant-1",
        "debtor": "10001",
        "segment": "school",
        "product_id": "CFQ7TTC0LH18",
        "product_name": "Microsoft 365 Business Basic",
        "sku_id": "0001",
        "publisher": "Microsoft",
        "category": "licence",
        "charge_type": "cycleFee",
        "term_starts_on": MARCH,
        "charge_starts_on": MARCH,
        "month": MARCH,
    }
    return LineFacts(**usual | more)


def row(quantity: str = "1", unit_price: str = "10", cost: str = "10", **more: Any) -> PricedFacts:
    return PricedFacts(Decimal(quantity), Decimal(unit_price), Decimal(cost), **{"currency": "EUR"} | more)


def priced(facts: PricedFacts, agreed: PriceRule | None, currency: str = "EUR", rates: Rates = NO_RATES) -> Price:
    price = price_line(facts, agreed, currency=currency, rates=rates, on=MARCH)
    assert not isinstance(price, NotBilled)
    return price
