"""Who may do what: the table cell by cell, and how company, scope and last day narrow it."""

from datetime import date

import pytest

from saldo.core.identity import CompanyId
from saldo.parties.rules.roles import APPROVALS, TABLE, Grant, Reach, Role, Scope, count_approvers, may

HOUSE, OTHER_HOUSE = CompanyId(1), CompanyId(2)
TODAY = date(2026, 5, 12)
COST = ("buy.invoice.read", "buy.line.read", "margin.read")

# One line per capability: G U H B S, a = everywhere, o = own customers, . = no, r = own area.
EXPECTED = """
buy.invoice.read                    a . . a .
buy.line.read                       a . . a .
buy.file.import                     a . . a .
buy.file.decide                     a . . a .
margin.read                         a . . a .
buy.payable.approve                 a . . a .
buy.payment.record                  a . . a .
cash.read                           a . . a .
sell.invoice.read                   a . a a o
explanation.read                    a a a a o
sell.invoice.propose                a . a a .
sell.invoice.issue                  a . . a .
credit-note.propose                 a . a a .
credit-note.issue                   a . . a .
price-list.read                     a . . a a
price-list.edit                     a . . a .
line.decide                         a . . a .
charge.add                          a . . a .
receipt.read                        a . . a .
receipt.match                       a . . a .
refund.approve                      a . . a .
ledger.read                         a . . a .
ledger.close                        a . . a .
opening.take-over                   a . . a .
customer.read                       a . a a o
contact.edit                        a . a a o
customer.billing-profile.propose    a . . a o
customer.billing-profile.edit       a . . a .
dunning.read                        a . a a o
dunning.policy.edit                 a . . a .
dunning.release                     a . . a .
dunning.call                        a . a a o
dunning.mark                        a . . a .
dunning.mark.sign                   a . . . .
dunning.hold                        a . a a o
dunning.promise                     a . a a o
dunning.dispute                     a . a a o
subscription.suspend.request        a . a a o
subscription.suspend.approve        a . . a .
subscription.reactivate             a . a a .
azure.subscription.cancel.request   a . . a .
azure.subscription.cancel           a . . . .
case.read                           a a a a o
case.create                         a a a a .
case.resolve                        a . a a .
case.escalate                       a . a a .
support-offer.publish               a . . a .
opportunity.create                  a . a . a
opportunity.edit                    a . . . a
company.settings                    a . . a .
bank-account.propose                a . . a .
bank-account.approve                a . . a .
channel.open                        a . . . .
channel.first-run                   a . . a .
outbox.read                         a . . a .
people.manage                       a a . . .
audit.read                          a r . a .
"""
LETTERS = {"a": Reach.ALL, "o": Reach.OWN_CUSTOMERS, "r": Reach.OWN_AREA, ".": Reach.NONE}
CELLS = [
    (line.split()[0], role, LETTERS[letter])
    for line in EXPECTED.strip().splitlines()
    for role, letter in zip(Role, line.split()[1:], strict=True)
]


def grant(role=Role.BILLING_ADMIN, **more):
    return Grant(company=HOUSE, role=role, **more)


def ask(capability, *grants, **more):
    return may(grants=grants, capability=capability, company=HOUSE, today=TODAY, **more)


class TestTable:
    @pytest.mark.parametrize(("capability", "role", "reach"), CELLS)
    def test_gives_each_role_exactly_what_the_matrix_says(self, capability, role, reach):
        answer = ask(capability, grant(role))
        assert (answer.reach, answer.is_allowed) == (reach, reach is not Reach.NONE)

    def test_has_no_capability_that_the_matrix_does_not_name(self):
        assert set(TABLE) == {capability for capability, _, _ in CELLS}

    @pytest.mark.parametrize("role", [Role.USER_MANAGEMENT_ADMIN, Role.HELPDESK_AGENT, Role.SALES_AGENT])
    @pytest.mark.parametrize("capability", COST)
    @pytest.mark.parametrize("scope", Scope)
    def test_shows_cost_to_nobody_but_billing_and_global_admins(self, role, capability, scope):
        assert not ask(capability, grant(role, scope=scope)).is_allowed

    def test_lets_the_user_management_admin_near_no_money(self):
        rooms = {"buy", "sell", "margin", "credit-note", "dunning", "cash", "price-list", "line", "charge", "receipt"}
        rooms |= {"refund", "ledger", "opening", "company", "bank-account", "channel", "outbox"}
        money = [name for name in TABLE if name.split(".")[0] in rooms]
        assert not [name for name in money if ask(name, grant(Role.USER_MANAGEMENT_ADMIN)).is_allowed]

    def test_asks_for_a_second_person_before_access_is_stopped_or_money_or_the_first_mail_leaves(self):
        assert set(APPROVALS) == {
            "buy.payable.approve",
            "refund.approve",
            "bank-account.approve",
            "channel.first-run",
            "subscription.suspend.approve",
            "azure.subscription.cancel",
        }
        assert ask("subscription.suspend.approve", grant()).needs_second_person
        assert not ask("sell.invoice.issue", grant()).needs_second_person

    def test_refuses_to_answer_a_question_that_nobody_decided(self):
        with pytest.raises(KeyError):
            ask("coffee.brew", grant())


