"""Page: will the money be there? Day by day, expected receipts against Microsoft's safe days, in each currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import address
from saldo.desk.payables.shown import payable_href
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.outlook.queries import look_at_days
from saldo.outlook.rules.cash import CashAhead, CashDay

_AHEAD, _LEAST = timedelta(days=120), timedelta(days=30)


@gate_everywhere("cash.read")
def cash(request: HttpRequest) -> HttpResponse:
    """The lowest point in a sentence, the way there as a chart, and every day as a table."""
    visitor = get_visitor(request)
    ahead = look_at_days(company=visitor.company.id, today=visitor.today)
    here = _chosen(ahead, request.GET.get("currency", ""), visitor.company.currency)
    page: dict[str, Any] = {"day_text": figures.day(visitor.today), "here": here}
    if here is not None:
        facts: dict[str, object] = {"currency": here.currency}
        page |= {
            "currency": here.currency,
            "choices": [_choice(request.path, one, here) for one in ahead],
            "sentence": _sentence(here),
            "by_due": _by_due_day(here),
            "has_gap": here.gap > 0,
            "days": [_day(one, here) for one in here.days],
            "chart": _chart(here, visitor),
            "chart_words": _sentence(here),
            "leaving": [
                {
                    "document": one.document,
                    "href": payable_href(one.document),
                    "day": figures.day(one.pay_on),
                    "is_late": one.pay_on < visitor.today,
                    "value": one.value,
                }
                for one in here.leaving
            ],
            "end": here.start + here.expected - here.owed,
            "csv_href": address(reverse("desk:cash-csv"), facts),
            "xlsx_href": address(reverse("desk:cash-xlsx"), facts),
        }
    return render(request, "desk/cash/page.html", {"page": page})


@gate_everywhere("cash.read")
def cash_csv(request: HttpRequest) -> HttpResponse:
    """Every day of every currency as CSV."""
    return _download(request, "csv")


@gate_everywhere("cash.read")
def cash_xlsx(request: HttpRequest) -> HttpResponse:
    """Every day of every currency as an Excel workbook."""
    return _download(request, "xlsx")


def _chosen(ahead: Sequence[CashAhead], asked: str, own: str) -> CashAhead | None:
    """The currency asked for, else where money is missing, else our own, else the first."""
    wanted = sorted(ahead, key=lambda one: (one.currency != asked, one.gap <= 0, one.currency != own, one.currency))
    return wanted[0] if wanted else None


def _choice(path: str, one: CashAhead, here: CashAhead) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "href": address(path, {"currency": one.currency}),
        "is_here": one.currency == here.currency,
        "has_gap": one.gap > 0,
        "gap": f"{figures.amount(one.gap, one.currency)} {one.currency}",
    }


def _money(value: Decimal, currency: str) -> str:
    return f"{figures.amount(value, currency)} {currency}"


def _sentence(here: CashAhead) -> str:
    """Where it is shortest, and on which day."""
    facts = {"day": figures.day(here.lowest_on), "lowest": _money(here.lowest, here.currency)}
    if here.gap > 0:
        return figures.say("pages.cash.gap", gap=_money(here.gap, here.currency), **facts)
    return figures.say("pages.cash.enough", **facts)


def _by_due_day(here: CashAhead) -> str:
    """What it would be if everybody paid on the day; nothing where that is the same."""
    lowest, on = here.lowest_by_due_day, here.lowest_by_due_day_on
    if (lowest, on) == (here.lowest, here.lowest_on):
        return ""
    return figures.say("pages.cash.by-due-day", lowest=_money(lowest, here.currency), day=figures.day(on))


def _day(one: CashDay, here: CashAhead) -> dict[str, Any]:
    return {
        "day": figures.day(one.on),
        "coming": one.by_habit,
        "leaving": -one.leaving,
        "balance": one.balance,
        "by_due": one.balance_by_due_day,
        "is_lowest": one.on == here.lowest_on,
        "is_short": one.balance < 0,
    }


def _chart(here: CashAhead, visitor: Visitor) -> dict[str, Any]:
    """Every day from today, so that the way between two movements is level; what lies far ahead is in the table."""
    last = min(max(here.days[-1].on, visitor.today + _LEAST), visitor.today + _AHEAD)
    days = [here.days[0].on + timedelta(days=place) for place in range((last - here.days[0].on).days + 1)]
    by_day = {one.on: one for one in here.days}
    habit, due = [], []
    now = here.days[0]
    for on in days:
        now = by_day.get(on, now)
        habit.append(now.balance)
        due.append(now.balance_by_due_day)
    return {
        "lang": figures.language(),
        "days": [on.isoformat() for on in days],
        "titles": [figures.day(on) for on in days],
        "lowest": days.index(here.lowest_on) if here.lowest_on in days else -1,
        "sets": [
            _set("pages.cash.balance", habit, here.currency),
            _set("pages.cash.balance-by-due", due, here.currency),
        ],
        "leaving": [float_text(by_day[on].leaving) if on in by_day and by_day[on].leaving else None for on in days],
        "leaving_label": figures.say("pages.cash.leaving"),
        "leaving_words": [
            figures.amount(-by_day[on].leaving, here.currency) if on in by_day and by_day[on].leaving else ""
            for on in days
        ],
    }


def _set(code: str, values: Sequence[Decimal], currency: str) -> dict[str, Any]:
    return {
        "label": figures.say(code),
        "data": [float_text(value) for value in values],
        "words": [figures.amount(value, currency) for value in values],
    }


def float_text(value: Decimal) -> str:
    """A height for the chart as text; its script reads it as a number, and nothing is counted with it."""
    return f"{value:f}"


_COLUMNS = ("currency", "day", "coming", "coming-by-due", "leaving", "balance", "balance-by-due")


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    rows: list[tuple[str | date | Decimal, ...]] = []
    for one in look_at_days(company=visitor.company.id, today=visitor.today):
        for day in one.days:
            values = (day.by_habit, day.by_due_day, -day.leaving, day.balance, day.balance_by_due_day)
            rows.append((one.currency, day.on, *(figures.plain(value, one.currency) for value in values)))
    head = tuple(figures.say(f"pages.cash.{column}") for column in _COLUMNS)
    return download(Sheet(name=figures.say("doors.nav.cash"), head=head, rows=tuple(rows)), "cash", form)
