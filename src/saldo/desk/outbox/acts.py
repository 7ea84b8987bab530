"""What a person does with a message: take it back, let it out, send it again, say that it is dealt with."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.outbox.pages import get_message
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world
from saldo.flows.send_messages import send_soon
from saldo.outbox.actions import recall, release_held, send_again, settle


@require_POST
@gate_everywhere("sell.invoice.issue")
def recall_message(request: HttpRequest, message: int) -> HttpResponse:
    """Take back what is still here about the same thing."""
    visitor = get_visitor(request)
    found = get_message(visitor, message)
    try:
        count = recall(company=visitor.company.id, about=found.about, by=visitor.actor, at=get_world().clock.now())
        messages.success(request, figures.say_many("pages.outbox.recalled", count))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:outbox-message", message)


@require_POST
@gate_everywhere("sell.invoice.issue")
def again(request: HttpRequest, message: int) -> HttpResponse:
    """Send it again, to the addresses that the form names."""
    visitor = get_visitor(request)
    found = get_message(visitor, message)
    said = [one.strip() for one in request.POST.get("recipients", "").replace(",", ";").split(";") if one.strip()]
    try:
        send_again(
            company=visitor.company.id,
            message=found.id,
            by=visitor.actor,
            at=get_world().clock.now(),
            recipients=said or None,
        )
        send_soon(company=visitor.company.id, world=get_world())
        messages.success(request, figures.say("pages.outbox.goes-again"))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:outbox-message", message)


@require_POST
@gate_everywhere("sell.invoice.issue")
def settled(request: HttpRequest, message: int) -> HttpResponse:
    """Say that a person dealt with it another way."""
    visitor = get_visitor(request)
    found = get_message(visitor, message)
    try:
        settle(company=visitor.company.id, message=found.id, by=visitor.actor, at=get_world().clock.now())
        messages.success(request, figures.say("pages.outbox.is-settled"))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:outbox")


@require_POST
@gate_everywhere("channel.first-run")
def release(request: HttpRequest) -> HttpResponse:
    """Let out what the daily cap of a channel holds."""
    visitor = get_visitor(request)
    kind = request.POST.get("channel", "mail")
    try:
        count = release_held(company=visitor.company.id, kind=kind, by=visitor.actor, at=get_world().clock.now())
        send_soon(company=visitor.company.id, world=get_world())
        messages.success(request, figures.say_many("pages.outbox.released", count))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:outbox")
