"""Page: set up a policy in ten minutes. Four questions, a ready policy adjusted, ends published or as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from saldo.core.money import round_half_up
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, say_refusal
from saldo.desk.form_page import form_of
from saldo.desk.policies.checking import Checked, check_text, sample_of
from saldo.desk.policies.publish import publish_now
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.publishing import needs_second_person, save_policy_draft
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.publications import find_draft, list_versions
from saldo.dunning.rules.policy import Condition, Policy, Step

STOPS = ("gentle", "standard", "strict")
_LATEST_REMINDER, _LONGEST_PROMISE = 30, 60


@gate_everywhere("dunning.policy.edit")
def set_up(request: HttpRequest) -> HttpResponse:
    """Ask, show what the answers come to, and keep it."""
    visitor = get_visitor(request)
    is_post = request.method == "POST"
    said = request.POST.dict() if is_post else request.GET.dict()
    base = said.get("stops", "") if said.get("stops") in STOPS else "standard"
    asked = Asked(said)
    answers = _read(asked, base, visitor) if is_post else _usual(base, visitor)
    policy = _adjusted(base, answers) if answers is not None else None
    checked = None
    if policy is not None:
        text = policy_text(policy)
        checked = check_text(text, on=visitor.today, sample=sample_of({}, visitor), visitor=visitor)
        if is_post and said.get("step") in ("draft", "publish") and checked.is_sound:
            return _keep(request, visitor, policy, text, publish=said["step"] == "publish")
    return _page(request, visitor, base, asked, checked, said=said if is_post else None)


def _ready(base: str) -> Policy:
    policy = read_policy(ready_policy(base))
    assert isinstance(policy, Policy)  # those that come with Saldo are tested
    return policy


def _usual(base: str, visitor: Visitor) -> Mapping[str, Any]:
    """The answers that a ready policy gives by itself."""
    policy, currency = _ready(base), visitor.company.currency
    return {"reminder": _reminder_day(policy), "floor": policy.floor_of(currency), "promise": policy.promise_days} | {
        "currency": currency
    }


def _read(asked: Asked, base: str, visitor: Visitor) -> Mapping[str, Any] | None:
    """What was answered; None where something of it cannot be."""
    reminder, promise = asked.whole("reminder"), asked.whole("promise")
    floor = asked.figure("floor")
    if reminder is not None and not 1 <= reminder <= _LATEST_REMINDER:
        asked.faults["reminder"] = figures.say("pages.policies.setup.days-between", most=_LATEST_REMINDER)
    if promise is not None and not 1 <= promise <= _LONGEST_PROMISE:
        asked.faults["promise"] = figures.say("pages.policies.setup.days-between", most=_LONGEST_PROMISE)
    if floor is not None and not 0 <= floor < Decimal(100_000):
        asked.faults["floor"] = figures.say("pages.form.no-figure")
    if asked.faults or floor is None:
        return None
    currency = visitor.company.currency
    return {"reminder": reminder, "promise": promise, "floor": round_half_up(floor, currency), "currency": currency}


def _reminder_day(policy: Policy) -> int:
    """Days after due on which the first letter after the due day is written."""
    step = next(step for step in policy.steps if any(act.letter == "reminder" for act in step.acts))
    return next(int(one.constant) for one in step.when if one.fact == "days-late")


def _adjusted(base: str, answers: Mapping[str, Any]) -> Policy:
    """A ready policy with the days after due moved together, its floor in our currency and the length of promises.

    Amounts under which access is left alone are never less than the floor.
    """
    policy = _ready(base)
    by = int(answers["reminder"]) - _reminder_day(policy)
    floor = Decimal(answers["floor"])
    steps = tuple(_moved(step, by, floor) for step in policy.steps)
    floors = {**policy.floor, answers["currency"]: floor}
    return replace(policy, steps=steps, floor=floors, promise_days=int(answers["promise"]))


def _moved(step: Step, by: int, floor: Decimal) -> Step:
    def one(condition: Condition) -> Condition:
        if condition.fact == "days-late" and int(condition.constant) > 0:
            return replace(condition, constant=int(condition.constant) + by)
        if condition.fact == "owed" and isinstance(condition.constant, Decimal):
            return replace(condition, constant=max(condition.constant, floor))
        return condition

    return replace(step, when=tuple(map(one, step.when)))


def _keep(request: HttpRequest, visitor: Visitor, policy: Policy, text: str, *, publish: bool) -> HttpResponse:
    """Save it as a draft; publish it at once where one person may."""
    company, at = visitor.company.id, get_world().clock.now()
    try:
        save_policy_draft(company=company, code=policy.code, text=text, by=visitor.actor, at=at)
        if publish and not needs_second_person(policy):
            version = publish_now(visitor, policy.code, text, visitor.today, for_all=True)
            messages.success(request, figures.say("pages.policies.published", version=version))
            return redirect("desk:policy-version", policy.code, version)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:policy-edit", policy.code)
    messages.success(request, figures.say("pages.policies.set-up-kept"))
    return redirect("desk:policy-edit", policy.code)


def _page(
    request: HttpRequest,
    visitor: Visitor,
    base: str,
    asked: Asked,
    checked: Checked | None,
    *,
    said: Mapping[str, str] | None,
) -> HttpResponse:
    usual = _usual(base, visitor)
    form = form_of(_fields(usual), said, asked.faults)
    names = [
        {
            "value": one,
            "words": figures.say(f"pages.policies.setup.stops.{one}"),
            "hint": figures.say(f"pages.policies.setup.stops-hint.{one}"),
            "is_here": one == base,
        }
        for one in STOPS
    ]
    company = visitor.company.id
    page = {
        "stops": names,
        "base": base,
        "needs_second": checked is not None and checked.policy is not None and needs_second_person(checked.policy),
        "replaces_draft": find_draft(company=company, code=base) is not None,
        "has_version": bool(list_versions(company=company, code=base)),
    }
    return render(request, "desk/policies/set_up.html", {"page": page, "form": form, "checked": checked})


def _fields(usual: Mapping[str, Any]) -> list[Field]:
    say = figures.say
    return [
        Field(
            name="reminder",
            label=say("pages.policies.setup.reminder"),
            value=str(usual["reminder"]),
            kind="figure",
            unit=say("pages.policies.setup.days-after"),
            hint=say("pages.policies.setup.reminder-hint"),
        ),
        Field(
            name="floor",
            label=say("pages.policies.setup.floor"),
            value=figures.amount(usual["floor"], usual["currency"]),
            kind="figure",
            unit=usual["currency"],
            hint=say("pages.policies.setup.floor-hint"),
        ),
        Field(
            name="promise",
            label=say("pages.policies.setup.promise"),
            value=str(usual["promise"]),
            kind="figure",
            unit=say("pages.policies.setup.days"),
            hint=say("pages.policies.setup.promise-hint"),
        ),
    ]
