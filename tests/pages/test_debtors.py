"""Who owes us: the ageing, the account of one debtor, who may read it, and changing who pays."""

from __future__ import annotations

import csv
import html
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from saldo.outbox.models import Message
from saldo.parties.actions import assign_customers
from saldo.parties.company import company_context
from saldo.parties.debtors import get_debtor, is_own_debtor, list_own_debtors, map_tenants
from tests.conftest import NOW
from tests.pages.desk import Desk
from tests.pages.people import signed_in
from tests.pages.test_receipts import an_invoice, money


@pytest.fixture
def client(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


def text_of(client: Client, address: str, said: dict[str, Any] | None = None) -> str:
    return html.unescape(client.get(address, said or {}).content.decode())


def assign(desk: Desk, client: Client, customer: str, to: str) -> None:
    client.post(f"/debtors/{to}/tenant/", {"customer": customer})


class TestTheList:
    def test_shows_open_and_overdue_as_of_any_day(self, desk: Desk, client: Client) -> None:
        an_invoice(desk, "2026-0412", "1250.00", currency="NOK")
        today = text_of(client, "/debtors/", {"currency": "NOK"})
        assert "1 debtor is overdue" in today
        assert "1,250.00" in today
        before_due = text_of(client, "/debtors/", {"as_of": "2026-04-30", "currency": "NOK"})
        assert "As it stood on 30 April 2026." in before_due
        assert "0 debtors are overdue" in before_due
        before_issue = client.get("/debtors/ageing.csv", {"as_of": "2026-03-30"}).content.decode("utf-8-sig")
        assert "NOK" not in before_issue

    def test_leaves_the_house_with_every_bucket(self, desk: Desk, client: Client) -> None:
        an_invoice(desk, "2026-0412", "1250.00", currency="NOK")
        rows = list(csv.reader(io.StringIO(client.get("/debtors/ageing.csv").content.decode("utf-8-sig"))))
        (ours,) = [row for row in rows if row[0] == desk.debtor and row[2] == "NOK"]
        assert sum(Decimal(cell) for cell in ours[3:9]) == Decimal(ours[9]) == Decimal("1250.00")

    @pytest.mark.parametrize("said", ["as_of=x&sort=y&page=z", "currency=zz&q=%25", "as_of=9999-12-31", "show=all"])
    def test_takes_odd_addresses(self, client: Client, said: str) -> None:
        assert client.get(f"/debtors/?{said}").status_code == 200


class TestWhatWasWritten:
    def refuse(self, desk: Desk, state: str, code: str) -> None:
        rows = Message.objects.filter(id=desk.message)
        rows.update(state=state, code=code, tried_at=NOW, sent_at=NOW if state != "refused" else None)

    @pytest.mark.parametrize(
        ("state", "code", "words"),
        [
            ("sent", "", "Sent: invoice 2026-00017"),
            ("refused", "outbox.mail.refused", "Refused: invoice 2026-00017"),
            ("bounced", "outbox.mail.bounced", "Came back: invoice 2026-00017"),
        ],
    )
    def test_stands_on_the_timeline_with_its_document(
        self, desk: Desk, client: Client, state: str, code: str, words: str
    ) -> None:
        assert "pay@nordlund.example" not in text_of(client, f"/debtors/{desk.debtor}/")
        with company_context(desk.company):
            self.refuse(desk, state, code)
        page = text_of(client, f"/debtors/{desk.debtor}/")
        assert words.casefold() in page.casefold()
        assert "pay@nordlund.example" in page
        assert f'href="{desk.address("outbox-attachment")}">2026-00017.pdf' in page

    def test_is_named_but_not_opened_by_who_may_not_read_the_outbox(self, desk: Desk) -> None:
        with company_context(desk.company):
            self.refuse(desk, "sent", "")
        page = text_of(signed_in(desk.people["helpdesk"]), f"/debtors/{desk.debtor}/")
        assert "2026-00017.pdf" in page
        assert desk.address("outbox-attachment") not in page


class TestAnAccount:
    def test_tells_opening_movements_and_closing(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "2026-0412", "100.00")
        key = money(desk, "30.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": item})
        text = text_of(client, f"/debtors/{desk.debtor}/", {"since": "2026-01-01"})
        for words in ("Opening balance", "Invoice 2026-0412", "+100.00", "Payment", "−30.00", "Closing balance"):
            assert words in text
        file = client.get(f"/debtors/{desk.debtor}/statement.csv", {"since": "2026-01-01"}).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(file)))[1:]
        moved = sum(Decimal(row[3]) for row in rows if row[3])
        assert Decimal(rows[0][4]) + moved == Decimal(rows[-1][4])
        assert {"100.00", "-30.00"} <= {row[3] for row in rows}

    def test_says_what_settled_an_open_item(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "2026-0412", "100.00")
        key = money(desk, "30.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": item})
        assert "12 May · Payment on account · 30.00" in text_of(client, f"/debtors/{desk.debtor}/")
        client.post("/receipts/undo/", {"match": f"{key}:match1", "entry": key})
        assert "Payment on account · 30.00" not in text_of(client, f"/debtors/{desk.debtor}/")

    def test_of_nobody_is_404_in_words(self, client: Client) -> None:
        answer = client.get("/debtors/no-such/")
        assert answer.status_code == 404
        assert "There is no debtor no-such." in html.unescape(answer.content.decode())


