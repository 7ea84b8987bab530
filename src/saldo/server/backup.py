"""Taking a backup of a running installation: one snapshot of the database, the files it names, the key of its secrets.

Tables are read by the role that owns them, company by company: row-level security holds for an owner too, and a backup
must not need a superuser. Files are content-addressed and only ever added, so they are read after the snapshot.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from saldo.server.archive import Member, UnableToBackUp, write_archive
from saldo.server.drafts import drafting, remember_place, sweep_drafts
from saldo.server.installation import Installation

LEFT_OUT = ("django_session", "procrastinate_")
"""Beginnings of tables that are made anew: who is signed in, and work that the clock leaves again."""

_TRIES = 3
_TABLES = """
SELECT c.relname,
       array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum),
       (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid
        AND a.attname IN ('company', 'company_id') AND NOT a.attisdropped)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its columns, and the one that names the company, if it has one."""

    name: str
    columns: tuple[str, ...]
    company: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a backup holds."""

    file: Path
    sha256: str
    tables: int
    rows: int
    files: int
    size: int


class _FilesMoved(Exception):
    """A file that the snapshot names was replaced before it was read; a newer snapshot names the new one."""


def take_backup(installation: Installation, target: Path, *, at: datetime) -> Taken:
    """Write the backup file, whole or not at all, while everybody goes on working.

    Refuses (UnableToBackUp): server.backup.no-place, .cannot-write (no right, no room), .files-move (files changed at
    each of three tries).
    """
    if not target.parent.is_dir() or target.is_dir():
        raise UnableToBackUp(code="server.backup.no-place", facts={"file": str(target)})
    try:
        remember_place(installation.home, target.parent)
        sweep_drafts(target.parent)
        for _ in range(_TRIES):
            with suppress(_FilesMoved), drafting(target.parent) as folder:
                return _take(installation, target, folder, at)
    except OSError as said:
        facts = {"file": str(target), "said": said.strerror or str(said)}
        raise UnableToBackUp(code="server.backup.cannot-write", facts=facts) from said
    raise UnableToBackUp(code="server.backup.files-move", facts={"file": str(target)})


def list_tables(connection: psycopg.Connection) -> list[Table]:
    """Every table of the installation that a backup holds."""
    found = connection.execute(_TABLES).fetchall()
    return [
        Table(name=name, columns=tuple(columns), company=company)
        for name, columns, company in found
        if not name.startswith(LEFT_OUT)
    ]


def _take(installation: Installation, target: Path, folder: Path, at: datetime) -> Taken:
    with _snapshot(installation) as connection:
        companies = [row[0] for row in connection.execute("SELECT id FROM parties_company ORDER BY id").fetchall()]
        tables = list_tables(connection)
        counts = {table.name: _write_table(connection, table, companies, folder) for table in tables}
        stored = _stored_files(connection, companies)
        manifest = {
            "taken_at": at.isoformat(),
            "migrations": _migrations(connection),
            "tables": {table.name: {"columns": table.columns, "rows": counts[table.name]} for table in tables},
            "sequences": _sequences(connection),
        }
    files = [*_named(installation.line_store, "store", stored), *_all_of(installation.document_store, "documents")]
    key = folder / "key.json"
    key.write_text(json.dumps({"key": installation.key}))
    members = [Member.of(f"tables/{table.name}.gz", folder / table.name) for table in tables]
    members += [Member.of("key.json", key), *(_member(name, path) for name, path in files)]
    try:
        write_archive(target, manifest=manifest, members=members)
    except FileNotFoundError as gone:
        raise _FilesMoved(str(target)) from gone
    whole = Member.of(target.name, target)
    return Taken(
        file=target,
        sha256=whole.sha256,
        tables=len(tables),
        rows=sum(counts.values()),
        files=len(files),
        size=whole.size,
    )


@contextmanager
def _snapshot(installation: Installation) -> Iterator[psycopg.Connection]:
    """One unchanging view of the database, in which no session setting of ours outlives it."""
    with psycopg.connect(**installation.owner.as_psycopg()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection
        connection.rollback()


def _write_table(connection: psycopg.Connection, table: Table, companies: Sequence[int], folder: Path) -> int:
    """The rows of every company, one after the other, in PostgreSQL's own text form; returns how many."""
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT")
    rows = 0
    with gzip.GzipFile(folder / table.name, "wb", compresslevel=1, mtime=0) as file:
        for company in companies if table.company else [None]:
            wanted: sql.Composable = sql.SQL("")
            if company is not None:
                connection.execute("SELECT set_config('saldo.company', %s, true)", [str(company)])
                wanted = sql.SQL(" WHERE {} = {}").format(sql.Identifier(str(table.company)), sql.Literal(company))
            with connection.cursor() as cursor:
                with cursor.copy(statement.format(columns, sql.Identifier(table.name), wanted)) as copy:
                    for data in copy:
                        file.write(data)
                rows += cursor.rowcount
    return rows


def _stored_files(connection: psycopg.Connection, companies: Iterable[int]) -> list[str]:
    """The files of the line store that the snapshot's catalogue names."""
    found: list[str] = []
    for company in companies:
        connection.execute("SELECT set_config('saldo.company', %s, true)", [str(company)])
        rows = connection.execute("SELECT DISTINCT stored FROM charges_part WHERE stored <> '' ORDER BY 1").fetchall()
        found += [row[0] for row in rows]
    return found


def _migrations(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return sorted({row[0] for row in rows})


def _sequences(connection: psycopg.Connection) -> dict[str, int]:
    rows = connection.execute(
        "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    ).fetchall()
    return {name: value for name, value in rows if not name.startswith(LEFT_OUT)}


def _named(folder: Path, prefix: str, names: Iterable[str]) -> list[tuple[str, Path]]:
    return [(f"{prefix}/{name}", folder / name) for name in names]


def _all_of(folder: Path, prefix: str) -> list[tuple[str, Path]]:
    """Everything kept in the document store; what is still being written has another name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".tmp"))
    return [(f"{prefix}/{path.relative_to(folder)}", path) for path in paths]


def _member(name: str, path: Path) -> Member:
    try:
        return Member.of(name, path)
    except FileNotFoundError as gone:
        raise _FilesMoved(name) from gone


def taken_document(taken: Taken) -> dict[str, Any]:
    """A backup as the command's JSON document says it."""
    return {
        "file": str(taken.file),
        "sha256": taken.sha256,
        "tables": taken.tables,
        "rows": taken.rows,
        "files": taken.files,
        "bytes": taken.size,
    }
