"""The log: append only, sealed by day, and a change behind our back shows."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connections

from saldo.audit import actions, log, queries
from saldo.core.identity import CompanyId
from tests.conftest import NOW


def three_days_of_acts(company: CompanyId) -> None:
    for day in range(3):
        for act in range(2):
            log.record(
                company=company,
                code="test.happened",
                actor=log.person(7),
                subject=f"thing:{act}",
                at=NOW + timedelta(days=day, minutes=act),
                facts={"before": "a", "after": day},
            )


class TestSeals:
    def test_finished_days_are_sealed_once_and_the_chain_is_intact(self, company: CompanyId) -> None:
        three_days_of_acts(company)
        assert actions.seal_days_before(company=company, today=date(2026, 5, 14)) == 2
        assert actions.seal_days_before(company=company, today=date(2026, 5, 14)) == 0
        assert queries.check_chain(company=company) == queries.ChainState(
            state="intact", sealed_until=date(2026, 5, 13)
        )

    def test_without_a_seal_nothing_is_claimed(self, company: CompanyId) -> None:
        assert queries.check_chain(company=company).state == "no-seal-yet"

    def test_a_day_without_acts_leaves_no_seal(self, company: CompanyId) -> None:
        three_days_of_acts(company)
        actions.seal_days_before(company=company, today=date(2026, 6, 1))
        assert [seal.count for seal in queries.list_seals(company=company)] == [3, 2, 2]

    def test_an_act_begun_before_midnight_and_written_after_it_breaks_nothing(self, company: CompanyId) -> None:
        evening = NOW.replace(hour=23, minute=50)
        for at in (evening, evening + timedelta(minutes=15), evening + timedelta(minutes=5)):
            log.record(company=company, code="test.happened", actor=log.SYSTEM, subject="test:1", at=at)
        actions.seal_days_before(company=company, today=date(2026, 5, 14))
        assert sum(seal.count for seal in queries.list_seals(company=company)) == len(
            queries.list_entries(company=company)
        )
        assert queries.check_chain(company=company).state == "intact"

    def test_an_entry_changed_by_the_owner_of_the_tables_breaks_the_chain_on_its_day(self, own_database: str) -> None:
        from saldo.parties.actions import found_company
        from saldo.parties.company import company_context

        company = found_company(
            name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW
        )
        with company_context(company):
            three_days_of_acts(company)
            actions.seal_days_before(company=company, today=date(2026, 5, 15))
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
            cursor.execute("SELECT set_config('saldo.company', %s, false)", [str(company)])
            cursor.execute("UPDATE audit_entry SET actor = 'user:8' WHERE at::date = '2026-05-13'")
            assert cursor.rowcount == 2
        with company_context(company):
            assert queries.check_chain(company=company) == queries.ChainState(
                state="broken", broken_on=date(2026, 5, 13)
            )


class TestReading:
    def test_acts_are_found_by_person_subject_code_and_day_newest_first(self, company: CompanyId) -> None:
        three_days_of_acts(company)
        found = queries.list_entries(
            company=company, actor="user:7", subject="thing:1", code="test.", day=date(2026, 5, 13)
        )
        assert [entry.facts["after"] for entry in found] == [1]
        assert queries.count_entries(company=company, code="test.") == 6
        assert [e.subject for e in queries.list_entries(company=company, limit=2)] == ["thing:1", "thing:0"]
