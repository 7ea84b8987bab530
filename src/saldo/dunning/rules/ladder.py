"""The ladder: what happens next to one open item, why, and on which day that can change. The whole of collections.

One step at a time: from where an item stands only a step that follows may be entered, so none is ever skipped, one
look after an outage decides once, and an item seen late begins at the beginning. What keeps an item back never
moves it down; only money, credits and a release do. Money that comes in can only keep it where it is or clear it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saldo.core.workdays import Closed
from saldo.dunning.rules.calendar import earliest_after_notice, next_access_day, next_sending_day
from saldo.dunning.rules.conditions import (
    NEVER_TOO_EARLY,
    Seen,
    all_hold,
    days_between,
    first_day_possible,
    is_meant_for,
    looks_at_others,
)
from saldo.dunning.rules.facts import Facts, Standing
from saldo.dunning.rules.policy import CLEAR, Policy, Step

_DAY = timedelta(days=1)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where an item stands from today, because of what; ``enters`` is the step to carry out, None when none begins.

    ``look_again_on``: the first day on which this can change if nothing arrives; None: only an event changes it.
    ``facts``: what the reason needs to be told, the same for letter, page, audit and support.
    """

    step: str
    because: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    enters: Step | None = None
    look_again_on: date | None = None


def decide(policy: Policy, facts: Facts, standing: Standing, *, today: date, closed: Closed) -> Decision:
    """Decide one item on the debtor's own day; ``closed`` are the holidays of the debtor's calendar.

    Total: every item gets exactly one decision, and the same one for the same arguments.
    """
    cleared = _cleared(policy, facts)
    if cleared is not None:
        return cleared
    taken_up = _taken_up_again(policy, facts, standing)
    decision = (
        _kept(policy, facts, taken_up, today)
        or _waiting(policy, taken_up, today, closed)
        or _next(policy, facts, taken_up, today, closed)
    )
    if taken_up is not standing and decision.enters is None:
        told = {**decision.facts, "on": facts.reopened_on, "kept": decision.because}
        return Decision(
            step=decision.step, because="payment-returned", facts=told, look_again_on=decision.look_again_on
        )
    return decision


def moved(decision: Decision, standing: Standing, *, today: date) -> Standing:
    """Where an item stands after a decision was carried out."""
    if decision.enters is not None:
        proved_on = today if decision.enters.proof == "none" else None
        return Standing(step=decision.enters.code, since=today, proved_on=proved_on)
    if decision.step == standing.step:
        return standing
    if decision.step == CLEAR:
        return Standing(since=today, left=standing.step)
    on = decision.facts["on"]
    return Standing(step=decision.step, since=on, proved_on=on)


def promised_on(facts: Facts, today: date) -> Decimal:
    """The part of an item that a promise covers on a day: nothing once its last day is over."""
    return facts.promised if facts.promise_until is not None and today <= facts.promise_until else _ZERO


def owed_on(facts: Facts, today: date) -> Decimal:
    """What may be asked for: open less credits, withheld tax, disputed parts, money in flight and what is promised."""
    taken_off = facts.credit + facts.withheld + facts.disputed + facts.pending + promised_on(facts, today)
    return max(facts.open - taken_off, _ZERO)


def _cleared(policy: Policy, facts: Facts) -> Decision | None:
    """Nothing is to be collected: paid, credited, tax the customer keeps back, or too little to bother."""
    if facts.open <= 0:
        return _clear("paid")
    floor = policy.floor_of(facts.currency)
    rest = facts.open - facts.credit
    if rest <= floor:
        return _clear("credits-cover" if facts.credit else "under-floor", open=facts.open, credit=facts.credit)
    if rest - facts.withheld <= floor:
        return _clear("tax-withheld", open=facts.open, withheld=facts.withheld)
    if facts.is_fee and not policy.fees_alone:
        return _clear("only-fees", open=facts.open)
    return None


def _clear(because: str, **told: Any) -> Decision:
    return Decision(step=CLEAR, because=because, facts=told)


