"""Two people take the same posting back, settle under the same key, or undo the same settlement at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.ledger.actions import allocate, post, reverse, undo_allocation
from saldo.ledger.queries import find_item
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.conftest import NOW

DAY = date(2026, 5, 12)


def enter(company: CompanyId, key: str, value: str) -> None:
    amount = Decimal(value)
    facts = {"account": "receivable", "party": "10001", "currency": "SEK"}
    item = NewItem(key=key, kind=key[:7], document=key, issued_on=DAY, due_on=DAY, original=amount, **facts)
    legs = (Entry(value=amount, **facts), Entry(account="sales", currency="SEK", value=-amount))
    posting = Posting(key=key, on=DAY, code="invoicing.issued", entries=legs)
    post(company=company, postings=[(posting, (item,))], by="test", at=NOW)


@pytest.fixture
def house(own_database: str) -> CompanyId:
    company = found_company(name="Fjordlys", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
    with company_context(company):
        enter(company, "invoice:1", "100.00")
        enter(company, "receipt:1", "-100.00")
    return company


def both(house: CompanyId, first: Callable[[], object], second: Callable[[], object]) -> object:
    """Do the first, and while its transaction is open begin the second; what became of the second."""
    outcome: list[object] = []
    has_begun = threading.Event()

    def later() -> None:
        try:
            with company_context(house):
                has_begun.set()
                outcome.append(second())
        except Refused as refused:
            outcome.append(refused.code)
        except BaseException as fault:
            outcome.append(fault)
        finally:
            connection.close()

    other = threading.Thread(target=later)
    with company_context(house):
        first()
        other.start()
        has_begun.wait(10)
        other.join(0.5)
    other.join(20)
    (became,) = outcome
    return became


def take_back(house: CompanyId, new_key: str) -> object:
    return reverse(company=house, key="invoice:1", new_key=new_key, on=DAY, by="test", at=NOW)


def settle(house: CompanyId, value: str = "40.00") -> object:
    new = NewAllocation(key="a:1", on=DAY, debit="invoice:1", credit="receipt:1", value=Decimal(value))
    return allocate(company=house, allocations=[new], by="test", at=NOW)


def undo(house: CompanyId, new_key: str) -> object:
    return undo_allocation(company=house, key="a:1", new_key=new_key, on=DAY, by="test", at=NOW)


def open_of(house: CompanyId, key: str) -> Decimal:
    with company_context(house):
        found = find_item(company=house, key=key)
    assert found is not None
    return found.open


class TestTwoAtOnce:
    def test_who_take_a_posting_back_are_one_and_a_refusal(self, house: CompanyId) -> None:
        became = both(house, lambda: take_back(house, "back:1"), lambda: take_back(house, "back:2"))
        assert became == "ledger.posting.reversed-already"
        assert open_of(house, "invoice:1") == 0

    def test_who_settle_under_one_key_settle_once(self, house: CompanyId) -> None:
        assert both(house, lambda: settle(house), lambda: settle(house)) == 0
        assert open_of(house, "invoice:1") == Decimal("60.00")

    def test_who_settle_other_sums_under_one_key_are_one_and_a_refusal(self, house: CompanyId) -> None:
        became = both(house, lambda: settle(house), lambda: settle(house, "30.00"))
        assert became == "ledger.allocation.other-content"

    def test_who_undo_a_settlement_are_one_and_a_refusal(self, house: CompanyId) -> None:
        with company_context(house):
            settle(house)
        assert both(house, lambda: undo(house, "u:1"), lambda: undo(house, "u:2")) == "ledger.allocation.undone-already"
        assert both(house, lambda: undo(house, "u:1"), lambda: undo(house, "u:1")) is None
        assert open_of(house, "invoice:1") == Decimal("100.00")
