"""Reading stored rows back: one row as it came, or the daily rows of one meter. Only named files are opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from saldo.charges.rules.line import Kind
from saldo.charges.store.cells_sql import SEPARATOR
from saldo.charges.store.engine import literal, page_cursor
from saldo.charges.store.narrow_sql import customer_key, whole_rows

_PROBLEMS = "saldo_problems"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What daily rows are asked for: the keys of a usage line of a bill."""

    customer: str
    subscription: str
    product_id: str
    sku_id: str
    availability_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedRow:
    """One daily row, with the place of its file among those that were named."""

    place: int
    row: int
    used_on: date
    resource: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal


def fetch_row(store: Path, *, stored: str, row: int) -> dict[str, str] | None:
    """Every field of a row, in the order of its file; a cell that could not be read as it was seen. None past the end."""
    cursor = page_cursor(store)
    found = cursor.execute(
        f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({literal(str(store / stored))}, file_row_number = true)"
        " WHERE file_row_number = ?",
        [row - 1],
    ).fetchone()
    if found is None:
        return None
    cells = dict(zip((column[0] for column in cursor.description or ()), found, strict=True))
    unread = dict(said.split(SEPARATOR, 1) for said in cells.pop(_PROBLEMS, None) or ())
    return {name: unread.get(name, _text(value)) for name, value in cells.items()}


def fetch_daily_rows(store: Path, *, stored: Sequence[str], kind: Kind, meter: Meter) -> tuple[FetchedRow, ...]:
    """The daily rows of one meter in these files, by day."""
    cursor = page_cursor(store)
    asked: list[str] = []
    values: list[Any] = []
    condition, bound = _condition(kind, meter)
    for place, name in enumerate(stored):
        path = str(store / name)
        described = cursor.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(path)})").fetchall()
        rows = whole_rows(path, frozenset(column[0] for column in described), kind)
        asked.append(f"SELECT {place}, saldo_row, {_FIELDS[kind]} FROM ({rows}) WHERE {condition}")
        values += bound
    if not asked:
        return ()
    found = cursor.execute(f"{' UNION ALL '.join(asked)} ORDER BY 3, 1, 2", values).fetchall()
    return tuple(
        FetchedRow(
            place=place, row=row, used_on=day, resource=resource, quantity=quantity, unit_price=price, amount=amount
        )
        for place, row, day, resource, quantity, price, amount in found
    )


_FIELDS = {
    "nce-daily-usage": (
        "UsageDate, COALESCE(NULLIF(ResourceURI, ''), ResourceGroup, ''), COALESCE(Quantity, 0),"
        " COALESCE(EffectiveUnitPrice, UnitPrice, 0), BillingPreTaxTotal"
    ),
    "legacy-usage-daily": (
        "UsageDate, COALESCE(NULLIF(Project, ''), ResourceName, ''), COALESCE(ConsumedQuantity, 0),"
        " CAST(0 AS DECIMAL(38,18)), CAST(0 AS DECIMAL(38,18))"
    ),
}


def _condition(kind: Kind, meter: Meter) -> tuple[str, list[str]]:
    """The product first: it is compared as it is stored, so that whole groups of rows can be passed over."""
    own = f"{customer_key(kind)} = ? AND lower(trim(COALESCE(SubscriptionId, ''))) = ? AND UsageDate IS NOT NULL"
    if kind == "legacy-usage-daily":
        region = meter.availability_id.rpartition("/")[0] if "/" in meter.availability_id else meter.availability_id
        region = "" if region.isdigit() else region  # only the counter of tiers is left where the region is blank
        meter_keys = f"lower(trim(ResourceGuid)) = ? AND trim(COALESCE(Region, '')) = ? AND {own}"
        return meter_keys, [meter.product_id, region, meter.customer, meter.subscription]
    meter_keys = "ProductId = ? AND SkuId = ?"
    values = [meter.product_id, meter.sku_id]
    if meter.availability_id:  # the shorter form of an export leaves it out
        meter_keys += " AND COALESCE(AvailabilityId, ?) = ?"
        values += [meter.availability_id] * 2
    return f"{meter_keys} AND {own}", [*values, meter.customer, meter.subscription]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
