"""Page: one customer. What the last bill was, how bills moved, what is on it, why it differs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.category_totals import sum_by_category
from saldo.charges.queries import MonthTotal, list_lines
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId
from saldo.core.money import round_half_up
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.bill_tree import grow_bill_tree
from saldo.desk.debtors.of_customer import show_who_pays
from saldo.desk.paging import address
from saldo.desk.shown import Shown, show_customer
from saldo.desk.told import Told, tell_change
from saldo.doors.gate import gate

SHOWN_REASONS = 4
_MONTHS_IN_CHART = 13

PARTS = (
    ("pages.customer.licences", frozenset({"licence", "software-subscription", "perpetual-software"})),
    ("pages.customer.usage", frozenset({"usage"})),
    ("pages.customer.other", frozenset({"reservation", "savings-plan", "marketplace"})),
)
"""The series of the chart, in the order of their colours."""

Parts = dict[str, dict[Month, Decimal]]
"""Series by the code of its name, then month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month of the table behind the chart."""

    month: Month
    text: str
    href: str
    rows: int
    parts: tuple[Decimal, ...]
    total: Decimal | None
    change: Decimal | None


@gate("customer.read", customer="key")
def customer(request: HttpRequest, key: str) -> HttpResponse:
    """One customer's bills: figures, months, products, reasons."""
    shown = show_customer(request, key)
    page: dict[str, Any] = {
        "customer": shown.customer,
        "customers_href": reverse("desk:customers"),
        "currency": shown.currency,
        "currency_part": f"&currency={shown.currency}" if shown.is_asked else "",
        "shows_cost": shown.sees_cost,
        "invoices_href": reverse("desk:invoices-why", args=[key]) if shown.visitor.may("sell.invoice.read") else "",
        "months": (),
        "shows_payer": shown.visitor.may("sell.invoice.read"),
    }
    if page["shows_payer"]:
        page["payer"] = show_who_pays(visitor=shown.visitor, customer=shown.customer.key)
    if shown.sums:
        page |= _bills(shown)
    return render(request, "desk/customers/page.html", {"page": page})


def _bills(shown: Shown) -> dict[str, Any]:
    with_cost = shown.sees_cost
    last = shown.sums[-1]
    before = last.month.plus(-1)
    told = None
    if shown.visitor.may("explanation.read") and before in shown.months:
        told = tell_change(shown=shown, before=before, after=last.month)
    tree = grow_bill_tree(lines=told.lines[last.month] if told else _lines(shown, last.month), with_cost=with_cost)
    subscriptions = [level for product in tree.products for level in product.subscriptions]
    page: dict[str, Any] = {
        "after_text": figures.month(last.month),
        "before_text": figures.month(before),
        "month_count": len(shown.sums),
        "tree": tree,
        "subscription_count": len({level.subscription for level in subscriptions if level.subscription}),
        "seats": sum((level.seats for level in subscriptions if level.seats is not None), Decimal(0)),
        "row_count": tree.row_count,
        "bill_href": bill_href(shown, last.month),
        "compare_href": compare_href(shown, before, last.month) if told else "",
        "why": why(shown, told, before, last.month) if told else None,
    }
    if not with_cost:
        return page | {"months": month_rows(shown, {})}
    parts = sum_parts(shown)
    return page | {"months": month_rows(shown, parts)} | _cost_figures(shown, last, before, parts)


def _lines(shown: Shown, month: Month) -> tuple[LineItem, ...]:
    company = CompanyId(shown.visitor.company.id)
    return list_lines(company=company, customer=shown.customer.key, month=month, currency=shown.currency)


