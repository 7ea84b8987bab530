"""Refunds that two people agreed to become one payment file; the bank's own entries settle them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from lxml import etree

from saldo.core.clock import FixedClock
from saldo.flows import pay_refunds
from saldo.flows.match_receipts import match_new
from saldo.outbox.actions import confirm_first_run, open_channel
from saldo.outbox.documents import read
from saldo.parties.billing_actions import approve_bank_account, propose_bank_account
from saldo.ports.world import World
from saldo.receipts.actions.matching import match
from saldo.receipts.actions.refund_orders import cancel_order
from saldo.receipts.actions.refunding import UnableToRefund, approve_refund, propose_refund, withdraw_refund
from saldo.receipts.models import Refund
from saldo.receipts.refund_queries import find_order, list_refunds
from saldo.receipts.rules.payees import read_payee_account
from saldo.receipts.rules.proposals import Difference
from tests.conftest import NOW
from tests.receipts.conftest import told
from tests.rooms.importing import NoQueue

OURS = "SE4550000000058398257466"
THEIRS = "SE3550000000054910000003"
PAY_ON = date(2026, 5, 18)
LONG_AGO = NOW - timedelta(days=20)
WORLD = World(clock=FixedClock(NOW), queue=NoQueue())


@pytest.fixture
def till(books):
    """An account of ours that two people approved, and a debtor with a hundred kronor on account."""
    facts = {"name": "Giro", "currency": "SEK", "iban": OURS}
    propose_bank_account(company=books.company, code="giro", by="user:1", at=LONG_AGO, **facts)
    approve_bank_account(company=books.company, code="giro", by="user:2", at=LONG_AGO)
    books.debtor("10001", "Tallmo AB")
    (entry,) = books.receives(told("100.00"))
    rest = Difference(kind="on-account", value=Decimal("-100.00"), debtor="10001")
    match(company=books.company, entry=entry, shares=(), differences=[rest], by="user:1", at=NOW)
    books.credit = entry
    return books


def ask(books, value="40.00", account=THEIRS):
    return propose_refund(
        company=books.company,
        item=books.credit,
        value=Decimal(value),
        payee="Tallmo AB",
        payee_account=account,
        reason="paid twice",
        by="user:1",
        at=NOW,
    )


def agreed(books, value="40.00"):
    refund = ask(books, value)
    approve_refund(company=books.company, refund=refund, by="user:2", at=NOW)
    return refund


def order(books, *refunds, pay_on=PAY_ON):
    return pay_refunds.order_refund_file(
        company=books.company,
        refunds=refunds,
        account="giro",
        pay_on=pay_on,
        by="user:1",
        world=WORLD,
        today=NOW.date(),
    )


def open_files(books):
    facts = {"company": books.company, "kind": "payment-file", "at": NOW}
    open_channel(by="user:1", **facts)
    confirm_first_run(by="user:2", **facts)


def texts(xml, tag):
    return [node.text for node in etree.fromstring(xml).iter(f"{{*}}{tag}")]


class TestTheAccountOfThePayee:
    def test_is_an_iban_where_the_country_has_them(self):
        assert read_payee_account(said=" SE35 5000 0000 0549 1000 0003 ", country="SE") == (THEIRS, "")
        assert read_payee_account(said="SE3550000000054910000004", country="SE")[1] == "receipts.refund.bad-iban"
        assert read_payee_account(said="5491-0000003", country="SE")[1] == "receipts.refund.bad-iban"
        assert read_payee_account(said="  ", country="SE")[1] == "receipts.refund.no-payee"

    def test_is_a_number_where_the_country_has_none(self):
        assert read_payee_account(said="0210 0002 1 99887766", country="US") == ("0210 0002 1 99887766", "")
        assert read_payee_account(said="SE3550000000054910000004", country="US")[1] == "receipts.refund.bad-iban"

    def test_is_checked_before_anybody_can_approve(self, till):
        with pytest.raises(UnableToRefund) as refused:
            ask(till, account="SE12 3456")
        assert (refused.value.code, refused.value.facts["seen"]) == ("receipts.refund.bad-iban", "SE12 3456")


class TestTheFile:
    def test_pays_each_refund_to_its_own_account_and_names_it(self, till):
        open_files(till)
        one, two = agreed(till, "40.00"), agreed(till, "25.50")
        made = order(till, one, two)
        xml = read(made.file)
        assert made.state == "ordered"
        assert texts(xml, "InstdAmt") == ["40.00", "25.50"]
        assert texts(xml, "CtrlSum") == ["65.50", "65.50"]
        assert texts(xml, "IBAN") == [OURS, THEIRS, THEIRS]
        assert texts(xml, "EndToEndId") == [f"{made.number}-{one}", f"{made.number}-{two}"]
        assert texts(xml, "Ustrd") == [f"{made.number} {one}", f"{made.number} {two}"]
        assert {refund.order for refund in list_refunds(company=till.company)} == {made.number}

    def test_takes_only_what_two_people_agreed_to_and_once(self, till):
        open_files(till)
        with pytest.raises(UnableToRefund, match=r"receipts.refund.not-approved"):
            order(till, ask(till, "10.00"))
        refund = agreed(till)
        order(till, refund)
        with pytest.raises(UnableToRefund, match=r"receipts.refund-order.in-another"):
            order(till, refund)
        with pytest.raises(UnableToRefund, match=r"receipts.refund-order.in-another"):
            withdraw_refund(company=till.company, refund=refund, by="user:1", at=NOW)

    def test_keeps_the_waiting_day_and_the_days_of_the_bank(self, till):
        refund = agreed(till)
        with pytest.raises(UnableToRefund, match=r"receipts.refund.waiting"):
            order(till, refund, pay_on=NOW.date() + timedelta(days=1))
        with pytest.raises(UnableToRefund, match=r"receipts.refund-order.not-a-workday"):
            order(till, refund, pay_on=date(2026, 5, 17))
        with pytest.raises(UnableToRefund, match=r"receipts.refund-order.nothing"):
            order(till)

    def test_refuses_an_account_that_was_approved_before_ibans_were_checked(self, till):
        refund = agreed(till)
        Refund.objects.filter(key=refund).update(payee_account="SE12 3456")
        with pytest.raises(UnableToRefund, match=r"receipts.refund.bad-iban"):
            order(till, refund)

    def test_in_rehearsal_is_captured_and_the_refunds_stay_free(self, till):
        refund = agreed(till)
        made = order(till, refund)
        assert made.state == "captured"
        with pytest.raises(UnableToRefund, match=r"receipts.refund-order.held"):
            pay_refunds.hand_over(company=till.company, number=made.number, by="user:1", world=WORLD)
        assert list_refunds(company=till.company)[0].order == ""

    def test_given_up_its_refunds_go_into_another(self, till):
        open_files(till)
        refund = agreed(till)
        first = order(till, refund)
        cancel_order(company=till.company, number=first.number, by="user:1", at=NOW)
        second = order(till, refund)
        assert (second.number, second.state) != (first.number, "cancelled")


class TestTheBanksEntries:
    def test_settle_the_refunds_by_themselves(self, till):
        open_files(till)
        one, two = agreed(till, "40.00"), agreed(till, "40.00")
        made = order(till, one, two)
        pay_refunds.hand_over(company=till.company, number=made.number, by="user:1", world=WORLD)
        (first, second) = till.receives(
            told("-40.00", on=PAY_ON, references=(f"{made.number}-{two}",)),
            told("-40.00", on=PAY_ON, text=f"REFUND {made.number}-{one}"),
        )
        match_new(company=till.company, by="system", world=WORLD)
        assert {refund.key: refund.entry for refund in list_refunds(company=till.company)} == {two: first, one: second}

    def test_settle_nothing_before_the_bank_has_the_file(self, till):
        open_files(till)
        refund = agreed(till)
        made = order(till, refund)
        till.receives(told("-40.00", on=PAY_ON, references=(f"{made.number}-{refund}",)))
        match_new(company=till.company, by="system", world=WORLD)
        assert list_refunds(company=till.company)[0].state == "approved"
        assert find_order(company=till.company, number=made.number).state == "ordered"
