"""What a person does on the page of imports: bring files, accept one with a failed check open, take one out or back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.charges.actions import accept_delivery, take_back_delivery, withdraw_delivery
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.import_detail import say_code
from saldo.desk.landing import UnableToLand, land_files
from saldo.desk.paging import address
from saldo.desk.running import TASK
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world

_LONGEST_REASON = 500


@require_POST
@gate_everywhere("buy.file.import")
def upload(request: HttpRequest) -> HttpResponse:
    """Let the files land and leave their import to the worker; the page shows how far it is."""
    visitor = get_visitor(request)
    try:
        batch = land_files(
            landing=Path(settings.LANDING), files=request.FILES.getlist("files"), paths=request.POST.getlist("paths")
        )
    except UnableToLand as refused:
        messages.error(request, say_code(refused.code, refused.facts))
        return redirect("desk:imports")
    get_world().queue.enqueue(TASK, company=visitor.company.id, batch=batch, actor=visitor.actor)
    return redirect("desk:imports")


@require_POST
@gate_everywhere("buy.file.decide")
def accept(request: HttpRequest, delivery: int) -> HttpResponse:
    """Keep a delivery although a check failed, with the reason for it."""
    return _decide(request, delivery, accept_delivery)


@require_POST
@gate_everywhere("buy.file.decide")
def refuse(request: HttpRequest, delivery: int) -> HttpResponse:
    """Take a delivery out of all bills, with the reason for it."""
    return _decide(request, delivery, withdraw_delivery)


@require_POST
@gate_everywhere("buy.file.decide")
def take_back(request: HttpRequest, delivery: int) -> HttpResponse:
    """Let a delivery that was taken out count again, with the reason for it."""
    return _decide(request, delivery, take_back_delivery)


def _decide(request: HttpRequest, delivery: int, act: Callable[..., object]) -> HttpResponse:
    visitor = get_visitor(request)
    reason = request.POST.get("reason", "").strip()[:_LONGEST_REASON]
    if not reason:
        messages.error(request, figures.say("pages.imports.reason-missing"))
    else:
        try:
            act(
                company=visitor.company.id,
                delivery=delivery,
                reason=reason,
                actor=visitor.actor,
                at=get_world().clock.now(),
            )
        except Refused as refused:
            if refused.code.endswith(".unknown"):
                raise Http404(figures.say("pages.problem.no-file")) from None
            messages.error(request, say_code(refused.code, refused.facts))
    return redirect(address(reverse("desk:imports"), {"delivery": delivery}))
