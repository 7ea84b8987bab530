"""Credits, cancellations, corrections: nobody gets back more than was billed, and one person no more than the limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.flows import month_close
from saldo.invoicing.actions.charging import decide_line, record_authority_document, set_invoicing
from saldo.invoicing.actions.copies import UnableToCorrect
from saldo.invoicing.actions.corrected import Corrections
from saldo.invoicing.actions.correcting import cancel_invoice, reissue
from saldo.invoicing.actions.crediting import issue_credit_note, propose_credit_note
from saldo.ledger.actions import allocate, post
from saldo.ledger.queries import list_open_items
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties.billing_actions import assign_tenant
from saldo.parties.queries import list_customers
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import HAVSBRIS, SODER, Row, seats

APRIL = Month(2026, 4)
OTHER = "5a6b7c8d-0009-4000-8000-000000000009"
ACT = {"today": TODAY, "by": "user:1", "at": NOW}


@pytest.fixture
def number(partner: Partner) -> str:
    """One issued invoice: 360.00 net, 450.00 with tax."""
    partner.bring(seats())
    partner.close(issue=True)
    (document,) = partner.documents()
    return document.number


def open_items(partner: Partner) -> dict[str, Decimal]:
    return {item.key: item.open for item in list_open_items(company=partner.company)}


def propose(partner: Partner, number: str, net: str, *, by: str = "user:1") -> int:
    return propose_credit_note(
        company=partner.company, number=number, nets={1: Decimal(net)}, reason="slow", by=by, at=NOW
    )


class TestNoMoreThanWasBilled:
    def test_a_document_credited_in_part_is_not_taken_back_whole(self, partner: Partner, number: str) -> None:
        credit = issue_credit_note(company=partner.company, draft=propose(partner, number, "100"), **ACT).number
        with pytest.raises(UnableToCorrect, match="has-credits"):
            cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT)
        cancel_invoice(company=partner.company, number=credit, reason="wrong too", **ACT)
        cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT)
        assert sum(open_items(partner).values()) == 0

    def test_what_a_cancelled_credit_note_gave_may_be_given_again(self, partner: Partner, number: str) -> None:
        credit = issue_credit_note(company=partner.company, draft=propose(partner, number, "300"), **ACT).number
        with pytest.raises(UnableToCorrect, match="more-than-billed"):
            propose(partner, number, "100")
        cancel_invoice(company=partner.company, number=credit, reason="wrong", **ACT)
        assert issue_credit_note(company=partner.company, draft=propose(partner, number, "360"), **ACT).gross == -450

    def test_a_proposal_falls_with_the_document_it_would_credit(self, partner: Partner, number: str) -> None:
        propose(partner, number, "100")
        cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT)
        assert partner.close(issue=True).drafts == 0
        assert sum(open_items(partner).values()) == 0

    def test_a_reissued_document_credited_before_gives_no_more_than_is_left(
        self, partner: Partner, number: str
    ) -> None:
        issue_credit_note(company=partner.company, draft=propose(partner, number, "100"), **ACT)
        _, new = reissue(
            company=partner.company,
            number=number,
            corrections=Corrections(purchase_order="PO 7"),
            reason="order",
            **ACT,
        )
        assert open_items(partner) == {f"invoice:{new.number}": Decimal(325)}
        with pytest.raises(UnableToCorrect, match="more-than-billed"):
            propose(partner, new.number, "261")
        with pytest.raises(UnableToCorrect, match="has-credits"):
            cancel_invoice(company=partner.company, number=new.number, reason="wrong", **ACT)


class TestPaidAndReissued:
    def test_what_was_paid_counts_for_the_new_document(self, partner: Partner, number: str) -> None:
        legs = (
            Entry(account="bank:1", currency="SEK", value=Decimal(450)),
            Entry(account="receivable", party="10001", currency="SEK", value=Decimal(-450)),
        )
        item = NewItem(
            key="receipt:1",
            account="receivable",
            party="10001",
            kind="receipt",
            issued_on=TODAY,
            due_on=TODAY,
            currency="SEK",
            original=Decimal(-450),
        )
        paid = Posting(key="receipt:1", on=TODAY, code="receipts.matched", entries=legs)
        post(company=partner.company, postings=[(paid, (item,))], by="user:1", at=NOW)
        one = NewAllocation(key="m:1", on=TODAY, debit=f"invoice:{number}", credit="receipt:1", value=Decimal(450))
        allocate(company=partner.company, allocations=[one], by="user:1", at=NOW)
        reissue(
            company=partner.company, number=number, corrections=Corrections(buyer={"name": "X AB"}), reason="n", **ACT
        )
        assert open_items(partner) == {}


class TestOnePersonsLimit:
    def test_a_large_credit_is_not_passed_in_small_ones(self, partner: Partner, number: str) -> None:
        set_invoicing(company=partner.company, changes={"credit_limit": Decimal(200)}, by="user:1", at=NOW)
        issue_credit_note(company=partner.company, draft=propose(partner, number, "150"), **ACT)
        second = propose(partner, number, "150")
        assert partner.close(issue=True).drafts == 1
        with pytest.raises(UnableToCorrect, match="needs-second-person"):
            issue_credit_note(company=partner.company, draft=second, **ACT)
        issue_credit_note(company=partner.company, draft=second, **(ACT | {"by": "user:2"}))

    def test_nor_as_a_lower_price(self, partner: Partner, number: str) -> None:
        set_invoicing(company=partner.company, changes={"credit_limit": Decimal(200)}, by="user:1", at=NOW)
        lower = Corrections(nets={1: Decimal(10)})
        with pytest.raises(UnableToCorrect, match="needs-second-person"):
            reissue(company=partner.company, number=number, corrections=lower, reason="price", **ACT)
        assert len(partner.documents()) == 1


class TestStatements:
    def test_one_that_became_due_is_settled_by_its_mirror(self, partner: Partner) -> None:
        set_invoicing(company=partner.company, changes={"fiscal_form": "external"}, by="user:1", at=NOW)
        partner.bring(seats())
        partner.close(issue=True)
        (statement,) = partner.documents()
        record_authority_document(
            company=partner.company,
            number=statement.number,
            authority_number="NFS-e 1",
            issued_on=TODAY,
            file="0" * 64,
            by="user:1",
            at=NOW,
        )
        cancel_invoice(company=partner.company, number=statement.number, reason="wrong", **ACT)
        assert open_items(partner) == {}


class TestATenantThatMoved:
    @pytest.fixture
    def moved(self, partner: Partner) -> str:
        """Two customers billed, then the first one's charges go to the second one's debtor; the first one's invoice."""
        partner.bring(seats(), seats(SubscriptionId=OTHER, seats=3), seats(customer=SODER, seats=5))
        partner.close(issue=True)
        mine, _ = partner.documents()
        tenants = {one.key: one for one in list_customers(company=partner.company)}
        assert {HAVSBRIS, SODER} <= tenants.keys()
        assign_tenant(company=partner.company, customer=CustomerId(HAVSBRIS), debtor="10002", by="user:1", at=NOW)
        return mine.number

    @pytest.mark.parametrize("first", ["10001", "10002"])
    def test_what_is_no_longer_charged_is_given_back_to_whom_it_was_billed(
        self, partner: Partner, moved: str, first: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(month_close, "CHUNK", 1 if first == "10001" else 250)
        partner.bring(seats(), seats(customer=SODER, seats=5))
        partner.close()
        (draft,) = [row for row in partner.documents() if not row.number]
        assert (draft.debtor, draft.mirrors, draft.net, draft.held_because) == ("10001", moved, Decimal(-108), "")
        assert partner.close().drafted.written == 0
        partner.close(issue=True)
        credit = next(row for row in partner.documents() if row.kind == "credit-note")
        assert (credit.debtor, credit.number) == ("10001", "2026-00003")
        assert open_items(partner)[f"invoice:{moved}"] == Decimal("1.25") * 360
        assert partner.close(issue=True).drafted.written == 0
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_a_credit_of_a_later_month_too(self, partner: Partner, moved: str) -> None:
        partner.bring(*april(a_credit(SubscriptionId=OTHER), seats(), seats(customer=SODER, seats=5)))
        partner.close(month=APRIL)
        drafts = {row.debtor: row for row in partner.documents(APRIL)}
        assert (drafts["10001"].kind, drafts["10001"].mirrors, drafts["10001"].net) == ("credit-note", moved, -36)
        assert drafts["10002"].net == 360 + 180
        assert partner.close(month=APRIL).drafted.written == 0
        check_every_line_has_one_bucket(partner.company, APRIL)

    def test_one_that_nobody_can_tell_whose_it_is_is_work_for_a_person(self, partner: Partner, moved: str) -> None:
        days = {"ChargeStartDate": "12/1/2024", "ChargeEndDate": "12/31/2024"}
        partner.bring(*april(a_credit(SubscriptionId=OTHER, **days), seats()))
        closed = partner.close(month=APRIL)
        (problem,) = [one for one in closed.problems if one["code"] == "invoicing.bucket.held"]
        assert (problem["facts"]["because"], problem["facts"]["lines"]) == ("invoicing.line.whose-credit", 1)
        (held,) = [line for line in partner.lines(APRIL) if line.bucket == "held"]
        decide = {"company": partner.company, "file": held.file, "row": held.row, "by": "user:1", "at": NOW}
        decide_line(**decide, bucket="rated", reason="today's debtor gets it")
        partner.close(month=APRIL)
        (draft,) = partner.documents(APRIL)
        assert (draft.debtor, draft.net) == ("10002", 360 - 36)


def april(*rows: Row) -> list[Row]:
    """The same rows, on the documents of the month after."""
    days = {"ChargeStartDate": "4/1/2026", "ChargeEndDate": "4/30/2026"}
    document = {"InvoiceNumber": "G000000002", "OrderDate": "4/2/2026"}
    return [row | document | ({} if "credit" in row["ChargeType"].casefold() else days) for row in rows]


def a_credit(**other: str) -> Row:
    """Microsoft gives a seat's month of March back."""
    return (
        seats(seats=1)
        | {
            "ChargeType": "customerCredit",
            **dict.fromkeys(("Subtotal", "Total"), "-36.00"),
            "EffectiveUnitPrice": "-36.00",
        }
        | other
    )
