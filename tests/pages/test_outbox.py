"""The pages of the outbox: what left, what waits, what a person does about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from saldo.audit.queries import list_entries
from saldo.outbox.actions import order_message
from saldo.outbox.models import Message
from saldo.outbox.queries import find_message
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.pages.desk import Desk
from tests.pages.people import signed_in


@pytest.fixture(autouse=True)
def _alone(desk: Desk) -> None:
    """Only the message of these tests, whatever else the desk has ordered."""
    with company_context(desk.company):
        Message.objects.exclude(id=desk.message).delete()


@pytest.fixture
def billing(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def put(desk: Desk, **said: Any) -> None:
    with company_context(desk.company):
        Message.objects.filter(id=desk.message).update(**said)


def found(desk: Desk) -> Any:
    with company_context(desk.company):
        return find_message(company=desk.company, message=desk.message)


class TestList:
    def test_says_that_this_is_a_rehearsal(self, billing: Client) -> None:
        assert "Rehearsal: mail is captured and shown, not sent." in text_of(billing, "/outbox/")

    def test_is_parted_by_state(self, desk: Desk, billing: Client) -> None:
        assert "Faktura 2026-00017" in text_of(billing, "/outbox/?state=waiting")
        assert "Faktura 2026-00017" not in text_of(billing, "/outbox/?state=sent")

    def test_puts_first_what_needs_a_person_and_why(self, desk: Desk, billing: Client) -> None:
        put(desk, state="bounced", code="outbox.mail.bounced", said="550 no such user")
        page = text_of(billing, "/outbox/")
        assert page.index("Needs a person") < page.index("All messages")
        assert "The mail came back. 550 no such user" in page
        assert "1 message needs a person" in page

    def test_leaves_as_a_table_without_formulas(self, desk: Desk, billing: Client) -> None:
        put(desk, subject="=cmd()")
        assert "'=cmd()" in billing.get("/outbox/csv/").content.decode("utf-8-sig")
        assert billing.get("/outbox/xlsx/").content.startswith(b"PK")


class TestMessage:
    def test_shows_its_text_in_its_language_and_its_document(self, desk: Desk, billing: Client) -> None:
        page = text_of(billing, desk.address("outbox-message"))
        assert 'lang="sv"' in page
        assert "här är fakturan." in page
        assert billing.get(desk.address("outbox-attachment")).content == b"%PDF-1.7 test"

    def test_has_no_second_document(self, desk: Desk, billing: Client) -> None:
        assert billing.get(f"/outbox/{desk.message}/files/1/").status_code == 404

    def test_is_taken_back_within_its_time(self, desk: Desk, billing: Client) -> None:
        assert "Take back" in text_of(billing, desk.address("outbox-message"))
        billing.post(desk.address("outbox-recall"))
        assert found(desk).state == "recalled"
        assert "Take back<" not in text_of(billing, desk.address("outbox-message"))

    def test_that_left_cannot_be_taken_back(self, desk: Desk, billing: Client) -> None:
        put(desk, state="sent", sent_at=NOW)
        assert "on their way or sent" in billing.post(desk.address("outbox-recall"), follow=True).content.decode()
        assert found(desk).state == "sent"

    def test_goes_again_to_a_mended_address(self, desk: Desk, billing: Client) -> None:
        put(desk, state="bounced", code="outbox.mail.bounced")
        billing.post(desk.address("outbox-again"), {"recipients": "new@nordlund.example; two@nordlund.example"})
        assert found(desk).recipients == ("new@nordlund.example", "two@nordlund.example")
        assert found(desk).state == "waiting"

    def test_goes_nowhere_without_an_address(self, desk: Desk, billing: Client) -> None:
        put(desk, state="bounced", code="outbox.mail.bounced")
        page = billing.post(desk.address("outbox-again"), {"recipients": "nobody"}, follow=True).content.decode()
        assert "nobody is not an e-mail address" in page
        assert found(desk).state == "bounced"

    def test_is_settled_by_a_person_whose_name_stays(self, desk: Desk, billing: Client) -> None:
        put(desk, state="refused", code="outbox.mail.refused")
        billing.post(desk.address("outbox-settle"))
        with company_context(desk.company):
            entry = list_entries(company=desk.company, code="outbox.message.settled")[0]
        assert entry.actor == f"user:{desk.people['billing'].pk}"
        assert "Refused, dealt with" in text_of(billing, "/outbox/")
        assert "Nothing waits for a person." in text_of(billing, "/outbox/")

    def test_shows_who_reads_only_no_act(self, desk: Desk) -> None:
        page = text_of(signed_in(desk.people["billing-reader"]), desk.address("outbox-message"))
        assert "/recall/" not in page


class TestWhatTheCapHolds:
    @pytest.fixture
    def held(self, desk: Desk) -> None:
        put(desk, state="held", code="outbox.held.daily-cap")

    @pytest.mark.usefixtures("held")
    def test_is_let_out_by_another_than_who_ordered_it(self, desk: Desk) -> None:
        owner, other = (signed_in(desk.people[who]) for who in ("global", "billing"))
        assert "Who proposed this cannot approve it." in text_of(owner, "/outbox/")
        assert 'action="/outbox/release/"' not in text_of(owner, "/outbox/")
        owner.post("/outbox/release/", {"channel": "mail"})
        assert found(desk).state == "held"
        assert 'action="/outbox/release/"' in text_of(other, "/outbox/")
        other.post("/outbox/release/", {"channel": "mail"})
        assert found(desk).state == "waiting"

    def test_is_nothing_on_a_usual_day(self, billing: Client) -> None:
        page = billing.post("/outbox/release/", {"channel": "mail"}, follow=True).content.decode()
        assert "is held by the daily cap" in page


class TestEmpty:
    def test_says_what_comes_first(self, desk: Desk) -> None:
        page = text_of(signed_in(desk.people["stranger"]), "/outbox/")
        assert "The first ones come when invoices are issued." in page

    def test_page_past_the_end_leads_back(self, desk: Desk, billing: Client) -> None:
        with company_context(desk.company):
            for number in range(60):
                order_message(
                    company=desk.company,
                    key=f"k{number}",
                    channel="mail",
                    purpose="invoice",
                    about=f"invoice:2026-1{number:04d}",
                    debtor=desk.debtor,
                    recipients=["pay@nordlund.example"],
                    language="en",
                    subject=f"Invoice {number}",
                    body="",
                    not_before=NOW,
                    by="test",
                    at=NOW,
                )
        assert "1–50 of 61" in text_of(billing, "/outbox/")
        assert "51–61 of 61" in text_of(billing, "/outbox/?page=2")
