"""What the checker found: a code, the step, and an example that shows it; and the case it works on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import takewhile
from typing import Any

from saldo.dunning.rules.boxes import FAR, Box, box_of, currencies_of, point_in, without
from saldo.dunning.rules.example import Example, Moment, Story, reached
from saldo.dunning.rules.harm import Ways
from saldo.dunning.rules.law import LawRow, law_of
from saldo.dunning.rules.policy import CLEAR, NoticePeriod, Policy, Step


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing by which a policy would hurt somebody. ``step`` is empty where it concerns the whole policy.

    ``counterexample``: what happens to one invented invoice, day by day. ``line`` is 0 without the policy's text.
    """

    code: str
    step: str
    counterexample: Story
    line: int = 0


@dataclass(frozen=True)
class Case:
    """A policy under check on a day, with what every part of the check asks again and again."""

    policy: Policy
    on: date
    country: str = ""

    @cached_property
    def boxes(self) -> Mapping[str, Box | None]:
        """The box of each step; None where its conditions contradict each other."""
        return {step.code: box_of(step) for step in self.policy.steps}

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """One currency for all that differ in nothing."""
        return currencies_of(self.policy)

    @cached_property
    def ways(self) -> Ways:
        """The ways of the policy, compared by harm."""
        return Ways(self.policy)

    @cached_property
    def law(self) -> LawRow | None:
        """The law of the policy's jurisdiction, or of the company's country, on the day."""
        return law_of(self.policy.jurisdiction or self.country, self.on)

    @cached_property
    def earliest(self) -> Mapping[str, int]:
        """The first number of days late at which each step can be entered, notices of the steps before included."""
        found = {CLEAR: -FAR}
        for step in sorted(self.policy.steps, key=lambda one: self.policy.depth[one.code]):
            box = self.boxes[step.code]
            ways = [self._left(code, found[code]) for code in step.follows]
            found[step.code] = max(box.days.first if box is not None else -FAR, min(ways))
        return found

    def _left(self, code: str, entered: int) -> int:
        return -FAR if code == CLEAR else entered + least_days(self.policy.step_by_code[code].notice) + 1

    def is_courtesy(self, step: Step) -> bool:
        """Whether a step only writes letters before due, and only until the due day: it may be left out."""
        box = self.boxes[step.code]
        only_letters = all(act.letter == "before-due" for act in step.acts)
        return only_letters and box is not None and box.days.last <= 0

    def point(self, box: Box | None, *, least: bool = False) -> Any:
        """Facts in a box; None when no item can have any."""
        return point_in(self.policy, box, self.currencies, least=least) if box is not None else None

    def at(self, step: Step | None, target: Box | None) -> Example | None:
        """An example that stands at a step with facts of the target; None when none gets there."""
        example = reached(self.policy, step, target, on=self.on) if target is not None else None
        wanted = step.code if step is not None else CLEAR
        return example if example is not None and example.standing.step == wanted else None

    def from_any(self, step: Step, target: Box | None) -> Example | None:
        """An example that stands before a step, ready for it: where the step before is, or the start."""
        before = self.policy.step_by_code.get(step.before)
        return self.at(before, target)

    def own_box(self, step: Step) -> Box | None:
        """Facts on which a step begins and none of those written before it: its box where there are no such facts."""
        whole = self.boxes[step.code]
        if whole is None:
            return None
        earlier = takewhile(lambda one: one is not step, self.policy.following.get(step.before, ()))
        holes = [
            its
            for one in earlier
            if (its := self.boxes[one.code]) is not None
            and its.segment in (None, whole.segment)
            and its.currency in (None, whole.currency)
        ]
        return next((piece for piece in without(whole, holes) if self.point(piece) is not None), whole)

    def entered(self, step: Step) -> Story:
        """The story of an item until it enters a step; what the policy says of it when none gets there."""
        if step.code not in self._entered:
            self._entered[step.code] = self._until(step)
        return self._entered[step.code]

    @cached_property
    def _entered(self) -> dict[str, Story]:
        return {}

    def _until(self, step: Step) -> Story:
        box = self.own_box(step)
        example = self.from_any(step, box)
        if example is None:
            return self.says("step", step.code)
        point = self.point(box)
        if point is not None:
            example.skip_to_late(point.days_late)
        example.enter(example.walk(until=date.max))
        if example.standing.step != step.code:
            example.tell("could-enter", step=step.code)
        return example.story

    def says(self, what: str, value: Any, **limits: Any) -> Story:
        """What the policy itself says, on the day of the check, with what it may say."""
        return (Moment(on=self.on, what="says", facts={"field": what, "value": value, **limits}),)


Findings = Iterator[Finding]


def least_days(notice: NoticePeriod) -> int:
    """The fewest calendar days that a notice takes: a workday takes at least a day."""
    return notice.count


def least_workdays(notice: NoticePeriod) -> int:
    """The workdays that a notice surely holds, whatever the calendar.

    Of calendar days nine may be one closed week with its weekends, and only whole weeks of the rest are sure of five.
    """
    return notice.count if notice.in_workdays else 5 * (max(0, notice.count - 9) // 7)


def with_lines(findings: tuple[Finding, ...], lines: Mapping[str, int]) -> tuple[Finding, ...]:
    """The findings with the line of the text on which their step begins."""
    return tuple(replace(one, line=lines.get(one.step, lines.get("", 0))) for one in findings)
