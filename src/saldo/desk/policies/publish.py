"""Publishing a policy: what it means, for how many, who must press it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.policies.checking import Checked
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.assigning import assign_policy
from saldo.dunning.actions.publishing import UnableToPublish, needs_second_person, publish_policy
from saldo.dunning.publications import (
    count_held,
    count_running,
    find_draft,
    list_chosen,
    list_versions,
)
from saldo.dunning.rules.policy import hash_of
from saldo.parties.debtors import count_debtors
from saldo.parties.queries import list_names


@gate_everywhere("dunning.policy.edit")
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the draft that was looked at, and let it hold for everybody where that was ticked."""
    visitor = get_visitor(request)
    draft = find_draft(company=visitor.company.id, code=code)
    try:
        starts_on = date.fromisoformat(request.POST.get("starts_on", ""))
    except ValueError:
        starts_on = visitor.today
    try:
        if draft is None or hash_of(draft.text) != request.POST.get("sha256", ""):
            raise UnableToPublish(code="dunning.policy.draft-changed")
        version = publish_now(visitor, code, draft.text, starts_on, for_all=request.POST.get("for_all") == "yes")
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:policy-edit", code) if draft is not None else redirect("desk:policies")
    messages.success(request, figures.say("pages.policies.published", version=version))
    return redirect("desk:policy-version", code, version)


def publish_now(visitor: Visitor, code: str, text: str, starts_on: date, *, for_all: bool) -> int:
    """Publish a text, and choose it for the whole house from the same day; the version it became."""
    company, at = visitor.company.id, get_world().clock.now()
    version = publish_policy(
        company=company,
        code=code,
        text=text,
        starts_on=starts_on,
        country=visitor.company.country,
        today=visitor.today,
        by=visitor.actor,
        at=at,
    )
    if for_all:
        assign_policy(
            company=company,
            scope="company",
            policy=code,
            starts_on=starts_on,
            by=visitor.actor,
            today=visitor.today,
            at=at,
        )
    return version


def publish_dialog(visitor: Visitor, code: str, checked: Checked) -> dict[str, Any] | None:
    """What the dialog says: the number of debtors, running items, the hash; or who may press instead."""
    company = visitor.company.id
    draft = find_draft(company=company, code=code)
    if draft is None or checked.policy is None:
        return None
    chosen = list_chosen(company=company, on=visitor.today)
    running = count_running(company=company)
    versions = list_versions(company=company, code=code)
    is_own = needs_second_person(checked.policy) and draft.edited_by == visitor.actor
    people = list_names(users=[int(draft.edited_by[5:])]) if draft.edited_by.startswith("user:") else {}
    return {
        "version": versions[0].version + 1 if versions else 1,
        "everybody": count_debtors(company=company),
        "held": count_held(company=company, chosen=chosen, on=visitor.today).get(code, 0),
        "items": sum(one.items for pin, one in running.items() if pin[0] == code),
        "starts_on": visitor.today.isoformat(),
        "sha256": checked.sha256,
        "is_own": is_own,
        "touches": needs_second_person(checked.policy),
        "edited_by": next(iter(people.values()), draft.edited_by),
        "is_for_all": any(one.scope == "company" and one.policy == code for one in chosen),
    }
