"""Page: collections as a board, a lane a step; the chosen debtor's way and why it stands there beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.collections.asked import READ, RELEASE, Ground, read_ground, say_head, tabs
from saldo.desk.collections.chosen import choose
from saldo.desk.collections.said import mark_of, say_next, say_step
from saldo.desk.collections.undoing import toast_of
from saldo.desk.paging import address
from saldo.doors.gate import gate
from saldo.doors.visitor import get_visitor
from saldo.dunning.call_list import count_tasks
from saldo.dunning.forecasts import Foreseen, foresee
from saldo.dunning.standings import ON_HOLD, OUTSIDE, Lane, Standing, read_board

_TILES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One debtor on the board."""

    name: str
    href: str
    amount: str
    late: str
    hint: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneShown:
    """One lane with its largest debtors; ``more`` are in the list."""

    code: str
    words: str
    mark: str
    count: str
    total: str
    tiles: tuple[Tile, ...]
    more: int
    more_href: str


@gate(READ)
def collections(request: HttpRequest) -> HttpResponse:
    """The board, and one debtor."""
    visitor = get_visitor(request)
    ground = read_ground(request, visitor)
    lanes = read_board(
        company=visitor.company.id, shelf=ground.shelf, currency=ground.currency, reach=ground.reach, most=_TILES
    )
    shown = [one.debtor for lane in lanes for one in lane.largest]
    number = _asked_debtor(request, ground) or first_of(lanes)
    foreseen = foresee(look=ground.look, debtors=sorted({*shown, number} - {""}))
    chosen = choose(ground, number, back=request.path, foreseen=foreseen.get(number)) if number else None
    calls = count_tasks(company=visitor.company.id, today=visitor.today, reach=ground.reach).get("call")
    due = calls.due if calls else 0
    usual = visitor.company.currency
    facts: dict[str, object] = {"currency": None if ground.currency == usual else ground.currency}
    page: dict[str, Any] = {
        "head": say_head(ground),
        "tabs": tabs(ground, "board", calls=due),
        "unit": figures.say("pages.collections.unit", currency=ground.currency),
        "currencies": [(code, address(request.path, {"currency": code})) for code in ground.currencies],
        "currency": ground.currency,
        "lanes": [_lane(lane, ground, number, facts, foreseen) for lane in lanes],
        "anything": any(lane.count for lane in lanes),
        "has_policy": bool(ground.shelf.chosen),
        "chosen": chosen,
        "toast": toast_of(request, visitor),
        "calls": due,
        "calls_href": reverse("desk:collections-calls"),
        "round_href": address(reverse("desk:collections-round"), {"day": "tomorrow"})
        if visitor.may_everywhere(RELEASE)
        else "",
    }
    return render(request, "desk/collections/board.html", {"page": page})


def first_of(lanes: tuple[Lane, ...]) -> str:
    """Whom to look at first: the largest of the steepest lane, else of any."""
    steps = [lane for lane in lanes if lane.largest and lane.code not in (ON_HOLD, OUTSIDE)]
    others = [lane for lane in lanes if lane.largest]
    found = steps[-1:] or others[:1]
    return found[0].largest[0].debtor if found else ""


def _asked_debtor(request: HttpRequest, ground: Ground) -> str:
    said = request.GET.get("debtor", "")[:200]
    return said if said and (ground.reach is None or said in ground.reach) else ""


def _lane(
    lane: Lane, ground: Ground, here: str, facts: dict[str, object], foreseen: Mapping[str, Foreseen]
) -> LaneShown:
    usual = ground.usual_policy
    own = lane.largest[0] if lane.largest else None
    policy = ground.policy_of(own.policy, own.version) if own else usual
    listed = address(reverse("desk:collections-list"), facts | {"lane": lane.code})
    return LaneShown(
        code=lane.code.strip(":"),
        words=say_step(lane.code),
        mark=mark_of(lane.code, policy),
        count=figures.number(lane.count),
        total=figures.amount(lane.total, ground.currency),
        tiles=tuple(_tile(one, ground, here, facts, foreseen.get(one.debtor)) for one in lane.largest),
        more=lane.count - len(lane.largest),
        more_href=listed,
    )


def _tile(one: Standing, ground: Ground, here: str, facts: dict[str, object], foreseen: Foreseen | None) -> Tile:
    days = one.days_late(ground.visitor.today)
    return Tile(
        name=one.name,
        href=address(reverse("desk:collections"), facts | {"debtor": one.debtor}) + "#debtor",
        amount=figures.amount(one.open, ground.currency),
        late=figures.say_many("pages.collections.days", days) if days > 0 else figures.say("pages.collections.not-due"),
        hint=say_next(one, foreseen),
        is_here=one.debtor == here,
    )
