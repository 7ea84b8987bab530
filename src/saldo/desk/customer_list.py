"""A row of the list of customers: its last two bills side by side, and what the list may be sorted by.

Where cost is not shown the rows carry counts of Microsoft's rows and no amount at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from saldo.charges.customer_pages import By, CustomerBills
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


_COLUMNS: tuple[By, ...] = ("name", "before", "after", "change", "percent")
_WITH_COST: Mapping[str, By] = {column: column for column in _COLUMNS}
_WITHOUT: Mapping[str, By] = {"name": "name", "before": "lines-before", "after": "lines-after"}


def read_sort(said: str, *, with_cost: bool) -> str:
    """A known sort (``-`` in front: descending), else by name; sorting by an amount would tell about it."""
    return said if said.removeprefix("-") in (_WITH_COST if with_cost else _WITHOUT) else "name"


def order_of(sort: str, *, with_cost: bool) -> By:
    """What the database sorts by; where cost is not shown, counts of rows stand in place of amounts."""
    return (_WITH_COST if with_cost else _WITHOUT)[sort.removeprefix("-")]


def show_customers(found: Iterable[CustomerBills], *, with_cost: bool) -> list[CustomerRow]:
    """Rows of the list, without amounts where cost is not shown."""
    return [
        CustomerRow(
            key=one.key,
            name=one.name,
            domain=one.domain,
            before=one.before if with_cost else None,
            after=one.after if with_cost else None,
            rows_before=one.lines_before,
            rows_after=one.lines_after,
        )
        for one in found
    ]
