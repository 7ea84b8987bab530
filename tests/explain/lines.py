"""Bills written by hand: a row is an ordinary monthly licence row unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from saldo.charges.rules.line import LineItem
from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId
from saldo.core.money import amount_text, minor_unit
from saldo.explain.rules.bill import Bill, BillLine, Side
from saldo.explain.rules.explanation import Explanation, Reason
from saldo.explain.rules.reasons import explain

CUSTOMER = CustomerId("c0ffee00-0000-4000-8000-000000000001")
FEBRUARY, MARCH, APRIL = "2026-02-01..2026-02-28", "2026-03-01..2026-03-31", "2026-04-01..2026-04-30"
YEAR = "2026-03-01..2027-02-28"

_SHOWN_DIGITS = Decimal("0.000000000000001")
_TEXTS = {
    **{column.name: "" for column in fields(LineItem) if column.type == "str"},
    "file": FileId("f" * 64),
    "platform": "new-commerce",
    "category": "licence",
    "sku_id": "0001",
    "availability_id": "CFQ7TTC0K59S",
    "publisher": "Microsoft Corporation",
    "billing_frequency": "Monthly",
}
_ON_THE_BILL = ("price_rule", "own_fee", "is_tax")


def a_line(
    charge_type: str = "cycleCharge",
    *,
    subscription: str = "s1",
    product: str = "E3",
    seats: str | int = 10,
    price: str = "36.00",
    part: str = "1",
    paid: str | None = None,
    amount: str | None = None,
    days: str = MARCH,
    rate: str = "1",
    currency: str = "SEK",
    **others: Any,
) -> BillLine:
    """One row: ``part`` of its cycle is charged, or given back with a minus sign; what is not said follows from it.

    ``days`` are ``FIRST..LAST``, either may be missing; ``paid`` is EffectiveUnitPrice; the amount is cut once.
    """
    exact = Fraction(price) * Fraction(part) if paid is None else Fraction(paid)
    first, last = (date.fromisoformat(day) if day else None for day in (days.split("..") if days else ("", "")))
    charged = exact * Fraction(seats) * Fraction(rate)
    item = {
        **_TEXTS,
        "row": 0,
        "document": MicrosoftInvoiceId(""),
        "amends": (),
        "is_estimated": False,
        "charge_type": charge_type,
        "customer": CUSTOMER,
        "subscription": SubscriptionId(subscription),
        "product_id": product,
        "product_name": product,
        "sku_name": product,
        "quantity": Decimal(seats),
        "unit_price": Decimal(price),
        "effective_unit_price": Decimal(paid) if paid is not None else _shown(exact),
        "discount": Decimal(0),
        "amount": Decimal(amount) if amount is not None else _cut(charged, currency),
        "tax": Decimal(0),
        "currency": currency,
        "pricing_currency": currency if Decimal(rate) == 1 else "USD",
        "exchange_rate": Decimal(rate),
        "ordered_on": first,
        "charge_starts_on": first,
        "charge_ends_on": last,
        "term_starts_on": None,
        "term_ends_on": None,
        **{name: value for name, value in others.items() if name not in _ON_THE_BILL},
    }
    return BillLine(item=LineItem(**item), **{name: others[name] for name in _ON_THE_BILL if name in others})


def legacy(charge_type: str = "Cycle fee", **others: Any) -> BillLine:
    """One row of the legacy licence file: no ReferenceId, no category of its own."""
    return a_line(charge_type, **{"platform": "legacy", "subscription": "l1", **others})


def usage(quantity: str, price: str, **others: Any) -> BillLine:
    """One metered row of an Azure plan."""
    said = {"subscription": "azure", "product": "VM", "category": "usage", "billing_frequency": "", "meter_name": "D2"}
    return a_line(seats=quantity, price=price, **{"charge_type": "new", "unit_type": "1 Hour", **said, **others})


def pair(
    charge_type: str, old: int, new: int, part: str, *, days: str, reference: str = "e1", **others: Any
) -> tuple[BillLine, BillLine]:
    """A change of seats as Microsoft writes it: all old seats given back, all new ones charged, for the days left."""
    said = {"days": days, "reference": reference, **others}
    return (
        a_line(charge_type, seats=old, part=f"-{part}", **said),
        a_line(charge_type, seats=new, part=part, **said),
    )


def a_bill(lines: Sequence[BillLine], *, period: str = "2026-04", side: Side = "cost", currency: str = "SEK") -> Bill:
    """The rows of a period, numbered as they stand, on a document of the period unless they name another."""
    own = MicrosoftInvoiceId(f"G-{period}")
    numbered = tuple(
        replace(line, item=replace(line.item, row=number, document=line.item.document or own))
        for number, line in enumerate(lines, start=1)
    )
    return Bill(customer=CUSTOMER, currency=currency, side=side, period=period, lines=numbered)


def explained(
    before: Sequence[BillLine], after: Sequence[BillLine], *, side: Side = "cost", currency: str = "SEK"
) -> Explanation:
    """The second of two bills explained against the first; whatever else, it must add up."""
    found = explain(
        before=a_bill(before, period="2026-03", side=side, currency=currency),
        after=a_bill(after, period="2026-04", side=side, currency=currency),
    )
    assert sum(reason.amount for reason in found.reasons) + found.unexplained == found.change
    assert len({(reason.key, reason.code) for reason in found.reasons}) == len(found.reasons)
    assert all(reason.amount for reason in found.reasons)
    return found


def told(
    before: Sequence[BillLine], after: Sequence[BillLine], *, side: Side = "cost", currency: str = "SEK"
) -> dict[str, str]:
    """``{"KEY CODE": "AMOUNT"}``, with ``unexplained`` among them where something is."""
    found = explained(before, after, side=side, currency=currency)
    amounts = {f"{reason.key} {reason.code}": reason.amount for reason in found.reasons}
    if found.unexplained:
        amounts["unexplained"] = found.unexplained
    return {name: amount_text(amount, currency) for name, amount in amounts.items()}


def the_reason(before: Sequence[BillLine], after: Sequence[BillLine], code: str = "", **bill: Any) -> Reason:
    """The only reason, or the only one with this code."""
    (reason,) = (reason for reason in explained(before, after, **bill).reasons if code in ("", reason.code))
    return reason


def _shown(exact: Fraction) -> Decimal:
    """A price as a file shows it, to fifteen digits after the point."""
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return value.quantize(_SHOWN_DIGITS, rounding=ROUND_HALF_EVEN).normalize()


def _cut(exact: Fraction, currency: str) -> Decimal:
    """Microsoft's rule A: the exact amount cut once, toward zero."""
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(minor_unit(currency), rounding=ROUND_DOWN)
