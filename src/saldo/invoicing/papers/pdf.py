"""The paper as PDF/A-3 with its e-invoice inside: a pure function of `PaperFacts`, no database and no network."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import weasyprint
from django.template import Context, Engine, Template
from django.utils import translation
from django.utils.html import strip_tags
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from saldo.invoicing.papers.fonts import VENDORED, check_glyphs, font_faces, font_families
from saldo.invoicing.papers.layout import lay_out
from saldo.invoicing.papers.wording import say
from saldo.invoicing.rules.paper import PaperFacts, UnableToWritePaper, check_sums

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "invoicing"
XML_NAME = "ubl.xml"
VARIANT = "pdf/a-3b"
_COLOURS = "paper-srgb"
_ICC = "sRGB2014.icc"
_LABELS = ("to", "what", "quantity", "price", "nothing", "used", "days", "sum")


def render_html(paper: PaperFacts) -> str:
    """The paper's page, in its own language whatever language is spoken around it.

    Refuses (UnableToWritePaper) sums that do not add up, and characters without a glyph.
    """
    check_sums(paper)
    with translation.override(paper.language.lower()):
        shown = lay_out(paper) | {"buyer_name": paper.buyer.name, "labels": {name: say(name) for name in _LABELS}}
        html = _template().render(Context(shown))
    check_glyphs(strip_tags(html))
    return html


def render_pdf(paper: PaperFacts, *, ubl: bytes | None = None) -> bytes:
    """The paper as PDF/A-3b; ``ubl`` is attached as the same document for machines. Same facts, same text.

    Refuses (UnableToWritePaper) as `render_html`.
    """
    page = weasyprint.HTML(string=render_html(paper), url_fetcher=_our_files_only())
    attachments = []
    if ubl is not None:
        attachments.append(
            weasyprint.Attachment(
                string=ubl.decode(),
                name=XML_NAME,
                description="EN 16931",
                created=paper.issued_at,
                modified=paper.issued_at,
                relationship="Alternative",
                url_fetcher=_our_files_only(),
            )
        )
    style, fonts = _style()
    made = page.write_pdf(
        finisher=_name_files_once,
        stylesheets=[style],
        font_config=fonts,
        attachments=attachments,
        pdf_variant=VARIANT,
        output_intent=_COLOURS,
        color_profiles={_COLOURS: _colours()},
        pdf_identifier=hashlib.sha256(paper.number.encode() + (ubl or b"")).digest()[:16],
    )
    if made is None:
        raise UnableToWritePaper(code="invoicing.paper.not-made", facts={"number": paper.number})
    return bytes(made)


def _name_files_once(document: Any, pdf: Any) -> None:
    """WeasyPrint names each attached file twice in the catalogue: readers would show the e-invoice two times."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _colours() -> ColorProfile:
    """WeasyPrint's own sRGB profile, read by us: it leaves its file open."""
    path = Path(weasyprint.__file__).parent / "pdf" / _ICC
    return ColorProfile(io.BytesIO(path.read_bytes()), _ICC, "relative-colorimetric", (["r"], ["g"], ["b"]))


class _OurFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Opens fonts of ours and nothing else: a paper never asks the network, whatever a customer is called."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The file behind an address in the vendored folder; refuses (UnableToWritePaper) every other."""
        if not url.startswith(VENDORED.as_uri() + "/") or ".." in url:
            raise UnableToWritePaper(code="invoicing.paper.foreign-address", facts={"address": url})
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _our_files_only() -> _OurFiles:
    return _OurFiles(allowed_protocols={"file"})


@lru_cache(maxsize=1)
def _template() -> Template:
    return Engine(autoescape=True).from_string((TEMPLATES / "paper.html").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _style() -> tuple[weasyprint.CSS, FontConfiguration]:
    """Read once a process: fonts and style sheet are a third of the work of one paper."""
    fonts = FontConfiguration()
    sheet = (TEMPLATES / "paper.css").read_text(encoding="utf-8")
    text = font_faces() + sheet.replace("FAMILIES", font_families())
    return weasyprint.CSS(string=text, font_config=fonts, url_fetcher=_our_files_only()), fonts
