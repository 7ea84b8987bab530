"""Each day of the books is sealed, and what was changed behind our back is found with its day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest

from saldo.core.identity import CompanyId
from saldo.ledger import actions, queries
from saldo.ledger.sealing import seal_days_before
from saldo.ledger.seals import SealState, find_items_out_of_step, list_seals, verify_seals
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.server.commands.doctor import _seals
from tests.conftest import NOW
from tests.databases import TestDatabases
from tests.ledger.books import invoice, receipt, settle

TODAY = date(2026, 5, 14)


def three_days(company: CompanyId) -> None:
    """Two invoices posted on each of three days, 12 to 14 May."""
    for day in range(3):
        pairs = [invoice(f"{day}-{number}") for number in range(2)]
        actions.post(company=company, postings=pairs, by="test", at=NOW + timedelta(days=day))


@pytest.fixture
def sealed(own_database: str) -> CompanyId:
    """Books in a database of their own, two days sealed and one not yet."""
    company = found_company(
        name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW
    )
    with company_context(company):
        three_days(company)
        seal_days_before(company=company, today=TODAY)
    return company


@contextmanager
def behind_our_back(databases: TestDatabases, name: str) -> Iterator[psycopg.Connection]:
    """A superuser who switches the triggers off."""
    login = databases.superuser.as_psycopg() | {"dbname": name}
    with psycopg.connect(**login, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


class TestSealing:
    def test_finished_days_are_sealed_once_with_count_and_sums(self, company: CompanyId) -> None:
        three_days(company)
        assert seal_days_before(company=company, today=TODAY) == 2
        assert seal_days_before(company=company, today=TODAY) == 0
        seals = list_seals(company=company)
        assert [(seal.day.day, seal.postings, seal.sums) for seal in seals] == [
            (12, 2, {"SEK": "250.00"}),
            (13, 2, {"SEK": "250.00"}),
        ]
        assert verify_seals(company=company) == SealState(state="intact", sealed_until=date(2026, 5, 13))

    def test_days_without_postings_leave_no_seal_and_the_next_goes_on(self, company: CompanyId) -> None:
        three_days(company)
        late = NOW + timedelta(days=9)
        assert seal_days_before(company=company, today=date(2026, 5, 20)) == 3
        actions.post(company=company, postings=[receipt("1", "5.00")], by="test", at=late)
        assert seal_days_before(company=company, today=date(2026, 6, 1)) == 1
        assert verify_seals(company=company).sealed_until == late.date()

    def test_without_a_seal_nothing_is_claimed(self, company: CompanyId) -> None:
        assert verify_seals(company=company) == SealState(state="no-seal-yet")


class TestTampering:
    @pytest.mark.parametrize(
        ("change", "day", "named"),
        [
            ("UPDATE ledger_entry SET value = value * 2 WHERE posting_id = {id}", 13, "invoice:1-0"),
            ("UPDATE ledger_posting SET document = 'other' WHERE id = {id}", 13, "invoice:1-0"),
            ("UPDATE ledger_posting SET posted_by = 'user:8' WHERE id = {id}", 13, ""),
            ("DELETE FROM ledger_entry WHERE posting_id = {id} AND account = 'sales'", 13, "invoice:1-0"),
            ("DELETE FROM ledger_posting WHERE id = {id}", 13, ""),
            ("UPDATE ledger_dayseal SET sums = '{{}}' WHERE day = '2026-05-13'", 13, ""),
            ("UPDATE ledger_entry SET party = '10009' WHERE posting_id = {id} + 2", 14, "invoice:2-0"),
        ],
    )
    def test_a_change_behind_our_back_is_found_and_its_day_named(
        self, sealed: CompanyId, own_database: str, databases: TestDatabases, change: str, day: int, named: str
    ) -> None:
        with behind_our_back(databases, own_database) as connection:
            found = connection.execute("SELECT id FROM ledger_posting WHERE key = 'invoice:1-0'").fetchone()
            assert found is not None
            assert connection.execute(change.format(id=found[0])).rowcount > 0
        with company_context(sealed):
            state = verify_seals(company=sealed)
        assert (state.state, state.broken_on, state.changed) == ("broken", date(2026, 5, day), named)

    def test_an_item_whose_open_amount_was_changed_is_named(
        self, sealed: CompanyId, own_database: str, databases: TestDatabases
    ) -> None:
        with company_context(sealed):
            actions.post(company=sealed, postings=[receipt("1", "25.00")], by="test", at=NOW)
            settle(sealed, "a", "invoice:0-0", "receipt:1", "25.00")
            assert find_items_out_of_step(company=sealed) == ()
        with behind_our_back(databases, own_database) as connection:
            connection.execute("UPDATE ledger_item SET open = 99 WHERE key = 'invoice:0-0'")
        with company_context(sealed):
            assert find_items_out_of_step(company=sealed) == ("invoice:0-0",)
            assert queries.find_item(company=sealed, key="invoice:0-0") is not None


class TestDoctor:
    def test_says_until_when_the_books_are_sealed_and_which_day_was_changed(
        self, sealed: CompanyId, own_database: str, databases: TestDatabases
    ) -> None:
        def books() -> tuple[str, str]:
            (found,) = (finding for finding in _seals() if finding.what == "books")
            return found.health, found.says

        assert books() == ("well", "Fjordlys Cloud AB: sealed until 2026-05-13")
        with behind_our_back(databases, own_database) as connection:
            connection.execute("UPDATE ledger_entry SET value = -value WHERE account = 'sales'")
        health, says = books()
        assert health == "ill"
        assert "2026-05-12" in says
