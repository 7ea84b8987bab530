"""Invoice headers as the API gives them (reference 2.1): one row a document, read in Python, never stored as Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.charges.formats.json_files import HeaderFile
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.rules.cells import CellFault, read_day, read_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceHeader:
    """One Microsoft document: amounts include tax and adjustments; ``amends`` names the document it voids or amends."""

    row: int
    number: str
    invoiced_on: date
    period_starts_on: date | None
    period_ends_on: date | None
    total: Decimal
    paid: Decimal
    currency: str
    document_type: str
    amends: str
    status: str


def read_invoice_headers(file: HeaderFile) -> tuple[InvoiceHeader, ...]:
    """All headers of a file. Refuses (UnableToReadFile): charges.file.bad-header, with row, column and what was seen."""
    return tuple(_header(found, row, file.landed.name) for row, found in enumerate(file.objects, start=1))


def _header(found: Mapping[str, str], row: int, file: str) -> InvoiceHeader:
    def cell(column: str) -> str:
        return found.get(column.casefold(), "").strip()

    def refuse(column: str) -> UnableToReadFile:
        facts = {"file": file, "row": row, "column": column, "seen": cell(column)[:80]}
        return UnableToReadFile(code="charges.file.bad-header", facts=facts)

    def money(column: str) -> Decimal:
        read = read_decimal(cell(column) or "0")
        if isinstance(read, CellFault) or read is None:
            raise refuse(column)
        return read

    def day(column: str) -> date | None:
        read = read_day(cell(column))
        if isinstance(read, CellFault):
            raise refuse(column)
        return read

    invoiced_on = day("invoiceDate")
    if not cell("id") or invoiced_on is None:
        raise refuse("id" if not cell("id") else "invoiceDate")
    if not cell("totalCharges") or len(cell("currencyCode")) != 3:
        raise refuse("totalCharges" if not cell("totalCharges") else "currencyCode")
    return InvoiceHeader(
        row=row,
        number=cell("id").upper(),
        invoiced_on=invoiced_on,
        period_starts_on=day("billingPeriodStartDate"),
        period_ends_on=day("billingPeriodEndDate"),
        total=money("totalCharges"),
        paid=abs(money("paidAmount")),  # the text says negative when paid, printed examples are positive
        currency=cell("currencyCode").upper(),
        document_type=cell("documentType"),
        amends=cell("amendsOf").upper(),
        status=cell("Status"),
    )
