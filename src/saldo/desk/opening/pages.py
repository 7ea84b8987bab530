"""Pages: take over the old book; what was taken over, with what the old tool knew of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.agreements.formats.sheet_files import LARGEST
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.fields import say_refusal
from saldo.desk.opening.preview import read_controls, say_known, show_preview, today_of
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.ledger.openings import TakenOver, TakeOver, count_settled, list_take_overs, list_taken_over
from saldo.ledger.queries import list_open_among
from saldo.ledger.rules.opening_rows import COLUMNS, NEEDED
from saldo.ledger.sheets import preview_opening
from saldo.outbox.documents import keep, read
from saldo.parties.debtors import name_debtors
from saldo.parties.queries import list_names


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    """One file that was taken over."""

    href: str
    as_of: str
    items: int
    sums: tuple[tuple[str, Decimal], ...]
    known: str
    by: str
    at: str
    undone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """One item taken over: what is open of it now, and what the old tool knew."""

    number: str
    debtor: str
    kind: str
    original: Decimal
    taken: Decimal
    open: Decimal
    currency: str
    known: str
    reason: str
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the form said."""

    data: bytes
    kept: str
    as_of: date
    controls: dict[str, Decimal]


@gate_everywhere("opening.take-over")
def opening(request: HttpRequest) -> HttpResponse:
    """Ask for a file, a day and control totals; show row by row what it would take over."""
    if request.method != "POST":
        return draw(request, {}, "")
    try:
        said, fault = read_form(request)
    except Refused as refused:
        return draw(request, {}, say_refusal(refused))
    return draw(request, _preview(request, said) if said else {}, fault)


def read_form(request: HttpRequest) -> tuple[Said | None, str]:
    """The file that came or was kept, the day, the control totals; or what is wrong, in words."""
    file, kept = request.FILES.get("file"), request.POST.get("kept", "")
    if (file is None and not kept) or (file is not None and (file.size or 0) > LARGEST):
        return None, figures.say("pages.opening.no-file")
    try:
        as_of = date.fromisoformat(request.POST.get("as_of", ""))
    except ValueError:
        return None, figures.say("pages.opening.no-day")
    controls = read_controls(request.POST.get("controls", ""))
    if controls is None:
        return None, figures.say("pages.opening.bad-controls")
    data = file.read() if file is not None else read(kept)
    return Said(data=data, kept=keep(data), as_of=as_of, controls=controls), ""


def _preview(request: HttpRequest, said: Said) -> dict[str, Any]:
    visitor = get_visitor(request)
    try:
        seen = preview_opening(
            company=visitor.company.id,
            data=said.data,
            as_of=said.as_of,
            today=today_of(visitor),
            controls=said.controls,
        )
    except Refused as refused:
        return {"refused": say_refusal(refused), "kept": said.kept}
    return show_preview(seen) | {"kept": said.kept, "seen": True, "as_of_words": figures.day(said.as_of)}


def draw(request: HttpRequest, preview: dict[str, Any], fault: str) -> HttpResponse:
    """The page with its form, the preview where there is one, and the files taken over before."""
    visitor = get_visitor(request)
    files = list_take_overs(company=visitor.company.id)
    names = _people(files)
    page = {
        "fault": fault or preview.get("refused", ""),
        "preview": preview if preview.get("seen") else None,
        "kept": preview.get("kept", ""),
        "as_of": request.POST.get("as_of", ""),
        "controls": request.POST.get("controls", ""),
        "files": [_file(one, names) for one in files],
        "columns": ", ".join(COLUMNS),
        "needed": ", ".join(NEEDED),
    }
    return render(request, "desk/opening/page.html", {"page": page})


@gate_everywhere("opening.take-over")
def file(request: HttpRequest, name: str) -> HttpResponse:
    """The items of one file, with what is open of them now."""
    visitor = get_visitor(request)
    one = find_file(request, name)
    window = Window(number=read_page(request.GET.get("page", "1")), total=one.items)
    rows = list_taken_over(
        company=visitor.company.id, take_over=name, with_undone=True, limit=window.size, offset=window.offset
    )
    settled = 0 if one.undone_at else count_settled(company=visitor.company.id, take_over=name)
    page = {
        "name": name,
        "file": _file(one, _people([one])),
        "rows": _items(request, rows),
        "settled": settled,
        "may_undo": one.undone_at is None and not settled,
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, {"page": window.previous}),
        "next_href": window.next and address(request.path, {"page": window.next}),
        "csv_href": reverse("desk:opening-file-csv", args=[name]),
        "xlsx_href": reverse("desk:opening-file-xlsx", args=[name]),
    }
    return render(request, "desk/opening/file.html", {"page": page})


