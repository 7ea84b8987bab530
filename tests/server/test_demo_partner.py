"""The demo fills an empty installation once, the same way for everybody, and touches no other."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate

from saldo.charges.history import DeliverySeen, list_deliveries, list_fruitless_attempts
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.flows.import_files import import_paths
from saldo.invoicing.queries import list_drafts, list_invoices
from saldo.ledger.queries import list_open_items
from saldo.outbox.queries import list_messages
from saldo.outlook.queries import look_at_cash
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.parties.debtors import list_bank_accounts, list_debtors
from saldo.parties.queries import count_customers, list_companies, list_customers, list_people
from saldo.parties.rules.roles import Role
from saldo.payables.pay_queries import list_claims, list_payments, list_unallocated
from saldo.payables.queries import list_payables
from saldo.receipts.match_queries import list_proposals_of
from saldo.receipts.queries import count_by_state, list_entries
from saldo.server.demo_partner import CUSTOMERS, MONTHS, ensure_demo_partner, find_demo_sign_ins
from saldo.server.installation import Installation, describe, home_folder
from saldo.server.wiring import real_world
from tests.conftest import NOW

QUIET = Output(is_json=True)


@pytest.fixture
def installation(own_database: str, tmp_path: Path, settings: Any) -> Installation:
    """An empty installation: tables and no company, folders of its own."""
    settings.LANDING, settings.LINE_STORE = tmp_path / "landing", tmp_path / "store"
    return replace(describe(home_folder()), home=tmp_path)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo of few customers, where its size does not matter."""
    for name, value in {"CUSTOMERS": 5, "MONTHS": 2, "USAGE_ROWS": 600}.items():
        monkeypatch.setattr(f"saldo.server.demo_partner.{name}", value)


def deliveries(company: CompanyId) -> tuple[DeliverySeen, ...]:
    with company_context(company):
        return list_deliveries(company=company, limit=200)


class TestDemo:
    def test_makes_a_partner_with_bills_people_and_one_file_that_does_not_add_up(
        self, installation: Installation
    ) -> None:
        ensure_demo_partner(installation, QUIET)
        company = list_companies()[0].id
        found = deliveries(company)
        with company_context(company):
            assert count_customers(company=company) == CUSTOMERS
            assert list_fruitless_attempts(company=company, limit=10) == ()
            people = list_people(company=company)
            agent = next(person for person in people if person.grants[0].role is Role.SALES_AGENT)
            assert 0 < len(list_customers(company=company, owner=agent.id)) < CUSTOMERS
        assert {person.grants[0].role for person in people} == set(Role)
        assert len({one.month for one in found if one.month}) == MONTHS
        assert {"nce-daily-usage", "legacy-usage-daily", "legacy-license"} <= {one.kind for one in found}
        failing = {(one.kind, one.month) for one in found if one.failed_checks}
        assert ("nce-daily-usage", max(one.month for one in found if one.month)) in failing

        self.has_money_to_look_at(company)
        self.heals_when_the_whole_file_comes(company, installation.home / "demo" / "to-try")

    def has_money_to_look_at(self, company: CompanyId) -> None:
        """Three months issued, the newest to be reviewed, most of it paid, questions for a person."""
        with company_context(company):
            issued = list_invoices(company=company)
            assert len({one.month for one in issued}) == 3
            drafts = list_drafts(company=company, month=max(one.month for one in issued).plus(1))
            assert len(drafts) > len([one for one in drafts if one.is_odd]) > 1
            assert len([one for one in drafts if one.invoice.held_because]) == 1
            states = count_by_state(company=company)
            assert states["matched"] > states["open"] > 0
            waiting = [entry.key for entry in list_entries(company=company, state="open")]
            assert any(list_proposals_of(company=company, entries=waiting).values())
            assert any(item.open > 0 for item in list_open_items(company=company))
            assert [one.code for one in list_bank_accounts(company=company)] == ["main"]
            debtors = list_debtors(company=company)
            assert [debtor.street for debtor in debtors if not debtor.street] == []
            silent = [debtor.number for debtor in debtors if not debtor.emails]
            refused = list_messages(company=company, state="refused")
            assert {message.debtor for message in refused} == set(silent)
            assert len(silent) == 1
        self.owes_microsoft_only_the_newest_month(company)

    def owes_microsoft_only_the_newest_month(self, company: CompanyId) -> None:
        """It waits for its second name; what was paid before has come, and one of it is disputed."""
        today = real_world().clock.now().date()
        with company_context(company):
            owed = [one for one in list_payables(company=company, today=today) if one.open]
            assert [(len(one.approvals), one.people_needed, one.is_approved) for one in owed] == [(1, 2, False)]
            assert len(list_payments(company=company)) > len(owed)
            assert list_unallocated(company=company, today=today) == ()
            assert [claim.kind for claim in list_claims(company=company, today=today)] == ["dispute"]
            (ahead,) = look_at_cash(company=company, today=today)
        assert 0 < ahead.start < sum(one.open for one in owed)

    def heals_when_the_whole_file_comes(self, company: CompanyId, to_try: Path) -> None:
        """What the person is meant to try."""
        files = sorted(to_try.iterdir())
        assert len(files) == 2
        results = import_paths(company=company, paths=files, actor="command", world=real_world())
        assert {result.state for result in results} == {"accepted", "replaced"}
        assert [one for one in deliveries(company) if one.failed_checks and one.state == "counts"] == []

    @pytest.mark.usefixtures("_small")
    def test_prints_sign_ins_that_work_and_keeps_them_to_itself(self, installation: Installation) -> None:
        ensure_demo_partner(installation, QUIET)
        sign_ins = find_demo_sign_ins(installation.home)
        assert [one["role"] for one in sign_ins] == [
            *("global-admin", "billing-admin", "helpdesk-agent", "sales-agent", "user-management-admin")
        ]
        assert len({one["password"] for one in sign_ins}) == 1
        for one in sign_ins:
            assert authenticate(None, email=one["email"], password=one["password"]) is not None
        mode = (installation.home / "demo" / "sign-ins.json").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_leaves_an_installation_of_ones_own_as_it_is(self, installation: Installation) -> None:
        found_company(name="Söder & Co", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
        ensure_demo_partner(installation, QUIET)
        assert [company.name for company in list_companies()] == ["Söder & Co"]
        assert find_demo_sign_ins(installation.home) == []

    @pytest.mark.usefixtures("_small")
    def test_is_finished_by_the_next_run_when_it_was_interrupted(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("saldo.server.demo_partner._import", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                ensure_demo_partner(installation, QUIET)
        ensure_demo_partner(installation, QUIET)
        before = len(deliveries(list_companies()[0].id))
        ensure_demo_partner(installation, QUIET)
        assert len(deliveries(list_companies()[0].id)) == before > 0
        sign_in = find_demo_sign_ins(installation.home)[0]
        assert authenticate(None, email=sign_in["email"], password=sign_in["password"]) is not None


def _interrupted(company: CompanyId) -> None:
    raise KeyboardInterrupt
