"""Numbers without gap, whoever issues at the same time and whenever the power goes; run again, it is finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import OperationalError, connection

from saldo.core.identity import CompanyId
from saldo.flows.import_files import import_paths
from saldo.flows.month_close import close_month, draft_month
from saldo.generator.generation import generate
from saldo.invoicing import models
from saldo.invoicing.actions.drafting import draft_debtors
from saldo.invoicing.inputs import list_debtors_to_bill, load_inputs
from saldo.ledger.queries import list_open_items
from saldo.outbox.models import Message
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.invoicing import closing_child
from tests.invoicing.months import MARCH, TODAY, check_every_line_has_one_bucket
from tests.laws.test_kills import wait_until_alone
from tests.rooms.importing import A_WORLD

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = 40


class Books:
    """A database in which transactions are real, and the month of a small partner, for one company after the other."""

    def __init__(self, database: str, files: Path) -> None:
        self.database, self.files = database, files

    def a_company(self, name: str) -> CompanyId:
        company = found_company(name=name, country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
        import_paths(company=company, paths=[self.files], actor="test", world=A_WORLD)
        return company

    def start(self, company: CompanyId, *, chunk: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, closing_child.__file__, self.database, str(company), str(MARCH), str(chunk)],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        return process


@pytest.fixture
def books(own_database: str, django_db_blocker: Any, tmp_path: Path, settings: Any) -> Iterator[Books]:
    settings.LINE_STORE = tmp_path / "store"
    generate(folder=tmp_path / "files", customers=CUSTOMERS, months=1, seed=3, start=MARCH, usage_rows=100)
    (tmp_path / "files" / "truth.json").unlink()
    with django_db_blocker.unblock():
        yield Books(own_database, tmp_path / "files")


def check_all_is_there_once(company: CompanyId) -> int:
    """No gap, no number twice, every document posted once and mailed once, nothing left; returns how many there are."""
    with company_context(company):
        numbers = list(
            models.Invoice.objects.exclude(number="").order_by("sequence").values_list("sequence", flat=True)
        )
        assert numbers == list(range(1, len(numbers) + 1))
        assert not models.Invoice.objects.filter(number="", held_because="").exists()
        gross = models.Invoice.objects.exclude(number="").exclude(gross=0)
        items = list_open_items(company=company)
        assert sorted(item.document for item in items) == sorted(gross.values_list("number", flat=True))
        assert sum(item.open for item in items) == sum(gross.values_list("gross", flat=True))
        assert Message.objects.count() == len(numbers)
        check_every_line_has_one_bucket(company, MARCH)
    return len(numbers)


def close_here(company: CompanyId) -> None:
    close_month(company=company, month=MARCH, issue=True, by="user:2", world=A_WORLD, today=TODAY)


def test_two_who_issue_at_once_give_no_number_twice(books: Books) -> None:
    company = books.a_company("Issued by two")
    one, two = books.start(company, chunk=3), books.start(company, chunk=3)
    for process in (one, two):
        with process:
            assert process.stdout is not None
            process.stdout.read()
    assert 0 in (one.returncode, two.returncode)  # the other may find the drafts changed since it counted them
    close_here(company)
    assert check_all_is_there_once(company) > CUSTOMERS - 5


def test_killed_between_chunks_leaves_no_gap_and_the_second_run_finishes(books: Books) -> None:
    random = Random(5)
    for number in range(3):
        company = books.a_company(f"Killed {number}")
        process = books.start(company, chunk=3)
        assert process.stdout is not None
        for _ in range(random.randrange(1, 22)):
            process.stdout.readline()
        with process:
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        wait_until_alone()
        close_here(company)
        assert check_all_is_there_once(company) > CUSTOMERS - 5


def is_free_to_issue(company: CompanyId) -> bool:
    """Whether somebody else could take the drafts now; asked on a connection of its own."""
    take = "SELECT id FROM invoicing_invoice WHERE number = '' AND company_id = %s FOR UPDATE NOWAIT"
    try:
        with company_context(company), connection.cursor() as cursor:
            cursor.execute(take, [company])
            assert cursor.fetchall()
        return True
    except OperationalError:
        return False
    finally:
        connection.close()


def test_drafts_are_not_issued_while_they_are_drawn_up_anew(books: Books) -> None:
    company = books.a_company("Drawn up and issued at once")
    draft_month(company=company, month=MARCH, by="user:1", world=A_WORLD, today=TODAY)
    with ThreadPoolExecutor(1) as pool:
        with company_context(company):
            inputs = load_inputs(company=company, month=MARCH, today=TODAY)
            draft_debtors(inputs=inputs, debtors=list_debtors_to_bill(inputs=inputs), by="user:1", at=NOW)
            assert not pool.submit(is_free_to_issue, company).result(timeout=30)
        assert pool.submit(is_free_to_issue, company).result(timeout=30)


def draft_and_close(company: CompanyId, by: str) -> int:
    """Draft the month on a connection of its own; how many drafts were written."""
    try:
        return draft_month(company=company, month=MARCH, by=by, world=A_WORLD, today=TODAY).written
    finally:
        connection.close()


def test_two_who_draft_at_once_leave_one_draft_of_a_kind(books: Books) -> None:
    company = books.a_company("Drafted by two")
    with ThreadPoolExecutor(2) as pool:
        written = [pool.submit(draft_and_close, company, by) for by in ("user:1", "user:2")]
        assert sum(one.result(timeout=60) for one in written) > CUSTOMERS - 5
    with company_context(company):
        drafts = models.Invoice.objects.filter(number="").values_list("debtor", "kind", "group", "currency", "mirrors")
        assert len(drafts) == len(set(drafts)) > CUSTOMERS - 5
        check_every_line_has_one_bucket(company, MARCH)
