"""The match screen: what it shows, and that every act of it works as a plain form and writes what it says."""

from __future__ import annotations

import html
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from saldo.core.identity import FileId
from saldo.core.problems import Place
from saldo.desk.receipts.choosing import Choice, choose
from saldo.flows import receive_batches
from saldo.ledger.actions import post
from saldo.ledger.queries import OpenItem, find_item
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties.company import company_context
from saldo.receipts.actions.proposing import keep_proposals
from saldo.receipts.actions.taking import take_file
from saldo.receipts.match_queries import as_money_in, list_matches, load_book
from saldo.receipts.models import BankEntry, Refund
from saldo.receipts.queries import find_entry
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from saldo.receipts.rules.matching import list_proposals
from saldo.server.wiring import real_world
from tests.conftest import NOW
from tests.pages.desk import Desk
from tests.pages.people import signed_in
from tests.receipts_formats.samples import MT940

_FILES = itertools.count(1)
DAY = date(2026, 5, 12)


def an_invoice(desk: Desk, number: str, gross: str, *, due: date = date(2026, 4, 30), currency: str = "SEK") -> str:
    """An open item of the debtor, in the books."""
    item = NewItem(
        key=f"invoice:{number}",
        account="receivable",
        party=desk.debtor,
        kind="invoice",
        document=number,
        issued_on=date(2026, 3, 31),
        due_on=due,
        currency=currency,
        original=Decimal(gross),
    )
    legs = (
        Entry(account="receivable", party=desk.debtor, currency=currency, value=Decimal(gross)),
        Entry(account="sales", currency=currency, value=-Decimal(gross)),
    )
    posting = Posting(key=item.key, on=item.issued_on, code="invoicing.issued", document=number, entries=legs)
    with company_context(desk.company):
        post(company=desk.company, postings=[(posting, (item,))], by="test", at=NOW)
    return item.key


def money(desk: Desk, value: str, **other: Any) -> str:
    """An entry of the bank, proposals included; its key."""
    number = next(_FILES)
    entry = EntryRead(
        place=Place(file=FileId("x"), row=1),
        account="SE4550000000058398257466",
        booked_on=DAY,
        value_on=DAY,
        currency="SEK",
        value=Decimal(value),
        bank_reference=f"BANK{number:06d}",
        **other,
    )
    with company_context(desk.company):
        read = BankFileRead(format="camt.053", entries=(entry,))
        facts = {"name": "f.xml", "currency": "SEK", "by": "test", "at": NOW}
        (key,) = take_file(company=desk.company, read=read, sha256=f"{number:064d}", **facts).keys
        row = BankEntry.objects.get(key=key)
        book = load_book(company=desk.company, today=DAY)
        if row.value > 0:
            found = [(row, list_proposals(entry=as_money_in(row), book=book))]
            keep_proposals(company=desk.company, found=found, at=NOW)
    return key


@pytest.fixture
def client(desk: Desk) -> Client:
    return signed_in(desk.people["billing"])


def state_of(desk: Desk, key: str) -> str:
    with company_context(desk.company):
        found = find_entry(company=desk.company, key=key)
    assert found is not None
    return found.state


def open_of(desk: Desk, key: str) -> Decimal:
    with company_context(desk.company):
        found = find_item(company=desk.company, key=key)
    assert found is not None
    return found.open


def matches_of(desk: Desk, key: str) -> Any:
    with company_context(desk.company):
        return list_matches(company=desk.company, entries=[key])


class TestTheScreen:
    def test_says_why_it_is_empty_and_what_comes_next(self, client: Client) -> None:
        text = client.get("/receipts/").content.decode()
        assert "No bank file has been taken in yet." in text
        assert "/receipts/files/" in text

    def test_shows_payer_day_amount_and_the_best_reason(self, desk: Desk, client: Client) -> None:
        an_invoice(desk, "2026-0412", "1250.00")
        key = money(desk, "1250.00", payer="L MARIN", text="tack 2026-0412")
        text = html.unescape(client.get("/receipts/").content.decode())
        assert "L MARIN" in text
        assert "1,250.00" in text
        assert "12 May" in text
        assert "The text names 2026-0412." in text
        assert f'value="{key}"' in text

    def test_ticks_what_a_proposal_says_when_it_is_taken(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "2026-0412", "1250.00")
        key = money(desk, "1250.00", payer="L MARIN", text="tack 2026-0412")
        text = client.get("/receipts/", {"entry": key, "proposal": "1"}).content.decode()
        assert f'value="{item}" id="i-{item}" checked' in text

    def test_finds_a_debtor_by_its_number(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "2026-0412", "10.00")
        key = money(desk, "777.00", payer="Somebody")
        assert item not in client.get("/receipts/", {"entry": key}).content.decode()
        assert item in client.get("/receipts/", {"entry": key, "find": desk.debtor}).content.decode()
        text = html.unescape(client.get("/receipts/", {"entry": key, "find": "nobody at all"}).content.decode())
        assert "No debtor and no invoice is called “nobody at all”." in text

    @pytest.mark.parametrize("said", ["proposal=99999999999999999999", "proposal=x", "page=x&show=y", "find=%27"])
    def test_takes_odd_addresses(self, desk: Desk, client: Client, said: str) -> None:
        key = money(desk, "777.00", payer="Somebody")
        assert client.get(f"/receipts/?entry={key}&{said}").status_code == 200

    def test_of_an_unknown_entry_is_404_in_words(self, client: Client) -> None:
        assert client.get("/receipts/", {"entry": "receipt:no"}).status_code == 404


