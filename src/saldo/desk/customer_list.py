"""The list of customers: their last two bills side by side, sorted, with a total over all of them.

Where cost is not shown the rows carry counts of Microsoft's rows and no amount at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from saldo.desk import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """One customer; None is a month without a bill, or an amount that is not shown."""

    key: str
    name: str
    domain: str
    before: Decimal | None
    after: Decimal | None
    rows_before: int
    rows_after: int

    @property
    def change(self) -> Decimal | None:
        """From the month before to the last one; a missing bill counts as nothing."""
        if self.before is None and self.after is None:
            return None
        return (self.after or Decimal(0)) - (self.before or Decimal(0))

    @property
    def percent(self) -> Decimal | None:
        """The change as a share of the month before."""
        return None if self.change is None or self.before is None else figures.share(self.change, self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTotals:
    """Sums over all rows of the list, whatever page is shown."""

    before: Decimal
    after: Decimal
    rows_before: int
    rows_after: int

    @property
    def change(self) -> Decimal:
        """From the month before to the last one."""
        return self.after - self.before


_Key = Callable[[CustomerRow], Any]
_NOTHING = Decimal(0)

SORTS: dict[str, _Key] = {
    "name": lambda row: (row.name.casefold(), row.key),
    "before": lambda row: (row.before or _NOTHING, row.rows_before),
    "after": lambda row: (row.after or _NOTHING, row.rows_after),
    "change": lambda row: row.change or _NOTHING,
    "percent": lambda row: row.percent or _NOTHING,
}
COST_SORTS = frozenset({"change", "percent"})


def read_sort(said: str, *, with_cost: bool) -> str:
    """A known sort (``-`` in front: descending), else by name; sorting by an amount would tell about it."""
    name = said.removeprefix("-")
    if name not in SORTS or (name in COST_SORTS and not with_cost):
        return "name"
    return said


def sort_customers(rows: Iterable[CustomerRow], sort: str) -> list[CustomerRow]:
    """By the wanted column, equal ones by name."""
    by_name = sorted(rows, key=SORTS["name"])
    return sorted(by_name, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def total_customers(rows: Iterable[CustomerRow]) -> CustomerTotals:
    """Over all rows of the list."""
    held = list(rows)
    return CustomerTotals(
        before=sum((row.before or _NOTHING for row in held), _NOTHING),
        after=sum((row.after or _NOTHING for row in held), _NOTHING),
        rows_before=sum(row.rows_before for row in held),
        rows_after=sum(row.rows_after for row in held),
    )
