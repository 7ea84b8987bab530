"""Two people write down the same bank account at the same moment: one does, the other is refused in words."""

from __future__ import annotations

import threading

from django.db import connection

from saldo.parties.actions import found_company
from saldo.parties.billing_actions import UnableToChangeAccount, propose_bank_account
from saldo.parties.company import company_context
from saldo.parties.debtors import list_bank_accounts
from tests.conftest import NOW

ACCOUNT = {"code": "giro", "name": "Giro", "currency": "SEK", "iban": "SE4550000000058398257466", "at": NOW}


class TestTheSameAccountTwiceAtOnce:
    def test_is_one_account_and_one_refusal(self, own_database: str) -> None:
        company = found_company(name="Fjordlys", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
        outcome: list[object] = []
        has_begun = threading.Event()

        def propose_too() -> None:
            try:
                with company_context(company):
                    has_begun.set()
                    propose_bank_account(company=company, by="user:2", **ACCOUNT)
                outcome.append("written")
            except UnableToChangeAccount as refused:
                outcome.append(refused.code)
            except BaseException as fault:
                outcome.append(fault)
            finally:
                connection.close()

        other = threading.Thread(target=propose_too)
        with company_context(company):
            propose_bank_account(company=company, by="user:1", **ACCOUNT)
            other.start()
            has_begun.wait(10)
            other.join(0.5)
        other.join(20)
        assert outcome == ["parties.bank-account.exists"]
        with company_context(company):
            assert [one.proposed_by for one in list_bank_accounts(company=company)] == ["user:1"]
