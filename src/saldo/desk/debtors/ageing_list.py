"""The ageing of one day in one currency: its buckets, and the debtors behind them. Cost is nowhere near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from saldo.core.money import ZERO, add_up
from saldo.desk import figures
from saldo.ledger.ageing_page import BUCKETS, SORTS, AgedRow

FILLS = ("idle", "a1", "a2", "a3", "a4")
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


def say_bucket(name: str) -> str:
    """The words of a bucket."""
    return figures.say(f"pages.debtors.bucket.{name}")


def read_sort(said: str) -> str:
    """A known sort, else the most overdue first."""
    return said if said.removeprefix("-") in SORTS else "-overdue"


def buckets_of(total: AgedRow, debtors: Sequence[int]) -> list[BucketShown]:
    """The bar and its table; a bucket that holds nothing has no width."""
    whole = add_up(total.buckets)
    shown, start = [], ZERO
    for name, fill, amount, count in zip(BUCKETS, FILLS, total.buckets, debtors, strict=True):
        width = (amount / whole * _HUNDRED).quantize(Decimal("0.01")) if whole > 0 else ZERO
        words = say_bucket(name)
        shown.append(BucketShown(words=words, fill=fill, start=start, width=width, amount=amount, debtors=count))
        start += width
    return shown
