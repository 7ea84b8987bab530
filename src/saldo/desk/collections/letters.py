"""Pages: one letter. Its PDF as it was kept, and saying that it was posted, arrived, came back, or is told again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.collections.asked import READ
from saldo.desk.collections.said import say_letter, say_step
from saldo.desk.collections.seeing import see, see_now
from saldo.desk.collections.subject import Subject, read_back, read_subject
from saldo.desk.fields import Asked, Field
from saldo.desk.form_page import form_of
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.dunning.actions.notices import record_failed, record_posted, record_proof, settle_failed
from saldo.dunning.of_debtor import NoticeSeen, find_notice
from saldo.outbox.documents import UnableToRead, read

_PROOFS = ("handed-over", "opened", "registered", "spoken")
_WHATS = ("posted", *_PROOFS, "came-back", "again")
_ABOUT = {
    "no-evidence": "evidence",
    "ahead": "on",
    "proof-too-weak": "what",
    "not-handed-over": "what",
    "no-letter": "what",
    "posted-already": "what",
    "proved-already": "what",
    "nothing-to-settle": "what",
}


@gate("dunning.call", debtor="number")
def proof(request: HttpRequest, number: str, notice: int) -> HttpResponse:
    """What became of a letter; shown with what it changes before it is saved."""
    subject = read_subject(request, number)
    found = _get(subject.visitor.company.id, number, notice)
    asked = Asked(request.POST)
    fields = _fields(found, subject)
    preview = see_now(subject) if request.method != "POST" else None
    if request.method == "POST":
        act = _read(asked, found, subject)
        is_preview = request.POST.get("do") == "preview" or bool(request.headers.get("HX-Request"))
        try:
            if act is not None and is_preview:
                preview = see(subject, act)
            elif act is not None:
                with transaction.atomic():
                    act()
                messages.success(request, figures.say("pages.collections.proof.saved"))
                return redirect(read_back(request, reverse("desk:debtor", args=[number]) + "#collections"))
        except Refused as refused:
            asked.refuse(refused, {field.name: field.label for field in fields}, about=_ABOUT)
    form = form_of(fields, request.POST if request.method == "POST" else None, asked.faults)
    if request.headers.get("HX-Request"):
        return render(request, "desk/collections/_preview.html", {"preview": preview, "form": form})
    return render(
        request,
        "desk/collections/act.html",
        {"page": _page(request, subject, found), "form": form, "preview": preview},
    )


@gate(READ, debtor="number")
def paper(request: HttpRequest, number: str, notice: int, place: int) -> HttpResponse:
    """The letter as it was kept."""
    found = _get(get_visitor(request).company.id, number, notice)
    sha256 = str(found.channels[place].get("sha256", "")) if place < len(found.channels) else ""
    if not sha256:
        raise Http404(figures.say("pages.outbox.no-file"))
    try:
        data = read(sha256)
    except UnableToRead:
        raise Http404(figures.say("pages.outbox.no-file")) from None
    name = f"{found.letter}-{found.on.isoformat()}.pdf"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _get(company: Any, number: str, notice: int) -> NoticeSeen:
    found = find_notice(company=company, debtor=number, notice=notice)
    if found is None:
        raise Http404(figures.say("pages.collections.no-letter"))
    return found


def _page(request: HttpRequest, subject: Subject, found: NoticeSeen) -> dict[str, Any]:
    return {
        "title": figures.say("pages.collections.proof.title", letter=say_letter(found.letter)),
        "lead": figures.say("pages.collections.proof.lead", step=say_step(found.step), day=figures.day(found.on)),
        "save": figures.say("pages.collections.proof.save"),
        "name": subject.debtor.name,
        "number": subject.number,
        "owed": figures.amount(found.owed, found.currency),
        "currency": found.currency,
        "action": reverse("desk:collections-proof", args=[subject.number, found.id]),
        "back": read_back(request, reverse("desk:debtor", args=[subject.number]) + "#collections"),
        "debtor_href": reverse("desk:debtor", args=[subject.number])
        if subject.visitor.may("sell.invoice.read")
        else "",
        "collections_href": reverse("desk:collections"),
        "task": "",
    }


def _fields(found: NoticeSeen, subject: Subject) -> list[Field]:
    def words(name: str) -> str:
        return figures.say(f"pages.collections.proof.{name}")

    asks = figures.say(f"pages.collections.asks.{found.proof}")
    has_letter = any(one.get("channel") == "letter" for one in found.channels)
    whats = [one for one in _WHATS if one != "posted" or has_letter]
    usual = "posted" if has_letter else "opened"
    return [
        Field(
            name="what",
            label=words("what"),
            value=usual,
            kind="select",
            choices=tuple((one, figures.say(f"pages.collections.proof.{one}")) for one in whats),
            hint=asks,
        ),
        Field(name="on", label=words("on"), value=subject.today.isoformat(), kind="date"),
        Field(name="evidence", label=words("evidence"), hint=words("evidence-hint")),
    ]


def _read(asked: Asked, found: NoticeSeen, subject: Subject) -> Callable[[], int | None] | None:
    on = asked.day("on")
    what, evidence = asked.text("what"), asked.text("evidence")
    if on is None:
        return None
    who: dict[str, Any] = {
        "company": subject.company,
        "notice": found.key,
        "by": subject.visitor.actor,
        "at": subject.at,
        "on": on,
    }

    def act() -> None:
        if what == "posted":
            record_posted(evidence=evidence, **who)
        elif what == "came-back":
            channels = [str(one.get("channel")) for one in found.channels]
            channel = "letter" if "letter" in channels else "mail"
            record_failed(channel=channel, code="dunning.notice.came-back", **who)
        elif what == "again":
            settle_failed(**who)
        else:
            record_proof(proof=what, evidence=evidence, **who)

    return act
