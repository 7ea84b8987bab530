"""An invoice does not leave without its paper: it is made once, kept, and attached before the mail goes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from saldo.core.identity import CompanyId
from saldo.flows.attach_papers import attach_papers
from saldo.flows.send_messages import send_due
from saldo.outbox import queries
from saldo.parties import debtors
from saldo.parties.billing_actions import edit_debtor, ensure_debtors, set_particulars
from tests.conftest import NOW
from tests.invoicing.months import Partner
from tests.invoicing.test_closing import a_generated_month
from tests.outbox.post_office import Postmaster, an_order, later, mailbox, open_for_good, serving, world


@pytest.fixture
def issued(company: CompanyId, tmp_path: Path, settings: Any) -> Partner:
    """A month of twelve customers, issued; three of them get theirs by mail."""
    settings.LINE_STORE, settings.DOCUMENT_STORE = tmp_path / "store", tmp_path / "documents"
    (tmp_path / "files").mkdir()
    partner = Partner(company, tmp_path / "files")
    a_generated_month(partner, tmp_path / "made")
    ensure_debtors(company=company, at=NOW, by="test")
    for one in debtors.list_debtors(company=company)[:3]:
        changes = {"emails": [("Ekonomi", f"ekonomi@d{one.number}.example")]}
        edit_debtor(company=company, number=one.number, changes=changes, by="user:1", at=NOW)
    place = {"street": "Kajen 1", "postcode": "111 20", "city": "Stockholm", "vat_id": "SE556677889901"}
    set_particulars(company=company, changes=place, by="user:1", at=NOW)
    open_for_good(company)
    partner.close(issue=True, newest_backup=NOW)
    return partner


class TestPapers:
    def test_an_issued_invoice_arrives_as_the_pdf_that_is_kept(self, issued) -> None:
        office = Postmaster()
        with serving(office) as port:
            outside = world(mailbox(port), at=NOW)
            assert send_due(company=issued.company, world=outside).sent == 0  # the recall time runs
            sent = send_due(company=issued.company, world=later(outside, minutes=61)).sent
        assert sent == len(office.mails) > 0
        for _, mail in office.mails:
            (paper,) = mail.iter_attachments()
            assert paper.get_content().startswith(b"%PDF-")
            assert str(paper.get_filename()).removesuffix(".pdf") in mail["Subject"]

    def test_a_paper_that_cannot_be_made_stops_its_own_mail_and_says_so(self, company, settings, tmp_path) -> None:
        settings.DOCUMENT_STORE = tmp_path / "documents"
        open_for_good(company)
        stray = an_order(company, 99)
        from saldo.outbox.models import Message

        Message.objects.filter(company_id=company, id=stray).update(awaits_paper=True)
        an_order(company, 1)
        office = Postmaster()
        with serving(office) as port:
            outside = world(mailbox(port))
            assert send_due(company=company, world=outside).sent == 1
        soon = outside.clock.now()
        assert queries.list_work_items(company=company, now=soon) == ()
        (item,) = queries.list_work_items(company=company, now=soon + timedelta(hours=1))
        assert (item.kind, item.message.said != "") == ("no-paper", True)

    def test_papers_that_cannot_be_made_let_the_others_through(self, company, monkeypatch) -> None:
        monkeypatch.setattr("saldo.flows.attach_papers._AT_ONCE", 2)
        from saldo.outbox.models import Message

        strays = [an_order(company, 90 + number) for number in range(5)]
        Message.objects.filter(company_id=company, id__in=strays).update(awaits_paper=True)
        outside = world(mailbox(1))
        for _ in range(3):
            attach_papers(company=company, world=outside)
        tried = Message.objects.filter(company_id=company, id__in=strays).exclude(said="")
        assert tried.count() == len(strays)
