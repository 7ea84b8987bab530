"""What the database itself refuses, whoever asks: unbalanced legs, and any change of what was written."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction

from saldo.core.identity import CompanyId
from saldo.ledger import actions
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.ledger.books import DAY, invoice, post, receipt, settle

_HEADER = """
INSERT INTO ledger_posting (company_id, key, "on", code, document, reversal_of, posted_at, posted_by, digest)
VALUES ({company}, '{key}', '2026-03-02', 'test', '', '', now(), 'test', '') RETURNING id, company_id, "on"
"""
_LEG = 'INSERT INTO ledger_entry (company_id, posting_id, account, party, "on", currency, value)'
WRITTEN = ("posting", "entry", "allocation", "dayseal", "closedperiod")


def run(statement: str, using: str = "default") -> None:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def books(company: CompanyId) -> CompanyId:
    post(company, invoice("1"), receipt("1", "125.00"))
    settle(company, "a", "invoice:1", "receipt:1", "125.00")
    actions.close_period(company=company, ends_before=DAY, by="test", at=NOW)
    return company


class TestBalance:
    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            ("'SEK', 5", "'SEK', -4", "does not balance"),
            ("'SEK', 5", "'EUR', -5", "does not balance"),
        ],
    )
    def test_legs_that_do_not_balance_are_refused(self, company: CompanyId, first: str, second: str, said: str) -> None:
        header = _HEADER.format(company=company, key="x")
        legs = f"(VALUES ({first}), ({second})) AS leg(currency, value)"
        with pytest.raises(DatabaseError, match=said):
            run(f"WITH made AS ({header}) {_LEG} SELECT company_id, id, 'cost', '', \"on\", leg.* FROM made, {legs}")

    def test_a_posting_without_legs_is_refused(self, company: CompanyId) -> None:
        with pytest.raises(DatabaseError, match="has no entries"):
            run(_HEADER.format(company=company, key="x"))

    def test_legs_that_come_later_are_refused_even_when_they_balance(self, books: CompanyId) -> None:
        legs = "(VALUES (7), (-7)) AS leg(value)"
        later = f"SELECT company_id, id, 'cost', '', \"on\", 'SEK', leg.value FROM ledger_posting, {legs}"
        with pytest.raises(DatabaseError, match="come too late"):
            run(f"{_LEG} {later} WHERE key = 'invoice:1'")

    def test_legs_of_another_day_than_their_posting_are_refused(self, company: CompanyId) -> None:
        header = _HEADER.format(company=company, key="x")
        legs = "(VALUES (7), (-7)) AS leg(value)"
        with pytest.raises(DatabaseError, match="not those of its header"):
            run(
                f"WITH made AS ({header}) {_LEG} SELECT company_id, id, 'cost', '', \"on\" + 1, 'SEK', leg.value"
                f" FROM made, {legs}"
            )

    def test_a_posting_into_a_closed_period_is_refused(self, books: CompanyId) -> None:
        header = _HEADER.format(company=books, key="x").replace("2026-03-02", "2026-03-01")
        legs = "(VALUES (7), (-7)) AS leg(value)"
        with pytest.raises(DatabaseError, match="closed period"):
            run(
                f"WITH made AS ({header}) {_LEG} SELECT company_id, id, 'cost', '', \"on\", 'SEK', leg.value"
                f" FROM made, {legs}"
            )

    def test_no_temporary_table_stands_for_that_of_the_closed_periods(self, books: CompanyId) -> None:
        header = _HEADER.format(company=books, key="x").replace("2026-03-02", "2026-03-01")
        legs = "(VALUES (7), (-7)) AS leg(value)"
        with pytest.raises(DatabaseError, match="closed period"):
            run(
                "CREATE TEMPORARY TABLE ledger_closedperiod ON COMMIT DROP AS"
                " SELECT * FROM public.ledger_closedperiod WITH NO DATA;"
                f"WITH made AS ({header}) {_LEG} SELECT company_id, id, 'cost', '', \"on\", 'SEK', leg.value"
                f" FROM made, {legs}"
            )


class TestWrittenOnce:
    @pytest.mark.parametrize("table", WRITTEN)
    @pytest.mark.parametrize("verb", ["UPDATE ledger_{} SET id = id", "DELETE FROM ledger_{}", "TRUNCATE ledger_{}"])
    def test_the_app_has_no_right_to_change_or_remove(self, books: CompanyId, table: str, verb: str) -> None:
        with pytest.raises(DatabaseError, match="permission denied"):
            run(verb.format(table))

    @pytest.mark.parametrize("change", ["original = 1", "due_on = due_on + 1", "party = '10002'", "posting = 'x'"])
    def test_of_an_item_the_app_moves_only_what_is_open(self, books: CompanyId, change: str) -> None:
        with pytest.raises(DatabaseError, match="permission denied"):
            run(f"UPDATE ledger_item SET {change}")

    @pytest.mark.parametrize("change", ["open = 126", "open = -1", "open = 5", "settled_on = NULL"])
    def test_what_is_open_of_a_settled_item_stays_within_what_it_was(self, books: CompanyId, change: str) -> None:
        with pytest.raises(DatabaseError, match="open_within_original"):
            run(f"UPDATE ledger_item SET {change} WHERE key = 'invoice:1'")

    def test_no_item_is_removed(self, books: CompanyId) -> None:
        with pytest.raises(DatabaseError, match="permission denied"):
            run("DELETE FROM ledger_item")


class TestOwner:
    def test_even_the_owner_of_the_tables_changes_and_removes_nothing(self, own_database: str) -> None:
        for table in WRITTEN:
            for verb in ("UPDATE ledger_{} SET id = id", "DELETE FROM ledger_{}", "TRUNCATE ledger_{} CASCADE"):
                with pytest.raises(DatabaseError, match="append only"):
                    run(verb.format(table), using="owner")

    def test_the_owner_moves_no_other_column_of_an_item(self, own_database: str) -> None:
        company = found_company(
            name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW
        )
        with company_context(company):
            post(company, invoice("1"))
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT set_config('saldo.company', %s, false)", [str(company)])
            with pytest.raises(DatabaseError, match="only open and settled_on"):
                cursor.execute("UPDATE ledger_item SET original = original + 1")

    def test_another_company_sees_none_of_it(self, books: CompanyId) -> None:
        other = found_company(name="Havsbris Moln AB", country="SE", currency="SEK", cloud="global", actor="t", at=NOW)
        with company_context(other), connection.cursor() as cursor:
            for table in (*WRITTEN, "item"):
                cursor.execute(f"SELECT count(*) FROM ledger_{table}")
                assert cursor.fetchone() == (0,)
