"""Page: who owes us. Ageing as bar and table, how long customers take to pay, the debtors; as of any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.core.money import add_up
from saldo.desk import figures
from saldo.desk.debtors import ageing_list
from saldo.desk.debtors.ageing_list import BUCKETS, DebtorRow, say_bucket
from saldo.desk.downloads import download
from saldo.desk.exports import Cell, Sheet
from saldo.desk.paging import Window, address, read_page
from saldo.desk.sorting import sort_head
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.ledger.ageing import Aged, age, outstanding
from saldo.ledger.allocated import list_oldest_due
from saldo.parties.debtors import list_debtors, list_own_debtors, name_debtors

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
    wanted = _wanted(visitor, asked)
    aged = age(company=visitor.company.id, as_of=asked.as_of)
    currencies = _currencies(aged, wanted, visitor.company.currency)
    currency = asked.currency if asked.currency in currencies else currencies[0]
    rows, names = _rows(visitor, asked, aged, currency, wanted)
    window = Window(number=read_page(request.GET.get("page", "1")), total=len(rows))
    shown = rows[window.rows]
    numbers = [row.number for row in shown]
    names = names or dict(name_debtors(company=visitor.company.id, numbers=numbers))
    oldest = list_oldest_due(company=visitor.company.id, parties=numbers, as_of=asked.as_of)
    facts = asked.facts(visitor.today)
    total = ageing_list.total_of(rows)
    page: dict[str, Any] = {
        "as_of": asked.as_of.isoformat(),
        "today": visitor.today.isoformat(),
        "as_of_text": figures.day(asked.as_of),
        "is_past": asked.as_of != visitor.today,
        "search": asked.search,
        "sort": asked.sort,
        "currency": currency,
        "currencies": currencies,
        "everybody": asked.everybody,
        "show_open_href": address(request.path, facts | {"show": None}),
        "show_all_href": address(request.path, facts | {"show": "all"}),
        "unsearched": address(request.path, facts | {"q": None}),
        "buckets": ageing_list.buckets_of(rows),
        "total": total,
        "overdue_count": sum(1 for row in rows if row.overdue),
        "count": len(rows),
        "dso": "" if wanted is not None else _dso(visitor, asked.as_of, aged, currency),
        "heads": _heads(request.path, facts, asked.sort),
        "rows": [_show(row, names, oldest.get((row.number, currency)), asked.as_of) for row in shown],
    } | _around(request.path, facts, window)
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


def _wanted(visitor: Visitor, asked: Asked) -> frozenset[str] | None:
    """Whose rows to show; None is everybody's. A search is narrowed later, so that it does not narrow the reach."""
    owner = visitor.owner_to_show(READ)
    return None if owner is None else list_own_debtors(company=visitor.company.id, owner=owner)


def _currencies(aged: tuple[Aged, ...], wanted: frozenset[str] | None, usual: str) -> list[str]:
    found = {one.currency for one in aged if wanted is None or one.party in wanted} | {usual}
    return sorted(found, key=lambda code: (code != usual, code))


def _rows(
    visitor: Visitor, asked: Asked, aged: tuple[Aged, ...], currency: str, wanted: frozenset[str] | None
) -> tuple[list[DebtorRow], dict[str, str]]:
    """The rows in their order, and all names where they had to be read for it."""
    names: dict[str, str] = {}
    if asked.search:
        found = list_debtors(company=visitor.company.id, search=asked.search)
        names = {one.number: one.name for one in found}
        wanted = frozenset(names) if wanted is None else wanted & names.keys()
    elif asked.everybody or asked.sort.removeprefix("-") == "name":
        names = dict(name_debtors(company=visitor.company.id))
    rows = ageing_list.rows_of(aged, currency, wanted)
    if asked.search or asked.everybody:
        held = {row.number for row in rows}
        others = names.keys() if wanted is None else wanted
        rows += [ageing_list.nothing_open(number) for number in others if number not in held]
    return ageing_list.sort_rows(rows, asked.sort, names), names


def _dso(visitor: Visitor, as_of: date, aged: tuple[Aged, ...], currency: str) -> str:
    open_then = {currency: add_up(one.total for one in aged if one.currency == currency)}
    found = outstanding(company=visitor.company.id, as_of=as_of, open_then=open_then)
    days = next((one.days for one in found if one.currency == currency), None)
    if days is None:
        return figures.say("pages.debtors.no-dso", currency=currency)
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


def _show(row: DebtorRow, names: Any, oldest: date | None, as_of: date) -> dict[str, Any]:
    late = (as_of - oldest).days if oldest else 0
    return {
        "number": row.number,
        "name": names.get(row.number, row.number),
        "href": reverse("desk:debtor", args=[row.number]),
        "buckets": row.buckets,
        "overdue": row.overdue,
        "total": row.total,
        "oldest": figures.say_many("pages.debtors.oldest-late", late, day=figures.day(oldest)) if late > 0 else "",
    }


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    asked = read_asked(request, visitor.today)
    wanted = _wanted(visitor, asked)
    aged = [one for one in age(company=visitor.company.id, as_of=asked.as_of) if wanted is None or one.party in wanted]
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
