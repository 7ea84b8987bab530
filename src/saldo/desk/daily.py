"""Page: the daily usage behind one meter of a bill, day by day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.drill_down import DailyRow, list_daily_rows
from saldo.charges.queries import list_lines
from saldo.charges.rules.line import LineItem
from saldo.core.money import round_half_up
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.bill import Step
from saldo.desk.bill_tree import name_product
from saldo.desk.customer import bill_href
from saldo.desk.paging import Window, address, read_page
from saldo.desk.shown import Shown, show_customer
from saldo.doors.gate import gate

_SMALLEST = Decimal("0.000001")


@gate("customer.read", customer="key")
def daily(request: HttpRequest, key: str, month: str) -> HttpResponse:
    """Every day's rows of one meter, their sum beside what the bill says."""
    shown = show_customer(request, key)
    at = shown.month(month)
    asked = {name: request.GET.get(name, "") for name in ("subscription", "product", "sku", "offer")}
    billed = _billed(shown, at, asked)
    rows = list_daily_rows(
        company=shown.visitor.company.id,
        customer=shown.customer.key,
        month=at,
        subscription=asked["subscription"],
        product_id=asked["product"],
        sku_id=asked["sku"],
        availability_id=asked["offer"],
    )
    window = Window(number=read_page(request.GET.get("page", "1")), total=len(rows))
    page: dict[str, Any] = _frame(shown, at, billed) | {
        "rows": [_row(row, shown.sees_cost, shown.currency) for row in rows[window.rows]],
        "row_count": len(rows),
        "quantity": figures.number(sum((row.quantity for row in rows), Decimal(0))),
        "unit": billed[0].unit_type if billed else "",
        "range_text": window.words,
        "previous_href": window.previous and _page_href(request, asked, window.previous),
        "next_href": window.next and _page_href(request, asked, window.next),
        "imports_href": reverse("desk:imports") if shown.visitor.may_everywhere("buy.invoice.read") else "",
    }
    amounts = [row.amount for row in rows if row.amount is not None]
    page["shows_cost"] = shown.sees_cost and len(amounts) == len(rows)
    if page["shows_cost"]:
        page["amount"] = round_half_up(sum(amounts, Decimal(0)), shown.currency)
        page["billed_text"] = figures.amount(sum((line.amount for line in billed), Decimal(0)), shown.currency)
    return render(request, "desk/customers/daily.html", {"page": page})


def _billed(shown: Shown, at: Month, asked: dict[str, str]) -> list[LineItem]:
    lines = list_lines(company=shown.visitor.company.id, customer=shown.customer.key, month=at, currency=shown.currency)
    wanted = (asked["subscription"], asked["product"], asked["sku"], asked["offer"])
    return [
        line
        for line in lines
        if (line.subscription, line.product_id, line.sku_id, line.availability_id) == wanted
        and line.category == "usage"
    ]


def _frame(shown: Shown, at: Month, billed: list[LineItem]) -> dict[str, Any]:
    customer = address(reverse("desk:customer", args=[shown.customer.key]), shown.currency_facts)
    crumbs = [
        Step(text=shown.customer.name, href=customer),
        Step(text=figures.month(at), href=bill_href(shown, at)),
    ]
    meter = figures.say("pages.daily.title")
    if billed:
        first = billed[0]
        product = name_product(first)
        crumbs.append(Step(text=product, href=bill_href(shown, at, product=product, subscription=first.subscription)))
        meter = first.meter_name or first.sku_name or product
    return {
        "customer": shown.customer,
        "crumbs": crumbs,
        "meter": meter,
        "month_text": figures.month(at),
        "currency": shown.currency,
    }


def _row(row: DailyRow, with_cost: bool, currency: str) -> dict[str, str]:
    shown = {
        "day": figures.day(row.used_on),
        "resource": row.resource,
        "resource_name": row.resource.rstrip("/").rpartition("/")[2],
        "quantity": figures.number(row.quantity),
        "row": figures.number(row.row),
        "href": "",
    }
    if with_cost:
        shown["href"] = reverse("desk:import-row", args=[row.file, row.row])
        shown["unit_price"] = "" if row.unit_price is None else figures.number(row.unit_price)
        shown["amount"] = "" if row.amount is None else _amount(row.amount, currency)
    return shown


def _amount(value: Decimal, currency: str) -> str:
    """A day's amount in minor units; one too small for them keeps six digits. The row as sent has all of them."""
    if value and not round_half_up(value, currency):
        return figures.number(value.quantize(_SMALLEST))
    return figures.rounded(value, currency)


def _page_href(request: HttpRequest, asked: dict[str, str], number: int) -> str:
    return address(request.path, {**asked, "currency": request.GET.get("currency"), "page": number})
