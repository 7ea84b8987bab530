"""Two companies in one installation know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from saldo.core.identity import CompanyId, CustomerId
from saldo.parties import actions, queries
from saldo.parties.company import company_context
from tests.conftest import NOW


@pytest.fixture
def other_company(company: CompanyId) -> CompanyId:
    return actions.found_company(name="Söder & Co", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)


def _seen(key: str, name: str) -> Iterator[actions.CustomerSeen]:
    yield actions.CustomerSeen(key=CustomerId(key), name=name)


class TestIsolation:
    def test_a_query_without_a_company_in_force_sees_no_row(self, company: CompanyId) -> None:
        actions.note_customers(company=company, seen=_seen("a", "Havsbris Hotell AB"), at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('saldo.company', '', true)")
            cursor.execute("SELECT count(*) FROM parties_customer")
            assert cursor.fetchone()[0] == 0

    def test_another_companys_customer_does_not_exist_even_when_asked_for_by_id(
        self, company: CompanyId, other_company: CompanyId
    ) -> None:
        actions.note_customers(company=company, seen=_seen("a", "Havsbris Hotell AB"), at=NOW)
        with company_context(other_company):
            assert queries.find_customer(company=company, key=CustomerId("a")) is None
        assert queries.find_customer(company=company, key=CustomerId("a")) is not None

    def test_a_row_cannot_be_written_into_another_company(self, company: CompanyId, other_company: CompanyId) -> None:
        from django.db import ProgrammingError, transaction

        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            actions.note_customers(company=other_company, seen=_seen("b", "Fremd AB"), at=NOW)

    def test_the_app_is_neither_superuser_nor_owner_nor_exempt(self, company: CompanyId) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False, False)
            cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
            assert cursor.fetchone()[0] == 0
