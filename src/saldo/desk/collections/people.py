"""Page: who holds and who promises, what runs today, and what became of promises (practice 23)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.collections.asked import READ, Ground, read_ground, tabs
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import address
from saldo.desk.payables.people import name_actors
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.dunning.call_list import count_tasks
from saldo.dunning.people_report import PersonReport, Running, list_running, report_people

_SPANS = (30, 90, 365)
_MOST_RUNNING = 200
_COLUMNS = ("person", "holds", "holds-running", "holds-endless", "longest", "promises", "kept", "broken", "promised")


@gate(READ)
def people(request: HttpRequest) -> HttpResponse:
    """The report, and what runs."""
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    days = _days(request)
    found = _report(ground, days)
    running = list_running(company=visitor.company.id, today=visitor.today, reach=ground.reach, limit=_MOST_RUNNING)
    names = name_actors([*(one.by for one in found), *(one.by for one in running)])
    calls = count_tasks(company=visitor.company.id, today=visitor.today, reach=ground.reach).get("call")
    facts: dict[str, object] = {"days": days}
    page: dict[str, Any] = {
        "tabs": tabs(ground, "people", calls=calls.due if calls else 0),
        "spans": [
            (figures.say_many("pages.collections.last-days", one), address(request.path, {"days": one}), one == days)
            for one in _SPANS
        ],
        "currency": ground.currency,
        "rows": [{"name": names[one.by], "one": one} for one in found],
        "running": [_running(one, names[one.by], visitor.today) for one in running],
        "csv_href": address(reverse("desk:collections-people-csv"), facts),
        "xlsx_href": address(reverse("desk:collections-people-xlsx"), facts),
    }
    return render(request, "desk/collections/people.html", {"page": page})


@gate(READ)
def people_csv(request: HttpRequest) -> HttpResponse:
    """The report as CSV."""
    return _download(request, "csv")


@gate(READ)
def people_xlsx(request: HttpRequest) -> HttpResponse:
    """The report as an Excel workbook."""
    return _download(request, "xlsx")


def _days(request: HttpRequest) -> int:
    said = request.GET.get("days", "")
    return int(said) if said in map(str, _SPANS) else _SPANS[1]


def _report(ground: Ground, days: int) -> tuple[PersonReport, ...]:
    today = ground.visitor.today
    return report_people(
        company=ground.visitor.company.id,
        since=today - timedelta(days=days),
        today=today,
        currency=ground.currency,
        reach=ground.reach,
    )


def _running(one: Running, by: str, today: date) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "words": figures.say(f"pages.collections.do.{one.kind}"),
        "name": one.name,
        "href": reverse("desk:debtor", args=[one.debtor]) + "#collections",
        "by": by,
        "since": one.since,
        "until": one.until,
        "is_last_day": one.until == today,
        "reason": one.reason,
        "value": one.value,
        "currency": one.currency,
    }


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    found = _report(ground, _days(request))
    names = name_actors(one.by for one in found)
    head = tuple(figures.say(f"pages.collections.column.{name}") for name in (*_COLUMNS, "currency"))
    rows = tuple(
        (
            names[one.by],
            one.holds,
            one.holds_running,
            one.holds_endless,
            one.longest,
            one.promises,
            one.kept,
            one.broken,
            figures.plain(one.promised, ground.currency),
            ground.currency,
        )
        for one in found
    )
    sheet = Sheet(name=figures.say("pages.collections.tab.people"), head=head, rows=rows)
    return download(sheet, f"holds-and-promises-{visitor.today}", form)
