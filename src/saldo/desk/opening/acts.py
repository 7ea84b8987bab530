"""What a person does with the old book: take it over, give it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.opening.pages import draw, find_file, read_form
from saldo.desk.opening.preview import today_of
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world
from saldo.flows.take_over import give_old_book_back, take_old_book


@require_POST
@gate_everywhere("opening.take-over")
def take(request: HttpRequest) -> HttpResponse:
    """Take the file over that the preview showed, all of it or nothing."""
    visitor = get_visitor(request)
    try:
        said, fault = read_form(request)
        if said is None:
            return draw(request, {}, fault)
        taken = take_old_book(
            company=visitor.company.id,
            data=said.data,
            as_of=said.as_of,
            today=today_of(visitor),
            controls=said.controls,
            by=visitor.actor,
            world=get_world(),
        )
    except Refused as refused:
        return draw(request, {"kept": request.POST.get("kept", "")}, say_refusal(refused))
    if not taken.taken:
        messages.info(request, figures.say("pages.opening.nothing-new"))
        return redirect("desk:opening")
    messages.success(request, figures.say_many("pages.opening.taken-over", taken.taken))
    return redirect("desk:opening-file", taken.name)


@require_POST
@gate_everywhere("opening.take-over")
def undo(request: HttpRequest, name: str) -> HttpResponse:
    """Give a file back by mirror postings."""
    visitor = get_visitor(request)
    find_file(request, name)
    try:
        count = give_old_book_back(
            company=visitor.company.id, name=name, by=visitor.actor, world=get_world(), today=today_of(visitor)
        )
        messages.success(request, figures.say_many("pages.opening.given-back", count))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:opening-file", name)
