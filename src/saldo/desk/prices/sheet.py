"""Pages: take over debtors, terms or prices from a sheet: a preview row by row, then exactly what it showed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from saldo.agreements.formats.sheet_files import LARGEST
from saldo.agreements.rules.sheet_rows import COLUMNS, SheetKind
from saldo.agreements.sheets import Preview, RowPreview, RowState, preview_sheet, take_sheet
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.import_detail import say_code
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.outbox.documents import keep, read

_SHOWN = 300
_MARKS = {"new": "ok", "changed": "wait", "same": "plain", "fault": "bad"}
_FAULTS_FIRST: tuple[RowState, ...] = ("fault", "changed", "new")
_STATES: tuple[RowState, ...] = (*_FAULTS_FIRST, "same")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRowShown:
    """One row of the sheet: what it is about, what it changes, what is wrong with it."""

    row: str
    key: str
    mark: str
    state: str
    cells: tuple[tuple[str, str, str], ...]  # column, before, after
    faults: tuple[str, ...]


@gate_everywhere("price-list.edit")
def sheet(request: HttpRequest) -> HttpResponse:
    """Ask for a file; show what it would change."""
    visitor, fault, preview, kept = get_visitor(request), "", None, ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or (file.size or 0) > LARGEST:
            fault = figures.say("pages.prices.no-file")
        else:
            data = file.read()
            try:
                preview = _preview(visitor, data)
                kept = keep(data)
            except Refused as refused:
                fault = say_refusal(refused)
    return _page(request, preview, kept, fault)


@require_POST
@gate_everywhere("price-list.edit")
def take(request: HttpRequest) -> HttpResponse:
    """Write what the preview with this fingerprint showed, all of it or nothing."""
    visitor, kept = get_visitor(request), request.POST.get("file", "")
    try:
        data = read(kept)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:price-sheet")
    try:
        taken = take_sheet(
            company=visitor.company.id,
            data=data,
            fingerprint=request.POST.get("fingerprint", ""),
            by=visitor.actor,
            at=get_world().clock.now(),
        )
    except Refused as refused:
        return _again(request, visitor, data, kept, say_refusal(refused))
    messages.success(request, figures.say_many("pages.prices.sheet-taken", taken.count("new") + taken.count("changed")))
    return redirect("desk:prices")


def _again(request: HttpRequest, visitor: Visitor, data: bytes, kept: str, fault: str) -> HttpResponse:
    """The preview as it is now, under what refused the old one."""
    try:
        return _page(request, _preview(visitor, data), kept, fault)
    except Refused as refused:
        return _page(request, None, "", say_refusal(refused))


def _preview(visitor: Visitor, data: bytes) -> Preview:
    return preview_sheet(company=visitor.company.id, data=data, by=visitor.actor, at=get_world().clock.now())


def _page(request: HttpRequest, preview: Preview | None, kept: str, fault: str) -> HttpResponse:
    page: dict[str, Any] = {"fault": fault, "kinds": [(_kind(kind), _columns(kind)) for kind in COLUMNS]}
    if preview is not None:
        work = [row for state in _FAULTS_FIRST for row in preview.rows if row.state == state]
        counts = {state: preview.count(state) for state in _STATES}
        page |= {f"{state}_rows": count for state, count in counts.items()} | {
            "kind": _kind(preview.kind),
            "rows": [_row(row) for row in work[:_SHOWN]],
            "more": max(len(work) - _SHOWN, 0),
            "fingerprint": preview.fingerprint,
            "file": kept,
            "writes": counts["new"] + counts["changed"],
            "may_take": not counts["fault"] and counts["new"] + counts["changed"] > 0,
        }
    return render(request, "desk/prices/sheet.html", {"page": page, "has_preview": preview is not None})


def say_column(column: str) -> str:
    """What a column of a sheet is called by people; the sheet itself calls it by its own name."""
    codes = (f"pages.prices.column.{column}", f"pages.prices.field.{column}")
    return next((figures.say(code) for code in codes if figures.has_words(code)), column)


def _columns(kind: SheetKind) -> list[tuple[str, str]]:
    """The columns of a kind of sheet, each with its words."""
    return [(column, say_column(column)) for column in COLUMNS[kind]]


def _in_column(column: str) -> str:
    return figures.say("pages.prices.row-column", column=say_column(column)) if column else ""


def _kind(kind: str) -> str:
    return figures.say(f"pages.prices.kind.{kind}")


def _row(row: RowPreview) -> SheetRowShown:
    faults = []
    for problem in row.problems:
        told = _in_column(problem.place.column)
        seen = figures.say("pages.prices.seen", seen=problem.seen) if problem.seen else ""
        faults.append(" ".join(filter(None, (told, say_code(problem.code, problem.facts), seen))))
    return SheetRowShown(
        row=figures.number(row.row),
        key=row.key,
        mark=_MARKS[row.state],
        state=figures.say(f"pages.prices.row.{row.state}"),
        cells=tuple((say_column(cell.column), cell.before, cell.after) for cell in row.cells),
        faults=tuple(faults),
    )
