"""The line engine: DuckDB, embedded. One connection per process, made after the fork, a cursor for each occasion."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

import duckdb

IMPORT_MEMORY = os.environ.get("SALDO_IMPORT_MEMORY", "700MB")
PAGE_MEMORY = "256MB"

_connections: dict[tuple[int, str], duckdb.DuckDBPyConnection] = {}
_lock = Lock()


def import_connection(store: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own for one import: it may use two threads and spill to disk; close it afterwards."""
    return _connect(store, memory=IMPORT_MEMORY, threads=2)


def page_cursor(store: Path) -> duckdb.DuckDBPyConnection:
    """A cursor on this process's connection for drill-down: little memory, one thread, file footers remembered."""
    key = (os.getpid(), str(store))
    with _lock:
        if key not in _connections:
            connection = _connect(store, memory=PAGE_MEMORY, threads=1)
            connection.execute("SET parquet_metadata_cache = true")
            _connections[key] = connection
        return _connections[key].cursor()


def _connect(store: Path, *, memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    spill = store / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET temp_directory = {literal(str(spill))}")
    # a slow statement would draw a bar on standard output, where callers read JSON
    connection.execute("SET enable_progress_bar_print = false")
    # what is imported stands in files we name; nothing is ever fetched or loaded besides
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    return connection


def name(column: str) -> str:
    """A column as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
