"""A letter as PDF, printed by the press of the invoices: a pure function of `LetterFacts`."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.template import Context, Engine, Template
from django.utils import translation
from django.utils.html import strip_tags

from saldo.dunning.letters.layout import lay_out
from saldo.dunning.rules.letter import LetterFacts
from saldo.invoicing.papers.fonts import check_glyphs
from saldo.invoicing.papers.press import print_page

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def render_html(letter: LetterFacts) -> str:
    """The letter's page, in its own language whatever language is spoken around it.

    Refuses (UnableToWritePaper) characters without a glyph.
    """
    with translation.override(letter.language.lower()):
        html = _template().render(Context(lay_out(letter)))
    check_glyphs(strip_tags(html))
    return html


def render_pdf(letter: LetterFacts) -> bytes:
    """The letter as PDF/A; the same facts give the same text. Refuses (UnableToWritePaper) as `render_html`."""
    identifier = hashlib.sha256(letter.key.encode()).digest()[:16]
    return print_page(render_html(letter), name=letter.key, identifier=identifier, sheets=[_TEMPLATES / "letter.css"])


@lru_cache(maxsize=1)
def _template() -> Template:
    return Engine(autoescape=True).from_string((_TEMPLATES / "letter.html").read_text(encoding="utf-8"))
