"""What is refused even to those who manage people."""

from dataclasses import replace
from datetime import date

import pytest

from saldo.core.identity import CompanyId
from saldo.parties.rules.people import find_account_refusal, find_refusal, leaves_nobody
from saldo.parties.rules.roles import Grant, Role, Scope

TODAY = date(2026, 5, 12)
ELSEWHERE = CompanyId(2)


def grant(role, **more):
    return Grant(company=CompanyId(1), role=role, **more)


GLOBAL, MANAGER, AGENT = grant(Role.GLOBAL_ADMIN), grant(Role.USER_MANAGEMENT_ADMIN), grant(Role.HELPDESK_AGENT)


class TestChangeOfRoles:
    def test_passes_when_a_manager_gives_somebody_else_another_role(self):
        after = [AGENT, grant(Role.SALES_AGENT)]
        assert find_refusal(by=[MANAGER], is_self=False, before=[AGENT], after=after, today=TODAY) is None

    def test_is_refused_on_oneself_even_to_a_global_admin(self):
        refused = find_refusal(by=[GLOBAL], is_self=True, before=[GLOBAL], after=[GLOBAL, AGENT], today=TODAY)
        assert refused == "parties.person.own-roles"

    @pytest.mark.parametrize(
        ("before", "after"), [([AGENT], [GLOBAL]), ([GLOBAL], [AGENT]), ([GLOBAL], [GLOBAL, AGENT])]
    )
    def test_needs_a_global_admin_where_a_global_admin_is_made_or_touched(self, before, after):
        refused = find_refusal(by=[MANAGER], is_self=False, before=before, after=after, today=TODAY)
        assert refused == "parties.person.global-admin-only"
        assert find_refusal(by=[GLOBAL], is_self=False, before=before, after=after, today=TODAY) is None

    @pytest.mark.parametrize(
        "narrowed",
        [
            {"ends_before": TODAY},
            {"scope": Scope.READ_ONLY},
            {"scope": Scope.OWN_CUSTOMERS},
            {"scope": Scope.HANDED_OVER},
            {"company": ELSEWHERE},
        ],
    )
    def test_finds_no_global_admin_in_a_role_that_ended_is_narrowed_or_is_elsewhere(self, narrowed):
        former = replace(GLOBAL, **narrowed)
        refused = find_refusal(by=[MANAGER, former], is_self=False, before=[], after=[GLOBAL], today=TODAY)
        assert refused == "parties.person.global-admin-only"

    def test_never_takes_the_last_role(self):
        refused = find_refusal(by=[MANAGER], is_self=False, before=[AGENT], after=[], today=TODAY)
        assert refused == "parties.person.no-role-left"


class TestAccount:
    """An account is one for all companies: closing it, or setting its password, reaches into each of them."""

    def test_is_touched_by_who_manages_people_wherever_its_owner_works(self):
        owned = [AGENT, replace(AGENT, company=ELSEWHERE)]
        managers = [MANAGER, replace(MANAGER, company=ELSEWHERE)]
        assert find_account_refusal(by=managers, of=owned, today=TODAY) is None

    def test_is_left_alone_where_its_owner_also_works_in_a_company_one_does_not_manage(self):
        owned = [AGENT, replace(AGENT, company=ELSEWHERE)]
        refused = find_account_refusal(by=[GLOBAL], of=owned, today=TODAY)
        assert refused == "parties.person.other-company"

    @pytest.mark.parametrize("scope", [Scope.READ_ONLY, Scope.OWN_CUSTOMERS, Scope.HANDED_OVER])
    def test_is_left_alone_by_who_manages_with_some_customers_only(self, scope):
        refused = find_account_refusal(by=[replace(MANAGER, scope=scope)], of=[AGENT], today=TODAY)
        assert refused == "parties.person.other-company"

    def test_of_a_global_admin_is_touched_by_global_admins_of_the_same_company_only(self):
        managers = [MANAGER, replace(GLOBAL, company=ELSEWHERE)]
        refused = find_account_refusal(by=managers, of=[GLOBAL], today=TODAY)
        assert refused == "parties.person.global-admin-only"
        assert find_account_refusal(by=[GLOBAL], of=[GLOBAL], today=TODAY) is None


class TestLastManager:
    def test_leaves_nobody_when_every_other_manager_is_narrowed_or_has_ended(self):
        ended = grant(Role.USER_MANAGEMENT_ADMIN, ends_before=TODAY)
        reader = grant(Role.GLOBAL_ADMIN, scope=Scope.READ_ONLY)
        of_some = grant(Role.GLOBAL_ADMIN, scope=Scope.OWN_CUSTOMERS)
        others = [(2, ended), (3, reader), (4, AGENT), (5, of_some)]
        assert leaves_nobody(managers=[(1, MANAGER), *others], without=1, today=TODAY)

    def test_leaves_somebody_when_another_person_manages(self):
        assert not leaves_nobody(managers=[(1, MANAGER), (2, GLOBAL)], without=1, today=TODAY)
