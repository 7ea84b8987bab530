"""How long customers take to pay, and how they are used to pay, is told by their debts and their money alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.ledger import actions
from saldo.ledger.ageing import dso
from saldo.ledger.paying_habits import list_settled
from saldo.ledger.statements import statement_of
from tests.conftest import NOW
from tests.ledger.books import DAY, Pair, invoice, post, receipt, settle

LATER = DAY + timedelta(days=60)


def credit(number: str, value: str, kind: str) -> Pair:
    """A credit of another kind than money."""
    posting, (item,) = receipt(number, value)
    return posting, (replace(item, kind=kind, key=f"{kind}:{number}"),)


class TestDaysOutstanding:
    def test_are_what_is_open_by_what_was_billed(self, company: CompanyId) -> None:
        post(company, invoice("1"), receipt("1", "25.00"), credit("2", "20.00", "withholding"))
        post(company, credit("3", "5.00", "bank-fee"), credit("4", "3.00", "write-off"), invoice("5", currency="EUR"))
        euro, kronor = dso(company=company, as_of=LATER)
        assert (euro.open, euro.billed, euro.days) == (Decimal(125), Decimal(125), Decimal("90.0"))
        assert (kronor.open, kronor.billed, kronor.days) == (Decimal(72), Decimal(125), Decimal("51.8"))

    def test_a_credit_note_was_billed_too(self, company: CompanyId) -> None:
        post(company, invoice("1"), credit("2", "25.00", "credit-note"))
        (told,) = dso(company=company, as_of=LATER)
        assert (told.open, told.billed) == (Decimal(100), Decimal(100))

    def test_where_nothing_was_billed_there_are_none(self, company: CompanyId) -> None:
        post(company, invoice("1"))
        (told,) = dso(company=company, as_of=DAY + timedelta(days=90))
        assert (told.open, told.billed, told.days) == (Decimal(125), 0, None)


class TestHabits:
    def test_a_debt_that_money_settled_is_told_once_with_its_days(self, company: CompanyId) -> None:
        post(company, invoice("1"), receipt("1", "125.00", on=DAY + timedelta(days=40)))
        settle(company, "a", "invoice:1", "receipt:1", "125.00", DAY + timedelta(days=40))
        told = list_settled(company=company, on=LATER)
        assert told == (("10001", DAY + timedelta(days=30), DAY + timedelta(days=40)),)

    def test_money_whose_match_was_undone_is_no_habit(self, company: CompanyId) -> None:
        post(company, invoice("1"), receipt("1", "125.00"), credit("2", "125.00", "credit-note"))
        settle(company, "a", "invoice:1", "receipt:1", "125.00")
        actions.undo_allocation(company=company, key="a", new_key="b", on=DAY, by="test", at=NOW)
        settle(company, "c", "invoice:1", "credit-note:2", "125.00")
        assert list_settled(company=company, on=LATER) == ()


def test_a_statement_that_begins_after_its_day_still_closes_on_that_day(company: CompanyId) -> None:
    post(company, invoice("1"), receipt("1", "25.00", on=LATER))
    until = DAY + timedelta(days=1)
    (told,) = statement_of(company=company, party="10001", since=LATER + timedelta(days=1), until=until).currencies
    assert (told.opening, told.movements, told.closing) == (Decimal(125), (), Decimal(125))
    assert statement_of(company=company, party="10001", until=date.max).currencies[0].closing == Decimal(100)
