"""From a bill down to what Microsoft sent: the daily rows behind a meter, one row with all its fields.

Reads only. PostgreSQL names the files and the rows in question; only those files are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db.models import Max, Min

from saldo.charges import models
from saldo.charges.rules.line import Kind
from saldo.charges.store.drilling import DailyUsage, MeterKey, read_daily, read_row
from saldo.core.identity import CompanyId, CustomerId, FileId
from saldo.core.money import every_digit
from saldo.core.periods import Month
from saldo.core.problems import Refused

_DAILY: tuple[Kind, ...] = ("nce-daily-usage", "legacy-usage-daily")


class UnableToFindRow(Refused):
    """A row that no file of this company holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyRow:
    """One day's usage of a meter. Amounts are before tax; None on the legacy platform, which tells none by the day."""

    file: FileId
    row: int
    used_on: date
    resource: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None


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
    """The daily rows behind one billed meter of a month, by day; none where no daily file counts for the month."""
    meter = MeterKey(
        customer=customer,
        subscription=subscription,
        product_id=product_id,
        sku_id=sku_id,
        availability_id=availability_id,
    )
    spans = _rows_in_question(company, meter, month)
    parts = models.Part.objects.filter(company_id=company, delivery_id__in=spans).exclude(stored="")
    store = Path(settings.LINE_STORE)
    found = [
        _row(FileId(part.sha256), usage)
        for part in parts.select_related("delivery").order_by("delivery_id", "number")
        for usage in read_daily(
            store=store,
            stored=part.stored,
            kind=cast("Kind", part.delivery.kind),
            meter=meter,
            rows=spans[part.delivery_id],
        )
    ]
    return tuple(sorted(found, key=lambda row: (row.used_on, row.file, row.row)))


def get_original_row(*, company: CompanyId, file: FileId, row: int) -> Mapping[str, str]:
    """One row as it was delivered: every field by its name, as text; empty ones are empty.

    Refuses (UnableToFindRow): charges.row.unknown.
    """
    cells: Mapping[str, object] | None = None
    for part in _parts_of(company, file):
        if cells is None and 0 < row <= part.rows:
            cells = _cells(part, row)
    if cells is None:
        raise UnableToFindRow(code="charges.row.unknown", facts={"file": file, "row": row})
    return {name: _text(value) for name, value in cells.items()}


def _parts_of(company: CompanyId, file: FileId) -> list[models.Part]:
    """What bears this hash, bills first: one portal file may hold both billed and daily rows of the legacy platform."""
    parts = models.Part.objects.filter(company_id=company, sha256=file).order_by("-delivery_id")
    return sorted(parts.select_related("delivery"), key=lambda part: part.delivery.kind in _DAILY)


def _cells(part: models.Part, row: int) -> Mapping[str, object] | None:
    if part.stored:
        return read_row(store=Path(settings.LINE_STORE), stored=part.stored, row=row)
    of_row = {"delivery_id": part.delivery_id, "row": row}
    headers = models.MicrosoftInvoice.objects.filter(**of_row).values_list(*_HEADER.values())
    balances = models.MicrosoftBalance.objects.filter(**of_row).values_list(*_BALANCE.values())
    for names, found in ((_HEADER, headers.first()), (_BALANCE, balances.first())):
        if found is not None:
            return dict(zip(names, found, strict=True))
    return None


# An invoice header has no file in the line store; what was kept of it stands in the catalogue.
_HEADER = {
    "id": "number",
    "invoiceDate": "invoiced_on",
    "billingPeriodStartDate": "period_starts_on",
    "billingPeriodEndDate": "period_ends_on",
    "totalCharges": "total",
    "paidAmount": "paid",
    "currencyCode": "currency",
    "documentType": "document_type",
    "amendsOf": "amends",
    "Status": "status",
}
_BALANCE = {
    "balanceAmount": "balance",
    "currencyCode": "currency",
    "accountingDate": "said_on",
    "firstInvoiceCreationDate": "first_invoiced_on",
}


def _rows_in_question(company: CompanyId, meter: MeterKey, month: Month) -> dict[int, tuple[int, int]]:
    """First and last row that can belong to the meter, by delivery."""
    totals = models.UsageTotal.objects.filter(
        company_id=company,
        customer=meter.customer,
        subscription=meter.subscription,
        product_id=meter.product_id,
        delivery__in=models.Delivery.objects.filter(
            company_id=company, state="counts", is_estimated=False, kind__in=_DAILY, month=month.starts_on
        ),
    )
    spans: Iterable[tuple[int, int, int]] = (
        totals.values_list("delivery_id").annotate(Min("first_row"), Max("last_row")).order_by("delivery_id")
    )
    return {delivery: (first, last) for delivery, first, last in spans}


def _row(file: FileId, usage: DailyUsage) -> DailyRow:
    return DailyRow(
        file=file,
        row=usage.row,
        used_on=usage.used_on,
        resource=usage.resource,
        quantity=usage.quantity,
        unit_price=usage.unit_price,
        amount=usage.amount,
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return every_digit(value)
    return value.isoformat() if isinstance(value, date) else str(value)
