"""Portal files: which character separates, what the header says, and whether one file holds two blocks."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from saldo.charges.formats.headers import name_columns
from saldo.charges.formats.landing import HEAD, Landed
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Delivery, Part, Shape

DELIMITERS = (",", ";", "\t")
MAX_LINE = 4 << 20
csv.field_size_limit(MAX_LINE)
_OF_TWO_TABLES = frozenset({"legacy-usage", "legacy-usage-daily"})
_TITLE = 2  # a line above a table fills no more cells than this


def read_portal_file(landed: Landed, *, folder: Path) -> tuple[Delivery, ...]:
    """The deliveries of one portal file: one, or two where a legacy usage file holds billing and daily rows.

    Refuses (UnableToReadFile): empty, endless-line, no-rows, and whatever the header is refused for.
    """
    first_line = _first_line(landed)
    delimiter = max(DELIMITERS, key=first_line.count)
    cells = next(csv.reader(io.StringIO(first_line), delimiter=delimiter))
    header = _header(cells)
    shape, columns = name_columns(header, file=landed.name)
    if len(landed.head) < HEAD // 4 and len(list(itertools.islice(_rows(landed.head, delimiter), 2))) < 2:
        raise UnableToReadFile(code="charges.file.no-rows", facts={"file": landed.name})
    part = Part(
        name=landed.name,
        sha256=landed.sha256,
        landed=landed.text,
        format="csv",
        delimiter=delimiter,
        header=header,
        columns=columns,
    )
    if shape.kind in _OF_TWO_TABLES and any(table > 1 for table, _ in _tables(landed, delimiter)):
        return _each_table(landed, delimiter, folder=folder)
    return (_delivery(shape, part),)


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell if cell.strip() else f"Column {place}" for place, cell in enumerate(cells, start=1))


def _delivery(shape: Shape, part: Part) -> Delivery:
    return Delivery(kind=shape.kind, source="portal-csv", parts=(part,))


def _first_line(landed: Landed) -> str:
    line, _, _ = landed.head.removeprefix("\ufeff").lstrip("\r\n").partition("\n")
    if "\n" not in landed.head and len(landed.head) >= HEAD // 4:
        raise UnableToReadFile(code="charges.file.endless-line", facts={"file": landed.name})
    if not line.strip():
        raise UnableToReadFile(code="charges.file.empty", facts={"file": landed.name})
    return line.rstrip("\r")


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return (row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row))


def _tables(landed: Landed, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a legacy usage file with the number of their table; a new one begins where one reads like a header.

    Blank lines and titles before a header belong to none; short rows elsewhere are rows, and damaged ones.
    """
    table, titles = 0, list[list[str]]()
    for row in _all_rows(landed, delimiter):
        if "resourceguid" in (cell.strip().casefold() for cell in row):
            table, titles = table + 1, []
        elif sum(map(bool, row)) <= _TITLE:
            titles += [row] if any(row) else []
            continue
        yield from ((table, title) for title in titles)
        titles = []
        yield table, row
    yield from ((table, title) for title in titles)


def _all_rows(landed: Landed, delimiter: str) -> Iterator[list[str]]:
    with landed.text.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=delimiter)
        try:
            yield from rows
        except (csv.Error, UnicodeDecodeError) as fault:
            seen = fault.object[fault.start :][:1].hex() if isinstance(fault, UnicodeDecodeError) else str(fault)
            code = "charges.file.not-utf8" if isinstance(fault, UnicodeDecodeError) else "charges.file.bad-structure"
            facts = {"file": landed.name, "row": max(rows.line_num - 1, 0), "seen": seen}
            raise UnableToReadFile(code=code, facts=facts) from fault


def _each_table(landed: Landed, delimiter: str, *, folder: Path) -> tuple[Delivery, ...]:
    """A delivery a table, one after the other; of one kind there can be one only."""
    made: dict[str, Delivery] = {}
    for _, numbered in itertools.groupby(_tables(landed, delimiter), key=lambda found: found[0]):
        delivery = _table(landed, (row for _, row in numbered), folder=folder)
        if delivery.kind in made:
            facts = {"file": landed.name, "row": 0, "seen": f"{delivery.kind} × 2"}
            raise UnableToReadFile(code="charges.file.bad-structure", facts=facts)
        made[delivery.kind] = delivery
    return tuple(made.values())


def _table(landed: Landed, rows: Iterator[list[str]], *, folder: Path) -> Delivery:
    """One table as a file of its own, without the blank cells that a wider one beside it leaves behind its rows."""
    cells = next(rows)
    while not cells[-1].strip():
        cells.pop()
    header, width = _header(cells), len(cells)
    shape, columns = name_columns(header, file=landed.name)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=folder, suffix=".utf8", delete=False
    ) as text:
        written = csv.writer(text, lineterminator="\n")
        written.writerow(header)
        written.writerows(row if any(row[width:]) else row[:width] for row in rows)
    part = Part(
        name=landed.name,
        sha256=landed.sha256,
        landed=Path(text.name),
        format="csv",
        header=header,
        columns=columns,
    )
    return _delivery(shape, part)
