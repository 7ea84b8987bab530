"""What prints a page of ours as PDF/A-3: our fonts and nothing from outside, the same page always the same bytes.

Invoices and every other paper of the house go through it, so that all look alike and none asks the network.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from saldo.invoicing.papers.fonts import VENDORED, font_faces, font_families
from saldo.invoicing.rules.paper import UnableToWritePaper

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "invoicing"
VARIANT = "pdf/a-3b"
_COLOURS = "paper-srgb"
_ICC = "sRGB2014.icc"


def print_page(
    html: str, *, name: str, identifier: bytes, sheets: Sequence[Path] = (), attachments: Sequence[Any] = ()
) -> bytes:
    """A page of HTML as PDF/A-3b by the house's style sheet and those given; ``identifier`` names it for good.

    ``name`` is what a refusal calls it. Refuses (UnableToWritePaper): invoicing.paper.not-made, and an address that is
    no file of ours.
    """
    style, fonts = _style(tuple(sheets))
    made = weasyprint.HTML(string=html, url_fetcher=our_files_only()).write_pdf(
        finisher=_name_files_once,
        stylesheets=[style],
        font_config=fonts,
        attachments=list(attachments),
        pdf_variant=VARIANT,
        output_intent=_COLOURS,
        color_profiles={_COLOURS: _colours()},
        pdf_identifier=identifier,
    )
    if made is None:
        raise UnableToWritePaper(code="invoicing.paper.not-made", facts={"number": name})
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
def our_files_only() -> _OurFiles:
    """What opens the files of a page: our fonts alone."""
    return _OurFiles(allowed_protocols={"file"})


@lru_cache(maxsize=4)
def _style(sheets: tuple[Path, ...]) -> tuple[weasyprint.CSS, FontConfiguration]:
    """Read once a process: fonts and style sheet are a third of the work of one paper."""
    fonts = FontConfiguration()
    sheet = "\n".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "paper.css", *sheets))
    text = font_faces() + sheet.replace("FAMILIES", font_families())
    return weasyprint.CSS(string=text, font_config=fonts, url_fetcher=our_files_only()), fonts
