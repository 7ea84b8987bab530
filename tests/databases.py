"""Test databases: a migrated template is made once a run, each worker and each committing test gets a copy."""

from __future__ import annotations

import fcntl
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from saldo.server import setup
from saldo.server.installation import Login, describe, start_database

TEMPLATE = "saldo"


class TestDatabases:
    """Makes and drops the databases of one worker."""

    __test__ = False

    def __init__(self, home: Path, worker: str) -> None:
        self.installation = describe(home)
        self.worker = worker
        self._numbers = itertools.count(1)
        self._made: list[str] = []
        with (home / "tests.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            start_database(self.installation)
            if not (home / "template").exists():
                setup._make_database(self.installation)
                setup.migrate()
                (home / "template").touch()
            connections["owner"].close()
            connections["default"].close()

    @property
    def superuser(self) -> Login:
        """Who may make databases: the embedded superuser, or the owner of an external server."""
        return self.installation.superuser or replace(self.installation.owner, database="postgres")

    def use_worker_database(self) -> None:
        """Point Django at this worker's own copy."""
        self._use(self._copy(f"saldo_{self.worker}"))

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Point Django at a new copy, and back at the end."""
        before = connections["default"].settings_dict["NAME"]
        name = self._copy(f"saldo_{self.worker}_{next(self._numbers)}")
        self._use(name)
        try:
            yield name
        finally:
            self._use(before)
            self._drop(name)

    def close(self) -> None:
        """Drop what this worker made."""
        for connection in connections.all():
            connection.close()
        for name in list(self._made):
            self._drop(name)

    def _use(self, name: str) -> None:
        """Files belong to their catalogue: a store shared by two databases would be swept by each of the other's."""
        settings.LINE_STORE = self.installation.home / "stores" / name
        settings.DOCUMENT_STORE = self.installation.home / "documents" / name
        settings.LANDING = self.installation.home / "landings" / name
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name

    def _copy(self, name: str) -> str:
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        with (self.installation.home / "tests.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a template being copied may have no other visitor
            template = self.installation.owner.database
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
            owner = self.installation.owner.role
            self._administer(statement.format(*map(sql.Identifier, (name, template, owner))))
        self._made.append(name)
        return name

    def _drop(self, name: str) -> None:
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.remove(name)

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(**self.superuser.as_psycopg(), autocommit=True) as connection:
            connection.execute(statement)
