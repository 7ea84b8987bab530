"""The paper as PDF/A-3 with its e-invoice inside: a pure function of `PaperFacts`, no database and no network."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import weasyprint
from django.template import Context, Engine, Template
from django.utils import translation
from django.utils.html import strip_tags

from saldo.invoicing.papers.fonts import check_glyphs
from saldo.invoicing.papers.layout import lay_out
from saldo.invoicing.papers.press import TEMPLATES, our_files_only, print_page
from saldo.invoicing.papers.wording import say
from saldo.invoicing.rules.paper import PaperFacts, check_sums

XML_NAME = "ubl.xml"
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
                url_fetcher=our_files_only(),
            )
        )
    identifier = hashlib.sha256(paper.number.encode() + (ubl or b"")).digest()[:16]
    return print_page(render_html(paper), name=paper.number, identifier=identifier, attachments=attachments)


@lru_cache(maxsize=1)
def _template() -> Template:
    return Engine(autoescape=True).from_string((TEMPLATES / "paper.html").read_text(encoding="utf-8"))
