"""The ways out of the house: rehearsal or open, the first live run, the daily cap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, say_refusal
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows.send_messages import send_soon
from saldo.outbox.actions import close_channel, confirm_first_run, open_channel, set_daily_cap
from saldo.outbox.queries import count_messages, get_channel, list_channels, list_messages
from saldo.outbox.rules.gate import Channel
from saldo.outbox.rules.orders import BUILT
from saldo.parties.queries import list_names
from saldo.parties.rules.approvals import COMMAND


@dataclass(frozen=True, slots=True, kw_only=True)
class WayShown:
    """One way out: where it stands, what it holds, and what this person may do with it."""

    kind: str
    name: str
    mark: str
    state: str
    note: str
    captured: str
    first_run_count: int
    cap: int
    next_cap: str
    is_open: bool
    may_open: bool
    may_close: bool
    may_cap: bool
    may_confirm: bool


def list_ways(visitor: Visitor) -> list[WayShown]:
    """Every way out; those that nothing stands behind say so."""
    counts = count_messages(company=visitor.company.id)
    return [_shown(visitor, channel, counts) for channel in list_channels(company=visitor.company.id)]


def _shown(visitor: Visitor, channel: Channel, counts: dict[tuple[str, str], int]) -> WayShown:
    waits = channel.is_open and not channel.first_run_confirmed_by
    held = _count_first_run(visitor, channel.kind) if waits else 0
    by_command = waits and channel.opened_by == COMMAND
    captured = counts.get((channel.kind, "captured"), 0)
    now = get_world().clock.now()
    is_built, state = channel.kind in BUILT, "open" if channel.is_open else "rehearsal"
    state = "first-run" if waits else state if is_built else "not-built"
    is_own = channel.opened_by == visitor.actor
    return WayShown(
        kind=channel.kind,
        name=figures.say(f"pages.company.way.{channel.kind}"),
        mark={"open": "ok", "first-run": "warn", "rehearsal": "wait", "not-built": ""}[state],
        state=figures.say(f"pages.company.channel.{state}"),
        note=_note(channel, state, held, is_own=is_own),
        captured=figures.say_many("pages.company.captured", captured) if captured else "",
        first_run_count=held,
        cap=channel.cap_on(now),
        next_cap=_next_cap(channel, now),
        is_open=channel.is_open,
        may_open=is_built and (not channel.is_open or by_command) and visitor.may_everywhere("channel.open"),
        may_close=channel.is_open and visitor.may_everywhere("company.settings"),
        may_cap=is_built and visitor.may_everywhere("channel.open"),
        may_confirm=waits and not is_own and not by_command and visitor.may_everywhere("channel.first-run"),
    )


def _next_cap(channel: Channel, now: datetime) -> str:
    """A raised cap that does not count yet."""
    if channel.next_cap is None or channel.next_cap_from is None or channel.next_cap_from <= now:
        return ""
    return figures.say("pages.company.next-cap", cap=figures.number(channel.next_cap))


def _note(channel: Channel, state: str, held: int, *, is_own: bool) -> str:
    if state == "first-run":
        count = figures.say_many("pages.company.first-run-waits", held)
        if channel.opened_by == COMMAND:
            return f"{count} {figures.say('parties.approval.by-command')}"
        return f"{count} {figures.say('pages.company.first-run-own' if is_own else 'pages.company.first-run-other')}"
    if state == "open" and channel.opened_by.startswith("user:"):
        name = list_names(users=[int(channel.opened_by[5:])]).get(int(channel.opened_by[5:]), "")
        return figures.say("pages.company.opened-by", name=name) if name else ""
    return figures.say(f"pages.company.channel.{state}-means") if state != "open" else ""


def _count_first_run(visitor: Visitor, kind: str) -> int:
    found = list_messages(company=visitor.company.id, state="held", channel=kind)
    return sum(one.code == "outbox.held.first-run" for one in found)


@require_POST
@gate_everywhere("channel.open")
def open_way(request: HttpRequest, kind: str) -> HttpResponse:
    """End the rehearsal of one way out."""
    return _change(request, kind, open_channel, "pages.company.channel-opened")


@require_POST
@gate_everywhere("company.settings")
def close_way(request: HttpRequest, kind: str) -> HttpResponse:
    """Back to rehearsal, at once; one person is enough to stop something."""
    return _change(request, kind, close_channel, "pages.company.channel-closed")


@require_POST
@gate_everywhere("channel.open")
def cap(request: HttpRequest, kind: str) -> HttpResponse:
    """How many messages a day leave without a person looking."""
    asked = Asked(request.POST)
    daily_cap = asked.whole("cap")
    if daily_cap is None:
        messages.error(request, asked.faults["cap"])
        return _back()
    today = get_channel(company=get_visitor(request).company.id, kind=kind).cap_on(get_world().clock.now())
    done = "capped-later" if daily_cap > today else "capped"
    return _change(request, kind, set_daily_cap, f"pages.company.channel-{done}", daily_cap=daily_cap)


@require_POST
@gate_everywhere("channel.first-run")
def first_run(request: HttpRequest, kind: str) -> HttpResponse:
    """Let the first live run out, with the count that this person saw."""
    count = Asked(request.POST).whole("count")
    answer = _change(request, kind, confirm_first_run, "pages.company.first-run-confirmed", count=count)
    send_soon(company=get_visitor(request).company.id, world=get_world())
    return answer


def _change(request: HttpRequest, kind: str, act: Callable[..., Any], done: str, **facts: Any) -> HttpResponse:
    visitor = get_visitor(request)
    try:
        act(company=visitor.company.id, kind=kind, by=visitor.actor, at=get_world().clock.now(), **facts)
        messages.success(request, figures.say(done, channel=figures.say(f"pages.company.way.{kind}")))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return _back()


def _back() -> HttpResponse:
    return redirect(f"{reverse('desk:company-settings')}#channels")
