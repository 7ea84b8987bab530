"""A bank account is used only after two people and a waiting day (practice 18)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from saldo.parties import debtors
from saldo.parties.billing_actions import (
    UnableToChangeAccount,
    approve_bank_account,
    close_bank_account,
    propose_bank_account,
)
from saldo.parties.rules.approvals import find_approval_refusal
from tests.conftest import NOW

IBAN = "SE35 5000 0000 0549 1000 0003"
ANNA, BO = "user:1", "user:2"


def propose(company, **more):
    said = {"code": "1930", "name": "SEB företagskonto", "currency": "SEK", "iban": IBAN, "giro": "991-2346"}
    propose_bank_account(company=company, by=ANNA, at=NOW, **(said | more))


class TestBankAccounts:
    def test_is_usable_after_the_whole_day_that_follows_the_approval(self, company) -> None:
        propose(company)
        assert debtors.list_bank_accounts(company=company, usable_on=date(2030, 1, 1)) == ()
        approve_bank_account(company=company, code="1930", by=BO, at=NOW)
        today = NOW.date()
        for wait, count in ((0, 0), (1, 0), (2, 1)):
            day = today + timedelta(days=wait)
            usable = debtors.list_bank_accounts(company=company, usable_on=day)
            assert len(usable) == count
        (account,) = debtors.list_bank_accounts(company=company)
        assert (account.iban, account.giro, account.approved_by) == ("SE3550000000054910000003", "9912346", BO)
        assert account.is_usable_on(today + timedelta(days=2))
        assert not account.is_usable_on(today + timedelta(days=1))

    @pytest.mark.parametrize(
        ("by", "code"),
        [
            (ANNA, "parties.approval.own"),
            ("command", "parties.approval.not-a-person"),
            ("system", "parties.approval.not-a-person"),
        ],
    )
    def test_is_never_approved_by_who_proposed_it_nor_by_a_program(self, company, by, code) -> None:
        propose(company)
        with pytest.raises(UnableToChangeAccount, match=code):
            approve_bank_account(company=company, code="1930", by=by, at=NOW)
        proposed_by_command = "parties.approval.by-command" if by == "command" else None
        assert find_approval_refusal(proposed_by=by, approved_by=BO) == proposed_by_command

    def test_is_stopped_by_one_person_and_never_comes_back(self, company) -> None:
        propose(company)
        approve_bank_account(company=company, code="1930", by=BO, at=NOW)
        close_bank_account(company=company, code="1930", by=ANNA, at=NOW)
        assert debtors.list_bank_accounts(company=company, usable_on=date(2030, 1, 1)) == ()
        with pytest.raises(UnableToChangeAccount, match=r"\.not-proposed"):
            approve_bank_account(company=company, code="1930", by=BO, at=NOW)

    @pytest.mark.parametrize(
        ("more", "field", "code"),
        [
            ({"iban": "SE36 5000 0000 0549 1000 0003"}, "iban", "parties.number.bad-checksum"),
            ({"bic": "NOBANK"}, "bic", "parties.number.bad-length"),
            ({"giro": "991-2347"}, "giro", "parties.number.bad-checksum"),
            ({"iban": "", "giro": ""}, "iban", "parties.bank-account.no-number"),
            ({"currency": "kronor"}, "currency", "parties.number.bad-format"),
            ({"code": "bank:1930"}, "code", "parties.number.bad-format"),
            ({"name": " "}, "name", "parties.field.empty"),
        ],
    )
    def test_a_wrong_number_is_refused_with_its_field(self, company, more, field, code) -> None:
        with pytest.raises(UnableToChangeAccount) as refused:
            propose(company, **more)
        assert (refused.value.code, refused.value.facts["field"]) == (code, field)

    def test_a_code_and_an_account_stand_there_once(self, company) -> None:
        propose(company)
        with pytest.raises(UnableToChangeAccount, match=r"\.exists"):
            propose(company, iban="", giro="", number="5000 1234567")
        with pytest.raises(UnableToChangeAccount, match=r"\.same-number"):
            propose(company, code="1931")

    def test_a_payees_account_is_not_one_of_ours(self, company) -> None:
        propose(company, code="ms", owner="microsoft")
        assert debtors.list_bank_accounts(company=company) == ()
        assert [account.code for account in debtors.list_bank_accounts(company=company, owner=None)] == ["ms"]
        assert debtors.find_bank_account(company=company, code="ms") is not None
