"""Pages: all customers, and choosing whose months to compare."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.customer_pages import CustomerPage, page_customers
from saldo.charges.queries import sum_by_month
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.customer_list import order_of, read_sort, show_customers
from saldo.desk.paging import PAGE_SIZE, Window, address, read_page
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor

Facts = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A column head that sorts."""

    text: str
    href: str
    aria_sort: str
    classes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """The last two months with bills in the asked currency, and the choice there is."""

    before: Month | None
    after: Month | None
    currency: str
    currencies: tuple[str, ...]


@gate("customer.read")
def customers(request: HttpRequest) -> HttpResponse:
    """Whom we serve, and what their last two bills were."""
    return _list(request, purpose="customers", capability="customer.read")


@gate("explanation.read")
def choose(request: HttpRequest) -> HttpResponse:
    """Whose change to explain: the same list, largest change first, leading to Compare."""
    return _list(request, purpose="compare", capability="explanation.read")


def _list(request: HttpRequest, *, purpose: str, capability: str) -> HttpResponse:
    visitor = get_visitor(request)
    with_cost = visitor.sees_cost_in_list(capability)
    search = request.GET.get("q", "").strip()[:200]
    months = _months(visitor, request.GET.get("currency", ""))
    usual = "-change" if purpose == "compare" and with_cost else "name"
    sort = read_sort(request.GET.get("sort", usual), with_cost=with_cost)
    number = read_page(request.GET.get("page", "1"))
    found = page_customers(
        company=visitor.company.id,
        months=(months.before, months.after),
        currency=months.currency,
        search=search,
        owner=visitor.owner_to_show(capability),
        by=order_of(sort, with_cost=with_cost),
        descending=sort.startswith("-"),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    facts: Facts = {"q": search or None, "sort": sort, "currency": request.GET.get("currency") or None}
    page = {
        "title_code": _title(purpose, with_cost),
        "action": request.path,
        "link": "desk:compare-months" if purpose == "compare" else "desk:customer",
        "search": search,
        "sort": sort,
        "currency": months.currency,
        "currencies": months.currencies,
        "after": months.after,
        "after_text": figures.month(months.after) if months.after else "",
        "customer_count": found.count or (1 if search else 0),
        "found_count": found.count,
        "shows_cost": with_cost,
        "heads": _heads(request.path, facts, months, sort, with_cost),
        "rows": show_customers(found.rows, with_cost=with_cost),
        "imports_href": reverse("desk:imports") if visitor.may_everywhere("buy.invoice.read") else "",
    }
    ways = _ways(request.path, facts, Window(number=number, total=found.count))
    return render(request, "desk/customers/list.html", {"page": {**page, **_totals(found, with_cost), **ways}})


def _ways(path: str, facts: Facts, window: Window) -> dict[str, object]:
    """Where this page stands in the list, and the ways to others."""
    return {
        "range_text": window.words,
        "unsearched": address(path, facts | {"q": None}),
        "previous_href": window.previous and address(path, facts | {"page": window.previous}),
        "next_href": window.next and address(path, facts | {"page": window.next}),
        "first_href": address(path, facts),
    }


def _title(purpose: str, with_cost: bool) -> str:
    if purpose == "customers":
        return "pages.customers.title"
    return "pages.compare.choose" if with_cost else "pages.compare.choose-plain"


def _months(visitor: Visitor, asked: str) -> Months:
    held = sum_by_month(company=visitor.company.id)
    currencies = tuple(sorted({month.currency for month in held}, key=lambda c: (c != visitor.company.currency, c)))
    currency = asked if asked in currencies else (currencies[0] if currencies else visitor.company.currency)
    known = sorted({month.month for month in held if month.currency == currency})
    after = known[-1] if known else None
    return Months(before=after.plus(-1) if after else None, after=after, currency=currency, currencies=currencies)


def _totals(found: CustomerPage, with_cost: bool) -> dict[str, object]:
    counts: dict[str, object] = {"total_rows_before": found.lines_before, "total_rows_after": found.lines_after}
    if not with_cost:
        return counts
    return counts | {
        "total_before": found.before,
        "total_after": found.after,
        "total_change": found.after - found.before,
    }


def _heads(path: str, facts: Facts, months: Months, sort: str, with_cost: bool) -> list[Head]:
    before = figures.month(months.before) if months.before else figures.say("pages.total")
    after = figures.month(months.after) if months.after else figures.say("pages.total")
    columns = [("name", figures.say("pages.customers.customer"), "")]
    if with_cost:
        columns += [
            ("before", before, "n lo"),
            ("after", after, "n"),
            ("change", figures.say("pages.change"), "n"),
            ("percent", figures.say("pages.customers.percent"), "n lo"),
        ]
    else:
        columns += [
            ("before", figures.say("pages.customers.rows-in", month=before), "n lo"),
            ("after", figures.say("pages.customers.rows-in", month=after), "n"),
        ]
    return [_head(path, facts, name, text, classes, sort) for name, text, classes in columns]


def _head(path: str, facts: Facts, name: str, text: str, classes: str, sort: str) -> Head:
    # Figures start with the largest, names with A; a second press turns the order round.
    first = name if name == "name" else f"-{name}"
    turned = name if sort == f"-{name}" else f"-{name}"
    is_sorted = sort.removeprefix("-") == name
    aria = ("descending" if sort.startswith("-") else "ascending") if is_sorted else ""
    return Head(
        text=text,
        href=address(path, facts | {"sort": turned if is_sorted else first}),
        aria_sort=aria,
        classes=classes,
    )
