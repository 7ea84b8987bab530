"""Walking the desk as a person would: from link to link, each page looked at once."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import resolve
from openpyxl import load_workbook
from pypdf import PdfReader

_LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
MOST_OF_A_KIND = 4
"""How many pages of one address pattern are looked at: customers, months, reasons, rows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One page, and its text as the person gets it: HTML whole, workbooks cell by cell."""

    address: str
    name: str
    status: int
    text: str
    is_html: bool


def walk(client: Client, *, start: tuple[str, ...]) -> Iterator[Seen]:
    """Every page that links lead to from these; sign-out and downloads of the browser's own parts are left out."""
    waiting, seen, counts = list(start), set[str](), dict[str, int]()
    while waiting:
        address = html.unescape(waiting.pop(0)).split("#")[0]
        if address in seen or address.startswith("/static/"):
            continue
        seen.add(address)
        name = resolve(address.split("?")[0]).view_name
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > MOST_OF_A_KIND:
            continue
        page = look(client, address, name)
        yield page
        waiting += _LINK.findall(page.text) if page.is_html else []


def look(client: Client, address: str, name: str = "") -> Seen:
    """One page; fragments are asked for as htmx asks."""
    headers = {"HX-Request": "true"} if name == "desk:compare-evidence" else {}
    answer = client.get(address, headers=headers)
    kind = answer.get("Content-Type", "")
    is_html = kind.startswith("text/html")
    text = _text(kind, answer.content)
    return Seen(address, name, answer.status_code, text, is_html)


def _text(kind: str, content: bytes) -> str:
    """What a reader gets of it: cells of a workbook, all pages of a PDF with the e-invoice inside."""
    if "spreadsheet" in kind:
        return _cells(content)
    if kind == "application/pdf" and b"%%EOF" in content:  # the desk of the tests attaches a text that only says so
        paper = PdfReader(io.BytesIO(content))
        inside = [data.decode() for held in paper.attachments.values() for data in held]
        return "\n".join([*(page.extract_text() for page in paper.pages), *inside])
    return content.decode()


def _cells(workbook: bytes) -> str:
    pages = load_workbook(io.BytesIO(workbook), read_only=True).worksheets
    return "\n".join(str(cell) for page in pages for row in page.iter_rows(values_only=True) for cell in row)
