"""Taking a backup back, into a home where nothing is yet: all of it, or nothing.

The database is filled in one transaction by the role that owns the tables; the home counts as made only afterwards, so
a restore that was cut off can simply be done again. Whatever the installation sent after the backup still waits in it:
so every way out comes back closed, and a person opens it again.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from saldo.server.archive import MANIFEST, UnableToRestore, check_members, opened_archive, stream_of
from saldo.server.backup import LEFT_OUT, Table, list_tables
from saldo.server.installation import Installation, describe, keep_key

_CHUNK = 1 << 20
_FILES = ("store/", "documents/")


def restore_backup(source: Path, home: Path) -> dict[str, int]:
    """Make the installation of ``home`` from a backup; returns how many rows and files were taken back.

    Refuses (UnableToRestore): server.restore.not-empty, .unreadable, .newer-form, .damaged, .other-version,
    .database-in-use, .cannot-write; UnableToOpen as `make_installation`.
    """
    if (home / "made").exists():
        raise UnableToRestore(code="server.restore.not-empty", facts={"home": str(home)})
    with opened_archive(source) as (manifest, tar):
        check_members(tar, manifest)
        key = _key(tar)
        try:
            keep_key(home, key)
            installation = _prepared(home)
            files = _write_files(tar, manifest, installation)
        except OSError as said:
            facts = {"home": str(home), "said": said.strerror or str(said)}
            raise UnableToRestore(code="server.restore.cannot-write", facts=facts) from said
        try:
            rows = _fill(installation, tar, manifest)
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError, EOFError, zlib.error) as said:
            raise UnableToRestore(code="server.restore.damaged", facts={"member": "tables"}) from said
    (home / "made").touch()
    return {"rows": rows, "files": files}


def _key(tar: tarfile.TarFile) -> str:
    try:
        said = json.load(stream_of(tar, "key.json"))["key"]
    except (KeyError, TypeError, ValueError):
        said = None
    if not isinstance(said, str) or not said:
        raise UnableToRestore(code="server.restore.damaged", facts={"member": "key.json"})
    return said


def _prepared(home: Path) -> Installation:
    """Database, roles and empty tables, without the mark that says they are an installation."""
    from saldo.server.setup import make_installation

    installation = make_installation(home)
    (home / "made").unlink(missing_ok=True)
    return describe(installation.home)


def _write_files(tar: tarfile.TarFile, manifest: dict[str, Any], installation: Installation) -> int:
    written = 0
    for name in manifest["members"]:
        if not name.startswith(_FILES):
            continue
        kind, _, rest = name.partition("/")
        folder = installation.line_store if kind == "store" else installation.document_store
        _write_file(tar, name, _inside(folder, rest))
        written += 1
    return written


def _inside(folder: Path, rest: str) -> Path:
    """A place below the folder; a backup may not write anywhere else."""
    place = (folder / rest).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise UnableToRestore(code="server.restore.damaged", facts={"member": rest})
    return place


def _write_file(tar: tarfile.TarFile, name: str, place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.tmp")
    source = stream_of(tar, name)
    with draft.open("wb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)


def _fill(installation: Installation, tar: tarfile.TarFile, manifest: dict[str, Any]) -> int:
    """All tables in one transaction, whose walls and guards stand again at its end."""
    with psycopg.connect(**installation.owner.as_psycopg()) as connection:
        known = {table.name: table for table in list_tables(connection)}
        said: dict[str, Any] = manifest["tables"]
        _check_version(connection, manifest)
        if connection.execute("SELECT EXISTS (SELECT 1 FROM parties_company)").fetchone() == (True,):
            raise UnableToRestore(code="server.restore.database-in-use")
        _check_tables(connection, known, manifest)
        walled = _walled(connection)
        _lower(connection, known, walled)
        for name in ("django_content_type", "auth_permission"):  # made by migrations, with numbers of their own
            if name in said:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        rows = 0
        for name, table in said.items():
            if name != "django_migrations":
                rows += _fill_table(connection, name, table["columns"], tar, table["rows"])
        for name, value in manifest["sequences"].items():
            connection.execute("SELECT setval(%s::regclass, %s)", [f'public."{name}"', value])
        connection.execute("UPDATE outbox_channel SET is_open = false, first_run_confirmed_by = '' WHERE is_open")
        _raise(connection, known, walled)
    return rows


def _check_version(connection: psycopg.Connection, manifest: dict[str, Any]) -> None:
    """Nothing, when program and backup have the same tables; a backup is restored by the version that took it."""
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations").fetchall()
    here, there = {row[0] for row in rows}, set(manifest["migrations"])
    if {name for name in here ^ there if not name.startswith(LEFT_OUT)}:
        facts = {"missing": sorted(there - here), "newer": sorted(here - there)}
        raise UnableToRestore(code="server.restore.other-version", facts=facts)


def _check_tables(connection: psycopg.Connection, known: Mapping[str, Table], manifest: dict[str, Any]) -> None:
    """Nothing, when the backup names exactly our tables, columns and counters: nothing else is written."""
    rows = connection.execute("SELECT sequencename::text FROM pg_sequences WHERE schemaname = 'public'").fetchall()
    counters = {row[0] for row in rows if not row[0].startswith(LEFT_OUT)}
    there = {(name, *sorted(table["columns"])) for name, table in manifest["tables"].items()}
    here = {(name, *sorted(table.columns)) for name, table in known.items()}
    if there != here:
        facts = {"missing": sorted(row[0] for row in there - here), "newer": sorted(row[0] for row in here - there)}
        raise UnableToRestore(code="server.restore.other-version", facts=facts)
    if manifest["sequences"].keys() - counters:
        raise UnableToRestore(code="server.restore.damaged", facts={"member": MANIFEST})


def _walled(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relkind = 'r'").fetchall()
    return [row[0] for row in rows]


def _lower(connection: psycopg.Connection, tables: Iterable[str], walled: Iterable[str]) -> None:
    for name in walled:
        connection.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(name)))
    for name in tables:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))


def _raise(connection: psycopg.Connection, tables: Iterable[str], walled: Iterable[str]) -> None:
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait for a check when its table is changed
    for name in tables:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
    for name in walled:
        connection.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(sql.Identifier(name)))


def _fill_table(
    connection: psycopg.Connection, name: str, columns: Iterable[str], tar: tarfile.TarFile, expected: int
) -> int:
    wanted = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), wanted)
    with connection.cursor() as cursor:
        with gzip.open(stream_of(tar, f"tables/{name}.gz")) as rows, cursor.copy(statement) as copy:
            while chunk := rows.read(_CHUNK):
                copy.write(chunk)
        if cursor.rowcount != expected:
            facts = {"member": name, "expected": expected, "seen": cursor.rowcount}
            raise UnableToRestore(code="server.restore.damaged", facts=facts)
        return cursor.rowcount
