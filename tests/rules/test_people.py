"""What is refused even to those who manage people."""

from datetime import date

import pytest

from saldo.core.identity import CompanyId
from saldo.parties.rules.people import find_refusal, leaves_nobody
from saldo.parties.rules.roles import Grant, Role, Scope

TODAY = date(2026, 5, 12)


def grant(role, **more):
    return Grant(company=CompanyId(1), role=role, **more)


GLOBAL, MANAGER, AGENT = grant(Role.GLOBAL_ADMIN), grant(Role.USER_MANAGEMENT_ADMIN), grant(Role.HELPDESK_AGENT)


class TestChangeOfRoles:
    def test_passes_when_a_manager_gives_somebody_else_another_role(self):
        after = [AGENT, grant(Role.SALES_AGENT)]
        assert find_refusal(by=[MANAGER], is_self=False, before=[AGENT], after=after) is None

    def test_is_refused_on_oneself_even_to_a_global_admin(self):
        assert (
            find_refusal(by=[GLOBAL], is_self=True, before=[GLOBAL], after=[GLOBAL, AGENT])
            == "parties.person.own-roles"
        )

    @pytest.mark.parametrize(
        ("before", "after"), [([AGENT], [GLOBAL]), ([GLOBAL], [AGENT]), ([GLOBAL], [GLOBAL, AGENT])]
    )
    def test_needs_a_global_admin_where_a_global_admin_is_made_or_touched(self, before, after):
        refused = find_refusal(by=[MANAGER], is_self=False, before=before, after=after)
        assert refused == "parties.person.global-admin-only"
        assert find_refusal(by=[GLOBAL], is_self=False, before=before, after=after) is None

    def test_never_takes_the_last_role(self):
        assert find_refusal(by=[MANAGER], is_self=False, before=[AGENT], after=[]) == "parties.person.no-role-left"


class TestLastManager:
    def test_leaves_nobody_when_the_only_other_manager_reads_or_has_ended(self):
        ended = grant(Role.USER_MANAGEMENT_ADMIN, ends_before=TODAY)
        reader = grant(Role.GLOBAL_ADMIN, scope=Scope.READ_ONLY)
        assert leaves_nobody(managers=[(1, MANAGER), (2, ended), (3, reader), (4, AGENT)], without=1, today=TODAY)

    def test_leaves_somebody_when_another_person_manages(self):
        assert not leaves_nobody(managers=[(1, MANAGER), (2, GLOBAL)], without=1, today=TODAY)
