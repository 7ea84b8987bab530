"""Page: running items after a change of policy. Keep them on their version, or move them; nothing of them is chased
before somebody decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.reviewing import keep_on_version, move_to_version
from saldo.dunning.looking import Look
from saldo.dunning.reviews import ReviewGroup, count_items_to_review, list_items_to_review
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.dunning.rules.review import is_steeper, suggest_map
from saldo.dunning.step_words import title_of
from saldo.dunning.wording import name_of
from saldo.flows.dunning_look import look_of

_MOST_AT_ONCE = 20_000


@gate_everywhere("dunning.policy.edit")
def review(request: HttpRequest) -> HttpResponse:
    """What waits, by version and step, and each item of it."""
    visitor = get_visitor(request)
    look = look_of(company=visitor.company.id, world=get_world())
    groups = count_items_to_review(company=visitor.company.id, shelf=look.shelf)
    total = sum(one.items for one in groups)
    window = Window(number=read_page(request.GET.get("page", "1")), total=total)
    items = list_items_to_review(company=visitor.company.id, shelf=look.shelf, limit=window.size, offset=window.offset)
    page: dict[str, Any] = {
        "total": total,
        "groups": [_group(look, one) for one in groups],
        "rows": [
            {
                "one": one,
                "step": _title(look.shelf.of((one.policy, one.version)), one.step),
                "since": figures.day(one.since),
            }
            for one in items
        ],
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, {"page": window.previous}),
        "next_href": window.next and address(request.path, {"page": window.next}),
    }
    return render(request, "desk/policies/review.html", {"page": page})


@gate_everywhere("dunning.policy.edit")
@require_POST
def take_over(request: HttpRequest) -> HttpResponse:
    """Keep a group on its version, or move it to the step that was named."""
    visitor = get_visitor(request)
    said = request.POST
    look = look_of(company=visitor.company.id, world=get_world())
    found = list_items_to_review(company=visitor.company.id, shelf=look.shelf, limit=_MOST_AT_ONCE)
    group = said.get("group", "")
    items = [one.item for one in found if f"{one.policy}:{one.version}:{one.step}" == group]
    try:
        if said.get("act") == "keep":
            count = keep_on_version(look=look, items=items, by=visitor.actor)
            messages.success(request, figures.say_many("pages.policies.review.kept", count))
        else:
            steps = {group.rpartition(":")[2]: said.get("to", CLEAR)}
            count = move_to_version(look=look, items=items, steps=steps, by=visitor.actor)
            messages.success(request, figures.say_many("pages.policies.review.moved", count))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:policy-review")


def _group(look: Look, one: ReviewGroup) -> dict[str, Any]:
    old, new = look.shelf.of((one.policy, one.version)), look.shelf.of((one.now_policy, one.now_version))
    return {
        "one": one,
        "key": f"{one.policy}:{one.version}:{one.step}",
        "was": _named(old, one.version, one.policy),
        "now": _named(new, one.now_version, one.now_policy),
        "step": _title(old, one.step),
        "ways": _ways(old, new, one.step),
    }


def _ways(old: Policy | None, new: Policy | None, step: str) -> list[dict[str, Any]]:
    """Steps of the new version that ask no more of a debtor; the suggested one first chosen."""
    if old is None or new is None or step not in old.step_by_code:
        return []
    best = suggest_map(old=old, new=new).get(step, CLEAR)
    ways = [one for one in new.steps if not is_steeper(one.code, new, than=step, of=old)]
    found = [{"code": CLEAR, "words": figures.say("pages.policies.review.begin"), "is_best": best == CLEAR}]
    return found + [{"code": one.code, "words": title_of(one), "is_best": one.code == best} for one in ways]


def _named(policy: Policy | None, version: int, code: str) -> str:
    name = name_of(policy, figures.language()) if policy is not None else code
    return figures.say("pages.policies.choice.version", name=name, version=version)


def _title(policy: Policy | None, step: str) -> str:
    return title_of(policy.step_by_code[step]) if policy is not None and step in policy.step_by_code else step
