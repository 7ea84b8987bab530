"""People: added at the command line, invited at the desk, changed and closed; every act stands in the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate

from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId, CustomerId
from saldo.parties import people, queries
from saldo.parties.actions import CustomerSeen, UnableToAssign, assign_customers, found_company, note_customers
from saldo.parties.company import company_context
from saldo.parties.people import UnableToChangePerson
from saldo.parties.queries import Person
from saldo.parties.rules.roles import Grant, Role
from tests.conftest import NOW

PASSWORD = "a long walk by the fjord"


def added(company: CompanyId, email: str, role: Role, password: str = PASSWORD) -> Person:
    person = people.add_person(
        company=company, email=email, name="", role=role.value, password=password, actor="test", at=NOW
    )
    found = queries.find_person(company=company, user=person)
    assert found is not None
    return found


def codes(company: CompanyId) -> list[str]:
    return [entry.code for entry in list_entries(company=company, code="parties.person")][::-1]


def refusal(act, **facts) -> str:
    with pytest.raises(UnableToChangePerson) as refused:
        act(**facts)
    return refused.value.code


@pytest.fixture
def elsewhere(company: CompanyId) -> Iterator[CompanyId]:
    """Another company of the same installation, in whose rows we do not stand."""
    return found_company(name="Söder & Co", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)


class TestAdding:
    def test_lets_a_new_person_sign_in_with_the_role_and_writes_it_down(self, company: CompanyId) -> None:
        person = added(company, "Ada@Fjordlys.example", Role.GLOBAL_ADMIN)
        assert [grant.role for grant in person.grants] == [Role.GLOBAL_ADMIN]
        assert not person.is_invited
        assert codes(company) == ["parties.person.invited"]

    def test_gives_who_is_there_the_further_role_and_the_new_password(self, company: CompanyId) -> None:
        added(company, "ada@fjordlys.example", Role.HELPDESK_AGENT)
        person = added(company, "ADA@fjordlys.example", Role.BILLING_ADMIN, "another walk by the sea")
        assert {grant.role for grant in person.grants} == {Role.HELPDESK_AGENT, Role.BILLING_ADMIN}
        user = authenticate(None, email="ada@fjordlys.example", password="another walk by the sea")
        assert user is not None
        assert user.pk == person.id
        assert codes(company) == ["parties.person.invited", "parties.person.roles-changed"]

    def test_twice_with_the_same_role_keeps_one(self, company: CompanyId) -> None:
        added(company, "ada@fjordlys.example", Role.BILLING_ADMIN)
        assert len(added(company, "ada@fjordlys.example", Role.BILLING_ADMIN).grants) == 1

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"email": "ada"}, "parties.person.bad-address"),
            ({"password": "short"}, "parties.person.bad-password"),
            ({"password": "password1234"}, "parties.person.bad-password"),
            ({"password": "ada@fjordlys.example"}, "parties.person.bad-password"),
            ({"role": "emperor"}, "parties.person.bad-role"),
        ],
    )
    def test_refuses_what_is_no_address_no_safe_password_or_no_role(self, company: CompanyId, facts, code) -> None:
        asked = {"email": "ada@fjordlys.example", "password": PASSWORD, "role": "billing-admin"} | facts
        assert refusal(people.add_person, company=company, name="", actor="test", at=NOW, **asked) == code
        assert queries.list_people(company=company) == ()


class TestInviting:
    def test_makes_an_account_without_a_password(self, company: CompanyId) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        made = people.invite_person(
            company=company,
            email="bo@fjordlys.example",
            name="Bo",
            grants=[Grant(company=company, role=Role.SALES_AGENT)],
            language="sv",
            by=ada,
            at=NOW,
        )
        bo = queries.find_person(company=company, user=made)
        assert bo is not None
        assert bo.is_invited

    def test_refuses_somebody_who_has_roles_here(self, company: CompanyId) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        added(company, "bo@fjordlys.example", Role.SALES_AGENT)
        asked = {"email": "BO@fjordlys.example", "name": "", "grants": [], "language": "en", "by": ada, "at": NOW}
        assert refusal(people.invite_person, company=company, **asked) == "parties.person.has-roles"


class TestClosing:
    def test_an_account_and_opening_it_again_are_written_down(self, company: CompanyId) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        bo = added(company, "bo@fjordlys.example", Role.SALES_AGENT)
        people.disable_person(company=company, user=bo.id, by=ada, at=NOW)
        assert authenticate(None, email=bo.email, password=PASSWORD) is None
        people.enable_person(company=company, user=bo.id, by=ada, at=NOW)
        assert authenticate(None, email=bo.email, password=PASSWORD) is not None
        assert codes(company)[2:] == ["parties.person.disabled", "parties.person.enabled"]

    def test_refuses_oneself_and_the_last_who_manages_people(self, company: CompanyId) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        bo = added(company, "bo@fjordlys.example", Role.USER_MANAGEMENT_ADMIN)
        facts = {"company": company, "at": NOW}
        assert refusal(people.disable_person, user=ada.id, by=ada, **facts) == "parties.person.own-roles"
        assert refusal(people.disable_person, user=ada.id, by=bo, **facts) == "parties.person.global-admin-only"

    def test_refuses_the_account_of_somebody_who_also_works_where_one_manages_nobody(
        self, company: CompanyId, elsewhere: CompanyId
    ) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        bo = added(company, "bo@fjordlys.example", Role.SALES_AGENT)
        with company_context(elsewhere):
            added(elsewhere, "bo@fjordlys.example", Role.GLOBAL_ADMIN)
        for act in (people.disable_person, people.permit_link):
            asked = {"company": company, "user": bo.id, "by": ada, "at": NOW}
            assert refusal(act, **asked) == "parties.person.other-company"


class TestRoles:
    def test_are_replaced_and_both_sides_written_down(self, company: CompanyId) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        bo = added(company, "bo@fjordlys.example", Role.SALES_AGENT)
        wanted = [Grant(company=company, role=Role.HELPDESK_AGENT)]
        assert people.change_roles(company=company, user=bo.id, grants=wanted, by=ada, at=NOW)
        assert not people.change_roles(company=company, user=bo.id, grants=wanted, by=ada, at=NOW)
        entry = list_entries(company=company, code="parties.person.roles-changed")[0]
        assert entry.facts["before"][0]["role"] == "sales-agent"
        assert entry.facts["after"][0]["role"] == "helpdesk-agent"

    def test_that_leave_nobody_to_manage_people_are_refused(self, company: CompanyId) -> None:
        ada = added(company, "ada@fjordlys.example", Role.GLOBAL_ADMIN)
        bo = added(company, "bo@fjordlys.example", Role.GLOBAL_ADMIN)
        people.disable_person(company=company, user=bo.id, by=ada, at=NOW)
        wanted = [Grant(company=company, role=Role.BILLING_ADMIN)]
        asked = {"company": company, "user": ada.id, "grants": wanted, "by": bo, "at": NOW}
        assert refusal(people.change_roles, **asked) == "parties.person.last-manager"


class TestOwnCustomers:
    def test_are_given_to_a_person_once_and_written_down(self, company: CompanyId) -> None:
        bo = added(company, "bo@fjordlys.example", Role.SALES_AGENT)
        keys = [CustomerId(key) for key in ("a", "b")]
        note_customers(company=company, seen=[CustomerSeen(key=key, name=key) for key in keys], at=NOW)
        asked = {"company": company, "customers": keys, "to": bo.id, "actor": "test", "at": NOW}
        assert assign_customers(**asked) == 2
        assert assign_customers(**asked) == 0
        assert [one.key for one in queries.list_customers(company=company, owner=bo.id)] == keys
        assert len(list_entries(company=company, code="parties.customer.assigned")) == 2

    def test_are_refused_to_somebody_without_a_role_here(self, company: CompanyId) -> None:
        with pytest.raises(UnableToAssign) as refused:
            assign_customers(company=company, customers=[], to=4711, actor="test", at=NOW)
        assert refused.value.code == "parties.customer.owner-unknown"
