"""Page: the round. What would leave tomorrow, what waits for a person's release, and what the last rounds did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.collections.asked import RELEASE, Ground, read_ground, tabs
from saldo.desk.collections.said import mark_of, say_acts, say_because, say_letter, say_sentences, say_step
from saldo.desk.fields import Asked, say_refusal
from saldo.desk.paging import address
from saldo.desk.payables.people import name_actors
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.releasing import refuse_steps, release_steps
from saldo.dunning.call_list import count_tasks
from saldo.dunning.releases import Waiting, list_waiting
from saldo.dunning.rules.policy import CLEAR
from saldo.dunning.standings import list_rounds
from saldo.flows.dunning_look import look_of
from saldo.flows.dunning_round import Ahead, dunning_round, preview_round
from saldo.parties.debtors import name_debtors

_SHOWN, _ROUNDS, _MOST_WAITING = 20, 10, 500
_MOST_TICKED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAhead:
    """What a dry run found for one step: how many customers and items, what leaves, the first of them."""

    words: str
    mark: str
    customers: int
    items: int
    letters: str
    waits: int
    first: tuple[tuple[str, str, str], ...]
    more: int


@gate_everywhere(RELEASE)
def round_page(request: HttpRequest) -> HttpResponse:
    """Releases that wait, the last rounds, and a dry run when it is asked for."""
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    company = visitor.company.id
    calls = count_tasks(company=company, today=visitor.today, reach=None).get("call")
    waiting = list_waiting(company=company, limit=_MOST_WAITING)
    rounds = list_rounds(company=company, limit=_ROUNDS)
    names = name_actors(one.ran_by for one in rounds)
    day = _asked_day(request, visitor.today)
    page: dict[str, Any] = {
        "tabs": tabs(ground, "round", calls=calls.due if calls else 0),
        "waiting": _waiting(waiting, ground),
        "waiting_count": len(waiting),
        "until": (visitor.today + timedelta(days=7)).isoformat(),
        "rounds": [
            {
                "at": figures.minute(one.ran_at),
                "by": names.get(one.ran_by, one.ran_by),
                "read": one.read,
                "moved": [(say_step(code), count) for code, count in one.moved.items() if code != CLEAR],
                "cleared": one.cleared + one.moved.get(CLEAR, 0),
                "proposed": one.proposed,
                "kind": figures.say(f"pages.collections.round.{'full' if one.is_full else 'changed'}"),
            }
            for one in rounds
        ],
        "today_href": address(request.path, {"day": "today"}),
        "tomorrow_href": address(request.path, {"day": "tomorrow"}),
        "asked": request.GET.get("day", ""),
        "has_policy": bool(ground.shelf.chosen),
        "bank_is_old": _bank_is_old(ground),
    }
    if day is not None:
        page |= _dry_run(ground, day)
    return render(request, "desk/collections/round.html", {"page": page})


@require_POST
@gate_everywhere(RELEASE)
def run(request: HttpRequest) -> HttpResponse:
    """Run a round now; any number a day give the same result."""
    visitor = get_visitor(request)
    try:
        done = dunning_round(company=visitor.company.id, world=get_world(), by=visitor.actor)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        moved = sum(done.moved.values()) + done.cleared
        words = figures.say_many("pages.collections.round.ran", moved, letters=figures.number(len(done.notices)))
        messages.success(request, words)
    return redirect("desk:collections-round")


@require_POST
@gate_everywhere(RELEASE)
def release(request: HttpRequest) -> HttpResponse:
    """Release or refuse the ticked steps; each is decided again under the lock before it begins."""
    visitor = get_visitor(request)
    items = [item for said in request.POST.getlist("items") for item in said.split("\n") if item][:_MOST_TICKED]
    if not items:
        messages.error(request, figures.say("pages.collections.nothing-ticked"))
        return redirect("desk:collections-round")
    try:
        with transaction.atomic():
            told = _refuse(request, visitor, items) if request.POST.get("do") == "refuse" else _release(visitor, items)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        messages.success(request, told)
    return redirect("desk:collections-round")


def _release(visitor: Visitor, items: list[str]) -> str:
    look = look_of(company=visitor.company.id, world=get_world())
    done = release_steps(look=look, items=items, by=visitor.actor)
    words = figures.say_many("pages.collections.released", sum(done.carried.moved.values()))
    overtaken = figures.say_many("pages.collections.overtaken", done.overtaken) if done.overtaken else ""
    return say_sentences(words, overtaken)


def _refuse(request: HttpRequest, visitor: Visitor, items: list[str]) -> str:
    asked = Asked(request.POST)
    until = asked.day("until") if asked.text("until") else None
    count = refuse_steps(
        company=visitor.company.id,
        items=items,
        reason=asked.text("reason", longest=500),
        until=until,
        by=visitor.actor,
        today=visitor.today,
        at=get_world().clock.now(),
    )
    return figures.say_many("pages.collections.refused", count)


def _asked_day(request: HttpRequest, today: date) -> date | None:
    return {"today": today, "tomorrow": today + timedelta(days=1)}.get(request.GET.get("day", ""))


def _bank_is_old(ground: Ground) -> bool:
    policy = ground.usual_policy
    return policy is not None and ground.look.bank_is_old(policy)


def _waiting(waiting: Iterable[Waiting], ground: Ground) -> list[dict[str, Any]]:
    groups: dict[str, list[Waiting]] = {}
    for one in waiting:
        groups.setdefault(one.step, []).append(one)
    return [_group(step, rows, ground) for step, rows in groups.items()]


def _group(step: str, rows: list[Waiting], ground: Ground) -> dict[str, Any]:
    policy = ground.policy_of(rows[0].policy, rows[0].version)
    found = policy.step_by_code.get(step) if policy else None
    return {
        "step": step,
        "words": say_step(step),
        "mark": mark_of(step, policy),
        "does": say_acts(found) if found else "",
        "touches": bool(found and found.touches_access),
        "count": rows[0].of_step,
        "rows": [
            {
                "items": "\n".join(one.items),
                "id": f"{step}-{one.debtor}-{one.currency}",
                "name": one.name,
                "href": address(reverse("desk:collections"), {"debtor": one.debtor}) + "#debtor",
                "open": one.open,
                "currency": one.currency,
                "late": figures.say_many("pages.collections.days", (ground.visitor.today - one.oldest).days),
                "since": one.since,
                "count": figures.say_many("pages.collections.items", len(one.items)),
            }
            for one in rows
        ],
    }


def _dry_run(ground: Ground, day: date) -> dict[str, Any]:
    moves = preview_round(company=ground.visitor.company.id, world=get_world(), today=day)
    groups: dict[str, list[Ahead]] = {}
    for one in moves:
        groups.setdefault(one.step, []).append(one)
    shown = {one.debtor for rows in groups.values() for one in _first(rows)}
    names = name_debtors(company=ground.visitor.company.id, numbers=shown) if shown else {}
    policy = ground.usual_policy
    depth = policy.depth if policy else {}
    ordered = sorted(groups, key=lambda code: (code == CLEAR, depth.get(code, 99), code))
    return {
        "dry_day": figures.day(day),
        "dry": [_ahead(code, groups[code], dict(names), ground) for code in ordered],
        "dry_customers": len({one.debtor for one in moves}),
    }


def _first(rows: list[Ahead]) -> list[Ahead]:
    """One of each debtor, as many as are shown."""
    by_debtor: dict[str, Ahead] = {}
    for one in rows:
        by_debtor.setdefault(one.debtor, one)
    return list(by_debtor.values())[:_SHOWN]


def _ahead(code: str, rows: list[Ahead], names: dict[str, str], ground: Ground) -> StepAhead:
    customers = len({one.debtor for one in rows})
    letters = dict.fromkeys(letter for one in rows for letter in one.letters)
    first = tuple(
        (
            names.get(one.debtor, one.debtor),
            address(reverse("desk:collections"), {"debtor": one.debtor}) + "#debtor",
            say_because(one.because),
        )
        for one in _first(rows)
    )
    return StepAhead(
        words=figures.say("pages.collections.round.to-clear") if code == CLEAR else say_step(code),
        mark="ok" if code == CLEAR else mark_of(code, ground.usual_policy),
        customers=customers,
        items=len(rows),
        letters=figures.say("pages.collections.comma").join(map(say_letter, letters)),
        waits=sum(one.waits_for_person for one in rows),
        first=first,
        more=customers - len(first),
    )
