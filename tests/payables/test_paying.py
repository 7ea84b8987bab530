"""Microsoft is paid: two people say yes, a file goes to the bank, the payment is booked, and seen to be gone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from lxml import etree

from saldo.core.clock import FixedClock
from saldo.core.money import Money
from saldo.core.problems import Refused
from saldo.flows.pay_microsoft import hand_over, order_payment_run, read_document
from saldo.ledger.queries import balances
from saldo.outbox.actions import confirm_first_run, open_channel
from saldo.outbox.documents import read
from saldo.parties.billing_actions import approve_bank_account, propose_bank_account
from saldo.payables.actions.claiming import move_claim, open_claim
from saldo.payables.actions.deciding import approve, name_line, set_settings, withdraw
from saldo.payables.actions.paying import cancel_run
from saldo.payables.actions.payments import record_payment, take_back_payment
from saldo.payables.actions.shown_paid import match_outgoing
from saldo.payables.pay_queries import list_claims, list_payments, list_unallocated, list_windows
from saldo.payables.queries import PayableShown, get_payable
from saldo.ports.world import World
from tests.conftest import NOW
from tests.microsoft_files import header, seats
from tests.rooms.importing import NoQueue, Postman

TODAY = NOW.date()
G1 = "G000000001"
PAY = {"account": "1930", "pay_on": date(2026, 5, 18)}
LINE = etree.QName


@pytest.fixture
def partner(postman: Postman) -> Postman:
    """A company with an invoice that ties out and bank accounts in use."""
    postman.bring(seats(TaxTotal="90.00", Total="450.00"))
    postman.bring_header(header(total="450.00"))
    long_ago = NOW - timedelta(days=10)
    for code, owner, iban in (
        ("1930", "own", "SE4550000000058398257466"),
        ("ms-sek", "microsoft", "IE29AIBK93115212345678"),
    ):
        propose_bank_account(
            company=postman.company, code=code, owner=owner, name=f"Kontö {code}", currency="SEK", iban=iban,
            bic="AIBKIE2D" if owner == "microsoft" else "", by="user:1", at=long_ago,
        )  # fmt: skip
        approve_bank_account(company=postman.company, code=code, by="user:2", at=long_ago)
    return postman


def world() -> World:
    return World(clock=FixedClock(NOW), queue=NoQueue())


def shown(partner: Postman, today: date = TODAY) -> PayableShown:
    return get_payable(company=partner.company, document=G1, today=today)


def say_yes(partner: Postman, *people: int) -> PayableShown:
    for person in people:
        approve(company=partner.company, document=G1, by=f"user:{person}", at=NOW, today=TODAY)
    return shown(partner)


def order(partner: Postman, **changed: object):
    facts = {"documents": [G1], "by": "user:1", "world": world(), "today": TODAY} | PAY | changed
    return order_payment_run(company=partner.company, **facts)


def pay(partner: Postman, **changed: object) -> None:
    facts = {
        "key": "bank:1", "document": G1, "account": "1930", "paid_on": TODAY, "value": Decimal(450),
        "by": "user:1", "at": NOW,
    }  # fmt: skip
    record_payment(company=partner.company, **(facts | changed))


def books(partner: Postman) -> dict[str, str]:
    return {one.account: f"{one.value:.2f}" for one in balances(company=partner.company, on=TODAY)}


def refusal(act, *args: object, **facts: object) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **facts)
    return caught.value.code


class TestApproval:
    def test_two_different_people_say_yes_and_may_take_it_back(self, partner: Postman) -> None:
        assert not say_yes(partner, 1).is_approved
        assert refusal(say_yes, partner, 1) == "payables.approval.twice"
        assert say_yes(partner, 2).is_approved
        withdraw(company=partner.company, document=G1, by="user:2", at=NOW, today=TODAY)
        assert not shown(partner).is_approved
        again = {"company": partner.company, "document": G1, "by": "user:2", "at": NOW, "today": TODAY}
        assert refusal(withdraw, **again) == "payables.approval.none-of-yours"

    def test_one_person_is_enough_below_the_limit(self, partner: Postman) -> None:
        set_settings(company=partner.company, two_people_above=Decimal(450), bank_lead_days=2, by="user:1", at=NOW)
        assert say_yes(partner, 1).is_approved
        assert shown(partner).last_safe_on == date(2026, 5, 26)  # due on a Sunday; bank holiday in Ireland on 1 June
        bad = {"company": partner.company, "two_people_above": Decimal(-1), "bank_lead_days": 1, "by": "x", "at": NOW}
        assert refusal(set_settings, **bad) == "payables.settings.out-of-range"

    def test_what_does_not_tie_out_is_named_first_and_not_by_who_approves(self, partner: Postman) -> None:
        partner.bring_header(header(total="435.00"))
        assert refusal(say_yes, partner, 1) == "payables.tie-out.rest"
        entered = {"company": partner.company, "document": G1, "by": "user:1", "at": NOW, "today": TODAY}
        name_line(name="Goodwill credit", net=Decimal("-15.00"), **entered)
        assert refusal(say_yes, partner, 1) == "payables.approval.named-line-by-same"
        assert say_yes(partner, 2, 3).is_approved
        assert refusal(name_line, name=" ", net=Decimal(1), **entered) == "payables.line.nameless"
        assert refusal(name_line, name="x", net=Decimal(0), **entered) == "payables.line.no-amount"
        assert refusal(name_line, name="x", net=Decimal("0.001"), **entered) == "payables.line.finer-than-its-currency"

    def test_a_document_that_changes_has_nobodys_yes_any_more(self, partner: Postman) -> None:
        assert say_yes(partner, 1, 2).is_approved
        partner.bring_header(header(total="451.00"))
        assert shown(partner).approvals == ()

    def test_without_a_usable_account_of_microsofts_nobody_may_approve(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring_header(header())
        assert refusal(say_yes, postman, 1) == "payables.approval.no-payee-account"

    def test_what_a_person_read_on_the_document_takes_the_place_of_a_header(self, postman: Postman) -> None:
        postman.bring(seats())
        facts = {
            "company": postman.company, "document": "g000000001", "currency": "SEK", "invoiced_on": date(2026, 4, 7),
            "due_on": date(2026, 5, 29), "by": "user:1", "world": world(),
        }  # fmt: skip
        read_document(total=Decimal(450), tax=Decimal(90), **facts)
        one = shown(postman)
        assert (one.source, one.gross, one.net, one.due_on, one.is_due_assumed) == (
            "person", Decimal(450), Decimal(360), date(2026, 5, 29), False,
        )  # fmt: skip
        assert one.tie_out.ties
        assert books(postman) == {"cost": "360.00", "input-tax": "90.00", "microsoft": "-450.00"}
        read_document(**facts | {"document": "G000000007", "total": Decimal(80), "tax": Decimal(0)})
        other = get_payable(company=postman.company, document="G000000007", today=TODAY)
        assert (other.open, other.tie_out.code) == (Decimal(80), "payables.tie-out.no-rows")
        early = facts | {"total": Decimal(1), "tax": Decimal(0), "due_on": date(2026, 1, 1)}
        assert refusal(read_document, **early) == "payables.document.due-before-invoice"
        assert refusal(read_document, total=Decimal(1), tax=Decimal(2), **facts) == "payables.document.tax-beyond-total"


class TestPaymentFile:
    def test_in_rehearsal_the_file_is_captured_and_says_what_is_paid(self, partner: Postman) -> None:
        say_yes(partner, 1, 2)
        run = order(partner)
        assert (run.number, run.state, run.total) == ("P2026-0001", "captured", Decimal(450))
        root = etree.fromstring(read(run.file))
        found = {LINE(node).localname: node.text for node in root.iter() if node.text and node.text.strip()}
        assert LINE(root).namespace == "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
        assert (found["CtrlSum"], found["NbOfTxs"], found["InstdAmt"]) == ("450.00", "1", "450.00")
        assert (found["Nb"], found["RltdDt"], found["Dt"]) == (G1, "2026-04-08", "2026-05-18")
        assert found["IBAN"] == "IE29AIBK93115212345678"
        assert found["Nm"] == "Konto ms-sek"
        assert refusal(hand_over, company=partner.company, number=run.number, by="u", world=world()) == (
            "payables.run.held"
        )

    def test_live_it_is_handed_over_once_a_second_person_let_the_first_run_go(self, partner: Postman) -> None:
        open_channel(company=partner.company, kind="payment-file", by="user:1", at=NOW)
        say_yes(partner, 1, 2)
        run = order(partner)
        assert run.state == "ordered"
        given = {"company": partner.company, "number": run.number, "by": "user:1", "world": world()}
        assert refusal(hand_over, **given) == "payables.run.held"
        confirm_first_run(company=partner.company, kind="payment-file", by="user:2", at=NOW)
        assert hand_over(**given).state == "handed-over"
        assert hand_over(**given).state == "handed-over"
        assert refusal(cancel_run, company=partner.company, number=run.number, by="u", at=NOW) == "payables.run.not-so"
        assert refusal(order, partner) == "payables.run.in-another-run"

    def test_what_may_not_be_paid_is_refused(self, partner: Postman) -> None:
        assert refusal(order, partner) == "payables.run.not-approved"
        say_yes(partner, 1, 2)
        assert refusal(order, partner, documents=[]) == "payables.run.nothing"
        assert refusal(order, partner, documents=["G9"]) == "payables.run.unknown-document"
        assert refusal(order, partner, pay_on=date(2026, 5, 11)) == "payables.run.past"
        assert refusal(order, partner, pay_on=date(2026, 5, 14)) == "payables.run.not-a-workday"  # Ascension
        assert refusal(order, partner, account="ms-sek") == "payables.run.account-not-usable"
        pay(partner)
        assert refusal(order, partner) == "payables.run.nothing-owed"


class TestPayment:
    def test_a_payment_settles_the_document_once(self, partner: Postman) -> None:
        pay(partner)
        pay(partner)
        assert (shown(partner).open, shown(partner).paid, shown(partner).level) == (0, Decimal(450), "paid")
        assert books(partner) == {"cost": "360.00", "input-tax": "90.00", "bank:1930": "-450.00"}
        assert refusal(pay, partner, value=Decimal(1)) == "payables.payment.other-content"
        assert refusal(pay, partner, key="k", value=Decimal(0)) == "payables.payment.no-amount"
        assert refusal(pay, partner, key="k", account="9") == "payables.payment.unknown-account"

    def test_taken_back_the_document_is_open_again(self, partner: Postman) -> None:
        before = books(partner)
        pay(partner)
        for _ in range(2):
            take_back_payment(company=partner.company, key="bank:1", on=TODAY, by="user:1", at=NOW)
        assert (shown(partner).open, books(partner)) == (Decimal(450), before)
        assert refusal(pay, partner) == "payables.payment.other-content"

    def test_what_was_taken_back_may_be_booked_right_for_an_earlier_day(self, partner: Postman) -> None:
        pay(partner, value=Decimal(440))
        take_back_payment(company=partner.company, key="bank:1", on=TODAY, by="user:1", at=NOW)
        pay(partner, key="bank:1b", paid_on=date(2026, 5, 4))
        assert shown(partner).open == 0
        missing = {"company": partner.company, "key": "no", "on": TODAY, "by": "user:1", "at": NOW}
        assert refusal(take_back_payment, **missing) == "payables.payment.unknown"

    def test_a_credit_note_after_a_payment_was_taken_back_still_settles(self, partner: Postman) -> None:
        pay(partner)
        take_back_payment(company=partner.company, key="bank:1", on=TODAY, by="user:1", at=NOW)
        note = header(number="G000000002", total="45.00", documentType="adjustment_note", amendsOf=G1, on="2026-04-20")
        partner.bring_header(note)
        assert shown(partner).open == Decimal(405)

    def test_a_document_that_changes_its_currency_leaves_what_was_paid_as_our_credit(self, partner: Postman) -> None:
        pay(partner)
        partner.bring(seats(TaxTotal="90.00", Total="450.00", Currency="EUR", PricingCurrency="EUR"))
        partner.bring_header(header(total="450.00", currencyCode="EUR"))
        assert (shown(partner).currency, shown(partner).open) == ("EUR", Decimal(450))

    def test_tax_withheld_settles_too_and_its_certificate_is_chased(self, partner: Postman) -> None:
        pay(partner, value=Decimal(405), withheld=Decimal(45))
        assert shown(partner).open == 0
        assert (books(partner)["bank:1930"], books(partner)["withholding"]) == ("-405.00", "-45.00")
        (claim,) = list_claims(company=partner.company, today=TODAY)
        assert (claim.kind, claim.about, claim.value, claim.days_left) == ("withholding", G1, Decimal(45), 30)

    def test_too_much_stays_our_credit_and_a_correction_keeps_what_was_paid(self, partner: Postman) -> None:
        pay(partner, value=Decimal(400))
        partner.bring_header(header(total="500.00"))
        assert (shown(partner).open, shown(partner).paid) == (Decimal(100), Decimal(400))
        assert books(partner)["microsoft"] == "-100.00"
        pay(partner, key="bank:2", value=Decimal(150))
        assert shown(partner).open == 0
        assert books(partner)["microsoft"] == "50.00"

    def test_another_currency_leaves_its_difference_on_exchange(self, partner: Postman) -> None:
        propose_bank_account(
            company=partner.company, code="1940", name="Euro", currency="EUR", iban="DE89370400440532013000",
            by="user:1", at=NOW,
        )  # fmt: skip
        assert refusal(pay, partner, account="1940") == "payables.payment.other-currency"
        pay(partner, account="1940", from_bank=Money(Decimal("40.00"), "EUR"))
        assert shown(partner).open == 0

    def test_it_is_chased_until_microsoft_shows_it(self, partner: Postman) -> None:
        pay(partner)
        assert list_unallocated(company=partner.company, today=date(2026, 5, 21)) == ()
        (late,) = list_unallocated(company=partner.company, today=date(2026, 5, 22))
        assert (late.document, late.gone_on) == (G1, None)
        partner.bring_header(header(total="450.00", paidAmount="-450.00"))
        assert list_unallocated(company=partner.company, today=date(2026, 5, 22)) == ()
        assert [one.gone_on for one in list_payments(company=partner.company, document=G1)] == [TODAY]

    def test_a_balance_that_agrees_with_the_books_shows_it_too(self, partner: Postman) -> None:
        pay(partner)
        partner.bring_header({"balanceAmount": "0.00", "currencyCode": "SEK", "accountingDate": "2026-05-12T00:00:00"})
        assert [one.gone_on for one in list_payments(company=partner.company)] == [TODAY]

    def test_what_only_microsoft_knows_is_pending_until_the_bank_shows_it(self, partner: Postman) -> None:
        partner.bring_header(header(total="450.00", paidAmount="450.00"))
        assert (shown(partner).level, books(partner)["pending"]) == ("paid", "-450.00")
        pay(partner)
        assert (books(partner), shown(partner).open) == (
            {"cost": "360.00", "input-tax": "90.00", "bank:1930": "-450.00"}, 0,
        )  # fmt: skip
        take_back_payment(company=partner.company, key="bank:1", on=TODAY, by="user:1", at=NOW)
        assert (books(partner)["pending"], shown(partner).open) == ("-450.00", 0)

    def test_money_that_left_the_bank_is_recognised_only_when_certain(self, partner: Postman) -> None:
        entry = {
            "company": partner.company, "key": "bank:7", "account": "1930", "on": TODAY, "currency": "SEK",
            "text": f"MICROSOFT {G1}/2026", "by": "user:1", "at": NOW,
        }  # fmt: skip
        assert match_outgoing(value=Decimal(449), **entry) == ()
        assert match_outgoing(value=Decimal(450), **entry | {"text": "XG000000001"}) == ()
        for _ in range(2):
            assert match_outgoing(value=Decimal(450), **entry) == (G1,)
        assert shown(partner).level == "paid"

    def test_a_run_is_recognised_by_its_sum(self, partner: Postman) -> None:
        open_channel(company=partner.company, kind="payment-file", by="user:1", at=NOW)
        say_yes(partner, 1, 2)
        run = order(partner)
        entry = {"company": partner.company, "key": "bank:8", "account": "1930", "on": TODAY, "currency": "SEK"}
        assert match_outgoing(value=Decimal(450), text="", by="user:1", at=NOW, **entry) == (G1,)
        assert [one.run for one in list_payments(company=partner.company)] == [run.number]
        assert shown(partner).run == ""


class TestClaims:
    def test_a_dispute_is_tracked_and_stops_no_payment(self, partner: Postman) -> None:
        facts = {"company": partner.company, "kind": "dispute", "about": G1, "claim_by": date(2026, 6, 1)}
        claim = open_claim(value=Decimal(10), currency="SEK", by="user:1", at=NOW, **facts)
        assert open_claim(by="user:2", at=NOW, **facts) == claim
        assert say_yes(partner, 1, 2).is_approved
        moved = {"company": partner.company, "claim": claim, "by": "user:1", "at": NOW}
        assert refusal(move_claim, state="granted", **moved) == "payables.claim.not-so"
        move_claim(state="filed", **moved)
        move_claim(state="granted", granted=Decimal(9), **moved)
        assert list_claims(company=partner.company, today=TODAY) == ()
        (settled,) = list_claims(company=partner.company, today=TODAY, is_settled=True)
        assert (settled.state, settled.granted) == ("granted", Decimal(9))
        assert refusal(open_claim, by="u", at=NOW, **facts | {"kind": "x"}) == "payables.claim.unknown-kind"
        assert refusal(open_claim, by="u", at=NOW, **facts | {"about": ""}) == "payables.claim.about-nothing"

    def test_the_data_shows_which_windows_are_still_open(self, postman: Postman) -> None:
        postman.bring(
            seats(ChargeType="new", OrderDate="5/8/2026", ChargeStartDate="5/8/2026", ChargeEndDate="6/7/2026"),
            seats(ChargeType="new", OrderDate="5/1/2026", ChargeStartDate="5/1/2026", ChargeEndDate="5/31/2026",
                  SubscriptionId="5a6b7c8d-0009-4000-8000-000000000001"),
        )  # fmt: skip
        (window,) = list_windows(company=postman.company, today=TODAY)
        assert (window.last_day, window.product, window.value) == (date(2026, 5, 14), "Office 365 E3", Decimal(360))
