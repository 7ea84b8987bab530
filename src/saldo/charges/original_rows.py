"""Reading stored rows back for a person: one as Microsoft sent it, or the days behind a meter. These open Parquet files.

Apart from `saldo.charges.queries`, so that who reads bills does not load the line engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from saldo.charges.rules.line import Kind
from saldo.charges.store.fetching import Meter, fetch_daily_rows, fetch_row
from saldo.core.identity import CompanyId, CustomerId, FileId
from saldo.core.periods import Month
from saldo.core.problems import Refused


class UnableToFindRow(Refused):
    """No such file, or no such row in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyRow:
    """One row of daily usage; legacy ones have quantities only. ``unit_price`` is after discounts."""

    file: FileId
    row: int
    used_on: date
    resource: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal


def list_daily_rows(
    *,
    company: CompanyId,
    customer: CustomerId,
    month: Month,
    subscription: str,
    product_id: str,
    sku_id: str,
    availability_id: str,
) -> tuple[DailyRow, ...]:
    """The billed daily usage behind one meter of a customer's month, by day; the keys are those of its line."""
    meter = Meter(
        customer=customer,
        subscription=subscription,
        product_id=product_id,
        sku_id=sku_id,
        availability_id=availability_id,
    )
    found: list[DailyRow] = []
    for kind, parts in _daily_parts(company, customer, month).items():
        rows = fetch_daily_rows(Path(settings.LINE_STORE), stored=[name for name, _ in parts], kind=kind, meter=meter)
        found += (
            DailyRow(
                file=parts[row.place][1],
                row=row.row,
                used_on=row.used_on,
                resource=row.resource,
                quantity=row.quantity,
                unit_price=row.unit_price,
                amount=row.amount,
            )
            for row in rows
        )
    return tuple(found)


def _daily_parts(company: CompanyId, customer: str, month: Month) -> Mapping[Kind, list[tuple[str, FileId]]]:
    """The stored daily files of a month that hold rows of a customer, by kind."""
    rows = _all(
        "SELECT d.kind, p.stored, p.sha256 FROM charges_delivery d JOIN charges_part p ON p.delivery_id = d.id"
        " WHERE d.company_id = %s AND d.state = 'counts' AND NOT d.is_estimated AND d.month = %s"
        " AND d.kind IN ('nce-daily-usage', 'legacy-usage-daily') AND EXISTS (SELECT 1 FROM charges_usagetotal t"
        " WHERE t.company_id = d.company_id AND t.delivery_id = d.id AND t.customer = %s) ORDER BY d.id, p.number",
        [company, month.starts_on, customer],
    )
    parts: dict[Kind, list[tuple[str, FileId]]] = {}
    for kind, stored, file in rows:
        parts.setdefault(kind, []).append((stored, FileId(file)))
    return parts


def get_original_row(*, company: CompanyId, file: FileId, row: int) -> Mapping[str, str]:
    """One row with every field under Microsoft's name, in the order of its file.

    Refuses (UnableToFindRow): charges.row.unknown.
    """
    parts = _all(
        "SELECT p.stored, p.delivery_id FROM charges_part p JOIN charges_delivery d ON d.id = p.delivery_id"
        " WHERE p.company_id = %s AND p.sha256 = %s AND %s BETWEEN 1 AND p.rows"
        " ORDER BY d.state <> 'counts', d.kind = 'legacy-usage-daily', d.id DESC LIMIT 1",
        [company, file, row],
    )
    for stored, delivery in parts:
        found = fetch_row(Path(settings.LINE_STORE), stored=stored, row=row) if stored else _header_row(delivery, row)
        if found is not None:
            return found
    raise UnableToFindRow(code="charges.row.unknown", facts={"file": file, "row": row})


_HEADER_NAMES = (
    *("id", "invoiceDate", "billingPeriodStartDate", "billingPeriodEndDate", "totalCharges", "paidAmount"),
    *("currencyCode", "documentType", "amendsOf", "Status"),
)
_BALANCE_NAMES = ("balanceAmount", "currencyCode", "accountingDate", "firstInvoiceCreationDate")


def _header_row(delivery: int, row: int) -> Mapping[str, str] | None:
    headers = _all(
        "SELECT number, invoiced_on, period_starts_on, period_ends_on, total, paid, currency, document_type, amends,"
        " status FROM charges_microsoftinvoice WHERE delivery_id = %s AND row = %s",
        [delivery, row],
    )
    balances = _all(
        "SELECT balance, currency, said_on, first_invoiced_on FROM charges_microsoftbalance"
        " WHERE delivery_id = %s AND row = %s",
        [delivery, row],
    )
    for names, found in ((_HEADER_NAMES, headers), (_BALANCE_NAMES, balances)):
        if found:
            return {name: "" if cell is None else str(cell) for name, cell in zip(names, found[0], strict=True)}
    return None


def _all(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
