"""The power goes in the middle of issuing; afterwards no number is missing or doubled, and no mail goes out twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from saldo.core.identity import CompanyId
from saldo.flows.import_files import import_paths
from saldo.flows.month_close import close_month, draft_month
from saldo.flows.send_messages import send_due
from saldo.generator.generation import generate
from saldo.invoicing import models
from saldo.invoicing.ready import list_waiting
from saldo.ledger.queries import list_open_items
from saldo.outbox.models import Message
from saldo.parties.actions import found_company
from saldo.parties.billing_actions import edit_debtor, ensure_debtors
from saldo.parties.company import company_context
from saldo.parties.debtors import list_debtors
from tests.chain.year import rows
from tests.conftest import NOW
from tests.invoicing import closing_child
from tests.invoicing.months import MARCH, TODAY
from tests.laws.test_kills import wait_until_alone
from tests.outbox.post_office import Postmaster, later, mailbox, open_for_good, serving, world
from tests.rooms.importing import A_WORLD

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(own_database: str, tmp_path: Path, settings: Any) -> Path:
    """A folder with the stores of this test's own database."""
    settings.LINE_STORE, settings.DOCUMENT_STORE = tmp_path / "store", tmp_path / "documents"
    return tmp_path


def a_partner(folder: Path, *, customers: int) -> CompanyId:
    """A month of so many customers, all with an address, ready to be issued."""
    company = found_company(name="Fjordlys", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
    made = generate(folder=folder / "files", customers=customers, months=1, seed=3, start=MARCH, usage_rows=100)
    files = [path for path in made.files if path.name != "truth.json"]
    import_paths(company=company, paths=files, actor="test", world=A_WORLD)
    with company_context(company):
        ensure_debtors(company=company, at=NOW, by="test")
        for debtor in list_debtors(company=company):
            to = [("Billing", f"billing@{debtor.number}.example")]
            edit_debtor(company=company, number=debtor.number, changes={"emails": to}, by="test", at=NOW)
    return company


@contextmanager
def issuing(database: str, company: CompanyId, *, chunk: int) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that closes the month."""
    process = subprocess.Popen(
        [sys.executable, closing_child.__file__, database, str(company), str(MARCH), str(chunk)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        yield process


def kill_at(process: subprocess.Popen[str], *, issued: int, company: CompanyId) -> None:
    """Kill it as soon as so many are issued and more are not."""
    assert process.stdout is not None
    for _ in process.stdout:
        with company_context(company):
            if models.Invoice.objects.exclude(number="").count() >= issued:
                break
    process.send_signal(signal.SIGKILL)
    process.wait()


def check_issued_once(company: CompanyId, *, expected: dict[str, Any], count: int) -> None:
    """No gap, no number twice, one posting and one mail for each, the totals that were confirmed."""
    with company_context(company):
        issued = list(models.Invoice.objects.exclude(number="").order_by("sequence"))
        assert [one.sequence for one in issued] == list(range(1, count + 1))
        assert not models.Invoice.objects.filter(number="").exists()
        totals: dict[str, Any] = {}
        for one in issued:
            totals[one.currency] = totals.get(one.currency, 0) + one.gross
        assert totals == expected
        posted = Counter(
            document
            for (document,) in rows(
                "SELECT document FROM ledger_posting WHERE company_id = %s AND code = 'invoicing.issued'", company
            )
        )
        assert posted == Counter(one.number for one in issued if one.gross)
        assert sum(item.open for item in list_open_items(company=company)) == sum(totals.values())
        mails = Counter(Message.objects.filter(company_id=company).values_list("about", flat=True))
        assert mails == Counter(f"invoice:{one.number}" for one in issued)


def cut_and_finish(place: Path, database: str, *, customers: int, at: int, chunk: int) -> CompanyId:
    """Kill the issuing at that place, run again, and again."""
    company = a_partner(place, customers=customers)
    draft_month(company=company, month=MARCH, by="user:1", world=A_WORLD, today=TODAY)
    with company_context(company):
        waiting = list_waiting(company=company, month=MARCH, today=TODAY)
    with issuing(database, company, chunk=chunk) as process:
        kill_at(process, issued=at, company=company)
        assert process.returncode == -signal.SIGKILL
    wait_until_alone()
    with company_context(company):
        there = models.Invoice.objects.exclude(number="").count()
    assert at <= there < waiting.count
    for _ in range(2):
        close_month(company=company, month=MARCH, issue=True, by="user:2", world=A_WORLD, today=TODAY)
        check_issued_once(company, expected=dict(waiting.totals), count=waiting.count)
    return company


class TestPowerCut:
    def test_at_the_twenty_seventh_of_forty_loses_and_doubles_nothing(self, place: Path, own_database: str) -> None:
        company = cut_and_finish(place, own_database, customers=40, at=27, chunk=3)
        with company_context(company):
            open_for_good(company)  # not before: an open channel asks for a backup
        postmaster = Postmaster()
        with serving(postmaster) as port:
            for minute in range(4):  # a mailbox takes so many a minute
                send_due(company=company, world=later(world(mailbox(port)), hours=24, minutes=2 * minute))
        with company_context(company):
            sent = Message.objects.filter(company_id=company, state="sent").count()
            numbers = list(models.Invoice.objects.exclude(number="").values_list("number", flat=True))
        subjects = Counter(str(mail["Subject"]) for _, mail in postmaster.mails)
        assert set(subjects.values()) == {1}
        assert len(subjects) == sent == len(numbers)

    @pytest.mark.laws
    def test_at_the_2700th_of_4000_loses_and_doubles_nothing(self, place: Path, own_database: str) -> None:
        cut_and_finish(place, own_database, customers=4000, at=2700, chunk=100)
