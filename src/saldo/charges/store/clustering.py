"""Writing a stored part once more, ordered by customer: the same rows under the same numbers, with other neighbours.

A file lies in the line store in the order in which it was delivered, and one customer's days may lie anywhere in it.
Ordered by customer, drilling down opens one small group of rows and passes over all others.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from saldo.charges.rules.line import Kind
from saldo.charges.store.engine import import_connection, literal
from saldo.charges.store.narrow_sql import CUSTOMER, ROW, customer_key, row_number
from saldo.charges.store.writing import make_durable

_NAMING: dict[Kind, frozenset[str]] = {
    "nce-daily-usage": frozenset({"CustomerId"}),
    "legacy-usage-daily": frozenset({"CustomerId", "CustomerCompanyName"}),
}
CLUSTERED_KINDS = tuple(_NAMING)
"""The kinds that are searched by customer; of all others PostgreSQL has the lines, and single rows are read."""

_ROW_GROUP = 12_288  # measured: smaller groups make the file's footer dear, larger ones are read for nothing
_END = ".parquet"
BY_CUSTOMER = f"-by-customer{_END}"
"""How the name of a file ends that is ordered by customer."""


class StoreIsDamaged(RuntimeError):
    """The new file does not say what the old one says; the old one stays in its place."""


def cluster(*, store: Path, stored: str, kind: Kind, scratch: Path) -> str:
    """Write the file ordered by customer beside the one that is there, and give its name within the line store.

    Its name follows from the old one, so that writing twice is writing once. It bears that name only after every row
    was found again under its number, and nobody opens it before the catalogue speaks of it.
    """
    named = stored.removesuffix(_END) + BY_CUSTOMER
    old, new = store / stored, store / named
    temporary = new.with_suffix(f".{os.getpid()}.tmp")
    connection = import_connection(scratch)
    try:
        rows = _numbered(old)
        connection.execute(
            f"COPY ({_with_customer(connection, rows, kind)} ORDER BY {CUSTOMER}, {ROW})"
            f" TO {literal(str(temporary))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
        )
        copied = f"SELECT * EXCLUDE ({CUSTOMER}) FROM read_parquet({literal(str(temporary))})"
        before, after = _proof(connection, rows), _proof(connection, copied)
        if before != after:
            raise StoreIsDamaged(f"{stored}: {before} became {after}")
        make_durable(temporary, new)
    finally:
        temporary.unlink(missing_ok=True)
        connection.close()
    return named


def _numbered(stored: Path) -> str:
    """A part as it was delivered, every row with its number."""
    return (
        f"SELECT * EXCLUDE (file_row_number), {row_number(())} AS {ROW}"
        f" FROM read_parquet({literal(str(stored))}, file_row_number = true)"
    )


def _with_customer(connection: duckdb.DuckDBPyConnection, rows: str, kind: Kind) -> str:
    """The same with the customer's key; a legacy file may name its customers by id, by name, or both."""
    there = {row[0] for row in connection.execute(f"DESCRIBE {rows}").fetchall()}
    absent = sorted(_NAMING[kind] - there)
    added = "".join(f", CAST(NULL AS VARCHAR) AS {column}" for column in absent)
    left_out = f" EXCLUDE ({', '.join(absent)})" if absent else ""
    return f"SELECT *{left_out}, {customer_key(kind)} AS {CUSTOMER} FROM (SELECT *{added} FROM ({rows}))"


def _proof(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
    """How many rows there are, and a mark that every cell of every row enters, whatever their order."""
    found = connection.execute(f"SELECT count(*), bit_xor(hash(one)) FROM ({rows}) one").fetchone()
    assert found is not None  # an aggregate always has its row
    return int(found[0]), int(found[1] or 0)
