"""A synthetic partner: its customers, what happens to them month by month, and its rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.generator.azure import AzurePlan
from saldo.generator.catalogue import DOLLAR_WORTH
from saldo.generator.corrections import correct
from saldo.generator.holdings import Holding, make_holding
from saldo.generator.legacy_usage import LegacyAzure
from saldo.generator.names import name_customers
from saldo.generator.rows import Row


class UnableToGenerate(Refused):
    """The partner asked for cannot be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of Microsoft's: an invoice of a platform, or a note that ``amends`` an earlier one."""

    number: str
    month: Month
    rows: tuple[Row, ...]
    is_legacy: bool = False
    amends: str = ""

    @property
    def net(self) -> Decimal:
        """Sum of its rows, before tax."""
        return sum((row.subtotal for row in self.rows), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The whole synthetic partner, complete before anything is written."""

    seed: int
    start: Month
    months: int
    currency: str
    rates: tuple[Decimal, ...]
    holdings: tuple[Holding, ...]

    def documents(self, month: int) -> list[Document]:
        """The invoices and notes of a month; a platform on which nothing was charged has none."""
        billed = [row for holding in self.holdings for row in holding.rows(month)]
        notes = [row for holding in self.holdings for row in holding.corrections.get(month, ())]
        found = [
            Document(
                number=self._number(month),
                month=self.start.plus(month),
                rows=tuple(row for row in billed if not row.is_legacy),
            ),
            Document(
                number=f"D{(self.seed * 6151 + month * 41) % 100_000_000:08d}S",
                month=self.start.plus(month),
                rows=tuple(row for row in billed if row.is_legacy),
                is_legacy=True,
            ),
            Document(
                number=self._number(month, step=1),
                month=self.start.plus(month),
                rows=tuple(notes),
                amends=self._number(month - 1),
            ),
        ]
        return [document for document in found if document.rows]

    def _number(self, month: int, *, step: int = 0) -> str:
        return f"G{(self.seed * 7919 + month * 37 + step) % 1_000_000_000:09d}"

    def usage(self, month: int) -> list[tuple[AzurePlan, Row]]:
        """All metered rows of a month with their plans."""
        return [metered for holding in self.holdings for metered in holding.usage(month)]

    def legacy_usage(self, month: int) -> list[tuple[LegacyAzure, Row]]:
        """All metered legacy rows of a month."""
        return [(azure, row) for h in self.holdings for azure in h.legacy for row in azure.rows.get(month, ())]


def make_partner(*, customers: int, months: int, seed: int, start: Month, currency: str) -> Partner:
    """A partner that the seed decides completely.

    Refuses (UnableToGenerate): generator.partner.too-small, generator.currency.no-rate.
    """
    if customers < 1 or months < 1:
        asked = {"customers": customers, "months": months}
        raise UnableToGenerate(code="generator.partner.too-small", facts=asked)
    if currency not in DOLLAR_WORTH:
        facts = {"currency": currency, "known": list(DOLLAR_WORTH)}
        raise UnableToGenerate(code="generator.currency.no-rate", facts=facts)
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
    correct(holdings, start=start, months=months, random=random)
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
