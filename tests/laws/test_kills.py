"""An import that dies at any moment leaves every delivery as it was or whole; what it left lying about is swept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from saldo.charges import models
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.import_files import import_paths
from saldo.generator.generation import generate
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.laws import importing_child
from tests.rooms.importing import A_WORLD

ROOT = Path(__file__).resolve().parents[2]
QUICK, ALL = 3, 20
COUNTED = (
    *(models.Part, models.Line, models.CustomerTotal, models.DeliveryTotal, models.UsageTotal),
    models.MicrosoftInvoice,
)


@dataclass(frozen=True, slots=True)
class Import:
    """One database and line store, and what is imported into a new company each time."""

    database: str
    store: Path
    files: Path

    def start(self, company: CompanyId) -> subprocess.Popen[str]:
        """A process that has said that it begins."""
        process = subprocess.Popen(
            [sys.executable, importing_child.__file__, self.database, str(self.store), str(company), str(self.files)],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        return process


def finish(process: subprocess.Popen[str], blow: signal.Signals | None = None) -> int:
    """Wait for a process, or end it."""
    with process:
        if blow is not None:
            process.send_signal(blow)
    return process.returncode


@pytest.fixture
def importing(own_database: str, django_db_blocker: Any, tmp_path: Path, settings: Any) -> Iterator[Import]:
    """A database in which transactions are real, and a month of a small partner."""
    settings.LINE_STORE = tmp_path / "store"
    generate(folder=tmp_path / "files", customers=25, months=1, seed=3, start=Month(2026, 3), usage_rows=8000)
    (tmp_path / "files" / "truth.json").unlink()
    with django_db_blocker.unblock():
        yield Import(own_database, tmp_path / "store", tmp_path / "files")


def a_company(name: str) -> CompanyId:
    return found_company(name=name, country="SE", currency="SEK", cloud="global", actor="test", at=NOW)


def deliveries(company: CompanyId) -> dict[str, tuple[Any, ...]]:
    """What the catalogue holds of every delivery: its figures, and how many rows of each table belong to it."""
    with company_context(company):
        return {
            f"{delivery.kind} {delivery.content}": (
                *(delivery.rows, delivery.lines, delivery.total, delivery.state),
                *(model.objects.filter(delivery=delivery).count() for model in COUNTED),
                models.Attempt.objects.filter(delivery=delivery, state="accepted").count(),
            )
            for delivery in models.Delivery.objects.all()
        }


def checks(company: CompanyId) -> set[tuple[Any, ...]]:
    """What was checked; the last file may still let the checks of the first change."""
    with company_context(company):
        found = models.Check.objects.values_list("part__delivery__kind", "code", "passed", "tolerated", "failed")
        return set(found)


def wait_until_alone() -> None:
    """The database notices a dead client a moment later."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(others)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the dead import still holds a connection")


def check_kills(importing: Import, *, kills: int, seed: int) -> None:
    """Kill so many imports, each into a company of its own, at moments spread over the time that one takes."""
    whole_company = a_company("Never killed")
    process = importing.start(whole_company)
    began = time.monotonic()
    assert finish(process) == 0
    takes = time.monotonic() - began
    whole = deliveries(whole_company)
    assert len(whole) > 3
    random = Random(seed)
    for number in range(kills):
        company = a_company(f"Killed {number}")
        process = importing.start(company)
        time.sleep(takes * (number + random.random()) / kills)
        finish(process, signal.SIGKILL)
        wait_until_alone()
        found = deliveries(company)
        assert found.items() <= whole.items()
        again = import_paths(company=company, paths=[importing.files], actor="test", world=A_WORLD)
        assert {result.state for result in again} <= {"accepted", "duplicate"}
        assert sum(result.state == "duplicate" for result in again) >= len(found)
        assert (deliveries(company), checks(company)) == (whole, checks(whole_company))
        check_swept(importing, company)


def check_swept(importing: Import, company: CompanyId) -> None:
    with company_context(company):
        known = set(models.Part.objects.exclude(stored="").values_list("stored", flat=True))
    there = {str(path.relative_to(importing.store)) for path in (importing.store / str(company)).rglob("*")}
    assert there == known
    assert not list((importing.store / "scratch").glob("*"))


def test_an_import_killed_at_any_moment_leaves_deliveries_whole_or_out(importing: Import) -> None:
    check_kills(importing, kills=QUICK, seed=1)


@pytest.mark.laws
def test_twenty_imports_killed_at_any_moment_leave_deliveries_whole_or_out(importing: Import) -> None:
    check_kills(importing, kills=ALL, seed=20)
