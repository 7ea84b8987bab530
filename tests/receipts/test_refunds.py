"""Money sent back: proposed by one, approved by another, a whole day later; withdrawn whole, paid once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from saldo.ledger.queries import balances, list_open_items
from saldo.receipts.actions.matching import match
from saldo.receipts.actions.refunding import (
    UnableToRefund,
    approve_refund,
    propose_refund,
    record_refund_paid,
    withdraw_refund,
)
from saldo.receipts.rules.proposals import Difference
from tests.conftest import NOW
from tests.receipts.conftest import told


@pytest.fixture
def credit(books):
    """Forty kronor on the account of a debtor."""
    books.debtor("10001", "Tallmo AB")
    (entry,) = books.receives(told("40.00"))
    rest = Difference(kind="on-account", value=Decimal("-40.00"), debtor="10001")
    match(company=books.company, entry=entry, shares=(), differences=[rest], by="user:1", at=NOW)
    return entry


def ask(books, credit, value="40.00"):
    return propose_refund(
        company=books.company,
        item=credit,
        value=Decimal(value),
        payee="Tallmo AB",
        payee_account="SE3550000000054910000003",
        reason="paid twice",
        by="user:1",
        at=NOW,
    )


def on_refunds(books):
    rows = balances(company=books.company, on=date(2030, 1, 1))
    return {row.account: row.value for row in rows}.get("refunds", Decimal(0))


class TestRefunds:
    def test_approved_by_another_and_paid_after_the_waiting_day(self, books, credit):
        refund = ask(books, credit)
        approve_refund(company=books.company, refund=refund, by="user:2", at=NOW)
        assert list_open_items(company=books.company) == ()
        assert on_refunds(books) == Decimal("-40.00")
        early, late = books.receives(
            told("-40.00", on=NOW.date() + timedelta(days=1)), told("-40.00", on=NOW.date() + timedelta(days=2))
        )
        with pytest.raises(UnableToRefund, match=r"receipts.refund.waiting"):
            record_refund_paid(company=books.company, refund=refund, entry=early, by="user:1", at=NOW)
        record_refund_paid(company=books.company, refund=refund, entry=late, by="user:1", at=NOW)
        assert on_refunds(books) == 0
        with pytest.raises(UnableToRefund, match=r"receipts.refund.not-approved"):
            record_refund_paid(company=books.company, refund=refund, entry=late, by="user:1", at=NOW)

    @pytest.mark.parametrize(
        ("by", "code"), [("user:1", "parties.approval.own"), ("command", "parties.approval.not-a-person")]
    )
    def test_nobody_approves_alone(self, books, credit, by, code):
        refund = ask(books, credit)
        with pytest.raises(UnableToRefund) as refused:
            approve_refund(company=books.company, refund=refund, by=by, at=NOW)
        assert refused.value.code == code

    def test_two_proposals_never_exceed_the_credit(self, books, credit):
        ask(books, credit, "30.00")
        with pytest.raises(UnableToRefund, match=r"receipts.refund.more-than-credit"):
            ask(books, credit, "10.01")

    def test_withdrawn_the_credit_stands_again(self, books, credit):
        refund = ask(books, credit)
        approve_refund(company=books.company, refund=refund, by="user:2", at=NOW)
        withdraw_refund(company=books.company, refund=refund, by="user:1", at=NOW)
        assert {item.key: item.open for item in list_open_items(company=books.company)} == {credit: Decimal("-40.00")}
        assert on_refunds(books) == 0

    def test_an_invoice_is_no_credit(self, books):
        books.debtor("10001", "Tallmo AB")
        books.invoice("1", "10001", "60.00")
        with pytest.raises(UnableToRefund, match=r"receipts.refund.no-credit"):
            ask(books, "invoice:1")
