"""A bank's entry that pays Microsoft settles the document and is booked once; a free credit settles a chosen one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.core.identity import FileId
from saldo.core.problems import Place, Refused
from saldo.flows.match_receipts import match_new
from saldo.flows.pay_from_bank import PAID, settle_from_bank, take_back
from saldo.payables.actions.crediting import use_credit
from saldo.payables.actions.payments import record_payment
from saldo.payables.pay_queries import list_free_credits, list_payments
from saldo.payables.queries import get_payable
from saldo.receipts.actions.going_out import pass_on, take_again
from saldo.receipts.actions.taking import take_file
from saldo.receipts.queries import find_entry
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from saldo.receipts.rules.settlement import UnableToMatch
from tests.conftest import NOW
from tests.microsoft_files import header, seats
from tests.payables.test_paying import G1, TODAY, books, order, partner, say_yes, shown, world
from tests.rooms.importing import Postman

__all__ = ["partner"]
G2 = "G000000002"


def bank_entry(partner: Postman, value: str, *, text: str = "", name: str = "a") -> str:
    """Money that left or came, as a bank's file tells it; its key."""
    entry = EntryRead(
        place=Place(file=FileId(name), row=1),
        account="SE4550000000058398257466",
        booked_on=TODAY,
        value_on=TODAY,
        currency="SEK",
        value=Decimal(value),
        text=text,
    )
    read = BankFileRead(format="camt.053", accounts=(entry.account,), entries=(entry,))
    facts = {"sha256": name * 64, "name": f"{name}.xml", "currency": "SEK", "by": "user:1", "at": NOW}
    (key,) = take_file(company=partner.company, read=read, **facts).keys
    return key


def match(partner: Postman) -> None:
    match_new(company=partner.company, by="user:1", world=world(), today=TODAY)


class TestFromTheBank:
    def test_an_entry_that_names_the_document_pays_it_and_is_booked_once(self, partner: Postman) -> None:
        key = bank_entry(partner, "-450", text=f"Betalning {G1} Microsoft")
        match(partner)
        assert (shown(partner).open, shown(partner).level) == (0, "paid")
        assert books(partner)["bank:1930"] == "-450.00"
        assert "unallocated" not in books(partner)
        entry = find_entry(company=partner.company, key=key)
        assert entry is not None
        assert (entry.state, entry.because) == ("set-aside", PAID)
        before = books(partner)
        match(partner)
        assert books(partner) == before

    def test_an_entry_with_a_runs_exact_sum_pays_its_documents(self, partner: Postman) -> None:
        say_yes(partner, 1, 2)
        run = order(partner)
        # a rehearsal's file never went to a bank, so money that left is no payment of it
        bank_entry(partner, "-450")
        match(partner)
        assert run.state == "captured"
        assert shown(partner).open == Decimal(450)

    def test_what_only_looks_like_it_waits_for_a_person(self, partner: Postman) -> None:
        key = bank_entry(partner, "-449", text=G1)
        match(partner)
        assert shown(partner).open == Decimal(450)
        entry = find_entry(company=partner.company, key=key)
        assert entry is not None
        assert entry.state == "open"

    def test_taken_back_the_entry_is_open_again_and_may_pay_once_more(self, partner: Postman) -> None:
        key = bank_entry(partner, "-450", text=G1)
        before = books(partner)
        match(partner)
        (payment,) = list_payments(company=partner.company)
        take_back(company=partner.company, key=payment.key, on=TODAY, by="user:2", at=NOW)
        assert {name: value for name, value in books(partner).items() if value != "0.00"} == before
        entry = find_entry(company=partner.company, key=key)
        assert entry is not None
        assert (entry.state, shown(partner).open) == ("open", Decimal(450))

    def test_a_payment_without_an_entry_is_taken_back_as_it_is(self, partner: Postman) -> None:
        paid = {"document": G1, "account": "1930", "paid_on": TODAY, "value": Decimal(450), "by": "user:1", "at": NOW}
        record_payment(company=partner.company, key="by-hand", **paid)
        take_back(company=partner.company, key="by-hand", on=TODAY, by="user:2", at=NOW)
        assert shown(partner).open == Decimal(450)

    def test_money_that_came_in_or_was_given_away_is_not_passed_on(self, partner: Postman) -> None:
        came, left = bank_entry(partner, "450", text=G1), bank_entry(partner, "-10", name="b")
        assert settle_from_bank(company=partner.company, by="user:1", at=NOW) == 0
        said = {"company": partner.company, "because": PAID, "by": "user:1", "at": NOW}
        with pytest.raises(UnableToMatch, match="not-open"):
            pass_on(entry=came, **said)
        with pytest.raises(UnableToMatch, match="not-open"):
            take_again(entry=left, **said)


class TestFreeCredit:
    @pytest.fixture
    def overpaid(self, partner: Postman) -> Postman:
        """150 more than owed was paid on the first document; a second one of 450 is open."""
        partner.bring(
            seats(TaxTotal="90.00", Total="450.00", InvoiceNumber=G2, ChargeStartDate="2026-04-01"), name="second.csv"
        )
        paid = {"document": G1, "account": "1930", "paid_on": TODAY, "value": Decimal(600), "by": "user:1", "at": NOW}
        record_payment(company=partner.company, key="too-much", **paid)
        partner.bring_header(header(total="450.00"), header(total="450.00", number=G2))
        return partner

    def use(self, partner: Postman, **changed: object) -> Decimal:
        (free,) = list_free_credits(company=partner.company, today=TODAY)
        facts = {"credit": free.item, "document": G2, "on": TODAY, "by": "user:1", "at": NOW} | changed
        return use_credit(company=partner.company, **facts)

    def test_settles_the_chosen_document_and_takes_its_approvals(self, overpaid: Postman) -> None:
        (free,) = list_free_credits(company=overpaid.company, today=TODAY)
        assert (free.document, free.open, free.kind) == (G1, Decimal(150), "payment")
        assert self.use(overpaid, value=Decimal(50)) == Decimal(50)
        assert self.use(overpaid) == Decimal(100)
        second = get_payable(company=overpaid.company, document=G2, today=date(2026, 7, 1))
        assert second.open == Decimal(300)
        assert list_free_credits(company=overpaid.company, today=TODAY) == ()

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"credit": "nothing"}, "payables.credit.unknown"),
            ({"document": "G999999999"}, "payables.credit.nothing-owed"),
            ({"document": G1}, "payables.credit.nothing-owed"),
            ({"value": Decimal(151)}, "payables.credit.too-much"),
            ({"value": Decimal(0)}, "payables.credit.too-much"),
        ],
    )
    def test_refuses_what_it_cannot_settle(self, overpaid: Postman, changed: dict[str, object], code: str) -> None:
        with pytest.raises(Refused) as caught:
            self.use(overpaid, **changed)
        assert caught.value.code == code
