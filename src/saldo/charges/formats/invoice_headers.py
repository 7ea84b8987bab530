"""Invoice headers as the API gives them (reference 2.1): one row a document, read in Python, never Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.charges.formats.json_files import HeaderFile
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.rules.cells import CellFault, read_day, read_decimal
from saldo.core.problems import as_seen

MONEY_PART = 3  # digits after the point that an amount has room for


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """What Microsoft says is still to be paid in one currency (reference 2.1)."""

    row: int
    currency: str
    balance: Decimal
    said_on: date
    first_invoiced_on: date | None


def read_invoice_headers(file: HeaderFile) -> tuple[InvoiceHeader, ...]:
    """All headers of a file. Refuses (UnableToReadFile): charges.file.bad-header, with the place and what was seen."""
    return tuple(_header(cells) for cells in _cells(file) if not cells.is_balance)


def read_account_balances(file: HeaderFile) -> tuple[AccountBalance, ...]:
    """All balances of a file. Refuses (UnableToReadFile): charges.file.bad-header."""
    return tuple(_balance(cells) for cells in _cells(file) if cells.is_balance)


@dataclass(frozen=True, slots=True)
class _Cells:
    """One object of a file, read cell by cell; what cannot be read refuses the file."""

    found: Mapping[str, str]
    row: int
    file: str

    @property
    def is_balance(self) -> bool:
        return "balanceamount" in self.found

    def text(self, column: str) -> str:
        return as_seen(self.found.get(column.casefold(), "").strip())

    def money(self, column: str) -> Decimal:
        read = read_decimal(self.text(column) or "0")
        if isinstance(read, CellFault) or read is None or -int(read.as_tuple().exponent) > MONEY_PART:
            raise self.refusal(column)
        return read

    def day(self, column: str) -> date | None:
        read = read_day(self.text(column))
        if isinstance(read, CellFault):
            raise self.refusal(column)
        return read

    def day_needed(self, column: str) -> date:
        read = self.day(column)
        if read is None:
            raise self.refusal(column)
        return read

    def currency(self, column: str) -> str:
        code = self.text(column).upper()
        if len(code) != 3:
            raise self.refusal(column)
        return code

    def refusal(self, column: str) -> UnableToReadFile:
        facts = {"file": self.file, "row": self.row, "column": column, "seen": self.text(column)[:80]}
        return UnableToReadFile(code="charges.file.bad-header", facts=facts)


def _cells(file: HeaderFile) -> Iterator[_Cells]:
    return (_Cells(found, row, file.landed.name) for row, found in enumerate(file.objects, start=1))


def _header(cells: _Cells) -> InvoiceHeader:
    for column in ("id", "totalCharges"):
        if not cells.text(column):
            raise cells.refusal(column)
    return InvoiceHeader(
        row=cells.row,
        number=cells.text("id").upper(),
        invoiced_on=cells.day_needed("invoiceDate"),
        period_starts_on=cells.day("billingPeriodStartDate"),
        period_ends_on=cells.day("billingPeriodEndDate"),
        total=cells.money("totalCharges"),
        paid=abs(cells.money("paidAmount")),  # the text says negative when paid, printed examples are positive
        currency=cells.currency("currencyCode"),
        document_type=cells.text("documentType"),
        amends=cells.text("amendsOf").upper(),
        status=cells.text("Status"),
    )


def _balance(cells: _Cells) -> AccountBalance:
    return AccountBalance(
        row=cells.row,
        currency=cells.currency("currencyCode"),
        balance=cells.money("balanceAmount"),
        said_on=cells.day_needed("accountingDate"),
        first_invoiced_on=cells.day("firstInvoiceCreationDate"),
    )
