"""A synthetic partner: its customers, what happens to them month by month, and its rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.core.periods import Month
from saldo.generator.azure import AzurePlan
from saldo.generator.catalogue import DOLLAR_WORTH
from saldo.generator.holdings import Holding, make_holding
from saldo.generator.legacy_usage import LegacyAzure
from saldo.generator.names import name_customers
from saldo.generator.rows import Row


class UnableToGenerate(ValueError):
    """The partner asked for cannot be made; says why."""


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

    def legacy_invoice(self, month: int) -> str:
        """The number of a month's legacy invoice."""
        return f"D{(self.seed * 6151 + month * 41) % 100_000_000:08d}S"

    def rows(self, month: int, *, is_legacy: bool) -> list[Row]:
        """All rows of a month on one platform."""
        return [row for holding in self.holdings for row in holding.rows(month) if row.is_legacy == is_legacy]

    def legacy_usage(self, month: int) -> list[tuple[LegacyAzure, Row]]:
        """All metered legacy rows of a month."""
        return [(azure, row) for h in self.holdings for azure in h.legacy for row in azure.rows.get(month, ())]

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
    holdings = tuple(
        make_holding(
            customer,
            rank=rank,
            start=start,
            rates=rates,
            currency=currency,
            random=Random(f"{seed} {customer.id}"),
        )
        for rank, customer in enumerate(people, start=1)
    )
    return Partner(seed=seed, start=start, months=months, currency=currency, rates=rates, holdings=holdings)


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
