"""An Azure plan through the months: meters, tiers, partner earned credit and its loss, credits (reference 8.4, 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from saldo.core.periods import Month
from saldo.generator.causes import Factor, Reason, settle, share, total
from saldo.generator.meters import METERS, Meter, step_of
from saldo.generator.names import Customer, guid
from saldo.generator.rows import Row, decimal_text

EARNED_CREDIT = Decimal("0.15")
EARNED_TEXT = '["15.0% Partner earned credit for services managed"]'
CREDIT_REASONS = ("Azure Credit Offer", "SLA credit")


@dataclass(slots=True, kw_only=True)
class AzurePlan:
    """One Azure plan; ``entitlements`` are the Azure subscriptions in it, id and name."""

    customer: Customer
    id: str
    entitlements: tuple[tuple[str, str], ...]
    rows: dict[int, list[Row]] = field(default_factory=dict)
    meters: dict[str, Meter] = field(default_factory=dict)

    def reasons(self, before: int, after: int) -> list[Reason]:
        """Why the plan's charges changed between two months, by meter; credits by the meter they offset."""
        old, new = self.rows.get(before, []), self.rows.get(after, [])
        reasons = []
        charged = [row for row in old if not row.credit_reason], [row for row in new if not row.credit_reason]
        if bool(charged[0]) != bool(charged[1]):
            change = total(charged[1]) - total(charged[0])
            code = "new-subscription" if charged[1] else "ended-subscription"
            currency = (old or new)[0].currency
            reasons += settle({code: Fraction(change)}, change, key=self.id, subject="Azure plan", currency=currency)
        else:
            reasons += [r for key in _keys(*charged) for r in _explain_meter(key, *_of(key, *charged))]
        credits = [row for row in old if row.credit_reason], [row for row in new if row.credit_reason]
        for key in _keys(*credits):
            given = _of(key, *credits)
            change = total(given[1]) - total(given[0])
            first = (given[0] or given[1])[0]
            subject, currency = first.product.product_name, first.currency
            reasons += settle({"credit": Fraction(change)}, change, key=key, subject=subject, currency=currency)
        return reasons


def meter_key(row: Row) -> str:
    """``subscription/product/sku/availability``, the key of a meter's reasons."""
    product = row.product
    return f"{row.subscription}/{product.product_id}/{product.sku_id}/{product.availability_id}"


def _keys(old: Sequence[Row], new: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(meter_key(row) for row in (*old, *new)))


