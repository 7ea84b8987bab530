"""Tables that leave the house: CSV and XLSX with plain digits, ASCII minus, and text that no spreadsheet runs.

Pure but for the bytes they return. A figure leaves as a figure; a text that a spreadsheet would take for a formula
gets an apostrophe in CSV and the type text in XLSX.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

Cell = str | Decimal | int | date | None

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table to take away: a name, the column heads, the rows. Amounts carry their currency's digits already."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, commas, CRLF; every cell in quotes, so that no semicolon in a text parts it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_text(title) for title in sheet.head])
    writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(sheet: Sheet) -> bytes:
    """One worksheet with a bold, frozen head; amounts are numbers with all their digits."""
    book = Workbook(write_only=True)
    page = book.create_sheet(_NOT_IN_SHEET_NAMES.sub(" ", _CONTROL.sub("", sheet.name))[:31] or "1")
    page.freeze_panes = "A2"
    for index, width in enumerate(_widths(sheet)):
        page.column_dimensions[chr(ord("A") + index)].width = width
    page.append([_typed(page, title, bold=True) for title in sheet.head])
    for row in sheet.rows:
        page.append([_typed(page, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_text(text: str) -> str:
    """Text that a spreadsheet shows instead of running it."""
    clean = _CONTROL.sub("", text)
    return f"'{clean}" if clean.lstrip(" ")[:1] in _STARTS_A_FORMULA and clean.strip() else clean


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return safe_text(cell) if isinstance(cell, str) else str(cell)


def _typed(page: object, cell: Cell, *, bold: bool = False) -> WriteOnlyCell:
    made = WriteOnlyCell(page, value=_CONTROL.sub("", cell) if isinstance(cell, str) else cell)
    if isinstance(cell, str):
        made.data_type = "s"  # else openpyxl takes a leading "=" for a formula
    elif isinstance(cell, Decimal):
        digits = -int(cell.as_tuple().exponent)
        made.number_format = f"0.{'0' * digits}" if digits > 0 else "0"
    if bold:
        made.font = Font(bold=True)
    return made


def _widths(sheet: Sheet) -> list[int]:
    columns = [[title, *(row[index] for row in sheet.rows)] for index, title in enumerate(sheet.head)]
    return [min(max(len(_plain(cell)) for cell in column) + 2, 80) for column in columns]
