"""Taking over debtors, terms and prices from a sheet: first a preview, row by row; then exactly what it showed.

The preview does everything and takes it back, so it shows what confirming does, refusals included. Confirming asks for
the fingerprint of the preview: where file or agreements have changed since, nothing is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.db import transaction

from saldo.agreements.actions import set_price_rule, set_terms
from saldo.agreements.formats.sheet_files import Sheet, SheetRow, read_sheet
from saldo.agreements.queries import list_price_rules, list_terms
from saldo.agreements.rules.sheet_rows import (
    COLUMNS,
    SheetFault,
    SheetKind,
    key_of,
    kind_of,
    price_rule_of,
    read_cells,
    terms_of,
    told_of_rule,
    told_of_terms,
    written,
)
from saldo.audit import log
from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place, Problem, Refused, as_seen
from saldo.parties.billing_actions import add_debtor, edit_debtor
from saldo.parties.debtors import find_debtor, list_debtors

RowState = Literal["new", "changed", "same", "fault"]
Told = Mapping[str, Any]
Known = Mapping[str, Any]


class UnableToTakeSheet(Refused):
    """agreements.sheet.unknown-kind, .unknown-columns, .has-faults, .other-fingerprint."""


class _TakenBack(Exception):
    """Ends a preview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One cell that changes something."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPreview:
    """What one row does; ``row`` is 1 for the first below the head."""

    row: int
    key: str
    state: RowState
    cells: tuple[CellChange, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a sheet does, and the fingerprint that confirms it."""

    kind: SheetKind
    rows: tuple[RowPreview, ...]
    fingerprint: str

    def count(self, state: RowState) -> int:
        """How many rows are so."""
        return sum(row.state == state for row in self.rows)


def preview_sheet(*, company: CompanyId, data: bytes, by: str, at: datetime) -> Preview:
    """What the sheet would change; nothing is written.

    Refuses: UnableToReadSheet; UnableToTakeSheet (agreements.sheet.unknown-kind, .unknown-columns).
    """
    kept: list[Preview] = []
    try:
        with transaction.atomic():
            kept.append(_take(company, data, by, at))
            raise _TakenBack
    except _TakenBack:
        return kept[0]


def take_sheet(*, company: CompanyId, data: bytes, fingerprint: str, by: str, at: datetime) -> Preview:
    """Write what the preview with this fingerprint showed, all of it or nothing.

    Refuses: as `preview_sheet`, and UnableToTakeSheet: agreements.sheet.has-faults, .other-fingerprint.
    """
    with transaction.atomic():
        taken = _take(company, data, by, at)
        if taken.fingerprint != fingerprint:
            raise UnableToTakeSheet(code="agreements.sheet.other-fingerprint")
        if taken.count("fault"):
            raise UnableToTakeSheet(code="agreements.sheet.has-faults", facts={"count": taken.count("fault")})
        facts = {"kind": taken.kind, "new": taken.count("new"), "changed": taken.count("changed")}
        subject = f"file:{hashlib.sha256(data).hexdigest()}"
        log.record(company=company, code="agreements.sheet-taken", actor=by, subject=subject, at=at, facts=facts)
    return taken


def _take(company: CompanyId, data: bytes, by: str, at: datetime) -> Preview:
    sheet = read_sheet(data=data)
    kind = _kind(sheet)
    write: _Writer = partial(_WRITERS[kind], known=_known(kind, company), company=company, by=by, at=at)
    file = FileId(hashlib.sha256(data).hexdigest())
    seen: set[str] = set()
    rows = tuple(_take_row(kind, row, write, file, seen) for row in sheet.rows)
    shown = json.dumps([company, file, kind, [asdict(row) for row in rows]], sort_keys=True, default=str)
    return Preview(kind=kind, rows=rows, fingerprint=hashlib.sha256(shown.encode()).hexdigest()[:16])


def _kind(sheet: Sheet) -> SheetKind:
    kind = kind_of(sheet.columns)
    if kind is None:
        raise UnableToTakeSheet(code="agreements.sheet.unknown-kind", facts={"columns": ", ".join(sheet.columns)})
    named = [column for column in sheet.columns if column]
    strange = sorted({as_seen(column) for column in named if column not in COLUMNS[kind] or named.count(column) > 1})
    if strange:
        raise UnableToTakeSheet(code="agreements.sheet.unknown-columns", facts={"columns": ", ".join(strange)})
    return kind


def _take_row(kind: SheetKind, row: SheetRow, write: _Writer, file: FileId, seen: set[str]) -> RowPreview:
    key = as_seen(key_of(kind, row.cells))
    try:
        said = read_cells(kind, row.cells)
        if key in seen:
            raise SheetFault(code="agreements.sheet.twice", column=next(iter(COLUMNS[kind])), seen=key)
        seen.add(key)
        before, after = write(said)
    except SheetFault as fault:
        return _fault(row, key, file, fault.code, fault.column, fault.seen)
    except Refused as refusal:
        column = str(refusal.facts.get("field", ""))
        return _fault(row, key, file, refusal.code, column, row.cells.get(column, ""), refusal.facts)
    cells = tuple(
        CellChange(column=column, before=written(before.get(column)), after=written(after[column]))
        for column in COLUMNS[kind]
        if column in after and written(before.get(column)) != written(after[column])
    )
    if before and not [cell for cell in cells if cell.column != "starts_on"]:
        return RowPreview(row=row.number, key=key, state="same")
    return RowPreview(row=row.number, key=key, state="changed" if before else "new", cells=cells)


def _fault(
    row: SheetRow, key: str, file: FileId, code: str, column: str, seen: str, facts: Told | None = None
) -> RowPreview:
    place = Place(file, row.number, column)
    problem = Problem(code=code, place=place, seen=as_seen(seen), facts=dict(facts or {}))
    return RowPreview(row=row.number, key=key, state="fault", problems=(problem,))


def _write_price(said: Told, *, known: Known, company: CompanyId, by: str, at: datetime) -> tuple[Told, Told]:
    before = known.get(said["code"])
    after = price_rule_of(said, before)
    told = {} if before is None else told_of_rule(before)
    if before is None or told_of_rule(after) | {"starts_on": before.starts_on} != told:
        with transaction.atomic():
            set_price_rule(company=company, rule=after, by=by, at=at)
    return told, told_of_rule(after)


def _write_terms(said: Told, *, known: Known, company: CompanyId, by: str, at: datetime) -> tuple[Told, Told]:
    before = known.get(said["debtor"])
    after = terms_of(said, before)
    if said["debtor"] and find_debtor(company=company, number=said["debtor"]) is None:
        raise UnableToTakeSheet(code="parties.debtor.unknown", facts={"field": "debtor", "debtor": said["debtor"]})
    told = {} if before is None else told_of_terms(before)
    if before is None or told_of_terms(after) | {"starts_on": before.starts_on} != told:
        with transaction.atomic():
            set_terms(company=company, terms=after, by=by, at=at)
    return told, told_of_terms(after)


def _write_debtor(said: Told, *, known: Known, company: CompanyId, by: str, at: datetime) -> tuple[Told, Told]:
    number = said["number"]
    fields = {name: value for name, value in said.items() if name != "number"}
    if "parent" in fields:
        fields["parent"] = fields["parent"] or None
    before = known.get(number)
    told = {} if before is None else {name: getattr(before, name) for name in said}
    if all(told.get(name) == value for name, value in fields.items()) and before is not None:
        return told, told
    with transaction.atomic():
        if before is None:
            add_debtor(company=company, fields=fields, by=by, at=at, number=number)
        else:
            edit_debtor(company=company, number=number, changes=fields, by=by, at=at)
    now = find_debtor(company=company, number=number)
    return told, {name: getattr(now, name) for name in said}


def _known(kind: SheetKind, company: CompanyId) -> Known:
    """What holds before the sheet, by the key of its rows; no key stands in two rows."""
    if kind == "prices":
        return {rule.code: rule for rule in list_price_rules(company=company)}
    if kind == "terms":
        return {terms.debtor: terms for terms in list_terms(company=company)}
    return {debtor.number: debtor for debtor in list_debtors(company=company)}


_Writer = Callable[[Told], tuple[Told, Told]]
_WRITERS: Mapping[SheetKind, Callable[..., tuple[Told, Told]]] = {
    "prices": _write_price,
    "terms": _write_terms,
    "debtors": _write_debtor,
}
