"""Page: write a policy. The text left, its check and a sample customer's days right, moving while one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.policies.checking import Checked, check_text, sample_of
from saldo.desk.policies.choices import list_choices, name_text
from saldo.desk.policies.publish import publish_dialog
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.publishing import LONGEST, drop_policy_draft, save_policy_draft
from saldo.dunning.publications import find_draft, list_versions


@gate_everywhere("dunning.policy.edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draft, or the newest version to begin one from; check or save what was written."""
    visitor = get_visitor(request)
    if request.method == "POST":
        text = _text(request.POST)
        if request.POST.get("step") == "save" and (fault := _save(visitor, code, text)) is None:
            messages.success(request, figures.say("pages.policies.saved"))
            return redirect("desk:policy-edit", code)
        fault = fault if request.POST.get("step") == "save" else None
        return _page(request, visitor, code, text, said=request.POST, fault=fault or "", is_kept=False)
    draft = find_draft(company=visitor.company.id, code=code)
    text = draft.text if draft is not None else _beginning(visitor, code, request.GET.get("from", ""))
    return _page(request, visitor, code, text, said=request.GET, is_kept=draft is not None)


@gate_everywhere("dunning.policy.edit")
@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What a text that is being typed comes to, for the right side of the open page."""
    visitor = get_visitor(request)
    checked = _check(visitor, _text(request.POST), request.POST)
    return render(request, "desk/policies/_checked.html", {"checked": checked})


@gate_everywhere("dunning.policy.edit")
@require_POST
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the draft away."""
    visitor = get_visitor(request)
    if drop_policy_draft(company=visitor.company.id, code=code, by=visitor.actor, at=get_world().clock.now()):
        messages.success(request, figures.say("pages.policies.dropped"))
    return redirect("desk:policies")


def _text(said: Mapping[str, str]) -> str:
    """The text as typed; browsers send line ends as CR LF, and a policy has LF."""
    return said.get("text", "").replace("\r\n", "\n")[: LONGEST + 1]


def _save(visitor: Visitor, code: str, text: str) -> str | None:
    at = get_world().clock.now()
    try:
        save_policy_draft(company=visitor.company.id, code=code, text=text, by=visitor.actor, at=at)
    except Refused as refused:
        return say_refusal(refused)
    return None


def _beginning(visitor: Visitor, code: str, source: str) -> str:
    """The text to begin from: what was chosen, else the newest version of this code."""
    choices = list_choices(company=visitor.company.id)
    if source in choices:
        return choices[source].text
    newest = next((one for one in choices.values() if one.code == code), None)
    if newest is None:
        raise Http404(figures.say("dunning.policy.no-draft", policy=code))
    return newest.text


def _check(visitor: Visitor, text: str, said: Mapping[str, str]) -> Checked:
    return check_text(text, on=visitor.today, sample=sample_of(said, visitor), visitor=visitor)


def _page(
    request: HttpRequest,
    visitor: Visitor,
    code: str,
    text: str,
    *,
    said: Mapping[str, str],
    fault: str = "",
    is_kept: bool,
) -> HttpResponse:
    checked = _check(visitor, text, said)
    sample = sample_of(said, visitor)
    versions = list_versions(company=visitor.company.id, code=code)
    page: dict[str, Any] = {
        "code": code,
        "name": name_text(text, code),
        "text": text,
        "numbers": "\n".join(map(str, range(1, text.count("\n") + 2))),
        "fault": fault,
        "is_kept": is_kept,
        "due": sample.due_on.isoformat(),
        "owed": said.get("owed", "") if sample.value is not None else "",
        "owed_usual": checked.owed_text.rpartition(" ")[0] if sample.value is None else "",
        "currency": sample.currency,
        "check_href": reverse("desk:policy-check", args=[code]),
        "newest": versions[0].version if versions else None,
        "publish": publish_dialog(visitor, code, checked) if is_kept and checked.is_sound else None,
    }
    return render(request, "desk/policies/edit.html", {"page": page, "checked": checked})
