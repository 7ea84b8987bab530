"""Page: the documents of one wave. After its mail was stopped, those that are wrong are cancelled by their mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.invoices.month import ways
from saldo.desk.invoices.shown import money_texts
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows.correct_documents import Done, cancel_documents
from saldo.invoicing.month_pages import WaveDocument, WaveShown, find_wave, page_wave

MOST_AT_ONCE = 50


@gate_everywhere("buy.invoice.read")
def wave(request: HttpRequest, wave: int) -> HttpResponse:
    """What stopping the mail did and did not do, and the documents, to be cancelled where they are wrong."""
    visitor = get_visitor(request)
    found = _get(visitor, wave)
    window = Window(number=read_page(request.GET.get("page", "1")), total=found.issued)
    size = min(window.size, MOST_AT_ONCE)
    rows = page_wave(company=visitor.company.id, wave=wave, limit=size, offset=window.offset)
    page = {
        "id": found.id,
        "title": figures.say("pages.invoices.wave-title", month=figures.month(found.month)),
        "about": f"{figures.say_many('pages.invoices.documents', found.issued)} · {money_texts(found.totals)}",
        "is_recalled": found.recalled_at is not None,
        "recalled": figures.say("pages.invoices.wave-recalled", time=figures.minute(found.recalled_at))
        if found.recalled_at
        else "",
        "may_cancel": found.recalled_at is not None and visitor.may_everywhere("sell.invoice.issue"),
        "rows": [_row(one) for one in rows],
        "ways": ways(visitor, found.month, "waves"),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, {"page": window.previous}),
        "next_href": window.next and address(request.path, {"page": window.next}),
    }
    return render(request, "desk/invoices/wave.html", {"page": page})


@require_POST
@gate_everywhere("sell.invoice.issue")
def cancel(request: HttpRequest, wave: int) -> HttpResponse:
    """Cancel the ticked documents of a wave whose mail was stopped, each by its mirror."""
    visitor = get_visitor(request)
    found = _get(visitor, wave)
    asked = set(request.POST.getlist("number")[:MOST_AT_ONCE])
    known = page_wave(company=visitor.company.id, wave=wave, limit=found.issued or 1) if asked else ()
    numbers = [one.number for one in known if one.number in asked and not one.cancelled_by]
    reason = request.POST.get("reason", "").strip()[:500]
    if found.recalled_at is None or not numbers or not reason:
        code = "nothing-ticked" if reason else "wave-no-reason"
        messages.error(request, figures.say(f"pages.invoices.{code}"))
        return redirect("desk:invoices-wave", wave)
    done = cancel_documents(
        company=visitor.company.id,
        numbers=numbers,
        reason=reason,
        by=visitor.actor,
        world=get_world(),
        today=visitor.today,
    )
    _tell(request, done)
    return redirect("desk:invoices-wave", wave)


def _tell(request: HttpRequest, done: Sequence[Done]) -> None:
    mirrored = sum(bool(one.mirror) for one in done)
    proposed = sum(one.proposal is not None for one in done)
    if mirrored:
        messages.success(request, figures.say_many("pages.invoices.wave-cancelled", mirrored))
    if proposed:
        messages.success(request, figures.say_many("pages.invoices.wave-proposed", proposed))
    for one in done:
        if one.refused is not None:
            messages.error(request, say_refusal(one.refused))


def _get(visitor: Visitor, wave: int) -> WaveShown:
    found = find_wave(company=visitor.company.id, wave=wave)
    if found is None:
        raise Http404(figures.say("pages.invoices.no-wave"))
    return found


def _row(one: WaveDocument) -> dict[str, Any]:
    return {
        "number": one.number,
        "href": reverse("desk:invoice", args=[one.number]),
        "name": one.name or one.debtor,
        "gross": one.gross,
        "currency": one.currency,
        "cancelled_by": one.cancelled_by,
    }