@gate_everywhere("opening.take-over")
def file_csv(request: HttpRequest, name: str) -> HttpResponse:
    """The items as CSV."""
    return download(_sheet(request, name), f"opening-{name}", "csv")


@gate_everywhere("opening.take-over")
def file_xlsx(request: HttpRequest, name: str) -> HttpResponse:
    """The items as an Excel workbook."""
    return download(_sheet(request, name), f"opening-{name}", "xlsx")


def find_file(request: HttpRequest, name: str) -> TakeOver:
    """The file of this name, or 404."""
    files = list_take_overs(company=get_visitor(request).company.id)
    found = next((one for one in files if one.name == name), None)
    if found is None:
        raise Http404(figures.say("pages.problem.no-file"))
    return found


def _sheet(request: HttpRequest, name: str) -> Sheet:
    find_file(request, name)
    rows = list_taken_over(company=get_visitor(request).company.id, take_over=name, with_undone=True)
    head = ("number", "debtor", "kind", "original", "taken", "open", "currency", "known", "reason", "notice")
    return Sheet(
        name=figures.say("doors.nav.opening"),
        head=tuple(figures.say(f"pages.opening.column.{column}") for column in head),
        rows=tuple(tuple(getattr(one, column) for column in head) for one in _items(request, rows)),
    )


def _items(request: HttpRequest, rows: tuple[TakenOver, ...]) -> list[ItemShown]:
    company = get_visitor(request).company.id
    names = name_debtors(company=company, numbers={row.debtor for row in rows})
    opens = list_open_among(company=company, keys=[row.item for row in rows])
    return [
        ItemShown(
            number=row.number,
            debtor=names.get(row.debtor, row.debtor),
            kind=figures.say(f"pages.opening.kind.{row.kind}"),
            original=figures.plain(row.original, row.currency),
            taken=figures.plain(row.open, row.currency),
            open=figures.plain(opens.get(row.item, Decimal(0)), row.currency),
            currency=row.currency,
            known=say_known(
                dispute=row.dispute_amount,
                promise=row.promise_amount,
                until=row.promise_until,
                step=row.step,
                currency=row.currency,
            ),
            reason=row.dispute_reason,
            notice=" ".join(filter(None, (figures.day(row.last_notice_on), row.last_notice))),
        )
        for row in rows
    ]


def _file(one: TakeOver, names: dict[str, str]) -> FileShown:
    known = [
        figures.say_many(code, count)
        for code, count in (
            ("pages.opening.count-disputed", one.disputed),
            ("pages.opening.count-promised", one.promised),
            ("pages.opening.count-stepped", one.at_step),
        )
        if count
    ]
    undone = ""
    if one.undone_at is not None:
        who = names.get(one.undone_by, one.undone_by)
        undone = figures.say("pages.opening.undone", who=who, at=figures.minute(one.undone_at))
    return FileShown(
        href=reverse("desk:opening-file", args=[one.name]),
        as_of=figures.day(one.as_of),
        items=one.items,
        sums=tuple(one.sums.items()),
        known=" · ".join(known),
        by=names.get(one.taken_by, one.taken_by),
        at=figures.minute(one.taken_at),
        undone=undone,
    )


def _people(files: tuple[TakeOver, ...] | list[TakeOver]) -> dict[str, str]:
    """Names behind actors; the books keep ids only."""
    actors = {actor for one in files for actor in (one.taken_by, one.undone_by) if actor}
    users = {actor: int(actor[5:]) for actor in actors if actor.startswith("user:") and actor[5:].isdigit()}
    names = list_names(users=users.values())
    commands = {"command": figures.say("desk.audit.kind.command")}
    return commands | {actor: names[user] for actor, user in users.items() if user in names}
