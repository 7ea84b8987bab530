"""Receivables of the past, out of a CSV file: every row becomes a receivable or problems with row and column.

Columns are found by their names, whatever their order: `customer, invoice, issued, due, amount, settled, disputed`
and, where it has one, `currency`; days as YYYY-MM-DD. Files whose columns are called customerID, invoiceNumber,
InvoiceDate, DueDate, InvoiceAmount, Disputed and SettledDate write days as month/day/year.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Literal, NamedTuple

from saldo.core.identity import FileId
from saldo.core.money import minor_unit
from saldo.core.problems import Place, Problem, Refused, as_seen
from saldo.dunning.rules.receivable import Receivable

Column = Literal["customer", "invoice", "issued", "due", "amount", "settled", "disputed", "currency"]
_OWN: dict[str, Column] = {
    name: name for name in ("customer", "invoice", "issued", "due", "amount", "settled", "disputed", "currency")
}
_OTHERS: dict[str, Column] = {
    "customerid": "customer",
    "invoicenumber": "invoice",
    "invoicedate": "issued",
    "duedate": "due",
    "invoiceamount": "amount",
    "settleddate": "settled",
    "disputed": "disputed",
    "currency": "currency",
}
_OPTIONAL = frozenset({"disputed", "currency"})
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0", ""})
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})")
_YEARS = range(1990, 2200)
_LONGEST_SEEN = 60
_LONGEST_CELL = 10_000


class UnableToReadReceivables(Refused):
    """The file is no table of receivables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReceivables:
    """All rows of a file: ``rows`` of them were read, each is a receivable or has problems, never both."""

    rows: int
    receivables: tuple[Receivable, ...]
    problems: tuple[Problem, ...]

    @property
    def rows_with_problems(self) -> int:
        """How many rows could not be read; one row may have several problems."""
        return len({problem.place.row for problem in self.problems})


class _Table(NamedTuple):
    """Where each column stands, and how the file writes its days."""

    places: dict[Column, int]
    day: re.Pattern[str]
    width: int
    currency: str
    file: FileId


def read_receivables(text: str, *, currency: str, file: str = "") -> ReadReceivables:
    """Read a file; ``currency`` is that of rows which name none.

    Refuses (UnableToReadReceivables): dunning.receivables.not-csv, .missing-columns.
    """
    try:
        lines = [line for line in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)) if line]
    except csv.Error:
        raise UnableToReadReceivables(code="dunning.receivables.not-csv") from None
    if any(len(cell) > _LONGEST_CELL for line in lines for cell in line):  # a quote that was never closed
        raise UnableToReadReceivables(code="dunning.receivables.not-csv")
    table = _table(lines[0] if lines else [], currency, FileId(file))
    receivables: list[Receivable] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for row, cells in enumerate(lines[1:], 1):
        read = _read_row(table, cells, row, seen)
        if isinstance(read, Receivable):
            receivables.append(read)
        else:
            problems.extend(read)
    return ReadReceivables(rows=max(len(lines) - 1, 0), receivables=tuple(receivables), problems=tuple(problems))


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _table(head: Sequence[str], currency: str, file: FileId) -> _Table:
    names = [name.strip().lower() for name in head]
    known = _OWN if "customer" in names else _OTHERS
    places = {known[name]: place for place, name in reversed(list(enumerate(names))) if name in known}
    missing = [name for name in _OWN if name not in places and name not in _OPTIONAL]
    if missing:
        raise UnableToReadReceivables(code="dunning.receivables.missing-columns", facts={"missing": missing})
    return _Table(places, _ISO if known is _OWN else _MONTH_FIRST, len(names), currency, file)


def _read_row(table: _Table, cells: Sequence[str], row: int, seen: set[str]) -> Receivable | list[Problem]:
    if len(cells) != table.width:
        return [_problem(table, row, "", "wrong-width", str(len(cells)))]
    cell = {name: cells[place].strip() for name, place in table.places.items()}
    currency = cell.get("currency") or table.currency
    faults = list(_faults(table, cell, currency, seen))
    if faults:
        return [_problem(table, row, column, code, cell.get(column, "")) for column, code in faults]
    seen.add(cell["invoice"])
    return Receivable(
        customer=as_seen(cell["customer"]),
        invoice=as_seen(cell["invoice"]),
        currency=currency,
        issued_on=_day(table, cell["issued"]) or date.min,
        due_on=_day(table, cell["due"]) or date.min,
        value=Decimal(cell["amount"]),
        settled_on=_day(table, cell["settled"]),
        is_disputed=cell.get("disputed", "").lower() in _YES,
    )


def _faults(table: _Table, cell: dict[Column, str], currency: str, seen: set[str]) -> Iterator[tuple[Column, str]]:
    if not cell["customer"]:
        yield "customer", "missing"
    if not cell["invoice"] or cell["invoice"] in seen:
        yield "invoice", "duplicate" if cell["invoice"] else "missing"
    for name in ("issued", "due", "settled"):
        if (cell[name] or name != "settled") and _day(table, cell[name]) is None:
            yield name, "bad-day"
    if not _CURRENCY.fullmatch(currency):
        yield "currency", "bad-currency"
    elif not _is_payable(cell["amount"], currency):
        yield "amount", "bad-amount"
    if cell.get("disputed", "").lower() not in _YES | _NO:
        yield "disputed", "bad-flag"


def _is_payable(text: str, currency: str) -> bool:
    value = Decimal(text) if _AMOUNT.fullmatch(text) else Decimal(0)
    return value > 0 and not value % minor_unit(currency)


def _day(table: _Table, text: str) -> date | None:
    found = table.day.fullmatch(text)
    if found is None or int(found["year"]) not in _YEARS:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _problem(table: _Table, row: int, column: str, code: str, seen: str) -> Problem:
    place = Place(file=table.file, row=row, column=column)
    return Problem(code=f"dunning.receivables.{code}", place=place, seen=as_seen(seen)[:_LONGEST_SEEN])
