"""Page: Home, and the way to the first page that a person may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.desk import figures, today
from saldo.doors.gate import SIGNED_IN, gate, gate_everywhere
from saldo.doors.navigation import first_place
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world


@gate(SIGNED_IN)
def start(request: HttpRequest) -> HttpResponse:
    """Lead a person to the first page of their side bar."""
    place = first_place(get_visitor(request))
    return redirect(place.address if place else "desk:settings")


@gate_everywhere("buy.invoice.read")
def home(request: HttpRequest) -> HttpResponse:
    """What arrived, what does not add up, who moved most."""
    visitor = get_visitor(request)
    arrivals = today.list_arrivals(visitor)
    page: dict[str, Any] = {
        "day_text": figures.day(visitor.today),
        "arrivals": arrivals,
        "tasks": today.list_tasks(visitor, get_world().clock.now()),
        "may_import": visitor.may_everywhere("buy.file.import"),
        "imports_href": reverse("desk:imports"),
    }
    last = today.find_last_month(visitor)
    if last is not None:
        page |= _month(visitor, last)
    return render(request, "desk/home.html", {"page": page})


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
