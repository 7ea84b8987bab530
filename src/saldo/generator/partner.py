"""A synthetic partner: its customers, what happens to them month by month, and its rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.core.periods import Month
from saldo.generator.azure import AzurePlan, make_plan
from saldo.generator.catalogue import DOLLAR_WORTH
from saldo.generator.causes import Reason, explain_seats
from saldo.generator.charging import charge
from saldo.generator.contracts import Contract
from saldo.generator.names import Customer, name_customers
from saldo.generator.repertoire import STORIES
from saldo.generator.rows import Row
from saldo.generator.stories import Setting

LARGEST = 400  # seats of the largest customer's usual subscription
MOST_SUBSCRIPTIONS = 14
AZURE_SHARE = 0.4


class UnableToGenerate(ValueError):
    """The partner asked for cannot be made; says why."""


@dataclass(slots=True, kw_only=True)
class Holding:
    """What one customer has at Microsoft: contracts, grouped where an upgrade links them."""

    customer: Customer
    groups: list[list[Contract]] = field(default_factory=list)
    plans: list[AzurePlan] = field(default_factory=list)

    def rows(self, month: int) -> list[Row]:
        """All rows of a month, in no order that means anything, as in Microsoft's files."""
        bought: list[Contract | AzurePlan] = [contract for group in self.groups for contract in group]
        return [row for held in (*bought, *self.plans) for row in held.rows.get(month, ())]

    def reasons(self, before: int, after: int) -> list[Reason]:
        """Why the bill changed between two months."""
        seats = [reason for group in self.groups for reason in explain_seats(group, before, after)]
        return seats + [reason for plan in self.plans for reason in plan.reasons(before, after)]

    def usage(self, month: int) -> list[tuple[AzurePlan, Row]]:
        """The metered rows of a month with their plan, credits left out."""
        return [(plan, row) for plan in self.plans for row in plan.rows.get(month, ()) if not row.credit_reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The whole synthetic partner, complete before anything is written."""

    seed: int
    start: Month
    months: int
    currency: str
    rates: tuple[Decimal, ...]
    holdings: tuple[Holding, ...]

    def invoice(self, month: int) -> str:
        """The number of a month's new-commerce invoice."""
        return f"G{(self.seed * 7919 + month * 37) % 1_000_000_000:09d}"

    def usage(self, month: int) -> list[tuple[AzurePlan, Row]]:
        """All metered rows of a month with their plans."""
        return [metered for holding in self.holdings for metered in holding.usage(month)]


def make_partner(*, customers: int, months: int, seed: int, start: Month, currency: str) -> Partner:
    """A partner that the seed decides completely.

    Refuses (UnableToGenerate): fewer than one customer or month, and a currency without a rate to the dollar.
    """
    if customers < 1 or months < 1:
        raise UnableToGenerate("at least one customer and one month")
    if currency not in DOLLAR_WORTH:
        raise UnableToGenerate(f"no rate for {currency}; known are {', '.join(DOLLAR_WORTH)}")
    random = Random(f"{seed} partner")
    rates = _rates(months, currency, random)
    people = name_customers(count=customers, random=random)
    holdings = []
    for rank, customer in enumerate(people, start=1):
        own = Random(f"{seed} {customer.id}")
        holdings.append(_hold(customer, rank, months, currency, own))
        for group in holdings[-1].groups:
            for contract in group:
                charge(contract, start=start, months=months, rates=rates)
        if own.random() < AZURE_SHARE or rank == 1:
            size = max(1, round(12 / rank**0.5))
            plan = make_plan(
                customer, size=size, months=months, start=start, rates=rates, currency=currency, random=own
            )
            holdings[-1].plans.append(plan)
    return Partner(seed=seed, start=start, months=months, currency=currency, rates=rates, holdings=tuple(holdings))


def _rates(months: int, currency: str, random: Random) -> tuple[Decimal, ...]:
    """One rate a month, nine digits, wandering by at most about two percent."""
    rate = Decimal(DOLLAR_WORTH[currency])
    rates = []
    for _ in range(months):
        if currency != "USD":
            step = Decimal(random.randint(-20_000, 20_000)) / 1_000_000
            rate = (rate * (1 + step)).quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP)
        rates.append(rate)
    return tuple(rates)


def _hold(customer: Customer, rank: int, months: int, currency: str, random: Random) -> Holding:
    """Sizes fall with rank as they do at real partners: the first is large, most are small."""
    seats = max(2, int(LARGEST / rank**0.8))
    setting = Setting(
        customer=customer,
        seats=seats,
        months=months,
        currency=currency,
        dollar=Decimal(DOLLAR_WORTH[currency]),
        random=random,
    )
    count = max(2, min(MOST_SUBSCRIPTIONS, 2 + int(MOST_SUBSCRIPTIONS / rank**0.6) + random.randint(0, 2)))
    weights = [weight for weight, _ in STORIES]
    tellings = random.choices([story for _, story in STORIES], weights=weights, k=count)
    return Holding(customer=customer, groups=[story(setting) for story in tellings])
