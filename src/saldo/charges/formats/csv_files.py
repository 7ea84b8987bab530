"""Portal files: which character separates, what the header says, and whether one file holds two blocks."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from saldo.charges.formats.headers import name_columns
from saldo.charges.formats.landing import HEAD, Landed
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Delivery, Part, Shape

DELIMITERS = (",", ";", "\t")
MAX_LINE = 4 << 20
csv.field_size_limit(MAX_LINE)


def read_portal_file(landed: Landed, *, folder: Path) -> tuple[Delivery, ...]:
    """The deliveries of one portal file: one, or two where a legacy usage file holds billing and daily rows.

    Refuses (UnableToReadFile): empty, endless-line, no-rows, and whatever the header is refused for.
    """
    first_line = _first_line(landed)
    delimiter = max(DELIMITERS, key=first_line.count)
    cells = next(csv.reader(io.StringIO(first_line), delimiter=delimiter))
    header = tuple(cell if cell.strip() else f"Column {place}" for place, cell in enumerate(cells, start=1))
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
    if shape.kind in {"legacy-usage", "legacy-usage-daily"}:
        blocks = _blocks(landed.text, delimiter)
        if len(blocks) > 1:
            return tuple(_block_delivery(landed, block, folder=folder) for block in blocks)
    return (_delivery(shape, part),)


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


def _blocks(text: Path, delimiter: str) -> list[list[list[str]]]:
    """The tables of a legacy usage file: a new one begins where a row reads like a header again."""
    blocks: list[list[list[str]]] = []
    with text.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.reader(lines, delimiter=delimiter):
            if "ResourceGuid".casefold() in (cell.strip().casefold() for cell in row):
                blocks.append([row])
            elif blocks and len(row) > 2 and any(row):  # blank lines and titles stand between the tables
                blocks[-1].append(row)
    return blocks


def _block_delivery(landed: Landed, rows: list[list[str]], *, folder: Path) -> Delivery:
    header = tuple(cell.strip() for cell in rows[0] if cell.strip())
    shape, columns = name_columns(header, file=landed.name)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=folder, suffix=".utf8", delete=False
    ) as text:
        csv.writer(text, lineterminator="\n").writerows(row[: len(header)] for row in rows)
    part = Part(
        name=landed.name,
        sha256=landed.sha256,
        landed=Path(text.name),
        format="csv",
        header=header,
        columns=columns,
    )
    return _delivery(shape, part)
