"""Page: calls. One debtor at a time: what to say, what to do first, and writing down what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.collections.asked import READ, Ground, read_ground, tabs
from saldo.desk.collections.chosen import Chosen, choose
from saldo.desk.collections.forms import KINDS
from saldo.desk.collections.said import say_step
from saldo.desk.collections.subject import Subject, read_back
from saldo.desk.collections.talking import list_points, say_action
from saldo.desk.collections.undoing import toast_of
from saldo.desk.fields import say_refusal
from saldo.desk.form_page import form_of
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.tasks import finish_task
from saldo.dunning.call_list import TaskSeen, count_tasks, find_task, list_tasks
from saldo.dunning.debtor_items import list_debtor_items

_QUICK = (("call", "dunning.call", "n"), ("promise", "dunning.promise", "p"), ("dispute", "dunning.dispute", "d"))
_QUICK_ALL = (*_QUICK, ("hold", "dunning.hold", "h"))
_ICONS = {"call": "phone", "letter": "mail", "notice-failed": "mail-exclamation", "no-contact": "address-book-off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task in the left pane."""

    key: str
    name: str
    href: str
    amount: str
    currency: str
    kind: str
    when: str
    is_late: bool
    icon: str
    is_here: bool


@gate(READ)
def calls(request: HttpRequest) -> HttpResponse:
    """The tasks, and the one in work."""
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    company, today, usual = visitor.company.id, visitor.today, visitor.company.currency
    counts = count_tasks(company=company, today=today, reach=ground.reach)
    kind = _kind(request, counts)
    total = sum(one.open for name, one in counts.items() if kind in ("", name))
    window = Window(number=read_page(request.GET.get("page", "1")), total=total)
    listed = list_tasks(
        company=company,
        today=today,
        usual=usual,
        reach=ground.reach,
        kind=kind,
        limit=window.size,
        offset=window.offset,
    )
    task = _find(request.GET.get("task", ""), ground) or (listed[0] if listed else None)
    facts: dict[str, object] = {"kind": kind or None, "page": window.number if window.number > 1 else None}
    page: dict[str, Any] = {
        "tabs": tabs(ground, "calls", calls=_due(counts)),
        "kinds": _kinds(request.path, counts, kind),
        "rows": [_row(one, task, request.path, facts, today) for one in listed],
        "total": total,
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "toast": toast_of(request, visitor),
    }
    if task is not None:
        page |= _pane(request, ground, task, listed, facts)
        page["position"] = _position(window, listed, task)
    return render(request, "desk/collections/calls.html", {"page": page})


@require_POST
@gate("dunning.call")
def finish(request: HttpRequest) -> HttpResponse:
    """Say that a task is done, with what came of it; only one about a debtor whom the person may see."""
    visitor = get_visitor(request)
    back = read_back(request, reverse("desk:collections-calls"))
    ground = read_ground(request, visitor)
    said = request.POST.get("task", "")
    task = _find(said, ground)
    if task is None:
        messages.error(request, figures.say("pages.collections.no-task"))
        return redirect(back)
    try:
        with transaction.atomic():
            for key in task.keys:
                finish_task(
                    company=visitor.company.id, key=key, outcome="done", by=visitor.actor, at=get_world().clock.now()
                )
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        messages.success(request, figures.say("pages.collections.task-done", name=task.name))
    return redirect(back)


def _kind(request: HttpRequest, counts: dict[str, Any]) -> str:
    said = request.GET.get("kind", "")
    return said if said in counts else ""


def _due(counts: dict[str, Any]) -> int:
    return counts["call"].due if "call" in counts else 0


def _find(said: str, ground: Ground) -> TaskSeen | None:
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        return None
    visitor = ground.visitor
    found = find_task(company=visitor.company.id, task=int(said), today=visitor.today, usual=visitor.company.currency)
    return found if found and (ground.reach is None or found.debtor in ground.reach) else None