def _cost_figures(shown: Shown, last: MonthTotal, before: Month, parts: Parts) -> dict[str, Any]:
    highest = max(shown.sums, key=lambda one: one.net)
    average = sum((one.net for one in shown.sums), Decimal(0)) / len(shown.sums)
    return {
        "after_total": last.net,
        "change": last.net - shown.net(before) if before in shown.months else None,
        "average": round_half_up(average, shown.currency),
        "highest_text": figures.month(highest.month),
        "highest_amount": figures.amount(highest.net, shown.currency),
        "chart": chart(shown, parts),
        "chart_words": figures.say(
            "pages.customer.chart",
            first=figures.month(shown.sums[-_MONTHS_IN_CHART:][0].month),
            last=figures.month(last.month),
            amount=figures.amount(last.net, shown.currency),
            currency=shown.currency,
            highest=figures.amount(highest.net, shown.currency),
            month=figures.month(highest.month),
        ),
    }


def chart(shown: Shown, parts: Parts) -> dict[str, Any]:
    """What the chart script reads: labels, series, and every amount in words for the tooltip."""
    sums = shown.sums[-_MONTHS_IN_CHART:]
    sets = []
    for code, by_month in parts.items():
        amounts = [by_month.get(one.month, Decimal(0)) for one in sums]
        sets.append(
            {
                "label": figures.say(code),
                "data": [f"{amount:f}" for amount in amounts],
                "words": [figures.amount(amount, shown.currency) for amount in amounts],
            }
        )
    return {"lang": figures.language(), "labels": [str(one.month) for one in sums], "sets": sets}


def month_rows(shown: Shown, parts: Parts) -> list[MonthRow]:
    """Newest first; without cost only how many rows each month has."""
    with_cost = shown.sees_cost
    rows = []
    for index, one in enumerate(shown.sums):
        previous = shown.sums[index - 1] if index and shown.sums[index - 1].month == one.month.plus(-1) else None
        rows.append(
            MonthRow(
                month=one.month,
                text=figures.month(one.month),
                href=bill_href(shown, one.month),
                rows=one.lines,
                parts=tuple(by_month.get(one.month, Decimal(0)) for by_month in parts.values()),
                total=one.net if with_cost else None,
                change=one.net - previous.net if with_cost and previous else None,
            )
        )
    return rows[::-1]


def why(shown: Shown, told: Told, before: Month, after: Month) -> dict[str, Any]:
    """The largest reasons, the others in one line, what stays unexplained."""
    largest = sorted(told.reasons, key=lambda one: (-abs(one.amount or Decimal(0)), one.index))
    first, others = largest[:SHOWN_REASONS], largest[SHOWN_REASONS:]
    rows = [
        {
            "headline": one.headline,
            "subject": one.subject,
            "amount": one.amount,
            "href": compare_href(shown, before, after, reason=one.index),
        }
        for one in first
    ]
    found: dict[str, Any] = {"rows": rows, "others": len(others)}
    if told.totals is not None:
        found["others_amount"] = sum((one.amount or Decimal(0) for one in others), Decimal(0))
        found["unexplained"] = told.totals.unexplained
    return found


def bill_href(shown: Shown, month: Month, **facts: object) -> str:
    """The bill of a month, or a level of it."""
    return address(reverse("desk:customer-bill", args=[shown.customer.key, str(month)]), facts | shown.currency_facts)


def compare_href(shown: Shown, before: Month, after: Month, *, reason: int | None = None) -> str:
    """Two months side by side, perhaps with one reason open."""
    facts = {"from": before, "to": after, "reason": reason} | shown.currency_facts
    return address(reverse("desk:compare-months", args=[shown.customer.key]), facts)


def sum_parts(shown: Shown) -> Parts:
    """What each series of the chart comes to in each month; only series that are ever other than zero."""
    totals = sum_by_category(company=shown.visitor.company.id, customer=shown.customer.key)
    parts: Parts = {}
    for code, categories in PARTS:
        by_month: dict[Month, Decimal] = {}
        for one in totals:
            if one.currency == shown.currency and one.category in categories:
                by_month[one.month] = by_month.get(one.month, Decimal(0)) + one.net
        if any(by_month.values()):
            parts[code] = by_month
    return parts
