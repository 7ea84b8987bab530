"""Page: what was charged to us and not billed, and what was billed and is not charged to us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.core.identity import CustomerId
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.invoices.month import read_month
from saldo.desk.invoices.shown import money_texts, say_because
from saldo.desk.margin.pages import ways
from saldo.desk.paging import address
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.invoicing.margins import Leak, list_leaks
from saldo.parties.queries import name_customers

KINDS: tuple[Literal["not-billed", "not-charged"], ...] = ("not-billed", "not-charged")
_SHOWN = 200


@gate_everywhere("margin.read")
def leaks(request: HttpRequest) -> HttpResponse:
    """Two lists with their sums, the largest first."""
    visitor = get_visitor(request)
    month, months = read_month(visitor, request.GET.get("month", ""))
    found = list_leaks(company=visitor.company.id, month=month)
    names = _names(visitor, found)
    page = {
        "month": month,
        "month_text": figures.month(month),
        "months": months,
        "ways": ways(month, "leaks"),
        "lists": [_list(kind, [one for one in found if one.kind == kind], names) for kind in KINDS],
        "csv_href": address(reverse("desk:margin-leaks-csv"), {"month": month}),
        "xlsx_href": address(reverse("desk:margin-leaks-xlsx"), {"month": month}),
    }
    return render(request, "desk/margin/leaks.html", {"page": page})


@gate_everywhere("margin.read")
def leaks_csv(request: HttpRequest) -> HttpResponse:
    """Both lists as CSV."""
    return _download(request, "csv")


@gate_everywhere("margin.read")
def leaks_xlsx(request: HttpRequest) -> HttpResponse:
    """Both lists as an Excel workbook."""
    return _download(request, "xlsx")


def say_leak(one: Leak) -> str:
    """Why it leaks: what happened to the lines, or the bucket they are in and why."""
    bucket, _, because = one.because.partition(" ")
    code = f"pages.margin.because.{bucket}"
    told = figures.say(code) if figures.has_words(code) else figures.say("pages.invoices.no-words")
    return f"{told}: {say_because(because, {})}" if because else told


def _names(visitor: Visitor, found: Sequence[Leak]) -> Mapping[CustomerId, str]:
    return name_customers(company=visitor.company.id, keys={one.customer for one in found})


def _list(kind: str, found: Sequence[Leak], names: Mapping[CustomerId, str]) -> dict[str, Any]:
    sums: dict[str, Decimal] = {}
    for one in found:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.value
    return {
        "kind": kind,
        "title": figures.say(f"pages.margin.{kind}"),
        "how": figures.say(f"pages.margin.{kind}-how"),
        "none": figures.say(f"pages.margin.{kind}-none"),
        "rows": [
            {
                "name": names.get(one.customer, one.customer) or figures.say("pages.invoices.no-customer"),
                "because": say_leak(one),
                "lines": figures.say_many("pages.invoices.lines", one.lines),
                "value": one.value,
                "currency": one.currency,
            }
            for one in found[:_SHOWN]
        ],
        "left_out": max(len(found) - _SHOWN, 0),
        "sums": money_texts(sums) if sums else "",
    }


_COLUMNS = ("kind", "customer", "because", "lines", "currency", "value")


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    month, _ = read_month(visitor, request.GET.get("month", ""))
    found = list_leaks(company=visitor.company.id, month=month)
    names = _names(visitor, found)
    rows = tuple(
        (
            figures.say(f"pages.margin.{one.kind}"),
            names.get(one.customer, one.customer),
            say_leak(one),
            one.lines,
            one.currency,
            figures.plain(one.value, one.currency),
        )
        for one in found
    )
    head = tuple(figures.say(f"pages.margin.column.{column}") for column in _COLUMNS)
    return download(Sheet(name=str(month), head=head, rows=rows), f"leaks-{month}", form)
