"""A sheet of settings as rows of text: CSV in the ways that spreadsheets write it, and the first sheet of an XLSX."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from saldo.core.problems import Refused

LARGEST = 10_000_000  # bytes
MOST_ROWS = 20_000
_LARGEST_UNPACKED = 100_000_000
_MOST_COLUMNS = 100
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class UnableToReadSheet(Refused):
    """agreements.sheet.too-large, .too-many-rows, .unreadable, .empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row that says anything; ``number`` is 1 for the first below the head, ``cells`` are by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The head, lower case with underscores, and the rows below it."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(*, data: bytes) -> Sheet:
    """Read CSV or XLSX, recognised by its bytes. Refuses (UnableToReadSheet) what is neither, or too much."""
    if len(data) > LARGEST:
        raise UnableToReadSheet(code="agreements.sheet.too-large", facts={"most": LARGEST})
    return _read(_xlsx(data) if data.startswith(b"PK") else _csv(data))


def read_second_sheet(*, data: bytes) -> Sheet | None:
    """The second sheet of an XLSX; None where there is none, or nothing on it. Refuses as `read_sheet`."""
    if not data.startswith(b"PK") or len(data) > LARGEST:
        return None
    try:
        return _read(_xlsx(data, place=1))
    except UnableToReadSheet as refused:
        if refused.code != "agreements.sheet.empty":
            raise
        return None


def _read(lines: Iterable[list[str]]) -> Sheet:
    try:
        return _sheet(lines)
    except (csv.Error, UnicodeDecodeError, ValueError, KeyError, OSError, zipfile.BadZipFile, SyntaxError) as fault:
        raise UnableToReadSheet(code="agreements.sheet.unreadable") from fault


def _sheet(lines: Iterable[list[str]]) -> Sheet:
    columns: tuple[str, ...] = ()
    rows = []
    for number, cells in enumerate(lines):
        if number > MOST_ROWS:
            raise UnableToReadSheet(code="agreements.sheet.too-many-rows", facts={"most": MOST_ROWS})
        if not number:
            columns = tuple(_column(cell) for cell in _said(cells[:_MOST_COLUMNS]))
        elif any(cell.strip() for cell in cells):
            told = zip(columns, (cell.strip() for cell in cells), strict=False)
            rows.append(SheetRow(number=number, cells={name: cell for name, cell in told if name}))
    if not any(columns):
        raise UnableToReadSheet(code="agreements.sheet.empty")
    return Sheet(columns=columns, rows=tuple(rows))


def _said(cells: list[str]) -> list[str]:
    """The cells up to the last that says anything."""
    last = max((at for at, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:last]


def _column(cell: str) -> str:
    return "_".join(cell.replace("-", " ").replace("_", " ").casefold().split())


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    head = text.splitlines()[0] if text.strip() else ""
    if not head or (not head.isprintable() and "\t" not in head):
        raise UnableToReadSheet(code="agreements.sheet.unreadable" if head else "agreements.sheet.empty")
    delimiter = max(";,\t", key=head.count)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _decoded(data: bytes) -> str:
    """By its mark, else UTF-8, else as spreadsheets in the west have written CSV for thirty years."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _xlsx(data: bytes, *, place: int = 0) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
            raise UnableToReadSheet(code="agreements.sheet.too-large", facts={"most": _LARGEST_UNPACKED})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that say nothing about cells
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            for sheet in book.worksheets[place : place + 1]:
                for row in sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS):
                    yield [_text(value) for value in row]
        finally:
            book.close()


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | str):
        return "" if value is None else str(value)
    try:
        return f"{Decimal(repr(value)).normalize():f}"
    except ArithmeticError:
        return str(value)