def _of(key: str, old: Sequence[Row], new: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    return [row for row in old if meter_key(row) == key], [row for row in new if meter_key(row) == key]


def _explain_meter(key: str, old: Sequence[Row], new: Sequence[Row]) -> list[Reason]:
    change = total(new) - total(old)
    first = (old or new)[0]
    subject, currency = first.product.product_name, first.currency
    if not old or not new:
        return settle({"usage-volume": Fraction(change)}, change, key=key, subject=subject, currency=currency)
    sizes, prices = [], []
    for rows in (old, new):
        sizes.append(sum((Fraction(row.quantity) for row in rows), Fraction(0)))
        paid = sum((Fraction(row.quantity) * row.effective_price for row in rows), Fraction(0))
        prices.append(paid / sizes[-1])
    exact = share(
        [
            Factor(code="usage-volume", before=sizes[0], after=sizes[1]),
            Factor(code="usage-price", before=prices[0], after=prices[1]),
            Factor(code="exchange-rate", before=Fraction(old[0].rate), after=Fraction(new[0].rate)),
        ]
    )
    return settle(exact, change, key=key, subject=subject, currency=currency)


def make_plan(
    customer: Customer, *, size: int, months: int, start: Month, rates: Sequence[Decimal], currency: str, random: Random
) -> AzurePlan:
    """A plan of up to so many meters; some plans begin or end inside the story, some partners lose their access."""
    names = ("Production", "Development", "Landing zone")
    entitlements = tuple((guid(random), f"{names[i]} {random.randint(1, 9)}") for i in range(random.randint(1, 3)))
    plan = AzurePlan(customer=customer, id=guid(random), entitlements=entitlements)
    first = random.randint(0, months - 1) if random.random() < 0.1 else 0
    last = random.randint(first, months) if random.random() < 0.05 else months
    lost = random.randint(1, months) if random.random() < 0.2 else months
    chosen = random.sample(METERS, k=min(len(METERS), max(2, size)))
    lives = [_Life(meter=meter, size=size, months=months, random=random) for meter in chosen]
    lives[0].stay(months)
    for month in range(first, min(last + 1, months)):
        rows = []
        for life in lives:
            made = life.charges(month, start.plus(month), plan, rates[month], currency, earns=month < lost)
            rows += made
            plan.meters.update({meter_key(row): life.meter for row in made})
        plan.rows[month] = rows + _credits(rows, random)
    return plan


class _Life:
    """One meter's use over the months: steady, wandering, coming late or going early."""

    def __init__(self, *, meter: Meter, size: int, months: int, random: Random) -> None:
        self.meter, self._random = meter, random
        self._units = Fraction(meter.usual) * size * random.randint(40, 160) / 200
        self._is_steady = random.random() < 0.25
        self._first = random.randint(1, months) if random.random() < 0.12 else 0
        self._last = random.randint(0, months) if random.random() < 0.08 else months
        self._dearer_from = random.randint(1, months) if random.random() < 0.1 else months

    def stay(self, months: int) -> None:
        """Be used in every month, so that a plan is never empty."""
        self._first, self._last = 0, months

    def charges(
        self, month: int, when: Month, plan: AzurePlan, rate: Decimal, currency: str, *, earns: bool
    ) -> list[Row]:
        """The meter's rows of one month, a row a tier."""
        if not self._is_steady and month:
            self._units = self._units * self._random.randint(75, 130) / 100
        if not self._first <= month <= self._last:
            return []
        discount = EARNED_CREDIT if earns and self.meter.earns_credit else Decimal(0)
        rows: list[Row] = []
        left, floor = self._units, 0
        for end, listed in self.meter.tiers:
            price = listed * Decimal("1.25") if month >= self._dearer_from else listed
            step = step_of(Fraction(price) * (1 - Fraction(discount)))
            room = left if end is None else min(left, Fraction(end - floor))
            steps = room // step
            if steps or not rows:
                quantity = Decimal(decimal_text(max(1, steps) * step))
                rows.append(self._row(plan, when, rate, currency, quantity, price, discount))
            if end is None or left <= end - floor:
                break
            left -= end - floor
            floor = end
        return rows

    def _row(
        self,
        plan: AzurePlan,
        when: Month,
        rate: Decimal,
        currency: str,
        quantity: Decimal,
        price: Decimal,
        discount: Decimal,
    ) -> Row:
        return Row(
            customer=plan.customer, product=self.meter.product, subscription=plan.id, charge_type="new",
            ordered_on=when.ends_on, quantity=quantity, unit_price=price, starts_on=when.starts_on,
            ends_on=when.ends_on, currency=currency, discount=discount, rate=rate if currency != "USD" else Decimal(1),
            pricing_currency="USD", term_text="", description="Azure plan", order_id=plan.id[:12],
            unit_type=self.meter.unit, meter=self.meter.name, is_usage=True,
            adjustments=EARNED_TEXT if discount else "",
        )  # fmt: skip


def _credits(rows: Sequence[Row], random: Random) -> list[Row]:
    """Now and then a credit that offsets one usage row wholly (reference 9, invariant I16)."""
    if not rows or random.random() > 0.06:
        return []
    offset = random.choice(rows)
    return [replace(offset, charge_type="customerCredit", sign=-1, credit_reason=random.choice(CREDIT_REASONS))]
