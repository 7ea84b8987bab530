"""Page: what is left of each debtor and product, the negative ones first."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.core.money import round_half_up
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.invoices.month import read_month
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.invoicing.margin_pages import By, Margin, MarginTotal, list_margins, total_margins

BY: tuple[By, ...] = ("debtor", "product")


@gate_everywhere("margin.read")
def margin(request: HttpRequest) -> HttpResponse:
    """A month's margin by debtor or by product, drafts included."""
    visitor = get_visitor(request)
    month, months = read_month(visitor, request.GET.get("month", ""))
    by = _by(request)
    company = visitor.company.id
    totals = total_margins(company=company, month=month, by=by)
    window = Window(
        number=read_page(request.GET.get("page", "1")), total=sum(one.known + one.unknown for one in totals)
    )
    found = list_margins(company=company, month=month, by=by, limit=window.size, offset=window.offset)
    facts: dict[str, object] = {"month": month, "by": None if by == "debtor" else by}
    page = {
        "month": month,
        "month_text": figures.month(month),
        "months": months,
        "by": by,
        "tabs": [
            (figures.say(f"pages.margin.by.{one}"), address(request.path, {"month": month, "by": one}), one == by)
            for one in BY
        ],
        "ways": ways(month, "margin"),
        "negative": sum(one.negative for one in totals),
        "unknown": sum(one.unknown for one in totals),
        "rows": [_row(one, by) for one in found],
        "sums": [_sum(one) for one in totals],
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "csv_href": address(reverse("desk:margin-csv"), facts),
        "xlsx_href": address(reverse("desk:margin-xlsx"), facts),
    }
    return render(request, "desk/margin/margin.html", {"page": page})


@gate_everywhere("margin.read")
def margin_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate_everywhere("margin.read")
def margin_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


def ways(month: Month, here: str) -> list[tuple[str, str, bool]]:
    """The two pages of this group, about the same month."""
    pages = (("margin", "margin"), ("leaks", "margin-leaks"))
    return [
        (figures.say(f"pages.margin.way.{name}"), address(reverse(f"desk:{page}"), {"month": month}), name == here)
        for name, page in pages
    ]


def _sum(one: MarginTotal) -> dict[str, Any]:
    """What is charged, what it costs and what is left; rows without a known cost stay out of it."""
    return {
        "currency": one.currency,
        "count": figures.say_many("pages.margin.rows", one.known),
        "net": one.net,
        "cost": round_half_up(one.cost, one.currency),
        "margin": round_half_up(one.net - one.cost, one.currency),
        "percent": figures.share(one.net - one.cost, one.net),
    }


def _by(request: HttpRequest) -> By:
    said = request.GET.get("by", "debtor")
    return said if said in BY else "debtor"


def _row(one: Margin, by: By) -> dict[str, Any]:
    left = one.margin
    return {
        "key": one.key,
        "name": one.name or one.key or figures.say("pages.margin.own-fees"),
        "href": reverse("desk:price-debtor", args=[one.key]) if by == "debtor" else "",
        "lines": figures.number(one.lines),
        "net": one.net,
        "cost": None if one.cost is None else round_half_up(one.cost, one.currency),
        "margin": None if left is None else round_half_up(left, one.currency),
        "percent": None if left is None else figures.share(left, one.net),
        "currency": one.currency,
        "is_negative": one.is_negative,
    }


_COLUMNS = ("key", "name", "lines", "currency", "net", "cost", "margin", "flag")


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    month, _ = read_month(visitor, request.GET.get("month", ""))
    by = _by(request)
    rows = tuple(
        (
            row["key"],
            row["name"],
            one.lines,
            one.currency,
            figures.plain(one.net, one.currency),
            None if row["cost"] is None else figures.plain(row["cost"], one.currency),
            None if row["margin"] is None else figures.plain(row["margin"], one.currency),
            figures.say("pages.margin.negative") if one.is_negative else "",
        )
        for one in list_margins(company=visitor.company.id, month=month, by=by)
        for row in [_row(one, by)]
    )
    head = tuple(figures.say(f"pages.margin.column.{column}") for column in _COLUMNS)
    return download(Sheet(name=str(month), head=head, rows=rows), f"margin-{by}-{month}", form)
