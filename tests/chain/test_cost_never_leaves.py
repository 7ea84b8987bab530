"""What Microsoft charges us, its percentages and our margin are in nothing that a customer or a helpdesk person gets.

The files carry figures that cannot stand anywhere by chance, while our prices come from a rule of their own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from saldo.agreements.actions import set_price_rule
from saldo.agreements.rules.prices import PriceRule
from saldo.core.identity import LANGUAGES, CompanyId
from saldo.core.periods import Month
from saldo.dunning.models import Clause, Notice
from saldo.flows.import_files import import_paths
from saldo.flows.month_close import close_month
from saldo.flows.render_papers import render_papers
from saldo.invoicing.models import Explanation
from saldo.invoicing.paper_facts import find_paper
from saldo.invoicing.queries import Invoice, list_invoices
from saldo.outbox.documents import read
from saldo.outbox.queries import list_messages
from saldo.parties.actions import assign_customers
from saldo.parties.billing_actions import edit_debtor, ensure_debtors, set_particulars
from saldo.parties.debtors import list_debtors
from saldo.parties.queries import list_customers
from saldo.parties.rules.roles import Role
from tests.cli.asking import Asker
from tests.conftest import NOW
from tests.dunning.collecting import PUBLISHED
from tests.dunning.telling import Telling
from tests.microsoft_files import HAVSBRIS, Row, day, header, seats, usage, write_csv, write_json
from tests.outbox.post_office import Postmaster, open_for_good
from tests.pages.crawl import walk
from tests.pages.people import a_person, signed_in
from tests.rooms.importing import A_WORLD

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
TODAY = date(2026, 5, 12)
LISTED, CHARGED = Decimal("811.73"), Decimal("793.19")
METER_LISTED, METER_CHARGED = Decimal("3.917731"), Decimal("3.330073")
EARNED = "15.3719"  # per cent of partner earned credit
FOR_US = "partner earned credit for service"
_FIGURE = re.compile(r"\d[\d.,\u00a0\u202f'’ ]*\d")
_START = ("/", "/customers/", "/compare/", "/palette/?q=a", "/settings/", "/home/")


def lines(month: Month, count: int) -> list[Row]:
    """Seats and a meter, whose prices nobody but us may know."""
    first, last = month.starts_on, month.ends_on
    said = {
        "InvoiceNumber": f"G00000000{month.number}",
        "ChargeStartDate": f"{first.month}/{first.day}/2026",
        "ChargeEndDate": f"{last.month}/{last.day}/2026",
        "OrderDate": f"{first.month}/{first.day}/2026",
        "PriceAdjustmentDescription": f"{EARNED}% {FOR_US}",
    }
    seated = {"UnitPrice": str(LISTED), "Subtotal": f"{count * CHARGED}", "Total": f"{count * CHARGED}"}
    used = count * 100
    amount = f"{used * METER_CHARGED:.2f}"
    metered = {"UnitPrice": str(METER_LISTED), "Subtotal": amount, "Total": amount}
    return [
        seats(seats=count, price=str(CHARGED), **said | seated),
        usage(consumed=str(used), price=str(METER_CHARGED), **said | metered),
    ]


def costs() -> set[Decimal]:
    """Every amount that only we may know, of both months."""
    found = {LISTED, CHARGED, METER_LISTED, METER_CHARGED, Decimal(EARNED)}
    sums = []
    for count in (10, 13):
        seated, metered = count * CHARGED, (count * 100 * METER_CHARGED).quantize(Decimal("0.01"))
        sums.append((seated, metered))
        ours = (count * 1000, count * 100 * 5)
        found |= {seated, metered, seated + metered, ours[0] - seated, ours[1] - metered}
        found |= {sum(ours) - seated - metered, (seated + metered) * Decimal("1.25")}
    found |= {after - before for before, after in zip(*sums, strict=True)}
    return found


def digits_of(costs: set[Decimal]) -> set[str]:
    """How they may be written, without separators: whole, to the cent and to the unit."""
    found = set()
    for cost in map(abs, costs):
        texts = {f"{cost.normalize():f}", f"{cost:.2f}", f"{cost:.1f}", f"{cost:.0f}"}
        found |= {text.replace(".", "").lstrip("0") for text in texts}
    return {text for text in found if len(text) > 3}


FORBIDDEN = digits_of(costs())


def told_by(text: str) -> set[str]:
    """What of it a text gives away."""
    figures = set()
    for run in _FIGURE.findall(text):
        figures.add(re.sub(r"\D", "", run).lstrip("0"))
        figures |= {re.sub(r"\D", "", piece).lstrip("0") for piece in re.split(r"[\s;]|, |,(?=\d+\.\d)", run)}
    figures |= {re.sub(r"[.,]", "", piece).lstrip("0") for piece in re.findall(r"\d+(?:[.,]\d+)?", text)}
    return (figures & FORBIDDEN) | ({FOR_US} if "earned credit" in text.casefold() else set())


def agree(company: CompanyId) -> None:
    """Our own prices: a thousand a seat, five an hour."""
    for code, product, price in (("seats", "CFQ7TTC0LF8R", "1000"), ("hours", "DZH318Z0BNZ5", "5")):
        rule = PriceRule(
            code=code,
            version=1,
            level="company",
            product=product,
            method="fixed-price",
            value={"price": price},
            currency="SEK",
            starts_on=date(2020, 1, 1),
        )
        set_price_rule(company=company, rule=rule, by="user:1", at=NOW)


@pytest.fixture
def invoices(company: CompanyId, tmp_path: Path, settings: Any) -> tuple[Invoice, ...]:
    """Two months of one customer, issued, with papers and an explanation of the second."""
    settings.LINE_STORE, settings.DOCUMENT_STORE = tmp_path / "store", tmp_path / "documents"
    files = []
    for month, count in ((MARCH, 10), (APRIL, 13)):
        rows = lines(month, count)
        files.append(write_csv(tmp_path / f"{month}.csv", rows))
        total = sum(Decimal(row["Subtotal"]) for row in rows)
        number = f"G00000000{month.number}"
        files.append(
            write_json(
                tmp_path / f"{month}.json",
                header(
                    number=number,
                    total=f"{total}",
                    on=f"{month.plus(1)}-08",
                    billingPeriodStartDate=f"{month}-01T00:00:00Z",
                ),
            )
        )
        used = {"InvoiceNumber": number, "EffectiveUnitPrice": str(METER_CHARGED), "UnitPrice": str(METER_LISTED)}
        on = f"{month.number}/10/2026"
        files.append(
            write_csv(
                tmp_path / f"{month}-days.csv", [day(used=str(count * 100), price=str(METER_CHARGED), on=on, **used)]
            )
        )
    import_paths(company=company, paths=files, actor="test", world=A_WORLD)
    agree(company)
    place = {"street": "Storgatan 1", "postcode": "831 30", "city": "Östersund"}
    ensure_debtors(company=company, at=NOW, by="test")
    set_particulars(company=company, changes=place | {"email": "faktura@fjordlys.example"}, by="test", at=NOW)
    for debtor in list_debtors(company=company):
        mails = place | {"emails": [("Ekonomi", "ekonomi@havsbris.example")]}
        edit_debtor(company=company, number=debtor.number, changes=mails, by="test", at=NOW)
    for month in (MARCH, APRIL):
        close_month(company=company, month=month, issue=True, by="user:1", world=A_WORLD, today=TODAY)
    found = list_invoices(company=company)
    assert [one.net for one in found] == [Decimal(19500), Decimal(15000)]
    return found


def texts_of_papers(company: CompanyId, invoices: tuple[Invoice, ...]) -> Iterator[tuple[str, str]]:
    """The paper of each invoice as its readers get it, with the e-invoice inside."""
    render_papers(company=company, numbers=[one.number for one in invoices], world=A_WORLD)
    for one in invoices:
        sha256 = find_paper(company=company, number=one.number, form="pdf")
        assert sha256 is not None
        reader = PdfReader(io.BytesIO(read(sha256)))
        yield f"pdf {one.number}", "\n".join(page.extract_text() for page in reader.pages)
        for name, contents in reader.attachments.items():
            yield f"{name} in {one.number}", "\n".join(content.decode("utf-8", "replace") for content in contents)
        ubl = find_paper(company=company, number=one.number, form="ubl")
        if ubl is not None:
            yield f"ubl {one.number}", read(ubl).decode()


class _Collecting(Telling):
    """The house of this test writes to its own debtors."""

    def __init__(self, company: CompanyId) -> None:
        self.company, self.world, self.office = company, A_WORLD, Postmaster()


class TestCostInLetters:
    def test_is_in_no_letter_and_no_mail_of_collections(
        self, company: CompanyId, invoices: tuple[Invoice, ...]
    ) -> None:
        house = _Collecting(company)
        house.publish(PUBLISHED)
        house.has_account()
        (debtor,) = {one.debtor for one in invoices}
        outside = [{"name": "", "address": "karin@revisor.example"}]
        house.is_known(debtor, emails=outside, language="")
        agreed = {
            "allows": "access",
            "agreed_on": TODAY,
            "evidence": "contract",
            "recorded_at": NOW,
            "recorded_by": "t",
        }
        Clause.objects.create(company_id=company, debtor=debtor, **agreed)
        open_for_good(company)
        due = max(one.due_on for one in invoices if one.due_on)
        for days in (4, 25):
            house.tell(due + timedelta(days=days))
        notices = list(Notice.objects.filter(company_id=company).order_by("id"))
        assert [notice.letter for notice in notices] == ["reminder", "final-notice"]
        texts = {f"told {notice.key}": str(notice.told) + str(notice.items) for notice in notices}
        for notice in notices:
            pages = PdfReader(io.BytesIO(read(notice.told["sha256"]))).pages
            texts[f"pdf {notice.key}"] = "\n".join(page.extract_text() for page in pages)
        for message in list_messages(company=company):
            texts[f"mail {message.key}"] = f"{message.subject}\n{message.body}"
        bodies = "".join(notice.told["body"] for notice in notices)
        assert "(13 seats) stops on" in bodies, bodies  # by the newest bill, and nothing else of it
        assert {name: told for name, text in texts.items() if (told := told_by(text))} == {}


class TestCost:
    def test_is_in_no_paper_and_no_mail(self, company: CompanyId, invoices: tuple[Invoice, ...]) -> None:
        texts = dict(texts_of_papers(company, invoices))
        for message in list_messages(company=company):
            texts[f"mail {message.key}"] = f"{message.subject}\n{message.body}\n{message.language}"
        for row in Explanation.objects.filter(company_id=company):
            texts[f"explanation {row.number}"] = str(row.reasons)
        assert {name.split(" ")[0] for name in texts} >= {"pdf", "mail"}
        assert any("19" in text and "500" in text for text in texts.values())
        assert {name: told for name, text in texts.items() if (told := told_by(text))} == {}

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_in_no_answer_on_the_price_side(
        self, company: CompanyId, invoices: tuple[Invoice, ...], capsys: pytest.CaptureFixture[str], language: str
    ) -> None:
        asker = Asker(company, capsys)
        priced = ("--customer", HAVSBRIS, "--lang", language)
        side = ("--side", "price")
        answers = {
            "bill": asker.ask("bill", "--month", str(APRIL), *priced, *side),
            "explain": asker.ask("explain", "--from", str(MARCH), "--to", str(APRIL), *priced, *side),
        }
        assert all(answer.document for answer in answers.values()), answers
        told = {name: told_by(f"{one.text}\n{one.document}") for name, one in answers.items()}
        assert told == {name: set() for name in told}

    def test_is_found_on_the_cost_side_by_the_same_eyes(
        self, company: CompanyId, invoices: tuple[Invoice, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Else the tests above could not fail."""
        answer = Asker(company, capsys).ask("bill", "--customer", HAVSBRIS, "--month", str(APRIL))
        assert told_by(answer.text)
        assert told_by(str(answer.document))

    @pytest.mark.parametrize("role", [Role.HELPDESK_AGENT, Role.SALES_AGENT])
    def test_is_on_no_page_and_in_no_download(
        self, company: CompanyId, invoices: tuple[Invoice, ...], role: Role, settings: Any
    ) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        person = a_person(company=company, grants=role)
        keys = [customer.key for customer in list_customers(company=company)]
        assign_customers(company=company, customers=keys, to=person.pk, actor="test", at=NOW)
        pages = list(walk(signed_in(person), start=_START))
        assert len({page.name for page in pages if page.status == 200}) > 4
        assert {page.address: told for page in pages if (told := told_by(page.text))} == {}
