"""What a customer of the synthetic partner has at Microsoft, on both platforms."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from saldo.core.periods import Month
from saldo.generator import legacy_stories
from saldo.generator.azure import AzurePlan, make_plan
from saldo.generator.catalogue import DOLLAR_WORTH
from saldo.generator.causes import Reason, explain_corrections, explain_seats
from saldo.generator.charging import charge
from saldo.generator.contracts import Contract
from saldo.generator.legacy_usage import LegacyAzure, make_legacy_azure
from saldo.generator.names import Customer
from saldo.generator.repertoire import STORIES
from saldo.generator.rows import Row
from saldo.generator.stories import Setting

LARGEST = 400  # seats of the largest customer's usual subscription
MOST_SUBSCRIPTIONS = 14
AZURE_SHARE = 0.4
LEGACY_SHARE = 0.15
METERS_OF_LARGEST = 12


@dataclass(slots=True, kw_only=True)
class Holding:
    """What one customer has at Microsoft: contracts, grouped where an upgrade links them."""

    customer: Customer
    groups: list[list[Contract]] = field(default_factory=list)
    plans: list[AzurePlan] = field(default_factory=list)
    legacy: list[LegacyAzure] = field(default_factory=list)
    corrections: dict[int, list[Row]] = field(default_factory=dict)

    def rows(self, month: int) -> list[Row]:
        """The rows of a month's invoices on both platforms, corrections left out, in no order that means anything."""
        bought: list[Contract | AzurePlan] = [contract for group in self.groups for contract in group]
        return [row for held in (*bought, *self.plans, *self.legacy) for row in held.rows.get(month, ())]

    def reasons(self, before: int, after: int) -> list[Reason]:
        """Why the bill changed between two months."""
        seats = [reason for group in self.groups for reason in explain_seats(group, before, after)]
        used = [reason for plan in (*self.plans, *self.legacy) for reason in plan.reasons(before, after)]
        return seats + used + explain_corrections(self.corrections, before, after)

    def total(self, month: int) -> Decimal:
        """The bill of a month: all rows of all documents, before tax."""
        rows = (*self.rows(month), *self.corrections.get(month, ()))
        return sum((row.subtotal for row in rows), Decimal(0))

    def usage(self, month: int) -> list[tuple[AzurePlan, Row]]:
        """The metered rows of a month with their plan, credits left out."""
        return [(plan, row) for plan in self.plans for row in plan.rows.get(month, ()) if not row.credit_reason]


def make_holding(
    customer: Customer, *, rank: int, start: Month, rates: tuple[Decimal, ...], currency: str, random: Random
) -> Holding:
    """A customer of this rank by size: the first is large, most are small, as at real partners.

    The first always has an Azure plan and something legacy, so that no file is ever missing.
    """
    months = len(rates)
    setting = Setting(
        customer=customer,
        seats=max(2, int(LARGEST / rank**0.8)),
        months=months,
        currency=currency,
        dollar=Decimal(DOLLAR_WORTH[currency]),
        random=random,
    )
    holding = Holding(customer=customer, groups=_tell(setting, rank))
    size = max(1, round(METERS_OF_LARGEST / rank**0.5))
    if random.random() < AZURE_SHARE or rank == 1:
        plan = make_plan(customer, size=size, months=months, start=start, rates=rates, currency=currency, random=random)
        holding.plans.append(plan)
    if random.random() < LEGACY_SHARE or rank == 1:
        holding.groups.append(legacy_stories.stayed(setting))
        holding.groups.append(legacy_stories.migrated(setting, start))
        holding.legacy.append(
            make_legacy_azure(customer, size=size, months=months, start=start, currency=currency, random=random)
        )
    for group in holding.groups:
        for contract in group:
            charge(contract, start=start, months=months, rates=rates)
    return holding


def _tell(setting: Setting, rank: int) -> list[list[Contract]]:
    random = setting.random
    count = max(2, min(MOST_SUBSCRIPTIONS, 2 + int(MOST_SUBSCRIPTIONS / rank**0.6) + random.randint(0, 2)))
    weights = [weight for weight, _ in STORIES]
    return [story(setting) for story in random.choices([story for _, story in STORIES], weights=weights, k=count)]