class TestBooking:
    def test_settles_what_is_ticked_and_goes_to_the_next(self, desk: Desk, client: Client) -> None:
        first, second = an_invoice(desk, "1", "100.00"), an_invoice(desk, "2", "50.00")
        key, after = money(desk, "150.00", payer="X"), money(desk, "3.00", payer="Y")
        said = {"entry": key, "chosen": "1", "item": [first, second], "debtor": desk.debtor, "next": after}
        answer = client.post("/receipts/book/", said)
        assert answer.status_code == 302
        assert "done=" in answer["Location"]
        assert state_of(desk, key) == "matched"
        assert (open_of(desk, first), open_of(desk, second)) == (0, 0)
        page = client.get(answer["Location"]).content.decode()
        assert "data-toast" in page
        assert matches_of(desk, key)[0].key in page

    def test_calls_the_missing_part_a_bank_fee_when_told(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "1", "100.00")
        key = money(desk, "98.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": item, "rest": "bank-fee"})
        assert open_of(desk, item) == 0
        (match,) = matches_of(desk, key)
        assert [(one.kind, one.value) for one in match.differences] == [("bank-fee", Decimal("2.00"))]

    def test_leaves_the_missing_part_open_otherwise(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "1", "100.00")
        key = money(desk, "98.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": item})
        assert open_of(desk, item) == Decimal("2.00")
        assert state_of(desk, key) == "matched"

    def test_rests_what_is_over_on_the_debtors_account(self, desk: Desk, client: Client) -> None:
        key = money(desk, "98.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "debtor": desk.debtor, "over": "on-account"})
        assert open_of(desk, key) == Decimal("-98.00")
        assert state_of(desk, key) == "matched"

    def test_of_nothing_books_nothing_and_says_so(self, desk: Desk, client: Client) -> None:
        key = money(desk, "98.00", payer="X")
        answer = client.post("/receipts/book/", {"entry": key, "chosen": "1"}, follow=True)
        assert "Nothing was booked." in answer.content.decode()
        assert state_of(desk, key) == "open"

    def test_twice_books_once(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "1", "100.00")
        key = money(desk, "100.00", payer="X")
        said = {"entry": key, "chosen": "1", "item": item}
        client.post("/receipts/book/", said)
        answer = client.post("/receipts/book/", said, follow=True)
        assert "not waiting to be matched any more" in answer.content.decode()
        assert len(matches_of(desk, key)) == 1

    def test_can_be_undone(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "1", "100.00")
        key = money(desk, "100.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": item})
        client.post("/receipts/undo/", {"match": matches_of(desk, key)[0].key, "entry": key})
        assert open_of(desk, item) == Decimal("100.00")
        assert state_of(desk, key) == "open"

    def test_is_previewed_without_writing(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "1", "100.00")
        key = money(desk, "98.00", payer="X")
        said = {"entry": key, "chosen": "1", "item": item, "debtor": desk.debtor}
        fragment = client.post("/receipts/preview/", said, headers={"HX-Request": "true"})
        assert "Short by 2.00:" in fragment.content.decode()
        without_script = client.post("/receipts/preview/", said)
        assert without_script.status_code == 302
        assert "Short by 2.00:" in client.get(without_script["Location"]).content.decode()
        assert matches_of(desk, key) == ()


