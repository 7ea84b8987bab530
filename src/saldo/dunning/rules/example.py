"""One invented invoice that is walked up a ladder by running `decide`: what a finding shows to a person.

Nobody is closed on any day of it, proofs come on the day itself and nothing else happens than what is told, so that
what goes wrong can only come from the policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saldo.dunning.rules.boxes import Box, box_of, currencies_of, meet, point_in
from saldo.dunning.rules.conditions import Seen
from saldo.dunning.rules.facts import BEGINNING, Facts
from saldo.dunning.rules.ladder import Decision, decide, moved
from saldo.dunning.rules.policy import CLEAR, Policy, Step

_DAY = timedelta(days=1)
_TERM = timedelta(days=30)
_MOST_LOOKS = 80
_FARTHEST = 9999  # days late; further no text of a policy can go


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happens to the example: on which day, what (a word of ``dunning.story.*``), with what facts."""

    on: date
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Story = tuple[Moment, ...]


def nobody_closed(day: date) -> bool:
    """A calendar without holidays."""
    return False


def a_due_day(on: date) -> date:
    """The due day of the example: the first Monday that lies four weeks after the day of the check."""
    day = on + timedelta(weeks=4)
    return day + timedelta(days=-day.weekday() % 7)


class Example:
    """One item, its facts, where it stands, and the story so far."""

    def __init__(self, policy: Policy, seen: Seen, *, on: date) -> None:
        self.policy = policy
        self.due_on = a_due_day(on)
        self.today = self.due_on - _TERM
        self.standing = BEGINNING
        self.seen = seen
        self.moments = [
            Moment(on=self.today, what="invoice", facts={**_money(seen), "due": self.due_on, **_debtor(seen)})
        ]

    def facts(self, **others: Any) -> Facts:
        """What is known of the item; ``others`` replace it."""
        seen = self.seen
        plain = Facts(
            due_on=self.due_on,
            currency=seen.currency,
            open=seen.owed,
            debtor_owed=seen.debtor_owed,
            items=seen.items,
            segment=seen.segment,
        )
        return plain._replace(**others)

    def look(self, **others: Any) -> Decision:
        """What is decided today, without carrying it out."""
        return decide(self.policy, self.facts(**others), self.standing, today=self.today, closed=nobody_closed)

    def tell(self, what: str, **facts: Any) -> None:
        """Add to the story what happens today."""
        self.moments.append(Moment(on=self.today, what=what, facts=facts))

    def now(self, seen: Seen) -> None:
        """From today the item and its debtor owe something else; told when it differs."""
        before, self.seen = self.seen, seen
        if seen.owed < before.owed:
            self.tell("pays", **_money(seen), paid=before.owed - seen.owed, **_debtor(seen))
        elif (seen.debtor_owed, seen.items) < (before.debtor_owed, before.items):
            self.tell("pays-another", **_money(seen), **_debtor(seen))
        elif (seen.owed, seen.debtor_owed, seen.items) != (before.owed, before.debtor_owed, before.items):
            self.tell("owes", **_money(seen), **_debtor(seen))

    def enter(self, decision: Decision) -> None:
        """Carry a decision out, with its proof on the same day, and tell it."""
        step = decision.enters
        self.standing = moved(decision, self.standing, today=self.today)
        if step is None:
            self.tell("clear" if decision.step == CLEAR else "stays", step=decision.step, because=decision.because)
            return
        self.tell("enters", step=step.code, late=(self.today - self.due_on).days, acts=acts_of(step))
        if self.standing.proved_on is None:
            self.standing = self.standing._replace(proved_on=self.today)

    def walk(self, *, until: date, **others: Any) -> Decision:
        """Look on every day that matters until one has passed or a step is entered; the last decision."""
        decision = self.look(**others)
        for _ in range(_MOST_LOOKS):
            if decision.enters is not None or decision.look_again_on is None or decision.look_again_on > until:
                break
            self.today = max(decision.look_again_on, self.today + _DAY)
            decision = self.look(**others)
        return decision

    def skip_to_late(self, days: int) -> None:
        """Nobody looks until the item is so many days late; never back, and not further than a calendar reaches."""
        self.today = max(self.today, self.due_on + timedelta(days=max(-_FARTHEST, min(days, _FARTHEST))))

    @property
    def story(self) -> Story:
        """What happened, in the order of days."""
        return tuple(self.moments)


def reached(policy: Policy, step: Step | None, target: Box, *, on: date) -> Example | None:
    """An example that stands at a step, whose text facts suit the target; None when no facts lead there.

    ``None`` as step is the start. The way is walked by `decide`; where the policy goes another way than the path says,
    the example stands where it came to.
    """
    path = policy.path_to(step.code) if step is not None else ()
    texts = Box(segment=target.segment, currency=target.currency)
    boxes = [box_of(one) for one in path]
    for box in [*boxes, target]:
        both = meet(texts, Box(segment=box.segment, currency=box.currency)) if box is not None else None
        if both is None:
            return None
        texts = both
    currencies = currencies_of(policy)
    currencies = next(((one,) for one in currencies if _leads(policy, boxes, target, texts, one)), currencies)
    return _walked(policy, path, boxes, target, texts, currencies, on)


def _leads(policy: Policy, boxes: list[Box | None], target: Box, texts: Box, currency: str) -> bool:
    wanted = texts._replace(currency=currency)
    parts = [meet(box, wanted) if box is not None else None for box in (*boxes, target)]
    return all(part is not None and point_in(policy, part, (currency,)) is not None for part in parts)


def _walked(
    policy: Policy,
    path: tuple[Step, ...],
    boxes: list[Box | None],
    target: Box,
    texts: Box,
    currencies: tuple[str, ...],
    on: date,
) -> Example | None:
    texts = texts._replace(currency=currencies[0]) if texts.currency is None else texts
    parts = [part for box in (*boxes, target) if box is not None and (part := meet(box, texts)) is not None]
    points = [point for part in parts if (point := point_in(policy, part, currencies)) is not None]
    if len(points) != len(boxes) + 1:
        return None
    example = Example(policy, points[0], on=on)
    for step, point in zip(path, points, strict=False):
        example.skip_to_late(point.days_late)
        example.now(point._replace(days_late=0))
        decision = example.walk(until=example.today + 400 * _DAY)
        if decision.enters is None:
            example.enter(decision)
            return example
        example.enter(decision)
        if example.standing.step != step.code:
            return example
    if path:
        example.now(points[-1]._replace(days_late=0))
    return example


def acts_of(step: Step) -> tuple[str, ...]:
    """The acts of a step as short texts: kind, and what it is about."""
    return tuple(
        f"{act.kind} {act.letter or ' '.join(act.classes)}".strip() if act.letter or act.classes else act.kind
        for act in step.acts
    )


def _money(seen: Seen) -> dict[str, Any]:
    return {"amount": seen.owed, "currency": seen.currency}


def _debtor(seen: Seen) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if seen.debtor_owed != seen.owed:
        told["debtor_owed"] = seen.debtor_owed
    if seen.items != 1:
        told["items"] = seen.items
    if seen.segment:
        told["segment"] = seen.segment
    return told


def zero(seen: Seen) -> Seen:
    """The same item when everything is paid."""
    return seen._replace(owed=Decimal(0), debtor_owed=Decimal(0), items=1)
