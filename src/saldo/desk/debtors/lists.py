"""Page: who owes us. Ageing as bar and table, how long customers take to pay, the debtors; as of any day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.core.money import ZERO
from saldo.desk import figures
from saldo.desk.debtors import ageing_list
from saldo.desk.debtors.ageing_list import say_bucket
from saldo.desk.downloads import download
from saldo.desk.exports import Cell, Sheet
from saldo.desk.paging import PAGE_SIZE, Window, address, read_page
from saldo.desk.sorting import sort_head
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.ledger.ageing import age, outstanding
from saldo.ledger.ageing_page import BUCKETS, EVERYBODY, AgedRow, AgeingPage, Named, page_ageing
from saldo.ledger.allocated import list_oldest_due
from saldo.parties.debtors import list_own_debtors, name_debtors

READ = "sell.invoice.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    as_of: date
    search: str
    currency: str
    sort: str
    everybody: bool

    def facts(self, today: date) -> dict[str, object]:
        """The same as an address says it; what is usual is left out."""
        return {
            "as_of": None if self.as_of == today else self.as_of,
            "q": self.search or None,
            "currency": self.currency or None,
            "sort": None if self.sort == "-overdue" else self.sort,
            "show": "all" if self.everybody else None,
        }


@gate(READ)
def debtors(request: HttpRequest) -> HttpResponse:
    """The ageing, and one page of the list behind it."""
    visitor = get_visitor(request)
    asked = read_asked(request, visitor.today)
    reach = _reach(visitor)
    number = read_page(request.GET.get("page", "1"))
    found = page_ageing(
        company=visitor.company.id,
        as_of=asked.as_of,
        currency=asked.currency,
        usual=visitor.company.currency,
        sort=asked.sort,
        reach=reach,
        named=_named(visitor, asked, reach),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    facts = asked.facts(visitor.today)
    page: dict[str, Any] = {
        "as_of": asked.as_of.isoformat(),
        "today": visitor.today.isoformat(),
        "as_of_text": figures.day(asked.as_of),
        "is_past": asked.as_of != visitor.today,
        "search": asked.search,
        "sort": asked.sort,
        "currency": found.currency,
        "currencies": _currencies(found, visitor.company.currency),
        "everybody": asked.everybody,
        "show_open_href": address(request.path, facts | {"show": None}),
        "show_all_href": address(request.path, facts | {"show": "all"}),
        "unsearched": address(request.path, facts | {"q": None}),
        "buckets": ageing_list.buckets_of(found.total, found.debtors),
        "total": found.total,
        "overdue_count": found.overdue_count,
        "count": found.count,
        "dso": "" if reach is not None else _dso(visitor, asked.as_of, found),
        "heads": _heads(request.path, facts, asked.sort),
        "rows": _show_rows(visitor, found, asked.as_of),
    } | _around(request.path, facts, Window(number=number, total=found.count))
    return render(request, "desk/debtors/list.html", {"page": page})


def _around(path: str, facts: dict[str, Any], window: Window) -> dict[str, Any]:
    """Where the other pages and the downloads are."""
    return {
        "range_text": window.words,
        "previous_href": window.previous and address(path, facts | {"page": window.previous}),
        "next_href": window.next and address(path, facts | {"page": window.next}),
        "csv_href": address(reverse("desk:debtors-csv"), facts),
        "xlsx_href": address(reverse("desk:debtors-xlsx"), facts),
    }


@gate(READ)
def debtors_csv(request: HttpRequest) -> HttpResponse:
    """The ageing as CSV, every debtor and currency."""
    return _download(request, "csv")


@gate(READ)
def debtors_xlsx(request: HttpRequest) -> HttpResponse:
    """The ageing as an Excel workbook."""
    return _download(request, "xlsx")


def read_asked(request: HttpRequest, today: date) -> Asked:
    """The day (never later than today), search, currency and order that the address names."""
    try:
        as_of = min(date.fromisoformat(request.GET.get("as_of", "")), today)
    except ValueError:
        as_of = today
    return Asked(
        as_of=as_of,
        search=" ".join(request.GET.get("q", "").split())[:200],
        currency=request.GET.get("currency", "")[:3].upper(),
        sort=ageing_list.read_sort(request.GET.get("sort", "")),
        everybody=request.GET.get("show") == "all",
    )


def _reach(visitor: Visitor) -> frozenset[str] | None:
    """Whose rows may be shown; None is everybody's."""
    owner = visitor.owner_to_show(READ)
    return None if owner is None else list_own_debtors(company=visitor.company.id, owner=owner)


