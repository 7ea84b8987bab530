"""What PDF/A-3b asks of a paper, looked at with other programs' eyes: fonts, colours, metadata, the file inside.

No validator of the whole standard is to be had from the registries we use; docs/einvoice.md says what stays unproved.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ContentStream

from saldo.invoicing.papers.fonts import WIDER, check_glyphs
from saldo.invoicing.papers.pdf import XML_NAME, render_pdf
from saldo.invoicing.papers.ubl import ubl_xml
from saldo.invoicing.rules.paper import PaperFacts, UnableToWritePaper
from tests.invoicing.paper_cases import credit_note, german, hotel

_ACTIONS = ("/OpenAction", "/AA", "/JavaScript", "/AcroForm", "/OCProperties")
# Names as customers have them, in letters that Inter or Noto Sans CJK draw.
_NAMES = {
    "simplified": "上海海风酒店管理有限公司 龘靐",
    "traditional": "臺灣微軟股份有限公司",
    "japanese": "株式会社マイクロソフト・サービス ﾊﾝｶｸ ～",
    "korean": "주식회사 한빛클라우드",
    "greek": "Ελληνική Εταιρεία Νέφους ΑΕ",
    "cyrillic": "ООО «Облачные услуги» Ђорђевић",
    "vietnamese": "Công ty TNHH Điện toán Đám mây",
    "european": "Łódź Ştefan Đorđe Ýmir Ğüneş",
    "a variant": "葛\U000e0100城",
}


def _named(name: str) -> PaperFacts:
    paper = german()
    return replace(paper, buyer=replace(paper.buyer, name=name, contact=name))


PAPERS = {
    "zh-Hans": lambda: hotel("zh-Hans"),
    "pt-BR": lambda: hotel("pt-BR"),
    "to-scan": lambda: german("sv"),
    "credit": lambda: credit_note("es"),
    **{f"name in {script}": lambda name=name: _named(name) for script, name in _NAMES.items()},
}


@pytest.fixture(scope="module", params=PAPERS)
def pdf(request: pytest.FixtureRequest) -> PdfReader:
    """A paper with its e-invoice, read by pypdf."""
    paper = PAPERS[request.param]()
    return PdfReader(io.BytesIO(render_pdf(paper, ubl=ubl_xml(paper))))


def _fonts(pdf: PdfReader) -> Iterator[tuple[Any, str, Any, Any]]:
    """Each page, the name of each font on it, the font, and its descendant."""
    for page in pdf.pages:
        for name, font in page["/Resources"]["/Font"].items():
            yield page, name, font.get_object(), font.get_object()["/DescendantFonts"][0].get_object()


def _widths(descendant: Any) -> dict[int, float]:
    found: dict[int, float] = {}
    said = list(descendant["/W"])
    while said:
        first, second = int(said.pop(0)), said.pop(0)
        if isinstance(second, list):
            found |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            found |= dict.fromkeys(range(first, int(second) + 1), float(said.pop(0)))
    return found


def _shown(page: Any, pdf: PdfReader) -> Iterator[tuple[str, int]]:
    """Font and glyph, as often as one is drawn."""
    font = ""
    for operands, operator in ContentStream(page["/Contents"].get_object(), pdf).operations:
        if operator == b"Tf":
            font = operands[0]
        texts = operands if operator == b"Tj" else operands[0] if operator == b"TJ" else ()
        for text in texts:
            code = getattr(text, "original_bytes", text)
            if isinstance(code, bytes):
                yield from ((font, int.from_bytes(code[at : at + 2], "big")) for at in range(0, len(code), 2))


class TestFonts:
    def test_are_inside_and_can_be_read_back(self, pdf: PdfReader) -> None:
        for _, name, font, descendant in _fonts(pdf):
            described = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & described.keys(), name
            assert "/ToUnicode" in font
            assert (font["/Encoding"], descendant["/CIDToGIDMap"]) == ("/Identity-H", "/Identity")

    def test_have_every_glyph_that_is_drawn_in_its_width(self, pdf: PdfReader) -> None:
        for page in pdf.pages:
            drawn = set(_shown(page, pdf))
            assert drawn
            for _, name, _, descendant in (each for each in _fonts(pdf) if each[0] == page):
                described = descendant["/FontDescriptor"].get_object()
                data = described.get("/FontFile2", described.get("/FontFile3")).get_object().get_data()
                font, widths = TTFont(io.BytesIO(data)), _widths(descendant)
                order, unit = font.getGlyphOrder(), font["head"].unitsPerEm
                for glyph in (glyph for of, glyph in drawn if of == name):
                    assert 0 < glyph < len(order), "a box"
                    assert abs(widths[glyph] - font["hmtx"][order[glyph]][0] * 1000 / unit) <= 1


class TestThePage:
    def test_lets_nothing_shine_through(self, pdf: PdfReader) -> None:
        for page in pdf.pages:
            assert "/Group" not in page
            for state in (each.get_object() for each in page["/Resources"].get("/ExtGState", {}).values()):
                assert state.get("/SMask", "/None") == "/None"
                assert {state.get("/ca", 1), state.get("/CA", 1), state.get("/BM", "/Normal")} == {1, "/Normal"}

    def test_has_one_meaning_of_its_colours(self, pdf: PdfReader) -> None:
        (intent,) = (each.get_object() for each in pdf.trailer["/Root"]["/OutputIntents"])
        assert intent["/S"] == "/GTS_PDFA1"
        profile = intent["/DestOutputProfile"].get_object()
        assert (profile["/N"], profile.get_data()[36:40]) == (3, b"acsp")

    def test_does_nothing(self, pdf: PdfReader) -> None:
        root = pdf.trailer["/Root"]
        assert not pdf.is_encrypted
        assert not [name for name in _ACTIONS if name in root or name in root.get("/Names", {})]
        for page in pdf.pages:
            for note in (each.get_object() for each in page.get("/Annots", ())):
                assert note["/Subtype"] == "/Link"
                assert note.get("/A", {}).get("/S", "/GoTo") == "/GoTo"

    def test_is_known_by_its_metadata(self, pdf: PdfReader) -> None:
        said, known = pdf.xmp_metadata, pdf.metadata
        assert said is not None
        assert known is not None
        assert 'pdfaid:part="3"' in (text := said.stream.get_data().decode())
        assert 'pdfaid:conformance="B"' in text
        assert (said.dc_title["x-default"], said.dc_creator) == (known.title, [known.author])
        assert pdf.trailer["/ID"][0]


class TestTheFileInside:
    def test_says_what_it_is(self, pdf: PdfReader) -> None:
        (held,) = (each.get_object() for each in pdf.trailer["/Root"]["/AF"])
        assert (held["/F"], held["/UF"], held["/AFRelationship"]) == (XML_NAME, XML_NAME, "/Alternative")
        file = held["/EF"]["/F"].get_object()
        assert (file["/Type"], file["/Subtype"]) == ("/EmbeddedFile", "/text/xml")
        assert file["/Params"]["/Size"] == len(file.get_data())
        assert "/ModDate" in file["/Params"]
        assert file.get_data() == pdf.attachments[XML_NAME][0]


class TestLetters:
    def test_that_only_join_turn_or_choose_need_no_glyph(self) -> None:
        check_glyphs("a\u200d\u200f\u00ad\ufe0e\U000e0100")

    def test_of_no_font_are_refused_by_name(self) -> None:
        with pytest.raises(UnableToWritePaper) as refused:
            check_glyphs("\U0001f680")
        assert refused.value.facts["character"] == "\U0001f680"

    def test_of_europe_need_no_font_of_the_machine(self) -> None:
        assert {font.package for font in WIDER} == {"make setup"}
