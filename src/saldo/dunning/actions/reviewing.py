"""A policy changed under items on their way: a person keeps them on their version, or moves them; never a jump."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from saldo.audit.log import record
from saldo.dunning import models
from saldo.dunning.candidates import Candidate, these
from saldo.dunning.looking import Look, standing_of
from saldo.dunning.policies import Pin
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.dunning.rules.review import UnableToReview, check_map, moved_over

MOVED = "policy-moved"
"""Why an item stands elsewhere that a person moved to another version: no decision of a policy."""


def keep_on_version(*, look: Look, items: Collection[str], by: str) -> int:
    """Let items go on under the version they began with; returns how many.

    Refuses (UnableToReview): dunning.review.nothing-waits.
    """
    waiting = _lock_waiting(look, items)
    now: dict[Pin, list[str]] = {}
    for one, pin in waiting:
        now.setdefault(pin, []).append(one.item)
    for pin, keys in now.items():
        rows = models.Collected.objects.filter(company_id=look.company, item__in=keys)
        rows.update(reviewed=f"{pin[0]}:{pin[1]}", look_again_on=look.day_of(look.zone))
    facts = {"items": len(waiting), "first": waiting[0][0].item, "holding": sorted(f"{c}:{v}" for c, v in now)}
    record(company=look.company, code="dunning.review-kept", actor=by, subject="round", at=look.at, facts=facts)
    return len(waiting)


def move_to_version(*, look: Look, items: Collection[str], steps: Mapping[str, str], by: str) -> int:
    """Move items to the version that holds for them now, each from its step to the one named for it; returns how many.

    Refuses (UnableToReview): dunning.review.nothing-waits, .no-step (one of theirs is not named), and as `check_map`.
    """
    waiting = _lock_waiting(look, items)
    for old_pin, new_pin in {(_pin(one), pin) for one, pin in waiting}:
        mine = {one.step for one, pin in waiting if (_pin(one), pin) == (old_pin, new_pin)}
        for step in sorted(mine - steps.keys()):
            raise UnableToReview(code="dunning.review.no-step", facts={"before": step})
        check_map({step: steps[step] for step in sorted(mine)}, old=_policy(look, old_pin), new=_policy(look, new_pin))
    for one, pin in waiting:
        _move(look, one, pin, steps[one.step], by)
    facts = {"items": len(waiting), "first": waiting[0][0].item, "steps": dict(steps)}
    record(company=look.company, code="dunning.review-moved", actor=by, subject="round", at=look.at, facts=facts)
    return len(waiting)


def _move(look: Look, one: Candidate, pin: Pin, step: str, by: str) -> None:
    today = look.today_of(one)
    before = standing_of(one)
    after = moved_over(before, old=_policy(look, _pin(one)), new=_policy(look, pin), step=step, today=today)
    told = {"policy": pin[0], "version": pin[1], "before": one.step, "old_policy": one.policy, "old": one.version}
    models.Collected.objects.filter(company_id=look.company, item=one.item).update(
        policy=pin[0],
        version=pin[1],
        reviewed="",
        proposed="",
        because=MOVED,
        facts=told,
        decided_on=today,
        decided_at=look.at,
        look_again_on=today,
        **after._asdict(),
    )
    models.Decided.objects.create(
        company_id=look.company,
        item=one.item,
        debtor=one.debtor,
        on=today,
        at=look.at,
        by=by,
        policy=pin[0],
        version=pin[1],
        before=one.step,
        step=after.step,
        because=MOVED,
        facts=told,
        known={"standing": _texts(before)},
    )


def _lock_waiting(look: Look, items: Collection[str]) -> list[tuple[Candidate, Pin]]:
    """The items of these that still wait for review, locked, each with what holds for it now."""
    rows = models.Collected.objects.select_for_update().filter(company_id=look.company, item__in=set(items))
    list(rows.order_by("id").values_list("id", flat=True))
    found = []
    for one in these(company=look.company, items=items):
        now = look.shelf.holding(item=one.item, debtor=one.debtor, segment=one.segment)
        if one.step == CLEAR or now is None or now == _pin(one) or one.reviewed == f"{now[0]}:{now[1]}":
            continue
        found.append((one, now))
    if not found:
        raise UnableToReview(code="dunning.review.nothing-waits", facts={"count": len(set(items))})
    return found


def _pin(one: Candidate) -> Pin:
    return (one.policy or "", one.version or 0)


def _policy(look: Look, pin: Pin) -> Policy:
    policy = look.shelf.of(pin)
    if policy is None:
        raise UnableToReview(code="dunning.review.unknown-policy", facts={"policy": pin[0], "version": pin[1]})
    return policy


def _texts(standing: Standing) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in standing._asdict().items()}
