"""Page: Home, and the way to the first page that a person may open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from saldo.doors.gate import SIGNED_IN, gate
from saldo.doors.navigation import first_place
from saldo.doors.visitor import get_visitor


@gate(SIGNED_IN)
def start(request: HttpRequest) -> HttpResponse:
    """Lead a person to the first page of their side bar."""
    place = first_place(get_visitor(request))
    return redirect(place.address if place else "desk:settings")


@gate("buy.invoice.read")
def home(request: HttpRequest) -> HttpResponse:
    """What arrived, what does not add up, who moved most."""
    return render(request, "desk/home.html", {"is_empty": True})
