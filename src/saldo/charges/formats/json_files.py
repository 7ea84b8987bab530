"""JSON of Microsoft's: saved v1 pages, bare lists, invoice headers, and JSON lines of an export."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saldo.charges.formats.headers import name_columns
from saldo.charges.formats.landing import Landed
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Part, Shape

MAX_DOCUMENT = 128 << 20  # read at once it takes seven times its size; a page holds at most 2,000 rows, some megabytes
_BYTES_A_MARK = 8  # rows of Microsoft have more for a bracket or comma; a file of brackets takes fifty times its size
_SMALL = 1 << 16
_SAMPLE = 200
_INVOICE_IN_ADDRESS = re.compile(r"/invoices/(?:\w+-)?([DG]\w+)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One saved answer of the API: its rows as a part, and the invoice that its address or its first row names."""

    shape: Shape
    part: Part
    document: str
    is_one_of_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderFile:
    """Invoice headers, or the balances over them, as objects with lower-case keys."""

    landed: Landed
    objects: tuple[Mapping[str, str], ...]


def read_json_file(landed: Landed, *, folder: Path) -> Page | HeaderFile:
    """What a JSON file holds: rows of a known kind, or invoice headers.

    Refuses (UnableToReadFile): bad-json, no-rows, too-large, and whatever the columns are refused for.
    """
    if is_json_lines(landed):
        return _lines_page(landed)
    texts, address = _read_texts(landed)
    if not texts:
        raise UnableToReadFile(code="charges.file.no-rows", facts={"file": landed.name})
    seen = {key.casefold() for key in texts[0]}
    if {"invoicedate", "totalcharges"} <= seen or {"balanceamount", "accountingdate"} <= seen:
        return HeaderFile(landed=landed, objects=tuple(_folded(text) for text in texts))
    return _page(landed, texts, address=address, folder=folder)


def is_json_lines(landed: Landed) -> bool:
    """Whether the first line is an object of its own and another begins on the next."""
    first, _, rest = landed.head.lstrip("\ufeff \r\n\t").partition("\n")
    if not first.startswith("{") or (rest.strip() and not rest.lstrip().startswith("{")):
        return False
    found = _line(first)
    return isinstance(found, dict) and not {"items", "totalCharges", "balanceAmount"} & found.keys()


def _line(line: str) -> Any:
    """What one line says; None where it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _lines_page(landed: Landed) -> Page:
    keys: dict[str, None] = {}
    first, *others = landed.head.lstrip("\ufeff \r\n\t").split("\n")[:_SAMPLE]
    for line in (first, *others):
        found = _line(line)
        if isinstance(found, dict):  # the last line may be cut; a broken one is found when all are read
            keys |= dict.fromkeys(found)
    shape, columns = name_columns(tuple(keys), file=landed.name)
    part = _part(landed, tuple(keys), columns, landed.text)
    return Page(shape=shape, part=part, document=_invoice(_line(first), columns), is_one_of_many=False)


def _page(landed: Landed, texts: Sequence[Mapping[str, str]], *, address: str, folder: Path) -> Page:
    keys = tuple(dict.fromkeys(key for text in texts for key in text))
    shape, columns = name_columns(keys, file=landed.name)
    found = _INVOICE_IN_ADDRESS.search(address)
    try:
        written = _write_lines(texts, folder)
    except UnicodeEncodeError as fault:
        facts = {"file": landed.name, "row": 0, "seen": "half of a character"}
        raise UnableToReadFile(code="charges.file.bad-json", facts=facts) from fault
    part = _part(landed, keys, columns, written)
    return Page(
        shape=shape,
        part=part,
        document=found[1].upper() if found else _invoice(texts[0], columns),
        is_one_of_many=any(word in address.lower() for word in ("next", "offset")),
    )


def _invoice(row: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """The invoice that a row names, "" where it names none."""
    named = (str(value) for key, value in row.items() if columns.get(key) == "InvoiceNumber")
    return next(named, "").strip().upper()


def _part(landed: Landed, header: tuple[str, ...], columns: Mapping[str, str], text: Path) -> Part:
    return Part(
        name=landed.name, sha256=landed.sha256, landed=text, format="json-lines", header=header, columns=columns
    )


def _read_texts(landed: Landed) -> tuple[list[dict[str, str]], str]:
    """The objects of a document with their values as texts, and the addresses it names."""
    try:
        items, address = _items(_load(landed))
        return [_as_texts(item) for item in items], address
    except RecursionError as fault:
        facts = {"file": landed.name, "row": 0, "seen": "nested without end"}
        raise UnableToReadFile(code="charges.file.bad-json", facts=facts) from fault


def _load(landed: Landed) -> Any:
    if landed.text.stat().st_size > MAX_DOCUMENT:
        raise UnableToReadFile(code="charges.file.too-large", facts={"file": landed.name, "times": 1})
    try:
        text = landed.text.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        facts = {
            "file": landed.name,
            "row": fault.object[: fault.start].count(b"\n"),
            "seen": fault.object[fault.start :][:1].hex(),
        }
        raise UnableToReadFile(code="charges.file.not-utf8", facts=facts) from fault
    if sum(map(text.count, "{[,")) * _BYTES_A_MARK > len(text) + _SMALL:
        raise UnableToReadFile(code="charges.file.too-large", facts={"file": landed.name, "times": 1})
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except ValueError as fault:
        facts = {"file": landed.name, "row": getattr(fault, "lineno", 0), "seen": str(fault)[:120]}
        raise UnableToReadFile(code="charges.file.bad-json", facts=facts) from fault


def _items(document: Any) -> tuple[list[dict[str, Any]], str]:
    """The objects a document holds, and the addresses it names."""
    address = ""
    if isinstance(document, dict):
        links = document.get("links") or {}
        address = json.dumps(links)
        found = document["items"] if isinstance(document.get("items"), list) else [document]
    else:
        found = document if isinstance(document, list) else []
    return [item for item in found if isinstance(item, dict)], address


def _as_texts(item: Mapping[str, Any]) -> dict[str, str]:
    return {key: _text(value) for key, value in item.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False)


def _folded(text: Mapping[str, str]) -> dict[str, str]:
    return {key.casefold(): value for key, value in text.items()}


def _write_lines(texts: Iterable[Mapping[str, str]], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".jsonl", delete=False) as file:
        for text in texts:
            file.write(json.dumps(text, ensure_ascii=False) + "\n")
    return Path(file.name)
