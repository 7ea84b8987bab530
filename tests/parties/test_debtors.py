"""Who pays: every tenant gets a debtor of its own until somebody says otherwise."""

from __future__ import annotations

import time

import pytest

from saldo.core.identity import CompanyId, CustomerId
from saldo.parties import actions, debtors
from saldo.parties.billing_actions import assign_tenant, ensure_debtors
from saldo.parties.queries import UnableToName
from saldo.parties.rules.roles import Role
from tests.conftest import NOW
from tests.pages.people import a_person


def seen(key, name, country="SE"):
    return actions.CustomerSeen(key=CustomerId(key), name=name, country=country)


@pytest.fixture
def tenants(company: CompanyId) -> CompanyId:
    three = [seen("c", "Älvdal AB"), seen("b", "Havsbris AB", "NO"), seen("a", "Havsbris AB")]
    actions.note_customers(company=company, seen=three, at=NOW)
    return company


def own_of(company, agent) -> list[str]:
    """By the list, which the set and the single question must agree with."""
    listed = [debtor.number for debtor in debtors.list_debtors(company=company, owner=agent)]
    assert debtors.count_debtors(company=company, owner=agent) == len(listed)
    assert debtors.list_own_debtors(company=company, owner=agent) == set(listed)
    every = [debtor.number for debtor in debtors.list_debtors(company=company)]
    assert [one for one in every if debtors.is_own_debtor(company=company, number=one, owner=agent)] == listed
    return listed


class TestMakingDebtors:
    def test_numbers_follow_name_and_key(self, tenants) -> None:
        assert ensure_debtors(company=tenants, at=NOW, by="test") == 3
        assert debtors.map_tenants(company=tenants) == {"a": "10001", "b": "10002", "c": "10003"}
        made = debtors.get_debtor(company=tenants, number="10002")
        assert (made.name, made.country, made.parent, made.is_active) == ("Havsbris AB", "NO", None, True)

    def test_told_again_it_does_nothing_and_later_tenants_go_on_counting(self, tenants) -> None:
        ensure_debtors(company=tenants, at=NOW, by="test")
        assert ensure_debtors(company=tenants, at=NOW, by="test") == 0
        actions.note_customers(company=tenants, seen=[seen("0", "Aa")], at=NOW)
        assert ensure_debtors(company=tenants, at=NOW, by="test") == 1
        assert debtors.map_tenants(company=tenants)[CustomerId("0")] == "10004"

    def test_ten_thousand_tenants_take_a_moment(self, company) -> None:
        many = (seen(f"{number:05}", f"Tenant {number % 977}") for number in range(10_000))
        actions.note_customers(company=company, seen=many, at=NOW)
        began = time.perf_counter()
        assert ensure_debtors(company=company, at=NOW, by="test") == 10_000
        assert time.perf_counter() - began < 5
        given = debtors.map_tenants(company=company)
        assert sorted(given.values()) == [str(10_001 + count) for count in range(10_000)]


class TestNaming:
    def test_a_debtor_is_meant_by_number_name_or_tenant(self, tenants) -> None:
        ensure_debtors(company=tenants, at=NOW, by="test")
        for said in ("10003", "Älvdal AB", "c", "C"):
            assert debtors.name_debtor(company=tenants, said=said).number == "10003"

    def test_a_name_of_two_is_refused_with_both_numbers(self, tenants) -> None:
        ensure_debtors(company=tenants, at=NOW, by="test")
        with pytest.raises(UnableToName) as refused:
            debtors.name_debtor(company=tenants, said="Havsbris AB")
        assert refused.value.code == "parties.debtor.several"
        assert refused.value.facts["numbers"] == ["10001", "10002"]

    def test_nobody_is_meant_by_a_name_that_nobody_has(self, tenants) -> None:
        with pytest.raises(UnableToName, match=r"parties\.debtor\.unknown"):
            debtors.name_debtor(company=tenants, said="Okänd AB")

    def test_search_looks_into_name_and_number_and_keeps_an_agents_own(self, tenants) -> None:
        ensure_debtors(company=tenants, at=NOW, by="test")
        assert [d.number for d in debtors.list_debtors(company=tenants, search="havs")] == ["10001", "10002"]
        assert [d.number for d in debtors.list_debtors(company=tenants, search="10003")] == ["10003"]
        assert [d.number for d in debtors.list_debtors(company=tenants, limit=1, offset=1)] == ["10002"]
        assert debtors.list_debtors(company=tenants, owner=17) == ()
        assert debtors.count_debtors(company=tenants) == 3

    def test_a_debtor_is_an_agents_own_when_all_its_tenants_are(self, tenants) -> None:
        ensure_debtors(company=tenants, at=NOW, by="test")
        agent = a_person(company=tenants, grants=Role.SALES_AGENT, email="sales@fjordlys.example").pk
        actions.assign_customers(company=tenants, customers=["a"], to=agent, actor="test", at=NOW)
        assert own_of(tenants, agent) == ["10001"]
        assign_tenant(company=tenants, customer=CustomerId("b"), debtor="10001", by="test", at=NOW)
        assert own_of(tenants, agent) == []  # one of its tenants is nobody's
        actions.assign_customers(company=tenants, customers=["b"], to=agent, actor="test", at=NOW)
        assert own_of(tenants, agent) == ["10001"]

    def test_the_tenants_of_a_debtor_are_its_own(self, tenants) -> None:
        ensure_debtors(company=tenants, at=NOW, by="test")
        assert [tenant.key for tenant in debtors.list_tenants(company=tenants, debtor="10002")] == ["b"]


class TestParticulars:
    def test_fall_back_to_the_companys_name(self, company) -> None:
        said = debtors.get_particulars(company=company)
        assert (said.legal_name, said.country, said.language, said.vat_id) == ("Fjordlys Cloud AB", "SE", "en", "")
