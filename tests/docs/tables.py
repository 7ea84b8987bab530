"""Reading the worked tables of docs/algorithms: a comment names a table, the table follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "algorithms"
_MARK = re.compile(r"<!-- worked: (?P<name>[a-z -]+) -->")

TableRow = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedTable:
    """One table: which file, what name, its rows as column → cell."""

    file: str
    name: str
    rows: tuple[TableRow, ...]


def worked_tables(folder: Path = FOLDER) -> list[WorkedTable]:
    """All worked tables of all files, in order; refuses (ValueError) a mark with no table behind it."""
    return [table for path in sorted(folder.glob("*.md")) for table in tables_of(path)]


def tables_of(path: Path) -> list[WorkedTable]:
    """The worked tables of one file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for at, line in enumerate(lines):
        if mark := _MARK.fullmatch(line.strip()):
            rows = tuple(_rows(lines[at + 1 :]))
            if not rows:
                raise ValueError(f"{path.name}: no table behind {line}")
            found.append(WorkedTable(file=path.name, name=mark["name"], rows=rows))
    return found


def cells_of(path: Path) -> list[list[str]]:
    """Every row of every table of a file, heads included, without the lines under the heads."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_cells(line) for line in lines if line.startswith("|") and not line.startswith("|--")]


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _rows(lines: list[str]) -> list[TableRow]:
    table: list[list[str]] = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append(_cells(line))
    head, body = (table[0], table[2:]) if len(table) > 2 else ([], [])
    return [dict(zip(head, row, strict=True)) for row in body]
