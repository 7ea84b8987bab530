"""Lines that cannot simply be rated: they wait for a person and stop only whom they may belong to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.invoicing.actions.charging import (
    UnableToCharge,
    UnableToDecide,
    add_charge,
    decide_line,
    record_authority_document,
    set_invoicing,
)
from saldo.invoicing.rules.issuing import UnableToIssue
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner, check_every_line_has_one_bucket
from tests.microsoft_files import HAVSBRIS, SODER, legacy_usage, seats

FEBRUARY = Month(2026, 2)
OTHER = "5a6b7c8d-0009-4000-8000-000000000009"
ODD = {"EffectiveUnitPrice": "-36.00"}


def bring_an_odd_line(partner: Partner) -> None:
    partner.bring(
        seats(),
        seats(SubscriptionId=OTHER, seats=2, **ODD),
        seats(customer=SODER, SubscriptionId=OTHER, seats=3),
    )


class TestHeldLines:
    def test_stop_their_own_customer_and_nobody_else(self, partner: Partner) -> None:
        bring_an_odd_line(partner)
        closed = partner.close(issue=True)
        assert (closed.issued, closed.drafts) == (1, 1)
        issued, held = partner.documents()
        assert issued.buyer["name"] == "Söder & Co"
        assert held.held_because == "invoicing.draft.has-held-lines"
        assert "invoicing.bucket.held" in {problem["code"] for problem in closed.problems}
        check_every_line_has_one_bucket(partner.company, MARCH)

    @pytest.mark.parametrize(("bucket", "net"), [("rated", 432), ("not-billed", 360)])
    def test_a_persons_word_settles_them(self, partner: Partner, bucket: str, net: int) -> None:
        bring_an_odd_line(partner)
        partner.close()
        (line,) = [line for line in partner.lines() if line.bucket == "held"]
        decide_line(
            company=partner.company, file=line.file, row=line.row, bucket=bucket, reason="asked", by="user:3", at=NOW
        )
        closed = partner.close(issue=True)
        assert closed.drafts == 0
        assert sorted(row.net for row in partner.documents()) == [Decimal(108), Decimal(net)]
        (decided,) = [one for one in partner.lines() if (one.file, one.row) == (line.file, line.row)]
        assert (decided.bucket, decided.decided_by) == (bucket, "user:3")
        check_every_line_has_one_bucket(partner.company, MARCH)

    def test_no_word_on_what_is_issued(self, partner: Partner) -> None:
        partner.bring(seats())
        partner.close(issue=True)
        (line,) = partner.lines()
        word = {"company": partner.company, "file": line.file, "row": line.row, "by": "user:3", "at": NOW}
        with pytest.raises(UnableToDecide, match="issued"):
            decide_line(bucket="not-billed", reason="late", **word)
        with pytest.raises(UnableToDecide, match="no-reason"):
            decide_line(bucket="not-billed", reason="", **word)

    def test_a_country_without_a_known_rate_holds_the_whole_debtor(self, partner: Partner) -> None:
        from saldo.parties.models import Company

        Company.objects.filter(id=partner.company).update(country="US")
        partner.bring(seats(CustomerCountry="US"))
        closed = partner.close(issue=True)
        assert (closed.issued, closed.drafts) == (0, 0)
        assert {line.because for line in partner.lines()} == {"agreements.tax.unknown"}
        check_every_line_has_one_bucket(partner.company, MARCH)


class TestOwnCharges:
    def add(self, partner: Partner, key: str = "support:1", net: str = "250.00") -> bool:
        return add_charge(
            company=partner.company,
            customer=CustomerId(HAVSBRIS),
            code="support",
            name="Support, two hours",
            net=Decimal(net),
            currency="SEK",
            evidence={"request": 7},
            service_period=(MARCH.starts_on, MARCH.ends_on),
            key=key,
            by="user:1",
            at=NOW,
        )

    def test_stand_on_the_next_invoice_and_only_there(self, partner: Partner) -> None:
        partner.bring(seats())
        assert self.add(partner)
        assert not self.add(partner)
        partner.close(issue=True)
        (document,) = partner.documents()
        assert document.net == Decimal(610)
        assert partner.close(issue=True).issued == 1
        with pytest.raises(UnableToCharge, match="other-content"):
            self.add(partner, net="251.00")

    def test_finer_than_the_currency_is_refused(self, partner: Partner) -> None:
        with pytest.raises(UnableToCharge, match="too-fine"):
            self.add(partner, net="0.001")


class TestFiscalForms:
    def test_spanish_chained_records_are_refused_with_their_reason(self, partner: Partner) -> None:
        partner.bring(seats())
        set_invoicing(company=partner.company, changes={"fiscal_form": "es-verifactu"}, by="user:1", at=NOW)
        assert partner.close().drafts == 1
        with pytest.raises(UnableToIssue, match="es-verifactu"):
            partner.close(issue=True)

    def test_a_statement_becomes_due_with_the_authoritys_document(self, partner: Partner) -> None:
        from datetime import date

        from saldo.ledger.queries import list_open_items

        partner.bring(seats())
        set_invoicing(company=partner.company, changes={"fiscal_form": "external"}, by="user:1", at=NOW)
        partner.close(issue=True)
        (statement,) = partner.documents()
        assert (statement.kind, statement.due_on) == ("statement", None)
        (item,) = list_open_items(company=partner.company)
        assert item.due_on == date(9999, 12, 31)
        record_authority_document(
            company=partner.company,
            number=statement.number,
            authority_number="NFS-e 881",
            issued_on=TODAY,
            file="0" * 64,
            by="user:1",
            at=NOW,
        )
        (due,) = list_open_items(company=partner.company)
        assert (due.key, due.open, due.due_on) == (f"authority:{statement.number}", Decimal(450), date(2026, 6, 11))

    def test_no_issue_without_a_backup_where_one_is_demanded(self, partner: Partner) -> None:
        from datetime import timedelta

        partner.bring(seats())
        set_invoicing(company=partner.company, changes={"demands_backup": True}, by="user:1", at=NOW)
        with pytest.raises(UnableToIssue, match="no-backup"):
            partner.close(issue=True)
        with pytest.raises(UnableToIssue, match="backup-too-old"):
            partner.close(issue=True, newest_backup=NOW - timedelta(days=8))
        assert partner.close(issue=True, newest_backup=NOW - timedelta(days=6)).issued == 1


class TestLinesOfNobody:
    """Microsoft's older usage files leave the customer blank on some rows; what they cost must not vanish."""

    def test_of_the_legacy_platform_wait_as_unmatched_and_are_told(self, partner: Partner) -> None:
        blank = {"CustomerId": "", "CustomerCompanyName": "", "DetailLineItemId": "2", "SubscriptionId": OTHER}
        partner.bring(legacy_usage(), legacy_usage(amount="33.00", tax="8.25", **blank))
        closed = partner.close(month=FEBRUARY)
        lines = partner.lines(FEBRUARY)
        assert {(line.customer, line.bucket, line.because) for line in lines if line.bucket != "rated"} == {
            ("", "unmatched", "invoicing.line.no-customer")
        }
        (nobodys,) = [line for line in lines if line.bucket == "unmatched"]
        assert nobodys.cost == Decimal("33.00")
        assert "invoicing.bucket.unmatched" in {problem["code"] for problem in closed.problems}
        check_every_line_has_one_bucket(partner.company, FEBRUARY)
