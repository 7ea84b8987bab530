"""Pages: the old book is taken over on its page, shown, given back; a shadow month tells every difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from saldo.flows.month_close import draft_month
from saldo.ledger.openings import list_take_overs, list_taken_over
from saldo.ledger.queries import sum_open
from saldo.parties.company import company_context
from tests.opening.old_book import as_csv, row
from tests.pages.desk import Desk
from tests.pages.people import signed_in
from tests.rooms.importing import A_WORLD

AS_OF = "2026-04-30"


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("old.csv", data)


def the_file(desk: Desk) -> bytes:
    known = {"dispute_amount": "40.00", "dispute_reason": "wrong seats", "step": "2", "last_notice": "second reminder"}
    return as_csv(
        row("A-1", debtor=desk.debtor, **known),
        row("A-2", "-20.00", kind="credit", debtor=desk.debtor),
        row("A-3", "80.00", debtor="Ny kund AB", name="Ny kund AB", country="SE"),
    )


def shown(client: Client, data: bytes, controls: str = "") -> str:
    said = {"file": upload(data), "as_of": AS_OF, "controls": controls}
    return client.post(reverse("desk:opening"), said).content.decode()


class TestTakingOver:
    def test_the_preview_says_what_does_not_add_up_and_offers_no_button(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        text = shown(client, the_file(desk), "SEK 186.00")
        assert "Differs" in text
        assert "−1.00" in text
        assert "Disputed 40.00 · Step 2" in text
        assert "New debtor" in text
        assert reverse("desk:opening-take") not in text
        assert "No control total" in shown(client, the_file(desk))

    def test_a_fault_is_told_in_words_at_its_row(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        text = shown(client, as_csv(row(debtor="nobody", open="130.00", original="125.00")), "SEK 130")
        assert "No debtor here has this number" in text
        assert "more than the original" in text
        assert "ledger.opening" not in text

    def test_confirmed_it_stands_in_the_books_and_on_its_page_and_may_be_given_back(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        text = shown(client, the_file(desk), "SEK 185,00")
        kept = text.partition('name="kept" value="')[2].partition('"')[0]
        said = {"kept": kept, "as_of": AS_OF, "controls": "SEK 185,00"}
        page = client.post(reverse("desk:opening-take"), said, follow=True)
        told = page.content.decode()
        for words in ("A-1", "Ny kund AB", "wrong seats", "Last notice second reminder", "3 items were taken over."):
            assert words in told
        with company_context(desk.company):
            file, *_ = list_take_overs(company=desk.company)
            assert sum_open(company=desk.company, as_of=file.as_of)["SEK"] == Decimal("185.00")
        sheet = client.get(reverse("desk:opening-file-csv", args=[file.name])).content.decode("utf-8-sig")
        assert '"A-1"' in sheet
        again = client.post(reverse("desk:opening-take"), said, follow=True).content.decode()
        assert "taken over before" in again
        back = client.post(reverse("desk:opening-undo", args=[file.name]), follow=True).content.decode()
        assert "3 items were given back." in back
        with company_context(desk.company):
            assert list_taken_over(company=desk.company) == ()

    def test_wrong_input_loses_nothing_and_says_what_to_do(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        text = client.post(reverse("desk:opening"), {"as_of": AS_OF, "controls": "SEK 1"}).content.decode()
        assert "Choose a file" in text
        assert 'value="SEK 1"' in text
        assert "cannot be read" in shown(client, the_file(desk), "a lot")
        said = {"file": upload(the_file(desk)), "as_of": "soon"}
        assert "Say from which day" in client.post(reverse("desk:opening"), said).content.decode()
        assert client.get(reverse("desk:opening-file", args=["none"])).status_code == 404

    def test_sales_and_helpdesk_do_not_come_in(self, desk: Desk) -> None:
        for who in ("sales", "helpdesk", "manager", "billing-of-some"):
            client = signed_in(desk.people[who])
            assert client.get(reverse("desk:opening")).status_code == 403
            assert client.get(reverse("desk:shadow")).status_code == 403


class TestShadowMonth:
    def test_tells_each_difference_with_its_reason_and_gives_it_away(self, desk: Desk) -> None:
        with company_context(desk.company):
            draft_month(company=desk.company, month=desk.month, by="test", world=A_WORLD, today=date(2026, 6, 5))
        client = signed_in(desk.people["billing"])
        old = (
            f"customer,product,quantity,net,currency\n{desk.debtor},Old thing,1,77000000.00,SEK\nx,y,z,1,SEK\n".encode()
        )
        said = {"file": upload(old), "month": str(desk.month)}
        page = client.post(reverse("desk:shadow"), said, follow=True)
        text = page.content.decode()
        assert "Only in the old tool −77,000,000.00" in text
        assert "Only here" in text
        assert "1 row cannot be read" in text
        address = page.redirect_chain[-1][0]
        sheet = client.get(address.replace("/shadow/", "/shadow/csv/")).content.decode("utf-8-sig")
        assert '"Old thing"' in sheet
        assert client.get(address + "&all=yes&page=1").status_code == 200
