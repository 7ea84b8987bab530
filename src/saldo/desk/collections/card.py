"""What the page of a debtor shows of its collection: its line, where each item stands, letters, what keeps it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.collections.asked import READ, Ground, ground_of_one
from saldo.desk.collections.chosen import choose
from saldo.desk.collections.said import mark_of, say_circumstance, say_document, say_keeps, say_letter, say_step
from saldo.desk.collections.timeline import Point
from saldo.desk.collections.undoing import CAN_BE_ENDED, toast_of
from saldo.desk.paging import address
from saldo.desk.payables.people import name_actors
from saldo.doors.visitor import Visitor
from saldo.dunning.of_debtor import Circumstance, ItemStanding, NoticeSeen
from saldo.dunning.rules.policy import CLEAR

_MOST_ITEMS, _MOST_LETTERS, _MOST_KEPT, _MOST_PAST = 12, 24, 12, 3
_FIRST_LETTERS = 4
_LETTER_MARKS = {"ordered": "wait", "handed-over": "ok", "proved": "ok", "failed": "bad", "recalled": "idle"}


def collect(request: HttpRequest, visitor: Visitor, number: str) -> dict[str, Any] | None:
    """The card, or None for those who may not read collections, and where no policy holds for anybody."""
    if not visitor.may(READ):
        return None
    ground = ground_of_one(visitor)
    if not ground.shelf.chosen:
        return None
    back = reverse("desk:debtor", args=[number]) + "#collections"
    chosen = choose(ground, number, back=back)
    if chosen is None:
        return None
    course = chosen.course
    names = name_actors(one.by for one in course.circumstances[:_MOST_KEPT])
    letters = [_letter(one, number, visitor) for one in course.notices[:_MOST_LETTERS]]
    standing = [one for one in course.items if one.decided_on is not None]
    return {
        "chosen": chosen,
        "line": _newest(chosen.line),
        "is_collected": any(one.step != CLEAR or one.because for one in standing),
        "items": [_item(one, ground) for one in standing[:_MOST_ITEMS]],
        "more_items": max(len(standing) - _MOST_ITEMS, 0),
        "letters": letters[:_FIRST_LETTERS],
        "more_letters": letters[_FIRST_LETTERS:],
        "kept": [_kept(one, number, visitor, names, chosen.currency) for one in course.circumstances[:_MOST_KEPT]],
        "board_href": address(reverse("desk:collections"), {"debtor": number}) + "#debtor",
        "round_href": reverse("desk:collections-round") if visitor.may_everywhere("dunning.release") else "",
        "back": back,
        "toast": toast_of(request, visitor),
    }


def _newest(line: tuple[Point, ...]) -> list[Point]:
    """The last that happened, today, and what comes: the whole way stands in the timeline beside."""
    past = [point for point in line if point.state in ("done", "bad")]
    return [*past[-_MOST_PAST:], *line[len(past) :]]


def _item(one: ItemStanding, ground: Ground) -> dict[str, Any]:
    policy = ground.policy_of(one.policy, one.version)
    return {
        "words": say_document(one.kind, one.document, one.item),
        "due_on": one.due_on,
        "open": one.open,
        "currency": one.currency,
        "step": say_step(one.step),
        "mark": mark_of(one.step, policy),
        "since": one.since if one.step != CLEAR else None,
        "why": figures.say("pages.collections.hint.release", step=say_step(one.proposed))
        if one.proposed
        else say_keeps(one.because),
    }


def _letter(one: NoticeSeen, number: str, visitor: Visitor) -> dict[str, Any]:
    return {
        "words": say_letter(one.letter),
        "on": one.on,
        "owed": one.owed,
        "currency": one.currency,
        "mark": _LETTER_MARKS.get(one.state, "idle"),
        "state": figures.say(f"pages.collections.notice-state.{one.state}"),
        "proved_on": one.proved_on,
        "evidence": one.evidence,
        "papers": [
            reverse("desk:collections-paper", args=[number, one.id, place])
            for place, channel in enumerate(one.channels)
            if channel.get("sha256")
        ],
        "prove_href": reverse("desk:collections-proof", args=[number, one.id]) if visitor.may("dunning.call") else "",
    }


def _kept(one: Circumstance, number: str, visitor: Visitor, names: Mapping[str, str], currency: str) -> dict[str, Any]:
    may_end = one.is_running and visitor.may(CAN_BE_ENDED[one.kind])
    is_protected = one.kind == "mark" and one.facts["mark"] == "protected"
    return {
        "kind": one.kind,
        "words": say_circumstance(one, currency),
        "is_running": one.is_running,
        "state": "" if one.is_running else figures.say(f"pages.collections.ended.{one.state}"),
        "is_bad": one.state in ("broken", "failed"),
        "reason": one.reason,
        "by": figures.say("pages.collections.card.by", who=names.get(one.by, one.by), day=figures.day(one.on)),
        "end_href": reverse(f"desk:collections-{one.kind}-end", args=[number, one.id]) if may_end else "",
        "sign_href": reverse("desk:collections-mark-sign", args=[number, one.id])
        if is_protected and one.is_running and not one.facts["signed_by"] and visitor.may("dunning.mark.sign")
        else "",
        "signed": (
            figures.say(f"pages.collections.card.{'signed' if one.facts['signed_by'] else 'to-be-signed'}")
            if is_protected and one.is_running
            else ""
        ),
    }
