"""One pass from a landed part to its Parquet file: typed, checked cell by cell, in the order of its rows."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from saldo.charges.formats.columns import SHAPES
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Column, Part, Shape
from saldo.charges.rules.cells import BAD_NUMBER, EMPTY, CellFault, read_day, read_decimal, trimmed
from saldo.charges.rules.line import Kind
from saldo.charges.store.cells_sql import SEPARATOR, fault, read, typed
from saldo.charges.store.checks_sql import verdict_column, verdicts_in_pass
from saldo.charges.store.completing import with_all_columns
from saldo.charges.store.engine import literal, name
from saldo.charges.store.reading_sql import as_texts
from saldo.core.identity import FileId
from saldo.core.problems import Place, Problem

MAX_PROBLEMS = 1000
ROW_GROUP = 30_720  # a quarter of the engine's own: less memory, a tenth less time, and drilling down reads less
_READING = "saldo:"  # before the name of a column: the cell as it was read
_LINE_OF_ERROR = re.compile(r"[Ll]ine:? (\d+)")
_COLUMN_FAULTS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A part in the line store, not yet catalogued. ``total`` is the exact sum of the pre-tax column."""

    part: Part
    stored: Path
    rows: int
    rows_with_problems: int
    total: Decimal
    problems: tuple[Problem, ...]  # the first thousand


def write_part(connection: duckdb.DuckDBPyConnection, part: Part, *, kind: Kind, folder: Path) -> Written:
    """Write the Parquet file of a part under its final name and read back what it holds.

    The name is the hash of the content, so that writing twice is writing once. Refuses (UnableToReadFile):
    charges.file.bad-structure, charges.file.no-rows, charges.file.bad-cell (a vital cell cannot be read).
    """
    shape = SHAPES[kind]
    stored = folder / f"{part.sha256}-{kind}.parquet"
    temporary = stored.with_suffix(f".{os.getpid()}.tmp")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        part = with_all_columns(connection, part, kind=kind)
        connection.execute(
            f"COPY ({_typing(shape, part)}) TO {literal(str(temporary))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
    except duckdb.Error as said:
        temporary.unlink(missing_ok=True)
        raise _refusal(part, str(said)) from said
    written = _read_back(connection, part, shape, temporary)
    make_durable(temporary, stored)
    return Written(part=part, stored=stored, **written)


def _typing(shape: Shape, part: Part) -> str:
    """Every column typed, unknown ones as they came, and the list of cells that could not be read.

    Two selects, so that each cell is read once: the inner reads, the outer keeps and judges what was read.
    """
    known = {column.name: column for column in shape.columns}
    there = [(seen, known.get(seen), name(_READING + seen)) for seen in part.columns.values()]
    kept = [f"{typed(column, reading)} AS {name(seen)}" if column else name(seen) for seen, column, reading in there]
    readings = [f"{text} AS {reading}" for _, column, reading in there if column and (text := read(column))]
    faults = {seen: why for seen, column, reading in there if column and (why := fault(column, reading))}
    listed = ", ".join(
        f"CASE WHEN {why} THEN {literal(seen + SEPARATOR)} || COALESCE({name(seen)}, '') END"
        for seen, why in faults.items()
    )
    # CASE first: the list is built for the few rows that need one
    problems = f"CASE WHEN {' OR '.join(faults.values())} THEN list_filter([{listed}], lambda p: p IS NOT NULL) END"
    verdicts = verdicts_in_pass(shape.kind, part.columns.values())
    judged = [f"{verdict} AS {verdict_column(code)}" for code, verdict in verdicts.items()]
    inner, outer = ", ".join(["*", *readings]), ", ".join([*kept, f"{problems} AS saldo_problems", *judged])
    return f"SELECT {outer} FROM (SELECT {inner} FROM ({as_texts(part)}))"


def _read_back(connection: duckdb.DuckDBPyConnection, part: Part, shape: Shape, stored: Path) -> dict[str, Any]:
    net = f"COALESCE(sum({name(shape.net)}), 0)" if shape.net else "0"
    source = f"read_parquet({literal(str(stored))}, file_row_number = true)"
    rows, flagged, total = _one(connection, f"SELECT count(*), count(saldo_problems), {net} FROM {source}")
    if not rows:
        stored.unlink(missing_ok=True)
        raise UnableToReadFile(code="charges.file.no-rows", facts={"file": part.name})
    problems = _problems(connection, part, shape, source) if flagged else ()
    vital = {column.name for column in shape.columns if column.is_vital}
    for problem in problems:
        if problem.place.column in vital:
            stored.unlink(missing_ok=True)
            raise _bad_cell(part, problem)
    return {"rows": rows, "rows_with_problems": flagged, "total": Decimal(total), "problems": problems}


def _problems(connection: duckdb.DuckDBPyConnection, part: Part, shape: Shape, source: str) -> tuple[Problem, ...]:
    """Vital ones first, so that the thousand that are kept decide whether the file is refused."""
    columns = {column.name: column for column in shape.columns}
    vital = ", ".join(literal(column.name) for column in shape.columns if column.is_vital) or "NULL"
    found = connection.execute(
        f"SELECT row, cell FROM (SELECT file_row_number + 1 AS row, unnest(saldo_problems) AS cell FROM {source}"
        " WHERE saldo_problems IS NOT NULL)"
        f" ORDER BY split_part(cell, {literal(SEPARATOR)}, 1) IN ({vital}) DESC, row, cell LIMIT {MAX_PROBLEMS}"
    ).fetchall()
    return tuple(_problem(part, columns, row, said) for row, said in found)


def _problem(part: Part, columns: Mapping[str, Column], row: int, said: str) -> Problem:
    column, _, seen = said.partition(SEPARATOR)
    place = Place(file=FileId(part.sha256), row=row, column=column)
    return Problem(code=_code(columns[column], seen), place=place, seen=seen[:200])


def _code(column: Column, seen: str) -> str:
    """What the rules say of a cell that SQL could not read; a text can only be missing."""
    if column.cell == "text" or not trimmed(seen):
        return EMPTY.code
    read = read_day(seen) if column.cell == "day" else read_decimal(seen)
    return read.code if isinstance(read, CellFault) else BAD_NUMBER.code


def _bad_cell(part: Part, problem: Problem) -> UnableToReadFile:
    place = problem.place
    facts = {"file": part.name, "row": place.row, "column": place.column, "seen": problem.seen, "why": problem.code}
    return UnableToReadFile(code="charges.file.bad-cell", facts=facts)


def _refusal(part: Part, said: str) -> UnableToReadFile:
    line = _LINE_OF_ERROR.search(said)
    columns = _COLUMN_FAULTS.search(said)
    seen = f"{columns[2]} ≠ {columns[1]}" if columns else said.splitlines()[0][:160]
    facts = {"file": part.name, "row": max(0, int(line[1]) - 1) if line else 0, "seen": seen}
    return UnableToReadFile(code="charges.file.bad-structure", facts=facts)


def make_durable(temporary: Path, stored: Path) -> None:
    """Flush the bytes, then the name: only then may a catalogue speak of the file."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.rename(stored)
    folder = os.open(stored.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None  # an aggregate always has its row
    return row
