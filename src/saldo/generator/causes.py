"""The cause of every change, from what was planned and not from what was written, by the public decision table.

It shares no code with the room that explains real bills, so that each can find the other's mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial

from saldo.core.money import share_out
from saldo.generator.contracts import Contract
from saldo.generator.rows import Row

CODES = (
    "new-subscription", "ended-subscription", "seats-added", "seats-removed", "proration", "plan-changed",
    "term-changed", "upfront-charge", "price-changed", "promotion-changed", "exchange-rate", "usage-volume",
    "usage-price", "calendar-days", "credit", "correction", "tax", "partner-price", "partner-fee", "rounding",
)  # fmt: skip
"""The public codes in their public order, which breaks ties of the smallest unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor of an amount in both periods, and the code its share goes to."""

    code: str
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a change; ``amount`` in the billing currency, to the minor unit."""

    code: str
    key: str
    subject: str
    amount: Decimal


def share(factors: Sequence[Factor]) -> dict[str, Fraction]:
    """What each code has of the change of a product: every order of changing the factors counts alike."""
    shares: dict[str, Fraction] = {}
    moved = [factor for factor in factors if factor.before != factor.after]
    still = Fraction(1)
    for factor in factors:
        if factor.before == factor.after:
            still *= factor.before
    for factor in moved:
        others = [other for other in moved if other is not factor]
        step = (factor.after - factor.before) * still * _mean(others, len(moved))
        shares[factor.code] = shares.get(factor.code, Fraction(0)) + step
    return shares


def _mean(others: Sequence[Factor], count: int) -> Fraction:
    """The others' product, over all orders in which some of them have changed already."""
    total = Fraction(0)
    for size in range(len(others) + 1):
        weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
        for changed in combinations(range(len(others)), size):
            product = Fraction(1)
            for place, other in enumerate(others):
                product *= other.after if place in changed else other.before
            total += weight * product
    return total


def settle(exact: dict[str, Fraction], change: Decimal, *, key: str, subject: str, currency: str) -> list[Reason]:
    """Exact shares as reasons in minor units; what the cut of the rows left over is ``rounding``."""
    left = Fraction(change) - sum(exact.values(), Fraction(0))
    parts = {code: exact[code] for code in CODES if exact.get(code)}
    if left:
        parts["rounding"] = left
    amounts = share_out(change, list(parts.values()), currency)
    return [
        Reason(code=code, key=key, subject=subject, amount=amount)
        for code, amount in zip(parts, amounts, strict=True)
        if amount
    ]


def total(rows: Iterable[Row]) -> Decimal:
    """What the rows cost."""
    return sum((row.subtotal for row in rows), Decimal(0))


def explain_seats(contracts: Sequence[Contract], before: int, after: int) -> list[Reason]:
    """The reasons of one subscription, or of several that an upgrade links, between two months."""
    old = [row for contract in contracts for row in contract.rows.get(before, ())]
    new = [row for contract in contracts for row in contract.rows.get(after, ())]
    marks = {mark for c in contracts for month in (before, after) for mark in c.marks.get(month, ())}
    change = total(new) - total(old)
    last = contracts[-1]
    subject, currency = last.products[0].product_name, last.currency
    code = _whole(marks, old, new)
    if code:
        return settle({code: Fraction(change)}, change, key=last.key, subject=subject, currency=currency)
    if len(contracts) > 1:
        return [reason for contract in contracts for reason in explain_seats([contract], before, after)]
    exact: dict[str, Fraction] = {}
    weight_code = _weight_code(last, before, after, marks)
    for product in last.products:
        factors = _factors(
            [row for row in old if row.product == product], [row for row in new if row.product == product], weight_code
        )
        for name, amount in share(factors).items():
            exact[name] = exact.get(name, Fraction(0)) + amount
    return settle(exact, change, key=last.key, subject=subject, currency=currency)


def _whole(marks: set[str], old: Sequence[Row], new: Sequence[Row]) -> str:
    """The code that takes the whole change of a subscription, in the order of the table; "" if its factors share it."""
    if {"left", "arrived"} <= marks:
        return "plan-changed"  # both sides of a migration are in these two months
    for mark, code in (("upgrade", "plan-changed"), ("plan", "term-changed"), ("upfront", "upfront-charge")):
        if mark in marks:
            return code
    if not old or not new:
        return "new-subscription" if new else "ended-subscription"
    return "ended-subscription" if "cancelled" in marks else ""


def _weight_code(contract: Contract, before: int, after: int, marks: set[str]) -> str:
    """Where a change of seats times days goes: to the event that made it."""
    if "seats" in marks:
        steps = sum(contract.seat_steps.get(month, 0) for month in (before, after))
        return "seats-added" if steps > 0 else "seats-removed"
    if "first-stub" in marks:
        return "new-subscription"
    if "part-cycle" in marks:
        return "proration"
    old, new = (sum((row.weight for row in contract.rows[month]), Fraction(0)) for month in (before, after))
    return "seats-added" if new > old else "seats-removed"


def _factors(old: Sequence[Row], new: Sequence[Row], weight_code: str) -> list[Factor]:
    """Seats and days, list price, discount and rate of one product in both months; within a month they are one."""
    first, second = old[0], new[0]
    return [
        Factor(
            code=weight_code,
            before=sum((row.weight for row in old), Fraction(0)),
            after=sum((row.weight for row in new), Fraction(0)),
        ),
        Factor(code="price-changed", before=Fraction(first.unit_price), after=Fraction(second.unit_price)),
        Factor(code="promotion-changed", before=1 - Fraction(first.discount), after=1 - Fraction(second.discount)),
        Factor(code="exchange-rate", before=Fraction(first.rate), after=Fraction(second.rate)),
    ]


def explain_corrections(corrections: Mapping[int, Sequence[Row]], before: int, after: int) -> list[Reason]:
    """What the notes of both months add and take away, by subscription."""
    old, new = corrections.get(before, []), corrections.get(after, [])
    reasons = []
    for key in dict.fromkeys(row.subscription for row in (*old, *new)):
        rows = [row for row in old if row.subscription == key], [row for row in new if row.subscription == key]
        first = (*rows[0], *rows[1])[0]
        change = total(rows[1]) - total(rows[0])
        reasons += settle(
            {"correction": Fraction(change)},
            change,
            key=key,
            subject=first.product.product_name,
            currency=first.currency,
        )
    return reasons
