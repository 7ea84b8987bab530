"""Page: what the columns of a bank's CSV file mean. First rows with a picker over each, the result under it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.import_detail import say_code
from saldo.desk.paging import address
from saldo.desk.receipts.files import say_received, take
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.outbox import documents
from saldo.parties.debtors import BankAccount, list_bank_accounts
from saldo.receipts.actions.habits import map_sheet
from saldo.receipts.formats.fields import decode, encoding_of, tidy
from saldo.receipts.formats.reading import read_bank_file
from saldo.receipts.formats.sheet_guess import propose_mapping
from saldo.receipts.formats.sheets import split_rows
from saldo.receipts.queries import find_file
from saldo.receipts.rules.entries import BankFileRead, SheetMapping

FIELDS = (
    *("booked_on", "value_on", "value", "money_in", "money_out", "currency"),
    *("payer", "payer_account", "text", "reference", "bank_reference", "account"),
)
DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%y")
DELIMITERS = ((";", "semicolon"), (",", "comma"), ("\t", "tab"), ("|", "bar"))
_ROWS, _RESULT_ROWS, _LOOK = 6, 8, 30


@gate_everywhere("receipt.match")
def columns(request: HttpRequest, sha256: str) -> HttpResponse:
    """Map and look as often as needed; saving keeps the mapping and takes the file in."""
    visitor = get_visitor(request)
    file = find_file(company=visitor.company.id, sha256=sha256)
    try:
        data = documents.read(sha256)
    except Refused:
        data = None
    if file is None or data is None:
        raise Http404(figures.say("pages.receipts.columns.no-file"))
    said = request.POST if request.method == "POST" else request.GET
    accounts = list_bank_accounts(company=visitor.company.id)
    mapping, table = _read(data, said, accounts, file.name, visitor)
    fault = ""
    if "save" in request.POST:
        try:
            map_sheet(company=visitor.company.id, mapping=mapping, by=visitor.actor, at=get_world().clock.now())
            return _take(request, visitor, data, file.name)
        except Refused as refused:
            fault = say_refusal(refused)
    read = read_bank_file(data=data, mappings=(mapping,)) if mapping.columns else None
    page = {
        "name": file.name,
        "files_href": reverse("desk:receipts-files"),
        "path": request.path,
        "fault": fault,
        "mapping": mapping,
        "heads": _heads(table, mapping),
        "rows": table[1 : 1 + _ROWS],
        "fields": [("", figures.say("pages.receipts.columns.unused"))]
        + [(field, figures.say(f"pages.receipts.columns.{field.replace('_', '-')}")) for field in FIELDS],
        "delimiters": [(sign, figures.say(f"pages.receipts.columns.sign.{name}")) for sign, name in DELIMITERS],
        "points": ((",", "1 234,50"), (".", "1,234.50")),
        "forms": [(form, _example(form)) for form in dict.fromkeys((mapping.day_form, *DAY_FORMS))],
        "accounts": [(number_of(one), one.name) for one in accounts],
        "result": _result(read),
    }
    return render(request, "desk/receipts/columns.html", {"page": page})


def number_of(account: BankAccount) -> str:
    """What a bank would call the account."""
    return account.iban or account.giro or account.number or account.code


def _read(
    data: bytes, said: Mapping[str, Any], accounts: Sequence[BankAccount], name: str, visitor: Visitor
) -> tuple[SheetMapping, list[list[str]]]:
    """The mapping as said, else as it seems to be, and the table from its head on."""
    guess = propose_mapping(data=data)
    usual = accounts[0] if accounts else None
    first = SheetMapping(name="", head=(), columns={}, encoding=encoding_of(data), delimiter=_likely_delimiter(data))
    mapping = replace(
        guess.mapping if guess else first,
        name=Path(name).stem[:60],
        account=number_of(usual) if usual else "",
        currency=usual.currency if usual else visitor.company.currency,
    )
    if "delimiter" in said:
        mapping = replace(
            mapping,
            delimiter=said["delimiter"][:1] or ";",
            decimal_point=said.get("decimal_point", ",")[:1],
            day_form=said.get("day_form", "")[:20],
            name=" ".join(said.get("name", "").split())[:60],
            account=said.get("account", "")[:60],
            currency=said.get("currency", "")[:3].upper(),
        )
    table = _table(data, mapping)
    if "delimiter" in said:
        head = table[0] if table else []
        picked = {said.get(f"c{place}", ""): title for place, title in enumerate(head) if title}
        kept = {field: title for field, title in picked.items() if field in FIELDS}
        mapping = replace(mapping, columns=kept, head=tuple(kept.values()))
    return mapping, table


def _table(data: bytes, mapping: SheetMapping) -> list[list[str]]:
    """The rows from the head on: the first of the fullest rows, since banks write titles above their tables."""
    lines = decode(data[:65536], mapping.encoding).splitlines()[:_LOOK]
    rows = [[tidy(cell) for cell in row] for row in split_rows("\n".join(lines), mapping.delimiter) or []]
    filled = [sum(1 for cell in row if cell) for row in rows]
    return rows[filled.index(max(filled)) :] if filled else []


def _likely_delimiter(data: bytes) -> str:
    text = decode(data[:4096], "")
    return max((sign for sign, _ in DELIMITERS), key=text.count)


def _heads(table: Sequence[Sequence[str]], mapping: SheetMapping) -> list[dict[str, str]]:
    fields = {title: field for field, title in mapping.columns.items()}
    head = table[0] if table else ()
    return [{"title": title, "field": fields.get(title, ""), "name": f"c{place}"} for place, title in enumerate(head)]


def _example(form: str) -> str:
    signs = {"%Y": "2026", "%y": "26", "%m": "05", "%d": "12"}
    for sign, words in signs.items():
        form = form.replace(sign, words)
    return form


def _result(read: BankFileRead | None) -> dict[str, Any]:
    if read is None:
        return {"words": figures.say("pages.receipts.columns.nothing-mapped"), "mark": "warn", "rows": ()}
    if read.refused is not None:
        facts = {"row": read.refused.place.row, "column": read.refused.place.column, "seen": read.refused.seen}
        return {"words": say_code(read.refused.code, facts | dict(read.refused.facts)), "mark": "bad", "rows": ()}
    warnings = [
        say_code(one.code, {"row": one.place.row, "column": one.place.column, "seen": one.seen} | dict(one.facts))
        for one in read.warnings[:_RESULT_ROWS]
    ]
    return {
        "words": figures.say_many("pages.receipts.columns.entries", len(read.entries)),
        "mark": "ok" if read.entries and not warnings else "warn",
        "warnings": warnings,
        "rows": [
            {
                "day": figures.day(entry.booked_on),
                "payer": entry.payer,
                "text": " · ".join(filter(None, (*entry.references, entry.text))),
                "amount": figures.amount(entry.value, entry.currency),
                "currency": entry.currency,
            }
            for entry in read.entries[:_RESULT_ROWS]
        ],
    }


def _take(request: HttpRequest, visitor: Visitor, data: bytes, name: str) -> HttpResponse:
    folder = Path(tempfile.mkdtemp(prefix="columns-"))
    try:
        path = folder / (Path(name).name or "file.csv")
        path.write_bytes(data)
        received = take(visitor, [path])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    messages.success(request, figures.say("pages.receipts.columns.saved"))
    say_received(request, received)
    return redirect(address(reverse("desk:receipts-files"), {"new": received[0].sha256}))
