"""Pages: the forms of collections. What each changes is shown before it is saved; a fault keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.collections.forms import KINDS, Act, FormKind
from saldo.desk.collections.seeing import Preview, see, see_now
from saldo.desk.collections.subject import Subject, read_back, read_subject
from saldo.desk.collections.undoing import CAN_BE_ENDED
from saldo.desk.fields import Asked, Field
from saldo.desk.form_page import Form, form_of
from saldo.desk.paging import address
from saldo.doors.gate import gate
from saldo.dunning.actions.tasks import finish_task
from saldo.dunning.call_list import find_task

_PREVIEW = "preview"
_TEXTS = frozenset({"text", "area"})


def _page(name: str, capability: str) -> Callable[..., HttpResponse]:
    kind = KINDS[name]

    @gate(capability, debtor="number")
    def view(request: HttpRequest, number: str) -> HttpResponse:
        return _show(request, kind, read_subject(request, number))

    view.__name__ = name.replace("-", "_")
    view.__doc__ = f"The form of a {name}."
    return view


promise = _page("promise", "dunning.promise")
dispute = _page("dispute", "dunning.dispute")
hold = _page("hold", "dunning.hold")
mark = _page("mark", "dunning.mark")
in_flight = _page("in-flight", "dunning.promise")
call = _page("call", "dunning.call")


def _show(request: HttpRequest, kind: FormKind, subject: Subject) -> HttpResponse:
    if request.method != "POST":
        return _draw(request, kind, subject, form_of(kind.fields(subject), None, {}), see_now(subject))
    fields = kind.fields(subject)
    asked = Asked(_as_said(request, fields))
    labels = {field.name: field.label for field in fields}
    act = kind.read(asked, subject)
    seen = None
    if act is not None:
        done, seen = _try(request, kind, subject, asked, labels, act)
        if done is not None:
            return done
    form = form_of(fields, request.POST, asked.faults)
    if request.headers.get("HX-Request"):
        return render(request, "desk/collections/_preview.html", {"preview": seen, "form": form})
    return _draw(request, kind, subject, form, seen)


def _as_said(request: HttpRequest, fields: Sequence[Field]) -> Mapping[str, str]:
    """What was said; while somebody still writes, texts that are missing are taken as said."""
    said = request.POST.dict()
    if request.headers.get("HX-Request"):
        missing = (one.name for one in fields if one.kind in _TEXTS and not one.is_optional and not said.get(one.name))
        said |= dict.fromkeys(missing, "-")
    return said


def _try(
    request: HttpRequest, kind: FormKind, subject: Subject, asked: Asked, labels: dict[str, str], act: Act
) -> tuple[HttpResponse | None, Preview | None]:
    """Where to go after saving, or what saving would change; a refusal is put under its field."""
    is_preview = request.POST.get("do") == _PREVIEW or bool(request.headers.get("HX-Request"))
    try:
        if is_preview:
            return None, see(subject, act)
        with transaction.atomic():
            made = act()
            _finish(request, subject)
    except Refused as refused:
        asked.refuse(refused, labels, about=kind.about)
        return None, None
    return _done(request, kind, subject, made), None


def _finish(request: HttpRequest, subject: Subject) -> None:
    """A call that was made finishes the task it was made for, when the caller says so."""
    said = request.POST.get("task", "")
    if not (request.POST.get("finish") and said.isascii() and said.isdigit() and len(said) < 18):
        return
    usual = subject.visitor.company.currency
    task = find_task(company=subject.company, task=int(said), today=subject.today, usual=usual)
    if task is not None and task.debtor == subject.number:
        outcome = request.POST.get("outcome", "done")[:40]
        for key in task.keys:
            finish_task(company=subject.company, key=key, outcome=outcome, by=subject.visitor.actor, at=subject.at)


def _done(request: HttpRequest, kind: FormKind, subject: Subject, made: int | None) -> HttpResponse:
    back = read_back(request, reverse("desk:debtor", args=[subject.number]) + "#collections")
    if made is not None and kind.name in CAN_BE_ENDED:
        path, _, anchor = back.partition("#")
        joined = "&" if "?" in path else "?"
        done = address("", {"done": f"{kind.name}:{made}", "of": subject.number})[1:]
        return redirect(f"{path}{joined}{done}" + (f"#{anchor}" if anchor else ""))
    messages.success(request, figures.say(f"pages.collections.{kind.name}.saved", name=subject.debtor.name))
    return redirect(back)


def _draw(request: HttpRequest, kind: FormKind, subject: Subject, form: Form, preview: Preview | None) -> HttpResponse:
    number = subject.number
    page: dict[str, Any] = {
        "title": figures.say(f"pages.collections.{kind.name}.title"),
        "lead": figures.say(f"pages.collections.{kind.name}.lead"),
        "save": figures.say(f"pages.collections.{kind.name}.save"),
        "name": subject.debtor.name,
        "number": number,
        "owed": subject.owed,
        "currency": subject.currency,
        "action": reverse(f"desk:collections-{kind.name}", args=[number]),
        "back": read_back(request, reverse("desk:debtor", args=[number]) + "#collections"),
        "debtor_href": reverse("desk:debtor", args=[number]) if subject.visitor.may("sell.invoice.read") else "",
        "collections_href": reverse("desk:collections"),
        "task": (request.POST.get("task") or request.GET.get("task", ""))[:400],
    }
    return render(request, "desk/collections/act.html", {"page": page, "form": form, "preview": preview})
