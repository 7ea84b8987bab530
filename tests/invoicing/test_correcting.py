"""What was issued is never changed: it is mirrored, corrected under a new number, credited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from saldo.invoicing import models
from saldo.invoicing.actions.charging import set_invoicing
from saldo.invoicing.actions.copies import UnableToCorrect
from saldo.invoicing.actions.corrected import Corrections
from saldo.invoicing.actions.correcting import cancel_invoice, reissue
from saldo.invoicing.actions.crediting import approve_credit_note, issue_credit_note, propose_credit_note
from saldo.invoicing.queries import get_invoice, list_lines_of
from saldo.ledger.queries import balances, find_item, list_open_items
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import seats

ACT = {"today": TODAY, "by": "user:1", "at": NOW}


@pytest.fixture
def number(partner: Partner) -> str:
    """One issued invoice: 360.00 net, 90.00 tax, due after 30 days."""
    partner.bring(seats())
    partner.close(issue=True)
    (document,) = partner.documents()
    assert (document.net, document.tax, document.gross) == (Decimal(360), Decimal(90), Decimal(450))
    return document.number


class TestImmutable:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE invoicing_invoice SET gross = 1 WHERE number <> ''",
            "DELETE FROM invoicing_invoice WHERE number <> ''",
            "UPDATE invoicing_line SET net = 1 WHERE invoice_id IS NOT NULL",
            "DELETE FROM invoicing_line WHERE invoice_id IS NOT NULL",
            "INSERT INTO invoicing_line SELECT (SELECT max(id) + 1 FROM invoicing_line), " + "{columns}"
            " FROM invoicing_line WHERE invoice_id IS NOT NULL",
        ],
    )
    def test_the_database_refuses_to_change_what_was_issued(
        self, partner: Partner, number: str, statement: str
    ) -> None:
        names = [f'"{field.column}"' for field in models.Line._meta.fields[1:]]
        columns = ", ".join("0 - row" if name == '"row"' else name for name in names)
        if "INSERT" in statement:
            statement = statement.replace("invoicing_line SELECT", f"invoicing_line (id, {', '.join(names)}) SELECT")
        with pytest.raises(Error, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.replace("{columns}", columns))


class TestCancelling:
    def test_the_mirror_has_a_number_of_its_own_and_settles_what_was_open(self, partner: Partner, number: str) -> None:
        mirror = cancel_invoice(company=partner.company, number=number, reason="wrong customer", **ACT)
        assert mirror == "2026-00002"
        found = get_invoice(company=partner.company, number=mirror)
        assert (found.kind, found.mirrors, found.gross) == ("cancellation", number, Decimal(-450))
        assert [line.net for line in list_lines_of(company=partner.company, number=mirror)] == [Decimal(-360)]
        assert list_open_items(company=partner.company) == ()
        sums = {one.account: one.value for one in balances(company=partner.company, on=date(2026, 12, 31))}
        assert [sums.get(account, Decimal(0)) for account in ("receivable", "sales", "tax:SE:25")] == [Decimal(0)] * 3

    def test_twice_is_once(self, partner: Partner, number: str) -> None:
        first = cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT)
        assert cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT) == first
        assert len(partner.documents()) == 2

    def test_needs_a_reason_and_no_mirror(self, partner: Partner, number: str) -> None:
        with pytest.raises(UnableToCorrect, match="no-reason"):
            cancel_invoice(company=partner.company, number=number, reason=" ", **ACT)
        mirror = cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT)
        with pytest.raises(UnableToCorrect, match="is-a-mirror"):
            cancel_invoice(company=partner.company, number=mirror, reason="wrong", **ACT)

    def test_closing_again_does_not_bill_what_a_person_took_back(self, partner: Partner, number: str) -> None:
        cancel_invoice(company=partner.company, number=number, reason="goodwill", **ACT)
        closed = partner.close(issue=True)
        assert (closed.drafts, closed.issued) == (0, 2)
        check_every_line_has_one_bucket(partner.company, MARCH)


class TestReissuing:
    def test_name_price_and_order_are_put_right_and_the_due_day_stays(self, partner: Partner, number: str) -> None:
        due = get_invoice(company=partner.company, number=number).due_on
        corrections = Corrections(
            buyer={"name": "Havsbris Hotell & Spa AB"}, purchase_order="PO 7", nets={1: Decimal("300.00")}
        )
        mirror, new = reissue(
            company=partner.company,
            number=number,
            corrections=corrections,
            reason="agreed price",
            today=date(2026, 5, 20),
            by="user:1",
            at=NOW,
        )
        assert (mirror, new.number) == ("2026-00002", "2026-00003")
        found = get_invoice(company=partner.company, number=new.number)
        assert (found.net, found.tax, found.gross) == (Decimal(300), Decimal(75), Decimal(375))
        assert (found.buyer["name"], found.purchase_order) == ("Havsbris Hotell & Spa AB", "PO 7")
        assert (found.due_on, found.replaces) == (due, number)
        (item,) = list_open_items(company=partner.company)
        assert (item.key, item.open, item.due_on) == (f"invoice:{new.number}", Decimal(375), due)
        check_every_line_has_one_bucket(partner.company, MARCH)
        assert partner.close(issue=True).issued == 3

    def test_what_was_taken_back_is_not_corrected_again(self, partner: Partner, number: str) -> None:
        cancel_invoice(company=partner.company, number=number, reason="wrong", **ACT)
        with pytest.raises(UnableToCorrect, match="cancelled-already"):
            reissue(company=partner.company, number=number, corrections=Corrections(), reason="x", **ACT)


class TestCrediting:
    def test_a_credit_note_settles_part_of_what_it_names(self, partner: Partner, number: str) -> None:
        draft = propose_credit_note(
            company=partner.company, number=number, nets={1: Decimal(100)}, reason="outage", by="user:2", at=NOW
        )
        issued = issue_credit_note(company=partner.company, draft=draft, **ACT)
        found = get_invoice(company=partner.company, number=issued.number)
        assert (found.kind, found.mirrors, found.gross) == ("credit-note", number, Decimal(-125))
        item = find_item(company=partner.company, key=f"invoice:{number}")
        assert item is not None
        assert item.open == Decimal(325)

    def test_not_more_than_was_billed_however_often(self, partner: Partner, number: str) -> None:
        asked = {"company": partner.company, "number": number, "reason": "outage", "by": "user:2", "at": NOW}
        propose_credit_note(nets={1: Decimal(300)}, **asked)
        with pytest.raises(UnableToCorrect, match="more-than-billed"):
            propose_credit_note(nets={1: Decimal("60.01")}, **asked)

    def test_above_the_limit_the_second_person_issues(self, partner: Partner, number: str) -> None:
        set_invoicing(company=partner.company, changes={"credit_limit": Decimal(100)}, by="user:9", at=NOW)
        draft = propose_credit_note(
            company=partner.company, number=number, nets={1: Decimal(100)}, reason="outage", by="user:1", at=NOW
        )
        with pytest.raises(UnableToCorrect, match="needs-second-person"):
            issue_credit_note(company=partner.company, draft=draft, **ACT)
        with pytest.raises(UnableToCorrect, match="approved-already"):
            approve_credit_note(company=partner.company, draft=draft, by="user:2", at=NOW)
        assert issue_credit_note(company=partner.company, draft=draft, today=TODAY, by="user:2", at=NOW).number