class TestOtherWays:
    def test_sets_aside_with_a_reason_and_takes_up_again(self, desk: Desk, client: Client) -> None:
        key = money(desk, "98.00", payer="X")
        client.post("/receipts/set-aside/", {"entry": key, "reason": ""})
        assert state_of(desk, key) == "open"
        client.post("/receipts/set-aside/", {"entry": key, "reason": "loan of the owner"})
        assert state_of(desk, key) == "set-aside"
        landed = client.post("/receipts/set-aside/", {"entry": money(desk, "12.00", payer="Y"), "reason": "ours"})
        toast = html.unescape(client.get(landed["Location"]).content.decode())
        assert "Set aside: 12.00 SEK from Y." in toast
        assert 'action="/receipts/take-up/"' in toast
        assert "loan of the owner" in client.get("/receipts/", {"entry": key}).content.decode()
        client.post("/receipts/take-up/", {"entry": key})
        assert state_of(desk, key) == "open"

    def test_holds_money_that_can_be_taken_back(self, desk: Desk, client: Client) -> None:
        key = money(desk, "98.00", payer="X")
        client.post("/receipts/hold/", {"entry": key, "until": "2026-06-30"})
        assert state_of(desk, key) == "pending"
        text = client.get("/receipts/", {"entry": key}).content.decode()
        assert "It counts from 30 June 2026 on." in text

    def test_takes_a_receipt_back_that_the_bank_took_back(self, desk: Desk, client: Client) -> None:
        item = an_invoice(desk, "1", "100.00")
        key = money(desk, "100.00", payer="X", payer_account="SE1")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": item})
        back = money(desk, "-100.00", payer="X", payer_account="SE1", kind="return")
        assert key in client.get("/receipts/", {"entry": back}).content.decode()
        client.post("/receipts/taken-back/", {"entry": back, "receipt": key})
        assert open_of(desk, item) == Decimal("100.00")
        assert (state_of(desk, key), state_of(desk, back)) == ("returned", "returned")

    def test_takes_a_part_of_a_receipt_back_and_says_what_that_opened(self, desk: Desk, client: Client) -> None:
        one, two = an_invoice(desk, "1", "60.00"), an_invoice(desk, "2", "40.00")
        key = money(desk, "100.00", payer="X", payer_account="SE1")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "item": [one, two]})
        back = money(desk, "-15.00", payer="X", payer_account="SE1", kind="return")
        offered = html.unescape(client.get("/receipts/", {"entry": back}).content.decode())
        assert "Does it take a part of one of these back?" in offered
        said = {"entry": back, "receipt": key, "first": one}
        text = html.unescape(client.post("/receipts/part-taken-back/", said, follow=True).content.decode())
        assert "Invoice 1 is open again by 15.00." in text
        assert (open_of(desk, one), open_of(desk, two)) == (Decimal("15.00"), 0)
        text = html.unescape(client.get("/receipts/", {"entry": key}).content.decode())
        assert "The bank took 15.00 SEK back on 12 May 2026." in text


class TestRefunds:
    def test_need_another_person(self, desk: Desk, client: Client) -> None:
        key = money(desk, "98.00", payer="X")
        client.post("/receipts/book/", {"entry": key, "chosen": "1", "debtor": desk.debtor, "over": "on-account"})
        said = {"item": key, "value": "98,00", "payee": "X AB", "reason": "paid twice", "debtor": desk.debtor}
        wrong = client.post("/refunds/propose/", said | {"payee_account": "SE12 3456"}, follow=True).content.decode()
        assert "is no IBAN. Ask the debtor" in html.unescape(wrong)
        client.post("/refunds/propose/", said | {"payee_account": "SE35 5000 0000 0549 1000 0003"})
        with company_context(desk.company):
            refund = Refund.objects.get()
        text = client.get("/refunds/").content.decode()
        assert "somebody else approves" in text
        assert "Approve sending" not in text
        client.post("/refunds/approve/", {"refund": refund.key})
        with company_context(desk.company):
            assert Refund.objects.get().state == "proposed"
        signed_in(desk.people["global"]).post("/refunds/approve/", {"refund": refund.key})
        with company_context(desk.company):
            assert Refund.objects.get().state == "approved"