def _named(visitor: Visitor, asked: Asked, reach: frozenset[str] | None) -> Named:
    """Who is listed though nothing is open, or alone, or by name; a search does not narrow the reach."""
    by_name = asked.sort.removeprefix("-") == "name"
    if not (asked.search or asked.everybody or by_name):
        return EVERYBODY
    names = name_debtors(company=visitor.company.id, search=asked.search)
    parties = sorted(number for number in names if reach is None or number in reach)
    if by_name:
        parties.sort(key=lambda number: names[number].casefold(), reverse=asked.sort.startswith("-"))
    return Named(parties=parties, alone=bool(asked.search), with_settled=bool(asked.search) or asked.everybody)


def _currencies(found: AgeingPage, usual: str) -> list[str]:
    return sorted(found.open_by_currency.keys() | {usual}, key=lambda code: (code != usual, code))


def _dso(visitor: Visitor, as_of: date, found: AgeingPage) -> str:
    open_then = {found.currency: found.open_by_currency.get(found.currency, ZERO)}
    told = outstanding(company=visitor.company.id, as_of=as_of, open_then=open_then)
    days = next((one.days for one in told if one.currency == found.currency), None)
    if days is None:
        return figures.say("pages.debtors.no-dso", currency=found.currency)
    return figures.say("pages.debtors.dso", days=figures.number(days))


def _heads(path: str, facts: dict[str, object], sort: str) -> list[Any]:
    columns = [("name", figures.say("pages.debtors.debtor"), "")]
    columns += [(name, say_bucket(name), "n lo") for name in BUCKETS]
    columns += [
        ("overdue", figures.say("pages.debtors.overdue"), "n"),
        ("open", figures.say("pages.debtors.open"), "n"),
    ]
    return [
        sort_head(path=path, facts=facts, name=name, text=text, classes=classes, sort=sort)
        for name, text, classes in columns
    ]


def _show_rows(visitor: Visitor, found: AgeingPage, as_of: date) -> list[dict[str, Any]]:
    company, numbers = visitor.company.id, [row.party for row in found.rows]
    names = name_debtors(company=company, numbers=numbers)
    oldest = list_oldest_due(company=company, parties=numbers, as_of=as_of)
    return [_show(row, names, oldest.get((row.party, found.currency)), as_of) for row in found.rows]


def _show(row: AgedRow, names: Mapping[str, str], oldest: date | None, as_of: date) -> dict[str, Any]:
    late = (as_of - oldest).days if oldest else 0
    return {
        "number": row.party,
        "name": names.get(row.party, row.party),
        "href": reverse("desk:debtor", args=[row.party]),
        "buckets": row.buckets,
        "overdue": row.overdue,
        "total": row.total,
        "oldest": figures.say_many("pages.debtors.oldest-late", late, day=figures.day(oldest)) if late > 0 else "",
    }


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    asked = read_asked(request, visitor.today)
    reach = _reach(visitor)
    aged = [one for one in age(company=visitor.company.id, as_of=asked.as_of) if reach is None or one.party in reach]
    names = name_debtors(company=visitor.company.id)
    head = (
        figures.say("pages.debtors.number"),
        figures.say("pages.debtors.debtor"),
        figures.say("pages.currency"),
        *(say_bucket(name) for name in (*BUCKETS, "credits")),
        figures.say("pages.debtors.open"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.party,
            names.get(one.party, ""),
            one.currency,
            *(figures.plain(one.buckets[name], one.currency) for name in (*BUCKETS, "credits")),
            figures.plain(one.total, one.currency),
        )
        for one in aged
    )
    return download(Sheet(name=figures.say("pages.debtors.title"), head=head, rows=rows), f"ageing-{asked.as_of}", form)
