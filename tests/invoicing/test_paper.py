"""The paper: what stands on it, in five languages, and what is refused rather than printed wrong."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from saldo.core.money import add_up
from saldo.invoicing.papers import fonts
from saldo.invoicing.papers.pdf import XML_NAME, render_html, render_pdf
from saldo.invoicing.papers.qr import payment_code
from saldo.invoicing.papers.rendering import render_many
from saldo.invoicing.papers.ubl import ubl_xml
from saldo.invoicing.rules.paper import Cause, PaperFacts, UnableToWritePaper
from saldo.invoicing.rules.paper_lines import Billed, arrange, share_of_period
from tests.golden.files import check_golden
from tests.invoicing.paper_cases import (
    BUYER,
    CASES,
    LANGUAGES,
    cancellation,
    credit_note,
    export,
    german,
    hotel,
    long_paper,
    statement,
)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def lines_of(paper: PaperFacts) -> str:
    """The page's own text, one part a line, without marks: what a golden file holds."""
    return read_html(render_html(paper))


def read_html(html: str) -> str:
    """A page of a paper as a reader's eye goes over it."""
    body = html.partition("<body>")[2]
    body = re.sub(r"<svg.*?</svg>", "[QR]", body, flags=re.S)
    body = re.sub(r'<a class="on-page" href="#(\w+)"></a>', r"{\1}", body)
    body = re.sub(r'<span class="(page|pages)"></span>', r"{\1}", body)
    body = re.sub(r"</(?:td|th)>", " | ", body)
    text = re.sub(r"<[^>]+>", "\n", re.sub(r"</?(?:tr|td|th|b)\b[^>]*>", "", body.replace("</tr>", "\n")))
    return "\n".join(line.strip(" |") for line in text.splitlines() if line.strip(" |")) + "\n"


class TestGolden:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("case", CASES)
    def test_reads_as_it_was_looked_at(self, case: str, language: str) -> None:
        check_golden(name=f"papers/{case}.{language}.txt", text=lines_of(CASES[case](language)))


class TestPages:
    def test_the_mock_ups_invoice_takes_three(self) -> None:
        pages = pages_of(render_pdf(hotel()))
        assert len(pages) == 3
        assert "To pay, SEK" in pages[0]
        assert "listed on page 2" in pages[0]
        assert "details on page 3" in pages[0]
        assert "Difference" in pages[1]
        assert "Azure Backup, protected instances" in pages[2]
        assert [f"Page {number} of 3" in page for number, page in enumerate(pages, 1)] == [True] * 3

    def test_the_head_repeats_and_no_line_breaks(self) -> None:
        pages = pages_of(render_pdf(long_paper()))
        with_lines = [page for page in pages if "Microsoft Dynamics 365" in page]
        assert len(with_lines) >= 3
        assert all("What Quantity Price SEK" in page for page in with_lines)
        for page in with_lines:
            whole = re.findall(
                r"Microsoft Dynamics 365 [^|]*?annual\s+commitment \d+\s+1–30 April\s+3 178.00 534.00", page
            )
            assert len(whole) == page.count("Microsoft Dynamics 365 Customer")

    def test_chinese_is_drawn_and_can_be_read_back(self) -> None:
        text = "".join(pages_of(render_pdf(export("zh-Hans"))))
        assert "海风酒店管理" in text
        assert "应付金额" in text

    def test_the_same_facts_give_the_same_text_and_the_same_xml(self) -> None:
        once, again = (render_pdf(german(), ubl=ubl_xml(german())) for _ in range(2))
        assert pages_of(once) == pages_of(again)
        assert PdfReader(io.BytesIO(once)).attachments == PdfReader(io.BytesIO(again)).attachments

    def test_it_is_pdf_a_3b_with_the_xml_inside(self) -> None:
        xml = ubl_xml(german("sv"))
        pdf = render_pdf(german("sv"), ubl=xml)
        read = PdfReader(io.BytesIO(pdf))
        assert read.attachments[XML_NAME] == [xml]
        meta = str(read.xmp_metadata.stream.get_data().decode() if read.xmp_metadata else "")
        assert re.search(r"pdfaid:part>\s*3|part=\"3\"", meta)
        assert re.search(r"conformance>\s*B|conformance=\"B\"", meta)
        files = [file.get_object() for file in read.trailer["/Root"]["/AF"]]
        assert {(file["/UF"], file["/AFRelationship"]) for file in files} == {(XML_NAME, "/Alternative")}

    def test_several_processes_draw_what_one_draws(self) -> None:
        told: list[tuple[int, int]] = []
        papers = [german("sv"), credit_note("en")]
        many = list(render_many(papers, workers=2, tell=lambda done, of: told.append((done, of))))
        one = list(render_many(papers, workers=1))
        assert [pages_of(each.pdf) for each in many] == [pages_of(each.pdf) for each in one]
        assert [(each.number, each.ubl) for each in many] == [(each.number, each.ubl) for each in one]
        assert told == [(1, 2), (2, 2)]


