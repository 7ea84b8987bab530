"""The ageing of one day in one currency: its buckets, and the debtors behind them. Cost is nowhere near."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saldo.core.money import ZERO, add_up
from saldo.desk import figures
from saldo.ledger.ageing import Aged
from saldo.ledger.rules.buckets import CREDITS, bucket_names

BUCKETS = tuple(name for name in bucket_names() if name != CREDITS)
FILLS = ("idle", "a1", "a2", "a3", "a4")
SORTS = ("name", "open", "overdue", *BUCKETS)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketShown:
    """One bucket: its words, its part of the bar (per cent), what is in it and of how many debtors."""

    words: str
    fill: str
    start: Decimal
    width: Decimal
    amount: Decimal
    debtors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorRow:
    """One debtor in one currency; ``total`` is what is open, credits taken off."""

    number: str
    buckets: tuple[Decimal, ...]
    credits: Decimal
    total: Decimal

    @property
    def overdue(self) -> Decimal:
        """What is past its due day: every bucket but the first."""
        return add_up(self.buckets[1:])


def say_bucket(name: str) -> str:
    """The words of a bucket."""
    return figures.say(f"pages.debtors.bucket.{name}")


def rows_of(aged: Sequence[Aged], currency: str, wanted: Collection[str] | None) -> list[DebtorRow]:
    """The debtors with something open in a currency; of these alone where named."""
    return [
        DebtorRow(
            number=one.party,
            buckets=tuple(one.buckets[name] for name in BUCKETS),
            credits=one.buckets[CREDITS],
            total=one.total,
        )
        for one in aged
        if one.currency == currency and (wanted is None or one.party in wanted)
    ]


def nothing_open(number: str) -> DebtorRow:
    """A debtor that owes nothing."""
    return DebtorRow(number=number, buckets=(ZERO,) * len(BUCKETS), credits=ZERO, total=ZERO)


def total_of(rows: Sequence[DebtorRow]) -> DebtorRow:
    """All rows together."""
    return DebtorRow(
        number="",
        buckets=tuple(add_up(row.buckets[place] for row in rows) for place in range(len(BUCKETS))),
        credits=add_up(row.credits for row in rows),
        total=add_up(row.total for row in rows),
    )


def sort_rows(rows: Sequence[DebtorRow], sort: str, names: Mapping[str, str]) -> list[DebtorRow]:
    """By the wanted column; equal ones by number."""
    name = sort.removeprefix("-")
    found = sorted(rows, key=lambda row: row.number)
    if name == "name":
        return sorted(found, key=lambda row: names.get(row.number, "").casefold(), reverse=sort.startswith("-"))
    return sorted(found, key=lambda row: _figure(row, name), reverse=sort.startswith("-"))


def read_sort(said: str) -> str:
    """A known sort, else the most overdue first."""
    return said if said.removeprefix("-") in SORTS else "-overdue"


def buckets_of(rows: Sequence[DebtorRow]) -> list[BucketShown]:
    """The bar and its table; a bucket that holds nothing has no width."""
    total = total_of(rows)
    whole = add_up(total.buckets)
    shown, start = [], ZERO
    for place, (name, fill) in enumerate(zip(BUCKETS, FILLS, strict=True)):
        amount = total.buckets[place]
        width = (amount / whole * _HUNDRED).quantize(Decimal("0.01")) if whole > 0 else ZERO
        count = sum(1 for row in rows if row.buckets[place])
        words = say_bucket(name)
        shown.append(BucketShown(words=words, fill=fill, start=start, width=width, amount=amount, debtors=count))
        start += width
    return shown


def _figure(row: DebtorRow, name: str) -> Decimal:
    if name in {"open", "overdue"}:
        return row.total if name == "open" else row.overdue
    return row.buckets[BUCKETS.index(name)]
