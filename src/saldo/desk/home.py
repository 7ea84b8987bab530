"""Page: Home, and the way to the first page that a person may open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.desk import figures, money_today, today
from saldo.doors.gate import SIGNED_IN, gate, gate_everywhere
from saldo.doors.navigation import first_place
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.payables.queries import list_payables


@gate(SIGNED_IN)
def start(request: HttpRequest) -> HttpResponse:
    """Lead a person to the first page of their side bar."""
    place = first_place(get_visitor(request))
    return redirect(place.address if place else "desk:settings")


@gate_everywhere("buy.invoice.read")
def home(request: HttpRequest) -> HttpResponse:
    """What arrived, what does not add up, who moved most; who owes whom, and what needs this person."""
    visitor = get_visitor(request)
    now = get_world().clock.now()
    arrivals = today.list_arrivals(visitor)
    page: dict[str, Any] = {
        "day_text": figures.day(visitor.today),
        "arrivals": arrivals,
        "may_import": visitor.may_everywhere("buy.file.import"),
        "imports_href": reverse("desk:imports"),
    }
    page |= _money(visitor, now)
    last = today.find_last_month(visitor)
    if last is not None:
        page |= _month(visitor, last)
    return render(request, "desk/home.html", {"page": page})


def _money(visitor: Visitor, now: datetime) -> dict[str, Any]:
    """What needs a person, and how the money stands; what Microsoft must get is read once for both."""
    owed = list_payables(company=visitor.company.id, today=visitor.today)
    return {
        "tasks": money_today.list_money_tasks(visitor, owed, now) + today.list_tasks(visitor, now),
        "owed": money_today.owed_to_microsoft(owed),
        "has_payables": bool(owed),
        "receivable": money_today.owed_by_customers(visitor),
        "fresh": money_today.list_fresh(visitor, now),
        "collection": today.tell_collection(visitor),
        "debtors_href": reverse("desk:debtors"),
        "receipts_href": reverse("desk:receipts"),
    }


def _month(visitor: Visitor, last: today.LastMonth) -> dict[str, Any]:
    month, currency = last.month, last.currency
    movers, charged = today.list_movers(visitor, month, currency) if last.has_month_before else ([], 0)
    return {
        "balance": today.tell_balance(visitor, month, currency),
        "month_text": figures.month(month),
        "before_text": figures.month(month.plus(-1)),
        "currency": currency,
        "movers": movers,
        "has_month_before": last.has_month_before,
        "customer_count": charged,
        "customers_href": reverse("desk:customers"),
    }