class TestFiles:
    SHEET = b"Datum;Text;Belopp\n03/04/2026;FAKT 1;1 250,00\n04/04/2026;FAKT 2;-45,00\n"

    def test_that_nobody_knows_are_refused_with_the_reason(self, client: Client) -> None:
        sent = SimpleUploadedFile("a.bin", b"\x00\x01\x02")
        text = client.post("/receipts/files/upload/", {"files": [sent]}, follow=True).content.decode()
        assert "Refused, nothing booked" in text
        assert "This is no bank file that Saldo knows." in text

    def test_with_many_entries_are_landed_and_taken_by_the_worker(
        self, desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(receive_batches, "MOST_AT_ONCE", 2)
        data = MT940.replace("NL71RABO0123456789", "SE4550000000058398257466").encode()
        page = client.post("/receipts/files/upload/", {"files": [SimpleUploadedFile("may.sta", data)]}, follow=True)
        text = html.unescape(page.content.decode())
        assert "The files are being taken in." in text
        assert "may.sta" in text
        assert 'hx-get="/receipts/files/progress/"' in text
        with company_context(desk.company):
            assert not BankEntry.objects.exists()
        (job,) = ProcrastinateJob.objects.filter(task_name="receive-files")
        assert job.args == {
            "company": desk.company,
            "batch": job.args["batch"],
            "actor": f"user:{desk.people['billing'].pk}",
        }
        received = receive_batches.receive_batch(world=real_world(), **job.args)
        assert [(file.state, file.entries) for file in received] == [("taken", 3)]
        assert receive_batches.receive_batch(world=real_world(), **job.args) == ()
        with company_context(desk.company):
            assert BankEntry.objects.count() == 3

    def test_with_few_entries_are_taken_while_the_person_waits(self, desk: Desk, client: Client) -> None:
        data = MT940.replace("NL71RABO0123456789", "SE4550000000058398257466").encode()
        page = client.post("/receipts/files/upload/", {"files": [SimpleUploadedFile("may.sta", data)]}, follow=True)
        assert "3 entries booked" in html.unescape(page.content.decode())
        assert not ProcrastinateJob.objects.filter(task_name="receive-files").exists()

    def test_in_csv_are_mapped_column_by_column_and_taken_in(self, desk: Desk, client: Client) -> None:
        sent = SimpleUploadedFile("new.csv", self.SHEET + b"05/04/2026;FAKT 3;7,00\n")
        page = client.post("/receipts/files/upload/", {"files": [sent]}, follow=True).content.decode()
        assert "Nothing was booked." in page
        address = page.partition("/columns/")[0].rpartition('"')[2] + "/columns/"
        said = {"c0": "booked_on", "c1": "text", "c2": "value", "delimiter": ";", "decimal_point": ","}
        said |= {"day_form": "%d/%m/%Y", "currency": "SEK", "account": "", "name": "Our bank"}
        unnamed = client.post(address, said | {"save": "yes"}, follow=True).content.decode()
        assert "The file names no account" in unnamed
        said |= {"account": "SE4550000000058398257466"}
        looked = client.post(address, said).content.decode()
        assert "3 April 2026" in looked
        with company_context(desk.company):
            assert not BankEntry.objects.exists()
        answer = client.post(address, said | {"save": "yes"}, follow=True).content.decode()
        assert "entries booked" in answer
        with company_context(desk.company):
            assert sorted(BankEntry.objects.values_list("value", flat=True)) == [-45, 7, 1250]

    def test_without_a_day_column_say_what_is_missing(self, desk: Desk, client: Client) -> None:
        address = desk.address("receipts-columns")
        said = {"c1": "text", "delimiter": ";", "decimal_point": ",", "day_form": "%d/%m/%Y", "name": "x", "save": "y"}
        assert "A mapping needs a name, a day, an amount" in client.post(address, said).content.decode()

    def test_folders_are_watched_only_where_they_are(self, desk: Desk, client: Client, tmp_path: Any) -> None:
        nowhere = {"account": "main-sek", "path": str(tmp_path / "no")}
        assert "Nothing changed." in client.post("/receipts/files/watch/", nowhere, follow=True).content.decode()
        there = {"account": "main-sek", "path": str(tmp_path)}
        assert str(tmp_path) in client.post("/receipts/files/watch/", there, follow=True).content.decode()


def item(key: str, value: str, currency: str = "SEK") -> OpenItem:
    return OpenItem(
        key=key,
        account="receivable",
        party="10001",
        kind="invoice",
        document=key,
        reference="",
        issued_on=DAY,
        due_on=DAY,
        currency=currency,
        original=Decimal(value),
        open=Decimal(value),
    )


class TestChoosing:
    @pytest.mark.parametrize(
        ("items", "left", "settled", "remainder"),
        [
            (["100", "50"], "150", "150", "0"),
            (["100", "50"], "120", "120", "0"),
            (["100", "50"], "200", "150", "50"),
            (["-30", "100"], "70", "70", "0"),
            (["-30", "100"], "60", "60", "0"),
        ],
    )
    def test_takes_credits_first_and_debts_as_far_as_the_money_goes(
        self, items: list[str], left: str, settled: str, remainder: str
    ) -> None:
        held = [item(f"i{place}", value) for place, value in enumerate(items)]
        choice = Choice(ticked=frozenset(one.key for one in held))
        chosen = choose(items=held, choice=choice, left=Decimal(left), currency="SEK", debtor="10001")
        assert (chosen.settled, chosen.remainder) == (Decimal(settled), Decimal(remainder))
