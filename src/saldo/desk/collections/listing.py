"""Page: collections as a list, the board's equal: the same debtors, sorted, searched, paged, to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.collections.asked import READ, Ground, read_ground, say_head, tabs
from saldo.desk.collections.said import mark_of, say_because, say_keeps, say_next, say_step
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import PAGE_SIZE, Window, address, read_page
from saldo.desk.sorting import sort_head
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.dunning.call_list import count_tasks
from saldo.dunning.forecasts import Foreseen, foresee
from saldo.dunning.standings import SORTS, Standing, StandingPage, list_lanes, page_standings

_MOST_ROWS = 50_000
_USUAL_SORT = "-step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    lane: str
    search: str
    sort: str

    def facts(self, currency: str | None) -> dict[str, object]:
        """The same as an address says it; what is usual is left out."""
        return {
            "currency": currency,
            "lane": self.lane or None,
            "q": self.search or None,
            "sort": None if self.sort == _USUAL_SORT else self.sort,
        }


@gate(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """One page of the debtors in collection."""
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    asked = read_asked(request, ground)
    number = read_page(request.GET.get("page", "1"))
    found = _read(ground, asked, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    window = Window(number=number, total=found.count)
    facts = asked.facts(_currency(ground))
    foreseen = foresee(look=ground.look, debtors=[one.debtor for one in found.rows])
    calls = count_tasks(company=visitor.company.id, today=visitor.today, reach=ground.reach).get("call")
    page: dict[str, Any] = {
        "head": say_head(ground),
        "tabs": tabs(ground, "list", calls=calls.due if calls else 0),
        "unit": figures.say("pages.collections.unit", currency=ground.currency),
        "currency": ground.currency,
        "currencies": ground.currencies,
        "search": asked.search,
        "lane": asked.lane,
        "lanes": [(code, say_step(code)) for code in list_lanes(ground.shelf)],
        "sort": asked.sort,
        "unsearched": address(request.path, facts | {"q": None}),
        "unlaned": address(request.path, facts | {"lane": None}),
        "lane_words": say_step(asked.lane) if asked.lane else "",
        "heads": _heads(request.path, facts, asked.sort),
        "rows": [_row(one, ground, foreseen.get(one.debtor)) for one in found.rows],
        "count": found.count,
        "total": found.total,
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "csv_href": address(reverse("desk:collections-csv"), facts),
        "xlsx_href": address(reverse("desk:collections-xlsx"), facts),
    }
    return render(request, "desk/collections/list.html", {"page": page})


@gate(READ)
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV, every debtor asked for."""
    return _download(request, "csv")


@gate(READ)
def listing_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


def read_asked(request: HttpRequest, ground: Ground) -> Asked:
    """Lane, search and order that the address names; what is none of them is left out."""
    sort = request.GET.get("sort", _USUAL_SORT)
    return Asked(
        lane=request.GET.get("lane", "")[:80],
        search=" ".join(request.GET.get("q", "").split())[:200],
        sort=sort if sort.removeprefix("-") in SORTS else _USUAL_SORT,
    )


def _read(ground: Ground, asked: Asked, *, limit: int, offset: int) -> StandingPage:
    return page_standings(
        company=ground.visitor.company.id,
        shelf=ground.shelf,
        currency=ground.currency,
        reach=ground.reach,
        today=ground.visitor.today,
        lane=asked.lane,
        search=asked.search,
        sort=asked.sort,
        limit=limit,
        offset=offset,
    )


def _currency(ground: Ground) -> str | None:
    return None if ground.currency == ground.visitor.company.currency else ground.currency


def _heads(path: str, facts: dict[str, object], sort: str) -> list[Any]:
    columns = (("name", ""), ("step", "lo"), ("next", "lo"), ("late", "n lo"), ("open", "n"))
    return [
        sort_head(
            path=path,
            facts=facts,
            name=name,
            text=figures.say(f"pages.collections.column.{name}"),
            classes=classes,
            sort=sort,
        )
        for name, classes in columns
    ]


def _row(one: Standing, ground: Ground, foreseen: Foreseen | None) -> dict[str, Any]:
    days = one.days_late(ground.visitor.today)
    return {
        "number": one.debtor,
        "name": one.name,
        "href": reverse("desk:debtor", args=[one.debtor]) + "#collections",
        "step": say_step(one.lane),
        "mark": mark_of(one.lane, ground.policy_of(one.policy, one.version)),
        "next": say_next(one, foreseen),
        "because": "" if one.proposed else say_keeps(one.because),
        "late": figures.number(days) if days > 0 else "",
        "items": figures.say_many("pages.collections.items", one.items),
        "open": one.open,
    }


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    found = _read(ground, read_asked(request, ground), limit=_MOST_ROWS, offset=0)
    columns = ("number", "name", "step", "why", "late", "items", "currency", "open")
    head = tuple(figures.say(f"pages.collections.column.{name}") for name in columns)
    rows = tuple(
        (
            one.debtor,
            one.name,
            say_step(one.lane),
            say_because(one.because),
            one.days_late(visitor.today),
            one.items,
            ground.currency,
            figures.plain(one.open, ground.currency),
        )
        for one in found.rows
    )
    sheet = Sheet(name=figures.say("pages.collections.title"), head=head, rows=rows)
    return download(sheet, f"collections-{visitor.today}", form)