class TestWords:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_statement_never_calls_itself_an_invoice(self, language: str) -> None:
        paper = statement(language)
        assert paper.change is not None
        told = replace(
            paper.change, causes=(Cause(text="Last invoice, faktura, 发票, fatura, factura", amount=Decimal(1)),)
        )
        text = lines_of(replace(paper, change=told)).lower()
        forbidden = {"en": "invoice", "sv": "faktura", "zh-Hans": "发票", "pt-BR": "fatura", "es": "factura"}
        assert forbidden[language] not in text

    @pytest.mark.parametrize("paper", [credit_note(), cancellation()])
    def test_what_credits_names_its_original_and_asks_for_nothing(self, paper: PaperFacts) -> None:
        text = lines_of(paper)
        assert "2026-00471 of 30 April 2026" in text
        assert "Nothing to pay" in text
        assert "Latest" not in text
        assert "\u2212" in text

    def test_a_remainder_is_shown_and_not_hidden(self) -> None:
        paper = hotel()
        assert paper.change is not None
        cut = replace(paper, change=replace(paper.change, causes=paper.change.causes[:2]))
        assert "Not explained | +346.62" in lines_of(cut)

    def test_names_of_customers_are_text_and_nothing_else(self) -> None:
        name = '<img src="http://example.org/x.png"> & {page} %(page)s'
        paper = replace(german(), buyer=replace(BUYER, name=name))
        assert "<img" not in render_html(paper).partition("<body>")[2]
        assert name.replace(" ", "") in "".join(pages_of(render_pdf(paper))).replace(" ", "").replace("\n", "")


class TestRefusals:
    def test_sums_that_do_not_add_up(self) -> None:
        paper = hotel()
        wrong = {
            "lines": replace(paper, lines=paper.lines[1:]),
            "tax": replace(paper, tax=paper.tax + 1, gross=paper.gross + 1),
            "gross": replace(paper, gross=paper.gross + Decimal("0.01")),
            "usage": replace(paper, usage=paper.usage[1:]),
        }
        for code, facts in wrong.items():
            with pytest.raises(UnableToWritePaper) as refused:
                render_html(facts)
            assert refused.value.code == f"invoicing.paper-facts.{code}"

    def test_a_cancellation_of_nothing(self) -> None:
        assert "Nothing to pay" in lines_of(replace(credit_note(), original=None))  # a credit of before our time
        with pytest.raises(UnableToWritePaper) as refused:
            render_html(replace(cancellation(), original=None))
        assert refused.value.code == "invoicing.paper-facts.original"

    def test_a_missing_font_names_its_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fonts, "SYSTEM", ())
        fonts._file_of.cache_clear()
        fonts._glyphs_of.cache_clear()
        try:
            render_html(german("en"))
            with pytest.raises(UnableToWritePaper) as refused:
                render_html(german("zh-Hans"))
        finally:
            fonts._file_of.cache_clear()
            fonts._glyphs_of.cache_clear()
        assert refused.value.code == "invoicing.paper-font.missing"
        assert refused.value.facts["package"] == "fonts-noto-cjk"

    def test_a_glyph_that_no_font_has(self) -> None:
        with pytest.raises(UnableToWritePaper) as refused:
            render_html(replace(german(), buyer=replace(BUYER, name="\U00012000")))
        assert refused.value.facts["seen"] == "U+12000"