def _stay(step: str, because: str, again: date | None = None, **told: Any) -> Decision:
    return Decision(step=step, because=because, facts=told, look_again_on=again)


def _taken_up_again(policy: Policy, facts: Facts, standing: Standing) -> Standing:
    """A payment was returned: back before the last letter that was sent, whose days must run anew (lessons A 11)."""
    on = facts.reopened_on
    if on is None or standing.step != CLEAR or not standing.left:
        return standing
    letters = [step for step in policy.path_to(standing.left) if step.tells]
    return Standing(step=letters[-1].before if letters else CLEAR, since=on, proved_on=on)


def _kept(policy: Policy, facts: Facts, standing: Standing, today: date) -> Decision | None:
    """What keeps an item where it stands, the weightiest first; each says until when."""
    step = standing.step
    if facts.policy_changed and step != CLEAR:
        return _stay(step, "policy-changed")
    if facts.insolvent:
        return _stay(step, "insolvency")
    if facts.held_until is not None and today <= facts.held_until:
        return _stay(step, "on-hold", _after(facts.held_until), until=facts.held_until, reason=facts.hold_reason)
    return _covered(policy, facts, step, today) or _untriaged(policy, facts, step, today)


def _covered(policy: Policy, facts: Facts, step: str, today: date) -> Decision | None:
    """Nothing is left to ask for once the disputed, the pending and the promised parts are taken off, in that order."""
    floor = policy.floor_of(facts.currency)
    rest = facts.open - facts.credit - facts.withheld - facts.disputed
    if rest <= floor:
        return _stay(step, "disputed", disputed=facts.disputed)
    rest -= facts.pending
    if rest <= floor:
        return _stay(step, "payment-pending", pending=facts.pending)
    promised = promised_on(facts, today)
    if promised and rest - promised <= floor:
        return _stay(step, "promise-holds", _after(facts.promise_until), until=facts.promise_until, promised=promised)
    return None


def _untriaged(policy: Policy, facts: Facts, step: str, today: date) -> Decision | None:
    """Money or a credit lies there that nobody has given an invoice yet: first that, then letters (lessons A 6)."""
    since = facts.unallocated_since
    if since is None:
        return None
    until = since + timedelta(days=policy.triage_days)
    return _stay(step, "money-unallocated", until, since=since) if today < until else None


def _waiting(policy: Policy, standing: Standing, today: date, closed: Closed) -> Decision | None:
    """The step on which an item stands has not run its course: came back, is not proved, or its notice still runs."""
    step = policy.step_by_code.get(standing.step)
    if step is None:
        return None if standing.step == CLEAR else _stay(standing.step, "step-unknown")
    if standing.notice_failed:
        return _stay(step.code, "notice-failed", since=standing.since)
    if standing.proved_on is None:
        return _stay(step.code, "proof-missing", proof=step.proof, since=standing.since)
    earliest = earliest_after_notice(step.notice, proved_on=standing.proved_on, closed=closed)
    return _stay(step.code, "notice-period", earliest, until=earliest) if today < earliest else None


def _next(policy: Policy, facts: Facts, standing: Standing, today: date, closed: Closed) -> Decision:
    """The step that follows, if its conditions hold and this is a day for it; else where it stands, until when."""
    late = (today - facts.due_on).days
    owed = owed_on(facts, today)
    debtor_owed = max(facts.debtor_owed, owed)  # whose item it is owes at least that
    seen = Seen(late, owed, debtor_owed, facts.items, facts.segment, facts.currency)
    following = policy.following.get(standing.step, ())
    for step in following:
        if all_hold(step, seen):
            return _at_the_door(policy, facts, standing, step, today, closed)
    again = [day for step in following if (day := first_day_possible(step, seen, due_on=facts.due_on, today=today))]
    if facts.promise_until is not None and promised_on(facts, today):
        again.append(facts.promise_until + _DAY)
    if facts.more_late_on is not None and any(looks_at_others(step) for step in following):
        again.append(facts.more_late_on)
    mine = [step for step in following if is_meant_for(step, segment=facts.segment, currency=facts.currency)]
    if not mine:
        return _stay(standing.step, "last-step", min(again, default=None), late=late)
    because = "not-due" if late <= 0 else "not-yet" if again else "conditions-not-met"
    return _stay(standing.step, because, min(again, default=None), late=late, owed=owed, next=mine[0].code)


