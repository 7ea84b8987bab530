"""Every table with a company is walled off; foreign keys point down; the log refuses to be changed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from saldo.audit import log
from saldo.core.identity import CompanyId
from tests.conftest import NOW

ROOMS_FROM_THE_TOP = (
    *("server", "desk", "doors", "dunning", "receipts", "payables", "invoicing", "charges"),
    *("ledger", "agreements", "outbox", "parties", "audit"),
)


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("saldo.")]


class TestTables:
    def test_every_table_with_a_company_is_under_forced_row_level_security(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind = 'r' AND a.attname IN ('company', 'company_id') AND NOT a.attisdropped
                  AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                           AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
                """
            )
            assert [name for (name,) in cursor.fetchall()] == []

    def test_every_table_of_business_has_a_company(self) -> None:
        without = {
            model.__name__
            for model in our_models()
            if not {field.attname for field in model._meta.fields} & {"company", "company_id"}
        }
        # A person may work for several companies; a company is its own.
        assert without == {"Company", "User"}

    def test_foreign_keys_point_to_the_same_or_a_lower_room(self) -> None:
        upward = [
            f"{model.__name__}.{field.name}"
            for model in our_models()
            for field in model._meta.fields
            if field.is_relation
            and field.related_model.__module__.startswith("saldo.")
            and ROOMS_FROM_THE_TOP.index(field.related_model._meta.app_label)
            < ROOMS_FROM_THE_TOP.index(model._meta.app_label)
        ]
        assert upward == []

    def test_the_audit_log_keeps_companies_and_people_as_plain_values(self) -> None:
        assert [
            f for model in apps.get_app_config("audit").get_models() for f in model._meta.fields if f.is_relation
        ] == []

    @pytest.mark.parametrize("statement", ["UPDATE audit_entry SET code = 'x'", "DELETE FROM audit_entry"])
    def test_the_audit_log_is_append_only(self, company: CompanyId, statement: str) -> None:
        log.record(company=company, code="test.happened", actor=log.SYSTEM, subject="test:1", at=NOW)
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
