"""The columns of JSON lines that the first of them do not show: an export leaves out what is empty."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from saldo.charges.formats.columns import SHAPES
from saldo.charges.formats.headers import map_columns
from saldo.charges.formats.shape import Part
from saldo.charges.rules.line import Kind
from saldo.charges.store.reading_sql import lines_of


def with_all_columns(connection: duckdb.DuckDBPyConnection, part: Part, *, kind: Kind) -> Part:
    """The part with every key that any of its lines has; portal files name all their columns in the first line.

    Refuses (UnableToReadFile): charges.file.doubled-column.
    """
    if part.format == "csv":
        return part
    found = connection.execute(f"SELECT DISTINCT unnest(json_keys(line)) AS key FROM ({lines_of(part)}) ORDER BY key")
    header = tuple(dict.fromkeys([*part.header, *(key for (key,) in found.fetchall())]))
    return replace(part, header=header, columns=map_columns(SHAPES[kind], header, file=part.name))
