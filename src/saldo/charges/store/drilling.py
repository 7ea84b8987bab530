"""Single rows out of named Parquet files: the days behind one meter, and one row with every field it came with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from saldo.charges.rules.line import Kind
from saldo.charges.store.cells_sql import SEPARATOR
from saldo.charges.store.engine import literal, name, page_cursor
from saldo.charges.store.narrow_sql import CUSTOMER, ROW, customer_key, row_number, whole_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterKey:
    """Whose usage of which meter, as the columns of a daily file say it."""

    customer: str
    subscription: str
    product_id: str
    sku_id: str
    availability_id: str


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """One day's row; the legacy platform tells no price by the day."""

    row: int
    used_on: date
    resource: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None


_PROBLEMS = "saldo_problems"
_NCE = (
    "UsageDate, COALESCE(NULLIF(ResourceURI, ''), NULLIF(ResourceGroup, ''), MeterName, ''), COALESCE(Quantity, 0),"
    " COALESCE(EffectiveUnitPrice, UnitPrice), BillingPreTaxTotal"
)
_LEGACY = "UsageDate, COALESCE(NULLIF(Project, ''), ResourceName, ''), COALESCE(ConsumedQuantity, 0), NULL, NULL"


def read_daily(
    *, store: Path, stored: str, kind: Kind, meter: MeterKey, rows: tuple[int, int]
) -> tuple[DailyUsage, ...]:
    """The daily rows of a meter in one file, by day; ``rows`` is the first and the last that can be one."""
    path = str(store / stored)
    there = frozenset(_described(store, path))
    condition, values = _condition(kind, meter, customer=CUSTOMER if CUSTOMER in there else customer_key(kind))
    fields = _LEGACY if kind == "legacy-usage-daily" else _NCE
    found = page_cursor(store).execute(
        f"SELECT {ROW}, {fields} FROM ({whole_rows(path, there, kind)})"
        f" WHERE {condition} AND {ROW} BETWEEN ? AND ? ORDER BY UsageDate, {ROW}",
        [*values, *rows],
    )
    return tuple(DailyUsage(*row) for row in found.fetchall())


def read_row(*, store: Path, stored: str, row: int) -> Mapping[str, Any] | None:
    """One row of a file under the columns it came with, or None past its end.

    A cell that could not be read is given as it was seen.
    """
    path = str(store / stored)
    described = _described(store, path)
    columns = [column for column in described if not column.startswith("saldo_")]
    found = page_cursor(store).execute(
        f"SELECT {_PROBLEMS}, {', '.join(map(name, columns))}"
        f" FROM read_parquet({literal(path)}, file_row_number = true) WHERE {row_number(described)} = ?",
        [row],
    )
    cells: Sequence[Any] | None = found.fetchone()
    if cells is None:
        return None
    unread = dict(said.split(SEPARATOR, 1) for said in cells[0] or ())
    return dict(zip(columns, cells[1:], strict=True)) | unread


def _condition(kind: Kind, meter: MeterKey, *, customer: str) -> tuple[str, list[str]]:
    """The product first: it is compared as it is stored, so that whole groups of rows can be passed over."""
    own = "lower(trim(COALESCE(SubscriptionId, ''))) = ? AND UsageDate IS NOT NULL"
    if kind == "legacy-usage-daily":
        region = meter.availability_id.rpartition("/")[0] if "/" in meter.availability_id else meter.availability_id
        region = "" if region.isdigit() else region  # only the counter of tiers is left where the region is blank
        keys = f"lower(trim(ResourceGuid)) = ? AND trim(COALESCE(Region, '')) = ? AND {own}"
        return keys, [meter.product_id, region, meter.subscription]  # a row may name its customer by name only
    keys, values = "ProductId = ? AND SkuId = ?", [meter.product_id, meter.sku_id]
    if meter.availability_id:  # the shorter form of an export leaves it out
        keys += " AND COALESCE(AvailabilityId, ?) = ?"
        values += [meter.availability_id] * 2
    return f"{keys} AND {customer} = ? AND {own}", [*values, meter.customer, meter.subscription]


@lru_cache(maxsize=512)
def _described(store: Path, path: str) -> tuple[str, ...]:
    """The columns of a file; its name is the hash of its content, so they never change."""
    rows = page_cursor(store).execute(f"DESCRIBE SELECT * FROM read_parquet({literal(path)})").fetchall()
    return tuple(row[0] for row in rows)
