"""Page: issued documents, found by number or debtor, by month, and by whether they are paid."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.invoices.month import ways
from saldo.desk.invoices.shown import MARKS, READ, debtors_to_show
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.invoicing.billed import list_billed_months
from saldo.invoicing.registry import STATES, Asked, IssuedRow, list_issued, sum_issued
from saldo.parties.debtors import list_debtors

_MOST_NAMED = 500
_MOST_EXPORTED = 100_000


@gate(READ)
def issued(request: HttpRequest) -> HttpResponse:
    """Fifty documents a page, newest first, with a sum over all that fit."""
    visitor = get_visitor(request)
    asked = read_asked(request, visitor)
    company, today = visitor.company.id, visitor.today
    sums = sum_issued(company=company, asked=asked, today=today)
    window = Window(number=read_page(request.GET.get("page", "1")), total=sum(count for count, _ in sums.values()))
    found = list_issued(company=company, asked=asked, today=today, limit=window.size, offset=window.offset)
    facts = _facts(asked)
    page = {
        "search": asked.search,
        "state": asked.state,
        "month": asked.month,
        "months": list_billed_months(company=company),
        "tabs": [
            (
                figures.say(f"pages.invoices.state.{one}"),
                address(request.path, facts | {"state": one}),
                one == asked.state,
            )
            for one in STATES
        ],
        "rows": [_row(one, visitor) for one in found],
        "sums": [
            (figures.say_many("pages.invoices.documents", count), gross, currency)
            for currency, (count, gross) in sorted(sums.items())
        ],
        "is_narrowed": bool(asked.search or asked.month or asked.state != "every"),
        "ways": ways(visitor, asked.month or Month.of(visitor.today), "issued"),
        "may_bill": visitor.may_everywhere("buy.invoice.read"),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "csv_href": address(reverse("desk:invoices-issued-csv"), facts),
        "xlsx_href": address(reverse("desk:invoices-issued-xlsx"), facts),
    }
    return render(request, "desk/invoices/issued.html", {"page": page})


@gate(READ)
def issued_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate(READ)
def issued_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


def read_asked(request: HttpRequest, visitor: Visitor) -> Asked:
    """What the address asks for, narrowed to whom the reader may see."""
    search = request.GET.get("q", "").strip()[:100]
    debtors = debtors_to_show(visitor)
    named: tuple[str, ...] = ()
    if search:
        found = list_debtors(company=visitor.company.id, search=search, limit=_MOST_NAMED)
        named = tuple(one.number for one in found)
    try:
        month = Month.parse(request.GET.get("month", ""))
    except ValueError:
        month = None
    state = request.GET.get("state", "every")
    return Asked(
        search=search,
        named=named,
        month=month,
        state=state if state in STATES else "every",
        debtors=debtors,
    )


def _facts(asked: Asked) -> dict[str, object]:
    return {
        "q": asked.search or None,
        "month": asked.month,
        "state": None if asked.state == "every" else asked.state,
    }


def _row(one: IssuedRow, visitor: Visitor) -> dict[str, Any]:
    state = one.state(visitor.today)
    return {
        "number": one.invoice.number,
        "href": reverse("desk:invoice", args=[one.invoice.number]),
        "kind": figures.say(f"pages.invoices.kind.{one.invoice.kind}"),
        "name": one.invoice.buyer.get("name") or one.invoice.debtor,
        "debtor": one.invoice.debtor,
        "issued": figures.day(one.invoice.issued_on),
        "due": figures.day(one.invoice.due_on),
        "mark": MARKS[state],
        "state": figures.say(f"pages.invoices.state.{state}"),
        "gross": one.invoice.gross,
        "open": one.open,
        "currency": one.invoice.currency,
    }


_COLUMNS = (
    "number",
    "kind",
    "debtor",
    "name",
    "month",
    "issued",
    "due",
    "state",
    "currency",
    "net",
    "tax",
    "gross",
    "open",
)


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    found = list_issued(
        company=visitor.company.id, asked=read_asked(request, visitor), today=visitor.today, limit=_MOST_EXPORTED
    )
    rows = tuple(
        (
            one.invoice.number,
            figures.say(f"pages.invoices.kind.{one.invoice.kind}"),
            one.invoice.debtor,
            str(one.invoice.buyer.get("name", "")),
            str(one.invoice.month),
            one.invoice.issued_on,
            one.invoice.due_on,
            figures.say(f"pages.invoices.state.{one.state(visitor.today)}"),
            one.invoice.currency,
            *(
                figures.plain(value, one.invoice.currency)
                for value in (one.invoice.net, one.invoice.tax, one.invoice.gross, one.open)
            ),
        )
        for one in found
    )
    head = tuple(figures.say(f"pages.invoices.column.{column}") for column in _COLUMNS)
    return download(Sheet(name=figures.say("doors.nav.invoices"), head=head, rows=rows), "invoices", form)
