"""The papers of an issued document to take away: the PDF and the e-invoice, the bytes that are kept for ever."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from saldo.core.problems import Refused
from saldo.desk.fields import say_refusal
from saldo.desk.invoices.shown import READ, get_shown_invoice
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world
from saldo.flows.render_papers import paper_of

_MEDIA = {"pdf": ("application/pdf", "pdf"), "ubl": ("application/xml", "xml")}


@gate(READ)
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, drawn first where nobody has asked for it yet."""
    return _paper(request, number, "pdf")


@gate(READ)
def ubl(request: HttpRequest, number: str) -> HttpResponse:
    """The e-invoice; where the document cannot be one, the page says why."""
    return _paper(request, number, "ubl")


def _paper(request: HttpRequest, number: str, form: str) -> HttpResponse:
    visitor = get_visitor(request)
    found = get_shown_invoice(visitor, number)
    try:
        data = paper_of(company=visitor.company.id, number=found.number, form=form, world=get_world(), by=visitor.actor)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:invoice", found.number)
    media, ending = _MEDIA[form]
    safe = "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in found.number)
    name = content_disposition_header(as_attachment=True, filename=f"{safe}.{ending}") or "attachment"
    return HttpResponse(data, content_type=media, headers={"Content-Disposition": name})
