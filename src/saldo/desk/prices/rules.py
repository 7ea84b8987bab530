"""Page: prices. The rules in order of precedence, the strongest first, each with what it prices and from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.agreements.queries import RulesAsked, count_rules, list_price_rules_of, list_rule_codes
from saldo.agreements.rules.prices import PriceRule
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import Window, address, read_page
from saldo.desk.prices.wording import (
    GROUPS,
    Sight,
    group_of,
    in_force,
    name_targets,
    say_method,
    say_scope,
    say_target,
    say_when,
    sight_of,
)
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.parties.debtors import list_debtors

_MOST_NAMED = 200
_MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule as it holds today, and what it becomes later."""

    code: str
    href: str
    group: str
    heading: str  # the words of its group on the first row of it
    target: str
    scope: tuple[str, ...]
    method: str
    when: str
    then: str
    is_ended: bool
    starts_later: bool


@gate("price-list.read")
def prices(request: HttpRequest) -> HttpResponse:
    """All rules, or one group of them."""
    visitor = get_visitor(request)
    asked = _asked(request, visitor)
    counts = count_rules(company=visitor.company.id, asked=asked)
    total = counts.get(asked.group, 0) if asked.group else sum(counts.values())
    window = Window(number=read_page(request.GET.get("page", "1")), total=total)
    rows = _rows(visitor, asked, sight_of(visitor), limit=window.size, offset=window.offset)
    facts: dict[str, object] = {"q": asked.search or None, "group": asked.group or None}
    page = {
        "search": asked.search,
        "group": asked.group,
        "rows": rows,
        "total": sum(counts.values()),
        "tabs": _tabs(request.path, facts, counts, asked.group),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "all_href": request.path,
        "csv_href": address(reverse("desk:prices-csv"), facts),
        "xlsx_href": address(reverse("desk:prices-xlsx"), facts),
        "may_edit": visitor.may_everywhere("price-list.edit"),
        "hides_cost": not visitor.may_everywhere("margin.read"),
        "is_narrowed": asked.debtors is not None,
    }
    return render(request, "desk/prices/list.html", {"page": page})


@gate("price-list.read")
def prices_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate("price-list.read")
def prices_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


def row_of(
    versions: tuple[PriceRule, ...], *, today: date, names: dict[str, str], with_cost: bool, heading: str = ""
) -> RuleRow:
    """One rule out of its versions, oldest first."""
    held, last = in_force(versions, today), versions[-1]
    then = ""
    if last.version != held.version:
        method = say_method(last, with_cost=with_cost)
        then = figures.say("pages.prices.then", day=figures.day(last.starts_on), method=method)
    return RuleRow(
        code=held.code,
        href=reverse("desk:price-rule", args=[held.code]),
        group=group_of(held),
        heading=heading,
        target=say_target(held, names),
        scope=say_scope(held),
        method=say_method(held, with_cost=with_cost),
        when=say_when(held),
        then=then,
        is_ended=held.method == "end",
        starts_later=held.starts_on > today,
    )


def _asked(request: HttpRequest, visitor: Visitor) -> RulesAsked:
    search = request.GET.get("q", "").strip()[:200]
    group = request.GET.get("group", "")
    sight = sight_of(visitor)
    named = list_debtors(company=visitor.company.id, search=search, limit=_MOST_NAMED) if search else ()
    return RulesAsked(
        group=group if group in GROUPS else "",
        search=search,
        named=[debtor.number for debtor in named],
        debtors=sight.debtors,
        tenants=sight.tenants,
    )


def _rows(visitor: Visitor, asked: RulesAsked, sight: Sight, *, limit: int, offset: int = 0) -> list[RuleRow]:
    codes = list_rule_codes(company=visitor.company.id, asked=asked, limit=limit, offset=offset)
    found = list_price_rules_of(company=visitor.company.id, codes=codes)
    names = name_targets(visitor.company.id, [versions[-1] for versions in found.values()])
    rows, group = [], ""
    for code in codes:
        here = group_of(found[code][-1])
        heading = figures.say(f"pages.prices.group.{here}") if here != group else ""
        group = here
        rows.append(row_of(found[code], today=visitor.today, names=names, with_cost=sight.with_cost, heading=heading))
    return rows


def _tabs(path: str, facts: dict[str, object], counts: dict[str, int], group: str) -> list[dict[str, object]]:
    every = {
        "words": figures.say("pages.prices.group.every"),
        "href": address(path, facts | {"group": None}),
        "count": figures.number(sum(counts.values())),
        "is_here": not group,
    }
    return [every] + [
        {
            "words": figures.say(f"pages.prices.group.{name}"),
            "href": address(path, facts | {"group": name}),
            "count": figures.number(counts.get(name, 0)),
            "is_here": name == group,
        }
        for name in GROUPS
        if counts.get(name) or name == group
    ]


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    found = _rows(visitor, _asked(request, visitor), sight_of(visitor), limit=_MOST_ROWS)
    columns = ("group", "target", "scope", "method", "when", "then", "code")
    rows = tuple(
        (
            figures.say(f"pages.prices.group.{row.group}"),
            *(row.target, "; ".join(row.scope), row.method, row.when, row.then, row.code),
        )
        for row in found
    )
    head = tuple(figures.say(f"pages.prices.column.{column}") for column in columns)
    return download(Sheet(name=figures.say("doors.nav.prices"), head=head, rows=rows), "prices", form)
