"""Page: imports. Drop files, see them being read, see whether they add up and what to do where they do not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.history import (
    AttemptSeen,
    DeliverySeen,
    UnableToFindDelivery,
    count_deliveries,
    find_attempt,
    get_delivery,
    list_deliveries,
    list_fruitless_attempts,
)
from saldo.core.money import round_half_up
from saldo.desk import figures
from saldo.desk.import_detail import is_failing, open_delivery, say_code, say_state
from saldo.desk.paging import Window, address, read_page
from saldo.desk.row_words import name_file
from saldo.desk.running import list_running, list_stopped
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.parties.queries import list_names

_SHOWN_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of the list: a delivery, or an attempt that brought nothing."""

    title: str
    source: str
    rows: int | None
    total: Decimal | None
    currency: str
    status: str
    status_words: str
    href: str
    is_selected: bool


@gate_everywhere("buy.invoice.read")
def imports(request: HttpRequest) -> HttpResponse:
    """Everything that arrived; the newest that needs a person is open."""
    visitor = get_visitor(request)
    window = Window(number=read_page(request.GET.get("page", "1")), total=count_deliveries(company=visitor.company.id))
    found = list_deliveries(company=visitor.company.id, limit=window.size, offset=window.offset)
    attempts: tuple[AttemptSeen, ...] = ()
    if window.number == 1:
        attempts = list_fruitless_attempts(company=visitor.company.id, limit=_SHOWN_ATTEMPTS)
    attempt = _attempt_asked(request, visitor)
    delivery = None if attempt else _delivery_asked(request, visitor, found, attempts)
    rows = [_delivery_row(one, is_selected=one.id == delivery, visitor=visitor) for one in found]
    newest = found[0].received_at if found else None
    page: dict[str, Any] = _around(visitor, request) | {
        "last_text": figures.minute(newest) if newest else "",
        "shows_cost": visitor.sees_all_cost,
        "rows": _merge(rows, found, attempts, attempt),
        "detail": _detail(visitor, delivery, attempt),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, {"page": window.previous}),
        "next_href": window.next and address(request.path, {"page": window.next}),
    }
    return render(request, "desk/imports/page.html", {"page": page})


@gate_everywhere("buy.invoice.read")
def progress(request: HttpRequest) -> HttpResponse:
    """What runs right now, for the open page; when nothing runs any more the page is told to look again."""
    visitor = get_visitor(request)
    page = _around(visitor, request)
    response = render(request, "desk/imports/running.html", {"page": page})
    if not page["running"]:
        response["HX-Refresh"] = "true"
    return response


def _around(visitor: Visitor, request: HttpRequest) -> dict[str, Any]:
    company, landing, now = visitor.company.id, Path(settings.LANDING), get_world().clock.now()
    return {
        "may_import": visitor.may_everywhere("buy.file.import"),
        "upload_href": reverse("desk:import-upload"),
        "progress_href": reverse("desk:import-progress"),
        "running": list_running(company=company, landing=landing, now=now),
        "stopped": list_stopped(company=company, landing=landing, now=now),
    }


def _attempt_asked(request: HttpRequest, visitor: Visitor) -> AttemptSeen | None:
    said = request.GET.get("attempt", "")
    if not said:
        return None
    found = find_attempt(company=visitor.company.id, attempt=_number(said))
    if found is None:
        raise Http404(figures.say("pages.problem.no-file"))
    return found


def _delivery_asked(
    request: HttpRequest, visitor: Visitor, found: tuple[DeliverySeen, ...], attempts: tuple[AttemptSeen, ...]
) -> int | None:
    said = request.GET.get("delivery", "")
    if said:
        return _number(said)
    failing = next((one for one in found if is_failing(one)), None)
    if failing is not None:
        return failing.id
    return found[0].id if found else None


def _number(said: str) -> int:
    if said.isascii() and said.isdigit() and len(said) < 18:
        return int(said)
    raise Http404(figures.say("pages.problem.no-file"))


