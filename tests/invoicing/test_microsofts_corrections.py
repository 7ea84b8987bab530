"""Microsoft sends a file again, voids a document, gives a credit: nobody pays twice, and the explanation stays."""

from __future__ import annotations

from decimal import Decimal

from saldo.charges.actions import withdraw_delivery
from saldo.charges.history import list_deliveries
from saldo.core.periods import Month
from saldo.ledger.queries import list_open_items
from tests.conftest import NOW
from tests.invoicing.months import MARCH, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import SODER, seats

APRIL = Month(2026, 4)
OTHER = "5a6b7c8d-0009-4000-8000-000000000009"


def in_april(**other: object) -> dict[str, object]:
    days = {"OrderDate": "4/2/2026", "ChargeStartDate": "4/1/2026", "ChargeEndDate": "4/30/2026"}
    return dict(seats(InvoiceNumber="G000000002", **days)) | other


def open_sum(partner: Partner) -> Decimal:
    return sum((item.open for item in list_open_items(company=partner.company)), Decimal(0))


class TestAFileSentAgain:
    def test_drafts_follow_the_newer_file(self, partner: Partner) -> None:
        partner.bring(seats(seats=10))
        partner.close()
        partner.bring(seats(seats=12))
        closed = partner.close()
        assert closed.drafted.written == 1
        (document,) = partner.documents()
        assert document.net == Decimal(432)
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_after_issue_only_the_difference_is_billed(self, partner: Partner) -> None:
        partner.bring(seats(seats=10), seats(customer=SODER, SubscriptionId=OTHER, seats=3))
        partner.close(issue=True)
        partner.bring(seats(seats=12), seats(customer=SODER, SubscriptionId=OTHER, seats=3))
        partner.close()
        drafts = [row for row in partner.documents() if not row.number]
        assert [(row.kind, row.net) for row in drafts] == [("invoice", Decimal(72))]
        check_every_line_has_one_bucket(partner.company, MARCH)
        partner.close(issue=True)
        assert open_sum(partner) == Decimal("1.25") * (12 + 3) * 36
        assert partner.close(issue=True).drafts == 0
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_a_line_that_is_gone_is_credited_on_the_document_it_stood_on(self, partner: Partner) -> None:
        partner.bring(seats(seats=10), seats(SubscriptionId=OTHER, seats=3))
        partner.close(issue=True)
        (first,) = partner.documents()
        partner.bring(seats(seats=10))
        partner.close(issue=True)
        credit = partner.documents()[1]
        assert (credit.kind, credit.mirrors, credit.net) == ("credit-note", first.number, Decimal(-108))
        assert open_sum(partner) == Decimal(450)
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_a_document_issued_anew_under_another_number_bills_nobody_twice(self, partner: Partner) -> None:
        partner.bring(seats(seats=10))
        partner.close(issue=True)
        (old,) = list_deliveries(company=partner.company, limit=5)
        withdraw_delivery(company=partner.company, delivery=old.id, reason="re-issued", actor="test", at=NOW)
        partner.bring(seats(seats=10, InvoiceNumber="G000000777"))
        closed = partner.close(issue=True)
        assert (closed.drafts, closed.issued) == (0, 1)
        again = [line for line in partner.lines() if line.because == "invoicing.line.billed-before"]
        assert [(line.document, line.net, line.cost) for line in again] == [("G000000777", 0, 0)]
        check_every_line_has_one_bucket(partner.company, MARCH)


class TestCredits:
    def test_a_credit_of_a_billed_month_is_proposed_as_a_credit_note_for_its_invoice(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close(issue=True)
        (first,) = partner.documents()
        partner.bring(
            in_april(),
            in_april(
                ChargeType="customerCredit",
                ChargeStartDate="3/1/2026",
                ChargeEndDate="3/31/2026",
                Subtotal="-50.00",
                Total="-50.00",
                UnitPrice="50",
                EffectiveUnitPrice="-50",
                BillableQuantity="1",
                BillingFrequency="",
            ),
        )
        partner.close(month=APRIL)
        drafts = {row.kind: row for row in partner.documents(APRIL)}
        assert drafts["invoice"].net == Decimal(360)
        assert (drafts["credit-note"].net, drafts["credit-note"].mirrors) == (Decimal(-50), first.number)
        check_every_line_has_one_bucket(partner.company, APRIL)
        partner.close(month=APRIL, issue=True)
        assert open_sum(partner) == Decimal("1.25") * (360 + 360 - 50)
