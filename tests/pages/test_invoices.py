"""The desk's pages of billing: drafts in review, waves, issued documents and what becomes of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from saldo.core.periods import Month
from saldo.flows.month_close import close_month
from saldo.invoicing.actions.charging import set_invoicing
from saldo.invoicing.month_pages import count_drafts, list_waves, page_drafts, page_wave
from saldo.invoicing.proposals import list_proposals
from saldo.invoicing.queries import find_cancellation, list_drafts, list_invoices
from saldo.invoicing.registry import Asked, list_issued
from saldo.ledger.queries import find_item
from saldo.outbox.queries import list_messages
from saldo.parties.company import company_context
from saldo.parties.debtors import map_tenants
from saldo.server.wiring import real_world
from tests.conftest import NOW
from tests.pages.desk import Desk
from tests.pages.people import signed_in

TODAY = NOW.date()


def close(desk: Desk, month: Month | None = None, *, issue: bool = False) -> None:
    close_month(
        company=desk.company, month=month or desk.month, issue=issue, by="test", world=real_world(), today=TODAY
    )


def confirmed(page: str) -> dict[str, str]:
    """What the dialog would send."""
    found = dict(re.findall(r'name="(month|count|totals)" value="([^"]*)"', page))
    assert found.keys() == {"month", "count", "totals"}
    return found


def issue_through_the_page(desk: Desk) -> Client:
    close(desk)
    client = signed_in(desk.people["billing"])
    said = confirmed(client.get("/invoices/").content.decode())
    assert client.post("/invoices/issue/", said)["Location"] == "/invoices/waves/"
    return client


def newest(desk: Desk, *, of: Any = None) -> str:
    with company_context(desk.company):
        debtors = None if of is None else [map_tenants(company=desk.company)[of]]
        return next(one for one in list_invoices(company=desk.company, debtors=debtors) if one.gross > 0).number


class TestMonth:
    def test_is_drafted_by_a_press(self, desk: Desk) -> None:
        client = signed_in(desk.people["billing"])
        client.post("/invoices/draft/", {"month": str(desk.month)})
        with company_context(desk.company):
            assert count_drafts(company=desk.company, month=desk.month).all > 0

    def test_shows_what_microsoft_charged_as_the_sum_of_the_buckets(self, desk: Desk) -> None:
        close(desk)
        page = signed_in(desk.people["billing"]).get("/invoices/").content.decode()
        balance = page[page.index('class="bal"') :].split("</section>")[0]
        values = re.findall(r'class="v[^"]*">(?:<span class="zero">)?([\d,.−]+)', balance)
        amounts = [float(text.replace(",", "").replace("−", "-")) for text in values]
        assert len(amounts) == 5
        assert abs(amounts[0] - sum(amounts[1:])) < 0.005

    def test_lists_drafts_in_the_order_of_the_room(self, desk: Desk) -> None:
        close(desk)
        with company_context(desk.company):
            whole = [one.invoice.id for one in list_drafts(company=desk.company, month=desk.month)]
            paged = [one.id for one in page_drafts(company=desk.company, month=desk.month, limit=50)]
            assert paged == whole[:50]
            odd = sum(one.is_odd for one in list_drafts(company=desk.company, month=desk.month))
            assert count_drafts(company=desk.company, month=desk.month).odd == odd

    def test_of_nothing_says_what_comes_next(self, desk: Desk) -> None:
        page = signed_in(desk.people["stranger"]).get("/invoices/").content.decode()
        assert "Import a month" in page

    def test_leads_who_has_no_part_in_billing_to_what_was_issued(self, desk: Desk) -> None:
        for who in ("helpdesk", "sales"):
            assert signed_in(desk.people[who]).get("/invoices/")["Location"] == "/invoices/issued/"

    def test_holds_ticked_drafts_and_lets_them_go(self, desk: Desk) -> None:
        close(desk)
        client = signed_in(desk.people["billing"])
        with company_context(desk.company):
            draft = page_drafts(company=desk.company, month=desk.month, limit=1)[0].id
            held = count_drafts(company=desk.company, month=desk.month).held
        client.post("/invoices/mark/", {"month": str(desk.month), "draft": [draft], "act": "hold"})
        with company_context(desk.company):
            assert count_drafts(company=desk.company, month=desk.month).held == held + 1
        client.post("/invoices/mark/", {"month": str(desk.month), "draft": [draft], "act": "release"})
        with company_context(desk.company):
            assert count_drafts(company=desk.company, month=desk.month).held == held


class TestReview:
    def test_shows_paper_and_reasons_and_leads_to_the_next(self, desk: Desk) -> None:
        close(desk, desk.month.plus(-1), issue=True)
        close(desk)
        client = signed_in(desk.people["billing"])
        with company_context(desk.company):
            first, second = page_drafts(company=desk.company, month=desk.month, limit=2)
        page = client.get(f"/invoices/drafts/{first.id}/").content.decode()
        assert f"/invoices/drafts/{second.id}/" in page
        assert "To pay" in page
        assert "Unexplained" in page

    def test_of_a_draft_that_was_issued_says_so(self, desk: Desk) -> None:
        answer = signed_in(desk.people["billing"]).get("/invoices/drafts/999999/")
        assert answer.status_code == 404
        assert "not there any more" in answer.content.decode()


class TestIssue:
    def test_gives_numbers_to_what_was_confirmed(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        with company_context(desk.company):
            wave = list_waves(company=desk.company)[0]
            found = list_invoices(company=desk.company, month=desk.month)
            assert wave.issued == wave.count == len(found)
        assert "Stop the mail" in client.get("/invoices/waves/").content.decode()

    def test_refuses_another_count_than_there_is(self, desk: Desk) -> None:
        close(desk)
        client = signed_in(desk.people["billing"])
        said = confirmed(client.get("/invoices/").content.decode()) | {"count": "1"}
        page = client.post("/invoices/issue/", said, follow=True).content.decode()
        with company_context(desk.company):
            assert list_invoices(company=desk.company, month=desk.month) == ()
        assert "note error" in page or "note bad" in page

    def test_says_what_our_own_papers_lack_and_where_to_write_it(self, desk: Desk) -> None:
        close(desk)
        page = signed_in(desk.people["billing"]).get("/invoices/").content.decode()
        assert "Our own VAT id is missing" in page
        assert 'href="/company/"' in page

    def test_is_not_offered_where_it_would_be_refused_and_says_why(self, desk: Desk) -> None:
        close(desk)
        with company_context(desk.company):
            set_invoicing(company=desk.company, changes={"demands_backup": True}, by="test", at=NOW)
        page = signed_in(desk.people["billing"]).get("/invoices/").content.decode()
        assert 'id="issue"' not in page
        assert "backup" in page.lower()

    def test_stops_the_mail_once_while_there_is_time(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        with company_context(desk.company):
            wave = list_waves(company=desk.company)[0]
        client.post(f"/invoices/waves/{wave.id}/recall/")
        with company_context(desk.company):
            assert list_waves(company=desk.company)[0].recalled_at is not None
        page = client.post(f"/invoices/waves/{wave.id}/recall/", follow=True).content.decode()
        assert "was stopped before" in page


class TestIssuedDocuments:
    def test_are_found_by_number_and_state(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        number = newest(desk)
        assert number in client.get("/invoices/issued/", {"q": number}).content.decode()
        assert number in client.get("/invoices/issued/", {"state": "open"}).content.decode()
        assert number not in client.get("/invoices/issued/", {"state": "paid"}).content.decode()
        assert "No document fits" in client.get("/invoices/issued/", {"q": "no such"}).content.decode()

    def test_leave_as_csv_and_workbook(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        assert newest(desk) in client.get("/invoices/issued/csv/").content.decode()
        assert client.get("/invoices/issued/xlsx/").status_code == 200

    def test_show_sources_to_who_may_see_cost_only(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        address = f"/invoices/issued/{newest(desk, of=desk.own)}/"
        assert "/imports/rows/" in client.get(address).content.decode()
        for who in ("helpdesk", "sales"):
            answer = signed_in(desk.people[who]).get(address)
            assert answer.status_code == 200
            assert "/imports/rows/" not in answer.content.decode()

    def test_of_other_customers_are_not_there_for_sales(self, desk: Desk) -> None:
        issue_through_the_page(desk)
        sales = signed_in(desk.people["sales"])
        other = newest(desk, of=desk.other)
        assert sales.get(f"/invoices/issued/{other}/").status_code == 404
        assert sales.get(f"/invoices/issued/{other}/pdf/").status_code == 404
        listed = sales.get("/invoices/issued/").content.decode()
        assert other not in listed
        assert newest(desk, of=desk.own) in listed

    def test_are_cancelled_with_a_reason(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        limit(desk, 10_000_000)
        client.post(f"/invoices/issued/{number}/cancel/", {"reason": " "})
        with company_context(desk.company):
            (row,) = list_issued(company=desk.company, asked=Asked(search=number), today=TODAY, limit=1)
            assert row.cancelled_by == ""
        client.post(f"/invoices/issued/{number}/cancel/", {"reason": "ordered by mistake"})
        with company_context(desk.company):
            found = list_issued(company=desk.company, asked=Asked(search=number), today=TODAY, limit=1)[0]
            assert found.cancelled_by
            assert found.open == 0
        assert number in client.get("/invoices/issued/", {"state": "cancelled"}).content.decode()

    def test_are_corrected_and_keep_their_due_day(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        address = f"/invoices/issued/{number}/correct/"
        page = client.get(address).content.decode()
        said = {name: value for name, value in re.findall(r'name="([\w-]+)" type="\w+" value="([^"]*)"', page)}
        assert "Nothing differs" in client.post(address, said | {"reason": "x"}).content.decode()
        answer = client.post(address, said | {"purchase_order": "PO-77", "reason": "order number was missing"})
        with company_context(desk.company):
            old, new = (
                next(one for one in list_invoices(company=desk.company) if one.number == wanted)
                for wanted in (number, answer["Location"].split("/")[-2])
            )
            assert (new.replaces, new.purchase_order, new.due_on) == (number, "PO-77", old.due_on)

    def test_are_credited_over_the_limit_by_two_people(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        with company_context(desk.company):
            set_invoicing(company=desk.company, changes={"credit_limit": 0}, by="test", at=NOW)
        page = client.get(f"/invoices/issued/{number}/credit/").content.decode()
        field = re.findall(r'name="(net-\d+)"', page)[0]
        wrong = client.post(f"/invoices/issued/{number}/credit/", {field: "twelve", "reason": "goodwill"})
        assert 'aria-invalid="true"' in wrong.content.decode()
        answer = client.post(f"/invoices/issued/{number}/credit/", {field: "1,00", "reason": "goodwill"})
        draft = answer["Location"].split("/")[-2]
        act = f"/invoices/drafts/{draft}/credit/"
        assert client.post(act, {"act": "issue"})["Location"] == f"/invoices/drafts/{draft}/"
        assert "issued" in signed_in(desk.people["global"]).post(act, {"act": "issue"})["Location"]
        with company_context(desk.company):
            item = find_item(company=desk.company, key=f"invoice:{number}")
            assert item is not None
            assert item.open < item.original


class TestTwoPeople:
    def test_cancelling_over_the_limit_is_confirmed_by_somebody_else(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        limit(desk, 0)
        page = client.post(f"/invoices/issued/{number}/cancel/", {"reason": "wrong"}, follow=True).content.decode()
        assert "another person confirms it" in page
        assert "Cancellation proposed" in page
        assert 'value="confirm"' not in page  # the proposer never confirms
        with company_context(desk.company):
            (waiting,) = list_proposals(company=desk.company)
        act = f"/invoices/proposals/{waiting.id}/"
        assert "proposed" in client.post(act, {"act": "confirm"}, follow=True).content.decode()
        assert "global" in client.get("/invoices/proposals/").content.decode()  # who may
        other = signed_in(desk.people["global"])
        assert 'value="confirm"' in other.get("/invoices/proposals/").content.decode()
        assert "is cancelled by" in other.post(act, {"act": "confirm"}, follow=True).content.decode()
        assert mails_about(desk, cancelled_by(desk, number)) == [f"{number} is cancelled"]

    def test_a_proposal_is_taken_back(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        limit(desk, 0)
        client.post(f"/invoices/issued/{number}/cancel/", {"reason": "wrong"})
        with company_context(desk.company):
            (waiting,) = list_proposals(company=desk.company)
        page = client.post(f"/invoices/proposals/{waiting.id}/", {"act": "withdraw"}, follow=True).content.decode()
        assert "nothing was done" in page
        assert cancelled_by(desk, number) == ""

    def test_a_lower_price_over_the_limit_is_proposed_too(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        limit(desk, 0)
        address = f"/invoices/issued/{number}/correct/"
        said = correction(client, address)
        answer = client.post(address, said | {"net-1": "0,01", "reason": "price"}, follow=True).content.decode()
        assert "Correction proposed" in answer
        other = signed_in(desk.people["global"])
        with company_context(desk.company):
            (waiting,) = list_proposals(company=desk.company)
        assert "/invoices/issued/" in other.post(f"/invoices/proposals/{waiting.id}/", {"act": "confirm"})["Location"]
        assert cancelled_by(desk, number)


class TestTaxDecidedAnew:
    def test_another_country_shows_the_new_tax_before_anything_is_issued(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        limit(desk, 10_000_000)
        address = f"/invoices/issued/{number}/correct/"
        said = correction(client, address) | {"country": "DE", "vat_id": "DE136695976", "reason": "the German company"}
        page = client.post(address, said).content.decode()
        assert "Standard rate 25 % becomes Reverse charge 0 %" in page
        assert cancelled_by(desk, number) == ""
        seen = re.findall(r'name="tax_seen" value="([^"]*)"', page)[0].replace("&#x27;", "'")
        new = client.post(address, said | {"tax_seen": seen})["Location"].split("/")[-2]
        with company_context(desk.company):
            found = next(one for one in list_invoices(company=desk.company) if one.number == new)
        assert (found.tax, found.gross, found.buyer["country"]) == (0, found.net, "DE")
        assert [(tax["treatment"], tax["category"]) for tax in found.taxes] == [("reverse-charge", "AE")]


class TestMirrors:
    def test_are_mailed_like_every_document(self, desk: Desk) -> None:
        client, number = issue_through_the_page(desk), newest(desk)
        limit(desk, 10_000_000)
        client.post(f"/invoices/issued/{number}/cancel/", {"reason": "ordered by mistake"})
        assert mails_about(desk, cancelled_by(desk, number)) == [f"{number} is cancelled"]


class TestAfterARecall:
    def test_those_that_are_wrong_are_cancelled_and_nobody_hears_of_them(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        limit(desk, 10_000_000)
        with company_context(desk.company):
            wave = list_waves(company=desk.company)[0]
            first, second = page_wave(company=desk.company, wave=wave.id, limit=2)
        address = f"/invoices/waves/{wave.id}/"
        said = {"number": [first.number], "reason": "wrong month"}
        client.post(f"{address}cancel/", said)
        assert cancelled_by(desk, first.number) == ""  # their mail is still on its way
        page = client.post(f"{address}recall/", follow=True).content.decode()
        assert "stay issued" in page
        assert "Cancel those ticked" in page
        page = client.post(f"{address}cancel/", said, follow=True).content.decode()
        assert "1 document is cancelled by its mirror" in page
        assert cancelled_by(desk, first.number)
        assert cancelled_by(desk, second.number) == ""
        assert mails_about(desk, cancelled_by(desk, first.number)) == []  # what never left is not taken back by mail

    def test_over_the_limit_they_wait_for_another(self, desk: Desk) -> None:
        client = issue_through_the_page(desk)
        limit(desk, 0)
        with company_context(desk.company):
            wave = list_waves(company=desk.company)[0]
            (first,) = page_wave(company=desk.company, wave=wave.id, limit=1)
        client.post(f"/invoices/waves/{wave.id}/recall/")
        said = {"number": [first.number], "reason": "wrong month"}
        page = client.post(f"/invoices/waves/{wave.id}/cancel/", said, follow=True).content.decode()
        assert "waits for another person" in page


def limit(desk: Desk, value: int) -> None:
    with company_context(desk.company):
        set_invoicing(company=desk.company, changes={"credit_limit": value}, by="test", at=NOW)


def cancelled_by(desk: Desk, number: str) -> str:
    with company_context(desk.company):
        return find_cancellation(company=desk.company, number=number) or ""


def mails_about(desk: Desk, number: str) -> list[str]:
    """What the mails about a document say first."""
    with company_context(desk.company):
        return [one.subject.split(":")[0] for one in list_messages(company=desk.company, about=f"invoice:{number}")]


def correction(client: Client, address: str) -> dict[str, str]:
    """The form as it stands."""
    page = client.get(address).content.decode()
    return {name: value for name, value in re.findall(r'name="([\w-]+)" type="\w+" value="([^"]*)"', page)}


class TestLinesToDecide:
    def test_take_a_persons_word(self, desk: Desk) -> None:
        close(desk)
        client = signed_in(desk.people["billing"])
        said = {"month": str(desk.month), "file": desk.file, "row": desk.row, "bucket": "held", "reason": ""}
        refused = client.post("/invoices/lines/decide/", said, follow=True).content.decode()
        assert "Decided" not in refused
        taken = client.post("/invoices/lines/decide/", said | {"reason": "to be asked"}, follow=True).content.decode()
        assert "Decided" in taken
        close(desk)
        page = client.get("/invoices/lines/").content.decode()
        assert "invoicing." not in page
        assert "Bill it after all" in page


class TestMargin:
    @pytest.mark.parametrize("by", ["debtor", "product"])
    def test_adds_up_and_leaves_as_csv(self, desk: Desk, by: str) -> None:
        close(desk)
        client = signed_in(desk.people["billing"])
        page = client.get("/margin/", {"by": by}).content.decode()
        assert "Sum of" in page
        assert client.get("/margin/csv/", {"by": by}).content.decode().count("\r\n") > 1

    def test_lists_leaks_on_both_sides(self, desk: Desk) -> None:
        page = signed_in(desk.people["billing"]).get("/margin/leaks/").content.decode()
        assert "In no draft yet" in page
        assert "Billed, not charged to us" in page

    def test_is_for_the_buying_side_only(self, desk: Desk) -> None:
        for who in ("helpdesk", "sales", "manager", "billing-of-some"):
            for address in ("/margin/", "/margin/leaks/", "/margin/csv/", "/margin/leaks/xlsx/"):
                assert signed_in(desk.people[who]).get(address).status_code == 403