def _detail(visitor: Visitor, delivery: int | None, attempt: AttemptSeen | None) -> dict[str, Any] | None:
    if attempt is not None:
        return _open_attempt(attempt, visitor)
    if delivery is None:
        return None
    try:
        opened = get_delivery(company=visitor.company.id, delivery=delivery)
    except UnableToFindDelivery:
        raise Http404(figures.say("pages.problem.no-file")) from None
    return open_delivery(opened=opened, visitor=visitor, names=_names([opened.seen.received_by]))


def _open_attempt(attempt: AttemptSeen, visitor: Visitor) -> dict[str, Any]:
    is_refused = attempt.state == "refused"
    note = {
        "kind": "bad" if is_refused else "idle",
        "icon": "alert-square-rounded" if is_refused else "info-circle",
        "what": figures.say("pages.imports.refused-what" if is_refused else "pages.imports.duplicate-what"),
        "next": say_code(attempt.code, attempt.facts) if is_refused else "",
        "then": figures.say("pages.imports.refused-next") if is_refused else "",
    }
    facts = [
        (figures.say("pages.imports.fact.name"), attempt.name),
        (figures.say("pages.imports.arrived"), figures.minute(attempt.at)),
        (figures.say("pages.imports.fact.by"), _names([attempt.by]).get(attempt.by, attempt.by)),
        (figures.say("pages.imports.fact.fingerprint"), attempt.file or "—"),
    ]
    return {"title": attempt.name, "rows_words": "", "note": note, "checks": (), "facts": facts}


def _names(actors: Collection[str]) -> dict[str, str]:
    """People behind actors; the log keeps ids only."""
    people = {actor: int(actor.removeprefix("user:")) for actor in actors if actor.removeprefix("user:").isdigit()}
    names = list_names(users=people.values())
    commands = {actor: figures.say("desk.audit.kind.command") for actor in actors if actor == "command"}
    return commands | {actor: names[user] for actor, user in people.items() if user in names}


def _delivery_row(seen: DeliverySeen, *, is_selected: bool, visitor: Visitor) -> FileRow:
    status, words = say_state(seen)
    has_total = visitor.sees_all_cost and seen.currency and seen.kind != "invoice-header"
    return FileRow(
        title=name_file(seen.kind, seen.month, is_estimated=seen.is_estimated),
        source=figures.say_many(f"pages.source.{seen.source}", seen.part_count),
        rows=seen.rows,
        total=round_half_up(seen.total, seen.currency) if has_total else None,
        currency=seen.currency,
        status=status,
        status_words=words,
        href=address(reverse("desk:imports"), {"delivery": seen.id}),
        is_selected=is_selected,
    )


def _merge(
    rows: list[FileRow], found: tuple[DeliverySeen, ...], attempts: tuple[AttemptSeen, ...], asked: AttemptSeen | None
) -> list[FileRow]:
    """Deliveries and fruitless attempts in one order of time; attempts older than the page's deliveries stay out."""
    dated = [(one.received_at, row) for one, row in zip(found, rows, strict=True)]
    oldest = min((at for at, _ in dated), default=None)
    for attempt in attempts:
        if oldest is None or attempt.at >= oldest:
            dated.append((attempt.at, _attempt_row(attempt, is_selected=asked is not None and asked.id == attempt.id)))
    return [row for _, row in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _attempt_row(attempt: AttemptSeen, *, is_selected: bool) -> FileRow:
    return FileRow(
        title=attempt.name,
        source=name_file(attempt.kind, None) if attempt.kind else name_file("", None),
        rows=None,
        total=None,
        currency="",
        status="bad" if attempt.state == "refused" else "plain",
        status_words=figures.say(f"pages.imports.state.{attempt.state}"),
        href=address(reverse("desk:imports"), {"attempt": attempt.id}),
        is_selected=is_selected,
    )