class TestGrant:
    def test_gives_nothing_in_another_company(self):
        answer = may(grants=[grant()], capability="customer.read", company=OTHER_HOUSE, today=TODAY)
        assert (answer.is_allowed, answer.because) == (False, "no-role-in-company")

    def test_gives_nothing_to_a_person_without_any(self):
        assert ask("customer.read").because == "no-role-in-company"

    def test_ends_before_its_last_day(self):
        assert ask("customer.read", grant(ends_before=date(2026, 5, 13))).is_allowed
        assert ask("customer.read", grant(ends_before=TODAY)).because == "role-has-ended"

    def test_says_when_the_role_may_not(self):
        assert ask("buy.line.read", grant(Role.HELPDESK_AGENT)).because == "role-may-not"

    def test_reads_but_never_changes_when_it_is_read_only(self):
        auditor = grant(scope=Scope.READ_ONLY)
        assert ask("buy.line.read", auditor).reach is Reach.ALL
        assert ask("buy.file.import", auditor).because == "read-only"

    @pytest.mark.parametrize("capability", TABLE)
    @pytest.mark.parametrize("role", Role)
    def test_changes_nothing_at_all_when_it_is_read_only(self, capability, role):
        assert not (TABLE[capability].changes and ask(capability, grant(role, scope=Scope.READ_ONLY)).is_allowed)

    def test_adds_up_with_the_others_of_the_same_person(self):
        both = (grant(Role.SALES_AGENT), grant(Role.BILLING_ADMIN, scope=Scope.READ_ONLY))
        assert ask("customer.read", *both).reach is Reach.ALL
        assert ask("opportunity.edit", *both).is_allowed
        assert not ask("buy.file.import", *both).is_allowed


class TestScope:
    def test_keeps_a_sales_agent_to_own_customers(self):
        assert ask("explanation.read", grant(Role.SALES_AGENT), is_own_customer=True).is_allowed
        answer = ask("explanation.read", grant(Role.SALES_AGENT), is_own_customer=False)
        assert (answer.is_allowed, answer.because) == (False, "not-own-customer")

    def test_narrows_any_role_to_own_customers(self):
        helpdesk = grant(Role.HELPDESK_AGENT, scope=Scope.OWN_CUSTOMERS)
        assert ask("customer.read", helpdesk).reach is Reach.OWN_CUSTOMERS
        assert not ask("customer.read", helpdesk, is_own_customer=False).is_allowed

    def test_opens_no_customer_to_an_outsourced_provider_without_a_request(self):
        provider = grant(Role.HELPDESK_AGENT, scope=Scope.HANDED_OVER, scope_of="Nordhjelp")
        answer = ask("case.read", provider)
        assert (answer.reach, answer.providers) == (Reach.HANDED_OVER, frozenset({"Nordhjelp"}))
        assert ask("customer.read", provider, is_own_customer=True).because == "not-handed-over"

    def test_opens_every_customer_to_a_role_over_all(self):
        assert ask("customer.read", grant(), is_own_customer=False).reach is Reach.ALL


class TestApprovers:
    def test_counts_people_and_not_roles(self):
        held = [(1, grant()), (1, grant(Role.GLOBAL_ADMIN)), (2, grant(Role.SALES_AGENT))]
        assert count_approvers(grants=held, company=HOUSE, today=TODAY) == 1

    def test_leaves_out_those_who_only_read_or_whose_role_has_ended(self):
        held = [(1, grant()), (2, grant(scope=Scope.READ_ONLY)), (3, grant(ends_before=TODAY)), (4, grant())]
        assert count_approvers(grants=held, company=HOUSE, today=TODAY) == 2
