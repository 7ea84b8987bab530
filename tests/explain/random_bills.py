"""Bills that nobody would send and some that Microsoft would: fast, and always the same for a seed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, get_args

from saldo.charges.rules.line import Category, LineItem
from saldo.charges.rules.proration import (
    effective_unit_price,
    legacy_amount,
    legacy_unit_price,
    seats_by_rule_a,
    seats_by_rule_b,
    usage_charged,
    usage_cost,
)
from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId
from saldo.core.money import minor_digits
from saldo.explain.rules.bill import Bill, BillLine, Side
from tests.explain.lines import a_line, legacy, usage

NEW_COMMERCE = (
    *("new", "renew", "cycleCharge", "addQuantity", "removeQuantity", "moveQuantity", "convert"),
    *("changeBillingPlan", "cancelImmediate", "customerCredit", "extendTerm", "cancel", "NEW", " CycleCharge "),
)
LEGACY = (
    *("Activation fee", "Purchase fee", "New purchase cycle fee", "Cycle fee", "Prorate fees when purchase"),
    *("Prorate fee when renew", "Cycle instance prorate", "Cancel fee", "Prorate fees when cancel"),
    *("Cancel instance prorate", "Prorate fees when convert away from current offering"),
    *("Prorate fees when convert to a new offering", "Convert from instance prorate", "Prorate fees when activate"),
    *("Assess usage fee for current cycle", "Assess usage fee when cancel", "Activation discount", "Cycle discount"),
    *("Renew discount", "Cancel discount", "Offset a line item"),
)
CHARGE_TYPES = (*NEW_COMMERCE, *LEGACY, "", "a type of next year")
CATEGORIES: tuple[Category, ...] = get_args(Category)
CURRENCIES = ("SEK", "EUR", "USD", "BRL", "CNY", "JPY", "KWD")
PRICES = tuple(map(Decimal, ("0", "4", "10.08", "36", "35.999", "100", "0.0209496384791679", "-12.5", "987654321.12")))
QUANTITIES = tuple(map(Decimal, ("0", "1", "2", "5", "10", "12", "300", "0.000001", "745", "123456789")))
RATES = tuple(map(Decimal, ("1", "1", "1", "0", "10.5", "0.0081", "157.33")))
DISCOUNTS = tuple(map(Decimal, ("0", "0", "0.05", "0.125", "0.3333")))
NAMES = ("", "E3", "E5", "e-3")
_CUSTOMER = CustomerId("c0ffee00-0000-4000-8000-000000000001")
_FIRST = date(2024, 1, 28)


def two_bills(seed: int) -> tuple[Bill, Bill]:
    """Two bills to compare: some lines in both, some changed by a little, most of no sense at all."""
    random = Random(seed)
    currency = random.choice(CURRENCIES)
    side: Side = random.choice(("cost", "cost", "price"))
    before = [_a_line(random, currency, side) for _ in range(random.choice((0, 1, 1, 2, 2, 3, 5)))]
    after = [_a_line(random, currency, side) for _ in range(random.choice((0, 1, 1, 2, 2, 3, 5)))]
    for line in before:
        if random.random() < 0.4:
            after.insert(random.randrange(len(after) + 1), _a_little_else(random, line))
    return _bill(before, currency, side, "2024-02"), _bill(after, currency, side, "2024-03")


def _bill(lines: list[BillLine], currency: str, side: Side, period: str) -> Bill:
    numbered = (replace(line, item=replace(line.item, row=number)) for number, line in enumerate(lines, start=1))
    return Bill(customer=_CUSTOMER, currency=currency, side=side, period=period, lines=tuple(numbered))


def _a_little_else(random: Random, line: BillLine) -> BillLine:
    item = line.item
    others: tuple[dict[str, Any], ...] = (
        {},
        {"quantity": random.choice(QUANTITIES)},
        {"unit_price": random.choice(PRICES)},
        {"charge_type": random.choice(CHARGE_TYPES)},
        {"amount": -item.amount},
        {"exchange_rate": random.choice(RATES)},
        {"subscription": random.choice(("s1", "s2"))},
        {"document": "G-2", "amends": (item.document,)},
    )
    return replace(line, item=replace(item, **random.choice(others)))


def _a_line(random: Random, currency: str, side: Side) -> BillLine:
    is_price = side == "price"
    return BillLine(
        item=_an_item(random, currency),
        price_rule=random.choice(("", "r1", "r2")) if is_price else "",
        own_fee=random.choice(("", "", "support")) if is_price else "",
        is_tax=is_price and random.random() < 0.1,
    )


def _an_item(random: Random, currency: str) -> LineItem:
    quantity, price, rate = random.choice(QUANTITIES), random.choice(PRICES), random.choice(RATES)
    effective = random.choice((price, -price, price * 25 / 31, price * Decimal("0.9"), Decimal(0)))
    starts_on, ends_on = _days(random)
    product = random.choice(("P1", "P2", ""))
    return LineItem(
        file=FileId("f" * 64),
        row=0,
        document=MicrosoftInvoiceId(random.choice(("", "G-1", "G-1", "G-2"))),
        amends=random.choice(((), (), (), (), ("G-1",), ("G-9",), ("G-1", "G-9"))),
        is_estimated=random.random() < 0.1,
        platform=random.choice(("new-commerce", "new-commerce", "legacy")),
        category=random.choice((*CATEGORIES, "licence", "licence", "licence", "usage")),
        charge_type=random.choice(CHARGE_TYPES),
        customer=_CUSTOMER,
        subscription=SubscriptionId(random.choice(("", "s1", "s1", "s2", "s3", "s1/s2"))),
        product_id=product,
        sku_id=random.choice(("0001", "0001", "0002", "")),
        availability_id=random.choice(("", "A1")),
        product_name=random.choice(NAMES),
        sku_name=random.choice(NAMES),
        meter_name="",
        unit_type="",
        publisher=random.choice(("", "Microsoft", "Contoso")),
        quantity=quantity,
        unit_price=price,
        effective_unit_price=effective,
        discount=random.choice((Decimal(0), Decimal(0), Decimal("1.25"))),
        amount=_amount(random, quantity * effective * (rate or 1), currency),
        tax=Decimal(0),
        currency=currency,
        pricing_currency=random.choice((currency, "USD", "")),
        exchange_rate=rate,
        ordered_on=random.choice((None, starts_on, _FIRST)),
        charge_starts_on=starts_on,
        charge_ends_on=ends_on,
        term_starts_on=random.choice((None, starts_on)),
        term_ends_on=random.choice((None, ends_on, _FIRST + timedelta(days=365))),
        term_text="",
        billing_frequency=random.choice(("Monthly", "Monthly", "Annual", "", " monthly")),
        reference=random.choice(("", "", "e1", "e2")),
        promotion=random.choice(("", "PROMO")),
        credit_reason=random.choice(("", "", "", "SLA")),
        qualifiers="",
        adjustments="",
        reservation_order=random.choice(("", "", "R1")),
    )


def _days(random: Random) -> tuple[date | None, date | None]:
    starts_on = _FIRST + timedelta(days=random.randrange(70))
    ends_on = starts_on + timedelta(days=random.choice((-3, 0, 5, 24, 27, 28, 29, 30, 31, 44, 45, 200, 364, 365, 1094)))
    return random.choice((starts_on, starts_on, starts_on, None)), random.choice((ends_on, ends_on, ends_on, None))


def _amount(random: Random, exact: Decimal, currency: str) -> Decimal:
    digits = minor_digits(currency)
    if random.random() < 0.5:
        return Decimal(int(exact.scaleb(digits))).scaleb(-digits)
    units = random.choice((0, 1, -1, 7, -250, 14516, -116129, 10**15 + 3, random.randrange(-(10**6), 10**6)))
    return Decimal(units).scaleb(-digits)


# ---- bills as Microsoft would send them ---------------------------------------------------------------------------


def two_orderly_bills(seed: int) -> tuple[Bill, Bill]:
    """Two months in which every row obeys Microsoft's arithmetic (reference 8): by rule A, rule B, legacy or usage."""
    random = Random(seed)
    currency = random.choice(CURRENCIES)
    pricing = random.choice((currency, "USD"))
    plans = [_plan(random, number) for number in range(random.randrange(1, 5))]
    before, after = ([_a_row(random, plan, month, currency, pricing) for plan in plans] for month in (3, 4))
    return _bill(before, currency, "cost", "2026-03"), _bill(after, currency, "cost", "2026-04")


