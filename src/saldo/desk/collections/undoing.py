"""Acts that end what keeps a debtor back: a hold, a promise, a dispute, a mark, money on its way; and Undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.collections.said import say_circumstance
from saldo.desk.collections.subject import read_back
from saldo.desk.fields import say_refusal
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.disputes import Outcome, close_dispute
from saldo.dunning.actions.holds import end_hold
from saldo.dunning.actions.in_flight import Arrival, settle_in_flight
from saldo.dunning.actions.marks import end_mark, sign_mark
from saldo.dunning.actions.promises import withdraw_promise
from saldo.dunning.of_debtor import list_circumstances

CAN_BE_ENDED = {
    "hold": "dunning.hold",
    "promise": "dunning.promise",
    "dispute": "dunning.dispute",
    "mark": "dunning.mark",
    "in-flight": "dunning.promise",
}
"""What can be ended, by the capability that it needs."""

_End = Callable[[int, dict[str, str], dict[str, Any]], None]


def _ending(name: str, end: _End) -> Callable[..., HttpResponse]:
    @require_POST
    @gate(CAN_BE_ENDED[name], debtor="number")
    def view(request: HttpRequest, number: str, id: int) -> HttpResponse:
        return _end(request, number, name, id, end)

    view.__name__ = f"{name.replace('-', '_')}_end"
    view.__doc__ = f"End a {name}."
    # require_POST keeps what the gate wrote on the view
    return view


def _end_dispute(number: int, said: dict[str, str], who: dict[str, Any]) -> None:
    close_dispute(dispute=number, outcome=cast("Outcome", said.get("outcome", "ours")), **who)


def _end_in_flight(number: int, said: dict[str, str], who: dict[str, Any]) -> None:
    settle_in_flight(in_flight=number, arrival=cast("Arrival", said.get("arrival", "failed")), **who)


def _end_mark(number: int, said: dict[str, str], who: dict[str, Any]) -> None:
    end_mark(mark=number, reason=said.get("reason", "")[:500], **who)


hold_end = _ending("hold", lambda number, said, who: end_hold(hold=number, **who))
promise_end = _ending("promise", lambda number, said, who: withdraw_promise(promise=number, **who))
dispute_end = _ending("dispute", _end_dispute)
mark_end = _ending("mark", _end_mark)
in_flight_end = _ending("in-flight", _end_in_flight)


@require_POST
@gate("dunning.mark.sign", debtor="number")
def mark_sign(request: HttpRequest, number: str, id: int) -> HttpResponse:
    """A Global admin signs that a protected debtor's access may be affected."""
    return _end(request, number, "mark", id, lambda mark, said, who: sign_mark(mark=mark, **who), told="mark.signed")


def toast_of(request: HttpRequest, visitor: Visitor) -> dict[str, Any] | None:
    """What was just recorded, with the act that takes it back; None where there is nothing to take back."""
    kind, _, said = request.GET.get("done", "").partition(":")
    number = request.GET.get("of", "")[:200]
    if kind not in CAN_BE_ENDED or not said.isdigit() or len(said) > 18 or not visitor.may(CAN_BE_ENDED[kind]):
        return None
    found = list_circumstances(company=visitor.company.id, debtor=number)
    one = next((one for one in found if one.kind == kind and one.id == int(said) and one.is_running), None)
    if one is None or one.by != visitor.actor:
        return None
    undoing = {"arrival": "failed", "outcome": "ours", "reason": figures.say("pages.collections.undone-at-once")}
    return {
        "words": say_circumstance(one, visitor.company.currency),
        "action": reverse(f"desk:collections-{kind}-end", args=[number, one.id]),
        "undoing": {**undoing, "back": request.path + _rest(request)}.items(),
    }


def _rest(request: HttpRequest) -> str:
    asked = request.GET.copy()
    for name in ("done", "of"):
        asked.pop(name, None)
    return f"?{asked.urlencode()}" if asked else ""


def _end(request: HttpRequest, number: str, kind: str, id: int, end: _End, told: str = "") -> HttpResponse:
    """End one of this debtor's alone: a number of another's is not there."""
    visitor = get_visitor(request)
    back = read_back(request, reverse("desk:debtor", args=[number]) + "#collections")
    found = list_circumstances(company=visitor.company.id, debtor=number)
    if not any(one.kind == kind and one.id == id for one in found):
        messages.error(request, figures.say("pages.collections.not-there"))
        return redirect(back)
    who: dict[str, Any] = {
        "company": visitor.company.id,
        "by": visitor.actor,
        "today": visitor.today,
        "at": get_world().clock.now(),
    }
    try:
        with transaction.atomic():
            end(id, request.POST.dict(), who)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        messages.success(request, figures.say(f"pages.collections.{told or f'{kind}.ended'}"))
    return redirect(back)