class TestSquare:
    def test_is_the_european_payments_councils(self) -> None:
        code = payment_code(german())
        assert code is not None
        assert (int(code.version) <= 13, code.error) == (True, "M"), "EPC069-12"

    @pytest.mark.parametrize("paper", [hotel(), export(), credit_note()])
    def test_is_only_for_euro_that_is_to_be_paid(self, paper: PaperFacts) -> None:
        assert payment_code(paper) is None


class TestLines:
    def test_usage_is_one_line_that_its_rows_add_up_to(self) -> None:
        rows = [_row(key=str(number), name=f"Azure plan, meter {number}", net=f"{number}.10") for number in range(1, 9)]
        lines, usage = arrange([replace(row, category="usage", product="Azure plan") for row in rows], currency="SEK")
        assert [(line.name, line.is_by_use) for line in lines] == [("Azure plan", True)]
        assert lines[0].net == add_up(row.net for row in usage) == Decimal("36.80")

    def test_a_change_of_seats_is_one_line_with_refund_and_charge(self) -> None:
        refund = _row(key="1", net="-6860.00", quantity="42", price="245.00", days=(11, 30))
        charge = _row(key="2", net="8166.67", quantity="50", price="245.00", days=(11, 30))
        (line,), _ = arrange([refund, charge], currency="SEK")
        assert (line.refunded, line.charged, line.net) == (Decimal("-6860.00"), Decimal("8166.67"), Decimal("1306.67"))
        assert (line.quantity, line.unit_price, line.share) == (Decimal(8), Decimal("245.00"), (20, 30))

    def test_proration_is_its_own_sum(self) -> None:
        row = _row(key="1", net="576.00", quantity="12", price="96.00", days=(16, 30))
        assert share_of_period(row, currency="SEK") == (15, 30)

    def test_a_price_that_does_not_give_the_amount_is_not_printed(self) -> None:
        (line,), _ = arrange([_row(key="1", net="100.00", quantity="3", price="7.00")], currency="SEK")
        assert (line.quantity, line.unit_price, line.net) == (None, None, Decimal("100.00"))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["usage", "licence"]),
                st.sampled_from(["s1", "s2", ""]),
                st.decimals(-1000, 1000, places=2),
                st.decimals(-50, 50, places=0),
            ),
            max_size=30,
        )
    )
    def test_no_cent_is_lost_by_arranging(self, drawn: list[tuple[str, str, Decimal, Decimal]]) -> None:
        rows = [
            replace(
                _row(key=str(key), net=str(net), quantity=str(quantity)), category=category, subscription=subscription
            )
            for key, (category, subscription, net, quantity) in enumerate(drawn)
        ]
        lines, usage = arrange(rows, currency="SEK")
        assert add_up(line.net for line in lines) == add_up(row.net for row in rows)
        assert add_up(row.net for row in usage) == add_up(line.net for line in lines if line.is_by_use)


def _row(
    *,
    key: str,
    net: str,
    name: str = "Microsoft 365 Business Premium",
    quantity: str = "1",
    price: str = "10",
    days: tuple[int, int] = (1, 30),
) -> Billed:
    return Billed(
        key=key,
        name=name,
        category="licence",
        net=Decimal(net),
        percent=Decimal(25),
        treatment="standard",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        starts_on=date(2026, 4, days[0]),
        ends_on=date(2026, 4, days[1]),
        subscription="s1",
    )
