"""What we owe Microsoft on pages: what is shown, two people's word, forms that lose nothing, files, claims."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from saldo.audit.queries import list_entries
from saldo.core.identity import LANGUAGES
from saldo.ledger.ageing import age, age_together
from saldo.parties.company import company_context
from saldo.payables.pay_queries import ClaimShown, PaymentShown, get_run, list_claims, list_payments
from saldo.payables.queries import PayableShown, get_payable, list_payables
from tests.conftest import NOW
from tests.pages.desk import Desk
from tests.pages.owed import TODAY
from tests.pages.people import signed_in

LATER = date(2100, 1, 1)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, desk: Desk, act: str, **said: str) -> str:
    """The page that an act leads to."""
    answer = client.post(desk.address(act), said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def owed(desk: Desk) -> PayableShown:
    """As it stands long after: acts of the pages happen on the day of the real clock."""
    with company_context(desk.company):
        return get_payable(company=desk.company, document=desk.payable, today=LATER)


def payments(desk: Desk) -> tuple[PaymentShown, ...]:
    with company_context(desk.company):
        return list_payments(company=desk.company, document=desk.payable)


def claims(desk: Desk, *, is_settled: bool = False) -> list[ClaimShown]:
    with company_context(desk.company):
        return list(list_claims(company=desk.company, today=TODAY, is_settled=is_settled))


@pytest.fixture
def billing(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


class TestList:
    def test_tells_every_open_document_with_level_and_sum(self, desk: Desk, billing: Client) -> None:
        text = page(billing, "/payables/")
        assert desk.payable in text
        assert "assumed" in text
        assert "SEK" in text
        assert "0 of 2" in text

    def test_a_loud_document_is_told_above_the_list(self, desk: Desk, billing: Client) -> None:
        """Long after its due day: the clock of the pages is the real one."""
        assert "Microsoft may suspend us" in page(billing, "/payables/")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_code_is_shown_in_any_language(self, desk: Desk, language: str) -> None:
        person = desk.people["billing"]
        person.language = language
        person.save(update_fields=["language"])
        client = signed_in(person)
        pages = [desk.address(name) for name in ("payable", "payables-run", "payables-pay", "payables-claims", "cash")]
        for address in ["/payables/", "/payables/calendar/", "/payables/?state=every", "/home/", *pages]:
            assert re.findall(r">[^<]*\b(?:payables|pages|desk)\.[a-z-]+\.[a-z-]+", page(client, address)) == []

    def test_the_file_to_take_away_adds_up_to_what_is_open(self, desk: Desk, billing: Client) -> None:
        rows = list(csv.DictReader(io.StringIO(page(billing, "/payables/csv/").removeprefix("\ufeff"))))
        with company_context(desk.company):
            found = list_payables(company=desk.company, today=LATER)
        assert sum(Decimal(row["Open"]) for row in rows) == sum(one.open for one in found)

    @pytest.mark.parametrize("asked", ["?month=2026-06", "?month=0001-01", "?month=nonsense", "?month=9999-12", ""])
    def test_the_calendar_opens_for_any_month(self, billing: Client, asked: str) -> None:
        assert "<table" in page(billing, f"/payables/calendar/{asked}")

    def test_the_calendar_shows_due_day_and_last_safe_day(self, desk: Desk, billing: Client) -> None:
        one = owed(desk)
        for day in (one.due_on, one.last_safe_on):
            assert one.document in page(billing, f"/payables/calendar/?month={day:%Y-%m}")


class TestApproval:
    def test_names_who_said_yes_and_who_still_can(self, desk: Desk, billing: Client) -> None:
        post(billing, desk, "payable-approve")
        text = page(billing, desk.address("payable"))
        assert desk.people["billing"].email in text
        assert desk.people["global"].email in text
        assert desk.people["billing-reader"].email not in text
        assert not owed(desk).is_approved

    def test_two_people_make_it_payable_and_each_may_take_it_back(self, desk: Desk, billing: Client) -> None:
        post(billing, desk, "payable-approve")
        assert "already" in post(billing, desk, "payable-approve")
        post(signed_in(desk.people["global"]), desk, "payable-approve")
        assert owed(desk).is_approved
        post(billing, desk, "payable-withdraw")
        assert not owed(desk).is_approved
        with company_context(desk.company):
            assert list_entries(company=desk.company, code="payables.approval.withdrawn")

    def test_who_entered_a_line_is_told_why_not(self, desk: Desk, billing: Client) -> None:
        post(billing, desk, "payable-line", **{"line-name": "Goodwill", "line-net": "-0,00"})
        assert owed(desk).named_lines == ()
        post(billing, desk, "payable-line", **{"line-name": "Goodwill", "line-net": "1,50"})
        post(billing, desk, "payable-line", **{"line-name": "Goodwill", "line-net": "-1.50"})
        assert [line.net for line in owed(desk).named_lines] == [Decimal("1.5"), Decimal("-1.5")]
        text = page(billing, desk.address("payable"))
        assert "Somebody else must approve it" in text
        assert desk.address("payable-approve") not in text


class TestForms:
    def test_a_wrong_figure_comes_back_with_all_that_was_said(self, desk: Desk, billing: Client) -> None:
        said = {"read-total": "12x", "read-tax": "3", "read-invoiced": "2026-05-08", "read-due": "2026-07-07"}
        text = post(billing, desk, "payable-read", **said)
        assert 'value="12x"' in text
        assert 'aria-invalid="true"' in text
        assert owed(desk).is_due_assumed

    def test_what_was_read_makes_the_due_day_certain(self, desk: Desk, billing: Client) -> None:
        before = owed(desk)
        said = {
            "read-total": f"{before.gross:.2f}",
            "read-tax": "0",
            "read-invoiced": before.invoiced_on.isoformat(),
            "read-due": "2026-07-02",
        }
        post(billing, desk, "payable-read", **said)
        after = owed(desk)
        assert (after.due_on.isoformat(), after.is_due_assumed) == ("2026-07-02", False)

    def test_a_payment_with_tax_withheld_is_booked_and_can_be_taken_back(self, desk: Desk, billing: Client) -> None:
        before = owed(desk).open
        said = {"pay-account": "giro", "pay-on": "2026-05-11", "pay-value": "100,00", "pay-withheld": "10"}
        post(billing, desk, "payable-payment", **said)
        assert owed(desk).open == before - 110
        (payment,) = payments(desk)
        assert [claim.kind for claim in claims(desk) if claim.about == desk.payable] == ["withholding"]
        post(billing, desk, "payable-payment-back", payment=payment.key)
        assert owed(desk).open == before

    @pytest.mark.parametrize("value", ["0", "-5", "", "one"])
    def test_a_payment_of_no_amount_is_not_booked(self, desk: Desk, billing: Client, value: str) -> None:
        said = {"pay-account": "giro", "pay-on": "2026-05-11", "pay-value": value}
        assert 'class="note bad"' in post(billing, desk, "payable-payment", **said)
        assert payments(desk) == ()

    def test_a_dispute_stops_no_payment(self, desk: Desk, billing: Client) -> None:
        post(billing, desk, "payable-dispute", **{"dispute-text": "Twice", "dispute-by": "2026-06-01"})
        assert [claim.text for claim in claims(desk) if claim.kind == "dispute"] == ["Twice"]
        assert owed(desk).open > 0

    def test_too_much_paid_becomes_a_credit_for_another_document(self, desk: Desk, billing: Client) -> None:
        with company_context(desk.company):
            found = list_payables(company=desk.company, today=TODAY)
        other = next(one for one in found if one.open > 0 and one.document != desk.payable and not one.run)
        said = {"pay-account": "giro", "pay-on": "2026-05-11", "pay-value": f"{other.open + 25:.2f}"}
        billing.post(reverse("desk:payable-payment", args=[other.document]), said)
        before = owed(desk).open
        text = page(billing, desk.address("payable"))
        (item,) = re.findall(r'<option value="(payment:[^"]+)"', text)
        post(billing, desk, "payable-credit", **{"credit-item": item.replace("&#x27;", "'")})
        assert owed(desk).open == before - 25


class TestRun:
    def test_in_rehearsal_is_captured_shown_and_can_be_taken_away(self, desk: Desk, billing: Client) -> None:
        text = page(billing, desk.address("payables-run"))
        assert "rehearsal" in text
        assert "CstmrCdtTrfInitn" in text
        file = billing.get(desk.address("payables-run-file"))
        assert file["Content-Disposition"].endswith("rehearsal.xml")
        assert b"CstmrCdtTrfInitn" in file.content
        post(billing, desk, "payables-run-hand-over")
        with company_context(desk.company):
            assert get_run(company=desk.company, number=desk.run).state == "captured"

    def test_names_what_may_go_into_it_and_what_may_not(self, desk: Desk, billing: Client) -> None:
        text = page(billing, "/payables/pay/")
        assert "is not approved by enough people" in text
        refused = billing.post("/payables/pay/order/", {"documents": [desk.payable], "account": "giro", "pay-on": ""})
        assert 'aria-invalid="true"' in refused.content.decode()

    def test_cancelled_it_lets_its_documents_go(self, desk: Desk, billing: Client) -> None:
        post(billing, desk, "payables-run-cancel")
        with company_context(desk.company):
            assert get_run(company=desk.company, number=desk.run).state == "cancelled"


class TestClaims:
    def test_the_last_day_follows_from_what_happened(self, desk: Desk, billing: Client) -> None:
        said = {"claim-what": "fraud", "claim-on": "2026-05-01", "claim-about": "INC-1"}
        billing.post("/payables/claims/open/", said)
        (claim,) = [one for one in claims(desk) if one.about == "INC-1"]
        assert (claim.kind, claim.claim_by.isoformat()) == ("fraud-credit", "2026-06-30")

    def test_what_lacks_a_day_or_a_subject_comes_back(self, desk: Desk, billing: Client) -> None:
        answer = billing.post("/payables/claims/open/", {"claim-what": "fraud", "claim-text": "kept"})
        assert "kept" in answer.content.decode()
        assert len(claims(desk)) == 1

    def test_moves_only_as_claims_can(self, desk: Desk, billing: Client) -> None:
        text = post(billing, desk, "payables-claim-move", state="granted")
        assert "A claim that is To be filed cannot become Granted" in text
        post(billing, desk, "payables-claim-move", state="filed")
        post(billing, desk, "payables-claim-move", state="granted", granted="1 000,00")
        assert [one.granted for one in claims(desk, is_settled=True)] == [Decimal(1000)]


class TestCash:
    def test_names_the_lowest_point_and_draws_it_with_a_table(self, desk: Desk, billing: Client) -> None:
        text = page(billing, "/cash/")
        assert "will be missing on" in text
        assert 'role="img"' in text
        assert text.count("<table") >= 2

    def test_every_day_can_be_taken_away(self, desk: Desk, billing: Client) -> None:
        rows = list(csv.DictReader(io.StringIO(page(billing, "/cash/csv/").removeprefix("\ufeff"))))
        assert rows
        assert {row["Currency"] for row in rows} >= {"SEK"}

    def test_without_any_money_says_why_it_is_empty(self, desk: Desk) -> None:
        assert "no money to look at yet" in page(signed_in(desk.people["stranger"]), "/cash/")


class TestHome:
    def test_tells_what_is_owed_what_waits_and_how_old_the_bank_is(self, desk: Desk, billing: Client) -> None:
        text = page(billing, "/home/")
        assert "We owe Microsoft" in text
        assert "waits for your approval" in text
        assert "No bank file yet" in text

    def test_asks_nobody_for_an_approval_they_may_not_give(self, desk: Desk) -> None:
        reader = page(signed_in(desk.people["billing-reader"]), "/home/")
        assert "waits for your approval" not in reader

    def test_sums_of_all_debtors_are_those_of_each(self, desk: Desk) -> None:
        today = NOW.date()
        with company_context(desk.company):
            together = age_together(company=desk.company, today=today)
            each = age(company=desk.company, as_of=today)
        assert {one.currency: one.total for one in together} == {
            currency: sum(one.total for one in each if one.currency == currency)
            for currency in {one.currency for one in each}
        }