def _kinds(path: str, counts: dict[str, Any], here: str) -> list[dict[str, Any]]:
    total = sum(one.open for one in counts.values())
    shown = [("", figures.say("pages.collections.task.all"), total)]
    shown += [(kind, say_task(kind), counts[kind].open) for kind in sorted(counts)]
    return [
        {"words": words, "count": count, "href": address(path, {"kind": kind or None}), "is_here": kind == here}
        for kind, words, count in shown
    ]


def say_task(kind: str) -> str:
    """What a kind of task is called."""
    code = f"pages.collections.task.{kind}"
    return figures.say(code) if figures.has_words(code) else kind.replace("-", " ").capitalize()


def _row(one: TaskSeen, here: TaskSeen | None, path: str, facts: dict[str, object], today: date) -> TaskRow:
    return TaskRow(
        key=str(one.id),
        name=one.name,
        href=address(path, {**facts, "task": one.id}),
        amount=figures.amount(one.overdue, one.currency),
        currency=one.currency,
        kind=say_task(one.kind),
        when=_when(one.due_on, today),
        is_late=one.due_on < today,
        icon=_ICONS.get(one.kind, "checkbox"),
        is_here=here is not None and here.id == one.id,
    )


def _when(due_on: date, today: date) -> str:
    if due_on == today:
        return figures.say("pages.collections.due-today")
    return figures.say(
        "pages.collections.due-since" if due_on < today else "pages.collections.due-on",
        day=figures.day(due_on, "short"),
    )


def _pane(
    request: HttpRequest, ground: Ground, task: TaskSeen, listed: tuple[TaskSeen, ...], facts: dict[str, object]
) -> dict[str, Any]:
    path = request.path
    following = _next(listed, task)
    here = address(path, {**facts, "task": task.id})
    onwards = address(path, {**facts, "task": following.id if following else None})
    chosen = choose(ground, task.debtor, back=here)
    if chosen is None:
        return {}
    return {
        "task": task,
        "task_kind": say_task(task.kind),
        "task_step": say_step(str(task.facts["step"])) if task.facts.get("step") else "",
        "chosen": chosen,
        "action": say_action(chosen, ground.visitor.today),
        "points": list_points(chosen, ground.visitor.today),
        "quick": _quick(ground, chosen, here, onwards),
        "contacts": chosen.debtor.emails,
        "onwards": onwards,
        "here": here,
        "may_finish": ground.visitor.may("dunning.call"),
    }


def _position(window: Window, listed: tuple[TaskSeen, ...], task: TaskSeen) -> str:
    place = next((place for place, one in enumerate(listed, start=1) if one.id == task.id), 0)
    if not place:
        return ""
    number = figures.number(window.offset + place)
    return figures.say("pages.receipts.position", number=number, total=figures.number(window.total))


def _next(listed: tuple[TaskSeen, ...], task: TaskSeen) -> TaskSeen | None:
    places = [one.id for one in listed]
    if task.id not in places:
        return listed[0] if listed else None
    place = places.index(task.id)
    return listed[place + 1] if place + 1 < len(listed) else None


def _quick(ground: Ground, chosen: Chosen, here: str, onwards: str) -> list[dict[str, Any]]:
    visitor = ground.visitor
    subject = Subject(
        visitor=visitor,
        debtor=chosen.debtor,
        items=list_debtor_items(company=visitor.company.id, debtor=chosen.number),
        currency=chosen.currency,
        look=ground.look,
    )
    return [
        {
            "name": name,
            "key": key.upper(),
            "words": figures.say(f"pages.collections.do.{name}"),
            "save": figures.say(f"pages.collections.{name}.save"),
            "action": reverse(f"desk:collections-{name}", args=[chosen.number]),
            "form": form_of(KINDS[name].fields(subject), None, {}),
            "previews": name != "call",
            "back": onwards if name == "call" else here,
        }
        for name, capability, key in _QUICK_ALL
        if visitor.may(capability)
    ]
