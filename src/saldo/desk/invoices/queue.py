"""Page: lines of Microsoft's that no customer pays: why, what they cost us, and the three ways out."""

from __future__ import annotations

from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.fields import say_refusal
from saldo.desk.invoices.month import read_month, ways
from saldo.desk.invoices.shown import say_because
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.invoicing.actions.charging import decide_line
from saldo.invoicing.margins import BucketLine, list_buckets, sum_buckets
from saldo.parties.debtors import map_tenants
from saldo.parties.queries import name_customers

_SHOWN = ("held", "unmatched")
_MOST = 2000


@gate_everywhere("buy.line.read")
def queue(request: HttpRequest) -> HttpResponse:
    """The dearest first; each row carries its ways out."""
    visitor = get_visitor(request)
    month, months = read_month(visitor, request.GET.get("month", ""))
    found = list_buckets(company=visitor.company.id, month=month, buckets=_SHOWN, limit=_MOST)
    window = Window(number=read_page(request.GET.get("page", "1")), total=len(found))
    facts: dict[str, object] = {"month": month}
    page = {
        "month": month,
        "month_text": figures.month(month),
        "months": months,
        "rows": _rows(visitor, found[window.rows]),
        "sums": _sums(visitor, month),
        "ways": ways(visitor, month, "lines"),
        "may_decide": visitor.may_everywhere("line.decide"),
        "is_cut": len(found) == _MOST,
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "csv_href": address(reverse("desk:invoices-queue-csv"), facts),
        "xlsx_href": address(reverse("desk:invoices-queue-xlsx"), facts),
    }
    return render(request, "desk/invoices/queue.html", {"page": page})


@gate_everywhere("buy.line.read")
def queue_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate_everywhere("buy.line.read")
def queue_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


@require_POST
@gate_everywhere("line.decide")
def decide(request: HttpRequest) -> HttpResponse:
    """A person's word on one line; it holds from the next drafting on."""
    visitor = get_visitor(request)
    month, _ = read_month(visitor, request.POST.get("month", ""))
    row = request.POST.get("row", "")
    try:
        decide_line(
            company=visitor.company.id,
            file=request.POST.get("file", "")[:64],
            row=int(row) if row.isascii() and row.isdigit() and len(row) < 15 else 0,
            bucket=request.POST.get("bucket", "")[:20],
            reason=request.POST.get("reason", "")[:500],
            by=visitor.actor,
            at=get_world().clock.now(),
        )
        messages.success(request, figures.say("pages.invoices.decided", month=figures.month(month)))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect(address(reverse("desk:invoices-queue"), {"month": month}))


def _rows(visitor: Visitor, found: Any) -> list[dict[str, Any]]:
    company = visitor.company.id
    names = name_customers(company=company, keys={one.customer for one in found})
    debtors = map_tenants(company=company) if found else {}
    return [_row(one, names.get(one.customer, one.customer), debtors.get(one.customer, "")) for one in found]


def _row(one: BucketLine, name: str, debtor: str) -> dict[str, Any]:
    return {
        "file": one.file,
        "row": one.row,
        "row_text": figures.number(one.row),
        "product": one.product or figures.say("pages.invoices.nameless"),
        "customer": name or figures.say("pages.invoices.no-customer"),
        "customer_href": reverse("desk:customer", args=[one.customer]) if one.customer else "",
        "bucket": figures.say(f"pages.invoices.bucket.{one.bucket}"),
        "mark": "hold" if one.bucket == "held" else "warn",
        "because": say_because(one.because, one.facts),
        "document": one.document,
        "source_href": reverse("desk:import-row", args=[one.file, one.row]) if one.file else "",
        "debtor_href": reverse("desk:price-debtor", args=[debtor]) if debtor else "",
        "cost": one.cost,
        "currency": one.currency,
    }


def _sums(visitor: Visitor, month: Any) -> list[dict[str, Any]]:
    return [
        {
            "bucket": figures.say(f"pages.invoices.bucket.{one.bucket}"),
            "mark": "hold" if one.bucket == "held" else "warn",
            "because": say_because(one.because, {}),
            "lines": figures.say_many("pages.invoices.lines", one.lines),
            "cost": one.cost,
            "currency": one.currency,
        }
        for one in sum_buckets(company=visitor.company.id, month=month)
        if one.bucket in _SHOWN
    ]


_COLUMNS = ("bucket", "because", "customer", "product", "document", "row", "currency", "cost")


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    month, _ = read_month(visitor, request.GET.get("month", ""))
    found = list_buckets(company=visitor.company.id, month=month, buckets=_SHOWN, limit=100_000)
    rows = tuple(
        (
            row["bucket"],
            row["because"],
            row["customer"],
            row["product"],
            row["document"],
            row["row"],
            row["currency"],
            figures.plain(row["cost"], row["currency"]),
        )
        for row in _rows(visitor, found)
    )
    head = tuple(figures.say(f"pages.invoices.column.{column}") for column in _COLUMNS)
    return download(Sheet(name=str(month), head=head, rows=rows), f"lines-{month}", form)