class TestWhoMayRead:
    def test_a_sales_agent_those_alone_whose_tenants_are_all_their_own(self, desk: Desk, client: Client) -> None:
        an_invoice(desk, "2026-0412", "100.00")
        sales = signed_in(desk.people["sales"])
        assert sales.get(f"/debtors/{desk.debtor}/").status_code == 200
        assert sales.get(f"/debtors/{desk.other_debtor}/").status_code == 403
        assert desk.debtor in text_of(sales, "/debtors/")
        assign(desk, client, desk.other, desk.debtor)
        assert sales.get(f"/debtors/{desk.debtor}/").status_code == 403
        assert desk.debtor not in text_of(sales, "/debtors/", {"show": "all"})
        assert "2026-0412" not in text_of(sales, desk.address("customer"))
        with company_context(desk.company):
            other = desk.people["sales"].pk
            assign_customers(company=desk.company, customers=[desk.other], to=other, actor="test", at=NOW)
            assert is_own_debtor(company=desk.company, number=desk.debtor, owner=other)
            assert desk.debtor in list_own_debtors(company=desk.company, owner=other)

    def test_helpdesk_sees_accounts_and_may_change_nothing(self, desk: Desk) -> None:
        helpdesk = signed_in(desk.people["helpdesk"])
        text = text_of(helpdesk, f"/debtors/{desk.debtor}/")
        assert "Edit particulars" not in text
        assert "Send this back" not in text
        assert helpdesk.get(f"/debtors/{desk.debtor}/edit/").status_code == 403


class TestEditing:
    def test_keeps_what_was_typed_and_says_what_is_wrong(self, desk: Desk, client: Client) -> None:
        said = {"name": "New name AB", "country": "SE", "vat_id": "SE12", "is_active": "yes"}
        answer = client.post(f"/debtors/{desk.debtor}/edit/", said)
        text = html.unescape(answer.content.decode())
        assert answer.status_code == 200
        assert 'value="New name AB"' in text
        assert 'aria-invalid="true"' in text

    def test_writes_what_the_form_says(self, desk: Desk, client: Client) -> None:
        said = {"name": "New name AB", "country": "se", "emails": "Eva Ek <eva@example.com>\npay@example.com"}
        assert client.post(f"/debtors/{desk.debtor}/edit/", said | {"is_active": "yes"}).status_code == 302
        with company_context(desk.company):
            found = get_debtor(company=desk.company, number=desk.debtor)
        assert (found.name, found.country) == ("New name AB", "SE")
        assert found.emails == (("Eva Ek", "eva@example.com"), ("", "pay@example.com"))

    def test_charges_a_tenant_to_another_debtor(self, desk: Desk, client: Client) -> None:
        client.post(f"/debtors/{desk.debtor}/tenant/", {"customer": desk.own, "to": desk.other_debtor})
        with company_context(desk.company):
            assert map_tenants(company=desk.company)[desk.own] == desk.other_debtor
        answer = client.post(f"/debtors/{desk.debtor}/tenant/", {"customer": "nobody", "to": ""}, follow=True)
        assert "is not exactly one tenant" in html.unescape(answer.content.decode())


class TestTheCustomersPage:
    def test_says_who_pays_and_what_is_open(self, desk: Desk, client: Client) -> None:
        an_invoice(desk, "2026-0412", "1250.00", currency="NOK")
        text = text_of(client, desk.address("customer"))
        assert "Who pays" in text
        assert "overdue 1,250.00 NOK" in text
        assert f"/debtors/{desk.debtor}/" in text