def _at_the_door(policy: Policy, facts: Facts, standing: Standing, step: Step, today: date, closed: Closed) -> Decision:
    """A step's conditions hold: it is entered unless the bank data, the day or the rules of access forbid it."""
    told: dict[str, Any] = {"late": (today - facts.due_on).days, "owed": owed_on(facts, today), "next": step.code}
    if facts.bank_is_old:
        return _stay(standing.step, "bank-data-old", today + _DAY, **told)
    if step.touches_access and facts.protected:
        return _stay(standing.step, "protected", **told)
    if step.touches_access and not facts.may_touch_access:
        return _stay(standing.step, "access-not-agreed", **told)
    if step.touches_access:
        return _at_the_last_door(policy, facts, standing, step, today, closed, told)
    day = next_sending_day(policy.sending, day=today, closed=closed)
    if day != today:
        return _stay(standing.step, "not-the-day", day, on=day, **told)
    return _enter(policy, facts, standing, step, today, closed, told)


def _at_the_last_door(
    policy: Policy, facts: Facts, standing: Standing, step: Step, today: date, closed: Closed, told: dict[str, Any]
) -> Decision:
    """Access is touched on a day for it, and only while what was told of it is fresh."""
    again = _told_again(policy, standing, today, closed)
    if again is not None:
        return again
    day = next_access_day(policy.access, day=today, closed=closed)
    if day == today:
        return _enter(policy, facts, standing, step, today, closed, told)
    soonest = min(day or date.max, _too_old_on(policy, standing))
    return _stay(standing.step, "not-the-day", None if soonest == date.max else soonest, on=day, **told)


def _enter(
    policy: Policy, facts: Facts, standing: Standing, step: Step, today: date, closed: Closed, told: dict[str, Any]
) -> Decision:
    told["planned_on"] = _planned_on(policy, facts, standing, step, closed)
    again = earliest_after_notice(step.notice, proved_on=today, closed=closed) if step.proof == "none" else None
    return Decision(step=step.code, because="days-late", facts=told, enters=step, look_again_on=again)


def _told_again(policy: Policy, standing: Standing, today: date, closed: Closed) -> Decision | None:
    """What was told long ago, before a hold or a promise of months, stops nothing: it is told again first."""
    letters = [step for step in policy.path_to(standing.step) if step.names_access]
    if not letters or today < _too_old_on(policy, standing):
        return None
    day = next_sending_day(policy.sending, day=today, closed=closed)
    if day != today:
        return _stay(standing.step, "not-the-day", day, on=day, next=letters[-1].code)
    told = {"since": standing.proved_on, "planned_on": today}
    return Decision(step=letters[-1].code, because="notice-too-old", facts=told, enters=letters[-1])


def _too_old_on(policy: Policy, standing: Standing) -> date:
    """The first day on which what was told stops nothing any more."""
    proved_on = standing.proved_on
    return date.max if proved_on is None else proved_on + timedelta(days=policy.notice_holds_days) + _DAY


def _planned_on(policy: Policy, facts: Facts, standing: Standing, step: Step, closed: Closed) -> date:
    """The day on which a step was to begin by its days late and the notice before it, whatever moved it."""
    first, _ = days_between(step)
    planned = facts.due_on if first == NEVER_TOO_EARLY else facts.due_on + timedelta(days=first)
    before = policy.step_by_code.get(standing.step)
    if before is None or standing.proved_on is None:
        return planned
    return max(planned, earliest_after_notice(before.notice, proved_on=standing.proved_on, closed=closed))


def _after(day: date | None) -> date | None:
    """The day after; a hold without end is looked at again only when something happens."""
    return None if day is None or day == date.max else day + _DAY
