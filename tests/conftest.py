"""One embedded PostgreSQL for the whole test run, one database per worker, made from a migrated template."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

# Settings read the environment at import: the home of this run must be there before Django is.
if "PYTEST_SALDO_HOME" not in os.environ:
    os.environ["PYTEST_SALDO_HOME"] = tempfile.mkdtemp(prefix="saldo-tests-")
os.environ["SALDO_HOME"] = os.environ["PYTEST_SALDO_HOME"]
os.environ["DJANGO_SETTINGS_MODULE"] = "saldo.server.settings"
os.environ.setdefault("SALDO_LANG", "en")

import django

django.setup()

from saldo.core.identity import CompanyId
from saldo.server.postgres import Embedded
from tests.databases import TestDatabases


def pytest_unconfigure() -> None:
    """The run's home goes with the run; workers leave that to who started them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    home = Path(os.environ.pop("PYTEST_SALDO_HOME", ""))
    if home.name.startswith("saldo-tests-"):
        if (home / "postgres").exists():
            Embedded(home).stop()
        shutil.rmtree(home, ignore_errors=True)


NOW = datetime(2026, 5, 12, 7, 12, tzinfo=UTC)


@pytest.fixture
def own_home() -> Iterator[Path]:
    """An empty home for a program started by a test; its database is stopped at the end.

    Not below pytest's own folder: another run on this machine shuts that to the database's user.
    """
    with tempfile.TemporaryDirectory(prefix="saldo-home-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        yield home
        if (home / "postgres").exists():
            Embedded(home).stop()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only loopback and local sockets answer; anything else is a fault of the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        is_local = self.family == socket.AF_UNIX or (
            isinstance(address, tuple) and str(address[0]) in {"127.0.0.1", "::1", "localhost"}
        )
        if not is_local:
            raise RuntimeError(f"tests do not reach the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def databases(django_db_blocker: DjangoDbBlocker) -> Iterator[TestDatabases]:
    """The databases of this test run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        made = TestDatabases(Path(os.environ["SALDO_HOME"]), worker=worker)
    yield made
    with django_db_blocker.unblock():
        made.close()


@pytest.fixture(scope="session")
def django_db_setup(databases: TestDatabases, django_db_blocker: DjangoDbBlocker) -> None:
    """Instead of Django's own: this worker's database, which the app enters as saldo_app."""
    with django_db_blocker.unblock():
        databases.use_worker_database()


@pytest.fixture
def own_database(databases: TestDatabases, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A fresh migrated database for a test that commits for real; dropped afterwards. Gives its name."""
    with django_db_blocker.unblock(), databases.fresh_database() as name:
        yield name


@pytest.fixture
def company(db: None) -> Iterator[CompanyId]:
    """A company, and the test inside its context; everything is rolled back at the end."""
    from saldo.parties.actions import found_company
    from saldo.parties.company import company_context

    made = found_company(name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
    with company_context(made):
        yield made
