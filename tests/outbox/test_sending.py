"""Mail through a real server: sent once, refused, unreachable, or without a receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from saldo.audit import queries as audit
from saldo.core.identity import CompanyId
from saldo.flows.send_messages import Sent, send_due, send_messages
from saldo.outbox import actions, documents, queries
from saldo.outbox.rules.orders import Attachment
from saldo.parties import billing_actions
from saldo.parties.rules.addresses import ascii_form
from saldo.ports.mail import NO_MAIL, MailLimits, OutgoingMail, Receipt
from tests.outbox import post_office
from tests.outbox.post_office import BO, NOON, Postmaster, an_order, later, mailbox, open_for_good, serving, world

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 400


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


@pytest.fixture
def house(company: CompanyId) -> CompanyId:
    open_for_good(company)
    return company


def state_of(company: CompanyId, message: Any) -> tuple[str, str]:
    found = queries.find_message(company=company, message=message)
    assert found
    return found.state, found.code


class TestSent:
    def test_an_invoice_arrives_with_its_pdf_in_its_language(self, house) -> None:
        paper = Attachment(name="Faktura 2026-00017 Åre.pdf", media_type="application/pdf", sha256=documents.keep(PDF))
        order = an_order(house, attachments=[paper])
        office = Postmaster()
        with serving(office) as port:
            assert send_due(company=house, world=world(mailbox(port))) == Sent(sent=1)
        (recipients, mail), *others = office.mails
        assert (recipients, others) == (["ekonomi@havsbris.example"], [])
        assert mail["Content-Language"] == "sv"
        assert mail["From"] == "Fjordlys Cloud AB <billing@fjordlys.example>"
        assert mail["Subject"] == "Faktura 2026-00017"
        body, attachment = mail.get_body(), next(iter(mail.iter_attachments()))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == "Hej,\n\nhär kommer fakturan.\n.\nHälsningar\n"
        assert (attachment.get_filename(), attachment.get_content_type()) == (paper.name, "application/pdf")
        assert attachment.get_content() == PDF
        sent = queries.find_message(company=house, message=order)
        assert sent
        assert (sent.state, sent.said, sent.sent_at) == ("sent", "250 taken", NOON)
        assert sent.message_id == mail["Message-ID"]

    def test_a_sender_whose_domain_has_other_letters_is_written_as_servers_write_it(self, house) -> None:
        changes = {"legal_name": "Fjordlys AB, Åre", "email": "faktura@fjordlys-åre.example"}
        billing_actions.set_particulars(company=house, changes=changes, by="user:1", at=NOON)
        an_order(house)
        office = Postmaster()
        with serving(office) as port:
            box = replace(mailbox(port), sender="")
            assert send_due(company=house, world=world(box)) == Sent(sent=1)
        (_, mail), *_ = office.mails
        assert mail["From"].addresses[0].addr_spec == ascii_form("faktura@fjordlys-åre.example")
        assert mail["From"].addresses[0].display_name == "Fjordlys AB, Åre"
        assert str(mail["Message-ID"]).isascii()

    def test_nothing_leaves_before_its_recall_time_is_over(self, house) -> None:
        order = an_order(house, not_before=NOON + timedelta(minutes=60))
        office = Postmaster()
        with serving(office) as port:
            outside = world(mailbox(port))
            assert send_due(company=house, world=outside) == Sent()
            assert send_due(company=house, world=later(outside, minutes=60)) == Sent(sent=1)
        assert state_of(house, order) == ("sent", "")

    def test_a_second_run_sends_nothing_twice(self, house) -> None:
        an_order(house)
        office = Postmaster()
        with serving(office) as port:
            for _ in range(3):
                send_messages(world=world(mailbox(port)))
        assert len(office.mails) == 1

    def test_a_mailbox_is_not_asked_for_more_than_it_takes(self, house) -> None:
        for number in range(5):
            an_order(house, number)
        office = Postmaster()
        with serving(office) as port:
            outside = world(mailbox(port, limits=MailLimits(per_minute=2, recipients_a_day=4)))
            runs = [send_due(company=house, world=later(outside, minutes=minute)).sent for minute in (0, 0.5, 1, 2)]
            assert runs == [2, 0, 2, 0]
            assert send_due(company=house, world=later(outside, hours=24)).sent == 1

    def test_every_step_stands_in_the_log(self, house) -> None:
        an_order(house)
        with serving(Postmaster()) as port:
            send_due(company=house, world=world(mailbox(port)))
        codes = [entry.code for entry in audit.list_entries(company=house)]
        assert {"outbox.message.ordered", "outbox.message.taken", "outbox.message.sent"} <= set(codes)


class TestRefused:
    def test_one_refused_recipient_is_work_and_the_others_have_their_mail(self, house) -> None:
        order = an_order(house, recipients=["ekonomi@havsbris.example", "gone@havsbris.example"])
        office = Postmaster(unknown={"gone@havsbris.example"})
        with serving(office) as port:
            assert send_due(company=house, world=world(mailbox(port))) == Sent(sent=1)
            (item,) = queries.list_work_items(company=house, now=NOON)
            assert (item.kind, item.message.id) == ("partly-refused", order)
            assert [one.address for one in item.message.refusals] == ["gone@havsbris.example"]
            assert "550 5.1.1" in item.message.refusals[0].said
            actions.send_again(company=house, message=order, recipients=["ny@havsbris.example"], by=BO, at=NOON)
            send_due(company=house, world=world(mailbox(port)))
        assert [recipients for recipients, _ in office.mails] == [["ekonomi@havsbris.example"], ["ny@havsbris.example"]]
        assert len({mail["Message-ID"] for _, mail in office.mails}) == 1
        assert queries.list_work_items(company=house, now=NOON) == ()

    def test_a_mail_refused_for_all_is_refused_until_a_person_settles_it(self, house) -> None:
        order = an_order(house)
        with serving(Postmaster(data_answer="552 5.3.4 too big")) as port:
            assert send_due(company=house, world=world(mailbox(port))) == Sent(refused=1)
        assert state_of(house, order) == ("refused", "outbox.mail.refused")
        actions.settle(company=house, message=order, by=BO, at=NOON)
        assert queries.list_work_items(company=house, now=NOON) == ()

    def test_a_lost_document_is_not_sent_without(self, house) -> None:
        lost = Attachment(name="x.pdf", media_type="application/pdf", sha256="0" * 64)
        order = an_order(house, attachments=[lost])
        office = Postmaster()
        with serving(office) as port:
            assert send_due(company=house, world=world(mailbox(port))) == Sent(refused=1)
        assert (state_of(house, order), office.mails) == (("refused", "outbox.document.unknown"), [])


class TestUnreachable:
    def test_a_server_that_is_away_is_asked_again_later_and_later(self, house) -> None:
        first, second = an_order(house, 1), an_order(house, 2)
        port = post_office.free_port()
        outside = world(mailbox(port))
        assert send_due(company=house, world=outside) == Sent(put_back=1)
        assert state_of(house, first) == ("waiting", "outbox.mail.unreachable")
        assert state_of(house, second) == ("waiting", "")  # one try tells enough
        office = Postmaster()
        with serving(office, port=port):
            assert send_due(company=house, world=outside) == Sent(sent=1)
            assert send_due(company=house, world=later(outside, minutes=1)) == Sent(sent=1)
        assert [mail["Subject"] for _, mail in office.mails] == ["Faktura 2026-00002", "Faktura 2026-00001"]

    def test_after_many_tries_a_person_decides(self, house) -> None:
        order = an_order(house)
        outside = world(mailbox(post_office.free_port()))
        tries = 0
        while state_of(house, order)[0] == "waiting":
            tries += send_due(company=house, world=outside).put_back
            outside = later(outside, minutes=30)
        assert tries == 12
        assert [item.kind for item in queries.list_work_items(company=house, now=NOON)] == ["refused"]

    def test_a_busy_mailbox_gets_it_later_and_nobody_twice(self, house) -> None:
        an_order(house, 1, recipients=["a@havsbris.example", "b@havsbris.example"])
        an_order(house, 2)
        office = Postmaster(busy_for={"b@havsbris.example"})
        with serving(office) as port:
            outside = world(mailbox(port))
            assert send_due(company=house, world=outside) == Sent(put_back=1, sent=1)
            office.busy_for.clear()
            assert send_due(company=house, world=later(outside, minutes=1)) == Sent(sent=1)
        assert [recipients for recipients, _ in office.mails][1] == ["a@havsbris.example", "b@havsbris.example"]

    def test_a_house_without_a_mailbox_waits_and_says_so(self, house) -> None:
        order = an_order(house)
        billing_actions.set_particulars(company=house, changes={"email": "a@fjordlys.example"}, by=BO, at=NOON)
        assert send_due(company=house, world=world(NO_MAIL)) == Sent(put_back=1)
        assert state_of(house, order) == ("waiting", "outbox.mail.not-configured")


class PowerCut(BaseException):
    """The machine stops."""


@dataclass(frozen=True)
class CutAfterHandingOver:
    """A mailbox whose machine dies after the server took the mail and before anybody wrote that down."""

    inner: Any
    sender: str = "billing@fjordlys.example"
    limits: MailLimits = NO_MAIL.limits

    def send(self, mail: OutgoingMail) -> Receipt:
        self.inner.send(mail)
        raise PowerCut


class TestPowerCut:
    def test_a_mail_without_receipt_is_never_sent_again_by_itself(self, house) -> None:
        order = an_order(house)
        office = Postmaster()
        with serving(office) as port:
            with pytest.raises(PowerCut):
                send_due(company=house, world=world(CutAfterHandingOver(mailbox(port))))
            outside = world(mailbox(port))
            for minutes in (1, 30, 61, 60 * 24 * 30):
                assert send_due(company=house, world=later(outside, minutes=minutes)) == Sent()
            assert len(office.mails) == 1
            assert queries.list_work_items(company=house, now=NOON + timedelta(minutes=59)) == ()
            with pytest.raises(actions.UnableToSettle):
                actions.send_again(company=house, message=order, by=BO, at=NOON + timedelta(minutes=59))
            hour = NOON + timedelta(minutes=60)
            assert [item.kind for item in queries.list_work_items(company=house, now=hour)] == ["stuck"]
            actions.send_again(company=house, message=order, by=BO, at=hour)
            assert send_due(company=house, world=later(outside, minutes=60)) == Sent(sent=1)
        assert len({mail["Message-ID"] for _, mail in office.mails}) == 1
        assert len(office.mails) == 2

    def test_a_line_that_breaks_after_the_text_leaves_the_question_to_a_person(self, house) -> None:
        order = an_order(house)

        class Silent(Postmaster):
            async def handle_DATA(self, server, session, envelope):
                server.transport.abort()
                return "250 nobody hears this"

        with serving(Silent()) as port:
            assert send_due(company=house, world=world(mailbox(port))) == Sent(uncertain=1)
        assert state_of(house, order) == ("sending", "outbox.mail.uncertain")
        actions.settle(company=house, message=order, by=BO, at=NOON + timedelta(hours=1))
        assert state_of(house, order)[0] == "sent"


class TestFromWhom:
    def test_without_any_address_of_ours_nothing_is_handed_over(self, house) -> None:
        order = an_order(house)
        office = Postmaster()
        with serving(office) as port:
            assert send_due(company=house, world=world(mailbox(port, sender=""))) == Sent(put_back=1)
        assert (state_of(house, order), office.mails) == (("waiting", "outbox.mail.no-sender"), [])

    def test_answers_go_to_the_companys_own_address(self, house) -> None:
        billing_actions.set_particulars(company=house, changes={"email": "faktura@fjordlys.example"}, by=BO, at=NOON)
        an_order(house)
        office = Postmaster()
        with serving(office) as port:
            send_due(company=house, world=world(mailbox(port)))
        assert office.mails[0][1]["Reply-To"] == "faktura@fjordlys.example"
