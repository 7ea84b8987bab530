"""Mail that came back is found by its Message-ID and becomes work for a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.connectors.bounces import read_bounces
from saldo.flows.send_messages import collect_bounces, send_due
from saldo.outbox import actions, queries
from tests.outbox.post_office import BO, NOON, Postmaster, an_order, mailbox, open_for_good, serving, world

REPORT = """\
From: postmaster@havsbris.example
To: billing@fjordlys.example
Subject: Undeliverable: Faktura
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.havsbris.example

Original-Recipient: rfc822; ekonomi@havsbris.example
Final-Recipient: rfc822; ekonomi@havsbris.example
Action: {action}
Status: 5.1.10
Diagnostic-Code: smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound;
    recipient not found

--b
{original}
--b--
"""
WHOLE = "Content-Type: message/rfc822\n\nMessage-ID: {id}\nSubject: Faktura\n\nHej"
HEADERS = "Content-Type: text/rfc822-headers\n\nMessage-ID: {id}\nSubject: Faktura\n"


def report(message_id: str, *, action: str = "failed", original: str = WHOLE) -> bytes:
    return REPORT.format(action=action, original=original.format(id=message_id)).encode()


class TestReading:
    def test_a_report_names_mail_recipient_and_reason(self) -> None:
        for original in (WHOLE, HEADERS):
            (bounce,) = read_bounces(report("<abc@fjordlys.example>", original=original))
            assert (bounce.message_id, bounce.recipient) == ("<abc@fjordlys.example>", "ekonomi@havsbris.example")
            assert bounce.status == "5.1.10"
            assert bounce.said == "550 5.1.10 RESOLVER.ADR.RecipientNotFound; recipient not found"

    def test_a_delay_is_no_bounce(self) -> None:
        assert read_bounces(report("<abc@fjordlys.example>", action="delayed")) == ()

    def test_other_mail_is_no_bounce(self) -> None:
        assert read_bounces(b"From: a@b.example\nSubject: Hej\n\nTack") == ()
        assert read_bounces(report("nothing", original="Content-Type: text/plain\n\nx")) == ()

    @given(st.binary(max_size=400), st.integers(0, 1200))
    def test_no_bytes_at_all_make_it_fall_over(self, noise, place) -> None:
        whole = report("<abc@fjordlys.example>")
        for data in (noise, whole[:place] + noise + whole[place:], whole[:place]):
            for bounce in read_bounces(data):
                kept = f"{bounce.message_id}{bounce.recipient}{bounce.status}{bounce.said}"
                assert "\0" not in kept  # no database would take it
                assert kept.encode()

    @pytest.mark.parametrize("odd", ['<@:;"<[abc@f.example>', "<abc@[f.example>", "<abc@\rf.example>", "<"])
    @pytest.mark.parametrize("original", [WHOLE, HEADERS])
    def test_a_header_that_breaks_the_grammar_costs_that_report_only(self, odd, original) -> None:
        assert isinstance(read_bounces(report(odd, original=original)), tuple)


class TestComingBack:
    def test_a_bounce_is_work_once(self, company, tmp_path) -> None:
        open_for_good(company)
        order = an_order(company)
        with serving(Postmaster()) as port:
            outside = world(mailbox(port, folder=tmp_path))
            send_due(company=company, world=outside)
        sent = queries.find_message(company=company, message=order)
        assert sent
        for name in ("1.eml", "2.eml"):
            (tmp_path / name).write_bytes(report(sent.message_id))
        (tmp_path / "3.eml").write_bytes(report("<somebody@else.example>"))
        (tmp_path / "4.eml").write_bytes(b"Subject: no report\n\nHej")
        assert collect_bounces(world=outside) == 1
        assert collect_bounces(world=outside) == 0
        assert sorted(file.name for file in tmp_path.iterdir()) == ["4.eml", "read"]
        (item,) = queries.list_work_items(company=company, now=NOON)
        assert (item.kind, item.message.code) == ("bounced", "outbox.mail.bounced")
        assert item.message.refusals[0].status == "5.1.10"
        actions.settle(company=company, message=order, by=BO, at=NOON)
        assert queries.list_work_items(company=company, now=NOON) == ()

    def test_a_late_report_does_not_stop_a_mail_that_was_let_go_again(self, company, tmp_path) -> None:
        open_for_good(company)
        order = an_order(company)
        office = Postmaster()
        with serving(office) as port:
            outside = world(mailbox(port, folder=tmp_path))
            send_due(company=company, world=outside)
            message_id = str(office.mails[0][1]["Message-ID"])
            (tmp_path / "1.eml").write_bytes(report(message_id))
            collect_bounces(world=outside)
            actions.send_again(company=company, message=order, recipients=["ny@havsbris.example"], by=BO, at=NOON)
            (tmp_path / "2.eml").write_bytes(report(message_id))
            assert collect_bounces(world=outside) == 0
            assert send_due(company=company, world=outside).sent == 1

    def test_a_bounced_mail_can_go_to_another_address(self, company, tmp_path) -> None:
        open_for_good(company)
        order = an_order(company)
        office = Postmaster()
        with serving(office) as port:
            outside = world(mailbox(port, folder=tmp_path))
            send_due(company=company, world=outside)
            (tmp_path / "1.eml").write_bytes(report(str(office.mails[0][1]["Message-ID"])))
            collect_bounces(world=outside)
            actions.send_again(company=company, message=order, recipients=["ny@havsbris.example"], by=BO, at=NOON)
            send_due(company=company, world=outside)
        assert [to for to, _ in office.mails] == [["ekonomi@havsbris.example"], ["ny@havsbris.example"]]