def _plan(random: Random, number: int) -> dict[str, Any]:
    return {
        "kind": random.choice(("seats", "seats", "legacy", "usage")),
        "rule": random.choice((seats_by_rule_a, seats_by_rule_b)),
        "subscription": f"s{number}",
        "price": Decimal(random.randrange(1, 100_000)).scaleb(-2),
        "seats": Decimal(random.randrange(1, 400)),
    }


def _a_row(random: Random, plan: dict[str, Any], month: int, currency: str, pricing: str) -> BillLine:
    price, seats = plan["price"], plan["seats"]
    price += random.choice((Decimal(0), Decimal(0), Decimal(random.randrange(5000)).scaleb(-2)))
    seats += random.choice((0, 0, random.randrange(100)))
    rate = Decimal(1) if pricing == currency else Decimal(random.randrange(10_000, 2_000_000)).scaleb(-4)
    said = {"subscription": plan["subscription"], "price": str(price), "seats": str(seats), "currency": currency}
    if plan["kind"] == "usage":
        return _metered(said, price, seats + random.randrange(1000) / Decimal(1000), rate, pricing)
    days = monthrange(2026, month)[1]
    charged = random.choice((days, days, random.randrange(1, days)))
    said["days"] = f"2026-{month:02}-{days - charged + 1:02}..2026-{month:02}-{days}"
    part = {"days": charged, "of_days": days}
    if plan["kind"] == "legacy":
        amount = legacy_amount(unit_price=price, quantity=seats, currency=currency, **part)
        shown = legacy_unit_price(unit_price=price, currency=currency, **part)
        return legacy(amount=str(amount), **said | {"price": str(shown)})
    exact = effective_unit_price(unit_price=price, discount=random.choice(DISCOUNTS), **part)
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    amount = plan["rule"](price=exact, quantity=seats, exchange_rate=rate, currency=currency)
    return a_line(paid=f"{shown:.15f}", rate=str(rate), pricing_currency=pricing, amount=str(amount), **said)


def _metered(said: dict[str, str], price: Decimal, units: Decimal, rate: Decimal, pricing: str) -> BillLine:
    cost = usage_cost(unit_price=price, quantity=units, currency=pricing)
    amount = usage_charged(cost=cost, exchange_rate=rate, currency=said["currency"])
    figures = said | {"quantity": str(units), "paid": f"{cost / units:.15f}", "amount": str(amount), "rate": str(rate)}
    del figures["seats"]
    return usage(pricing_currency=pricing, **figures)
