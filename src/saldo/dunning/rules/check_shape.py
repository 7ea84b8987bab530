"""Whether the steps hang together: no unknown step, no ring, none twice, and none that can be left out or missed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from saldo.dunning.rules.boxes import ANY, FAR, Box, meet, segments_of
from saldo.dunning.rules.example import Moment, Story
from saldo.dunning.rules.finding import Case, Finding, Findings
from saldo.dunning.rules.policy import CLEAR, MOST_STEPS, Policy, Step


def _a_year_after(day: date) -> date:
    return day + timedelta(days=366)


def broken(case: Case) -> Findings:
    """Faults that leave nothing to reason about: while there is one, the other parts of the check do not run."""
    policy = case.policy
    codes = [step.code for step in policy.steps]
    if not codes:
        yield Finding("dunning.check.no-steps", "", case.says("steps", 0, least=1))
    if len(codes) > MOST_STEPS:
        yield Finding("dunning.check.too-many-steps", "", case.says("steps", len(codes), most=MOST_STEPS))
    for code in sorted({code for code in codes if codes.count(code) > 1 or code == CLEAR}):
        yield Finding("dunning.check.two-steps-one-code", code, case.says("step", code))
    for step in policy.steps:
        strangers = [code for code in step.follows if code != CLEAR and code not in policy.step_by_code]
        if strangers or not step.follows:
            yield Finding("dunning.check.unknown-step", step.code, case.says("follows", ", ".join(strangers)))
        elif step.code not in policy.depth:
            yield Finding("dunning.check.ring", step.code, case.says("follows", ", ".join(_round(policy, step))))


def _round(policy: Policy, step: Step) -> list[str]:
    """The codes on the way back from a step until one comes again."""
    way = [step.code]
    while (before := policy.step_by_code.get(way[-1])) is not None and way.count(way[-1]) == 1:
        way.append(next((code for code in before.follows if code not in policy.depth), CLEAR))
    return way


def ladder(case: Case) -> Findings:
    """The ladder itself: every step can be entered, one at a time, none left out, and no item is stuck on the way."""
    for step in case.policy.steps:
        yield from _never_entered(case, step)
        yield from _left_out(case, step)
        yield from _dead_end(case, step)
    yield from _two_at_once(case)
    yield from _uncovered(case)


def clashes(case: Case, siblings: tuple[Step, ...]) -> list[tuple[Step, Step, Box]]:
    """Pairs of steps of which both could be entered on the same facts, with the facts."""
    found = []
    for one, other in combinations(siblings, 2):
        mine, its = case.boxes[one.code], case.boxes[other.code]
        both = meet(mine, its) if mine is not None and its is not None else None
        if both is not None and case.point(both) is not None:
            found.append((one, other, both))
    return found


def _never_entered(case: Case, step: Step) -> Findings:
    """No facts fulfil the conditions, alone or after those of the way: nobody would ever see the step."""
    box = case.boxes[step.code]
    texts = Box() if box is None else Box(segment=box.segment, currency=box.currency)
    for before in case.policy.path_to(step.code)[:-1]:
        way = case.boxes[before.code]
        met = meet(texts, Box(segment=way.segment, currency=way.currency)) if way is not None else None
        box = None if met is None else box and meet(box, met)
        texts = met or texts
    if case.point(box) is None or (box is not None and box.days.last < case.earliest[step.code]):
        conditions = ", ".join(map(str, step.when))
        yield Finding("dunning.check.never-entered", step.code, case.says("when", conditions))


def _left_out(case: Case, step: Step) -> Findings:
    """What else a step follows may only be letters before due which follow where it follows first."""
    first, *others = step.follows
    for code in others:
        other = case.policy.step_by_code.get(code)
        allowed = {first, *others} - {code}
        if other is None or not case.is_courtesy(other) or not set(other.follows) <= allowed:
            yield Finding("dunning.check.skippable", step.code, _past(case, step, code))
            return


def _past(case: Case, step: Step, missed: str) -> Story:
    """The story of an item that enters a step without the one it also follows."""
    story = case.entered(step)
    if story[-1].what == "enters":
        return (*story, Moment(on=story[-1].on, what="left-out", facts={"step": missed}))
    return story


def _dead_end(case: Case, step: Step) -> Findings:
    """An upper bound on days late stops an item that was held up; a missed letter before due must not, either."""
    box = case.boxes[step.code]
    if case.is_courtesy(step):
        for later in case.policy.following[step.code]:
            if not case.is_courtesy(later) and not set(later.follows) & (set(step.follows) - {step.code}):
                yield Finding("dunning.check.missed-letter", later.code, _stuck(case, step))
        yield from _last_letter(case, step)
    elif box is not None and box.days.last < FAR and case.point(box) is not None:
        yield Finding("dunning.check.dead-end", step.code, _stuck(case, step))


def _last_letter(case: Case, letter: Step) -> Findings:
    """A letter before due from which no way leads on to where the others go: who got it would never be asked again."""
    box = case.boxes[letter.code]
    for code in letter.follows:
        for step in case.policy.following[code]:
            its = case.boxes[step.code]
            both = meet(box._replace(days=ANY), its) if box is not None and its is not None else None
            if case.is_courtesy(step) or letter.code in step.follows or case.point(both) is None:
                continue
            example = case.at(letter, both)
            if example is not None:
                example.enter(example.walk(until=_a_year_after(example.today)))
                yield Finding("dunning.check.letter-stops", letter.code, example.story)
                return


def _stuck(case: Case, step: Step) -> Story:
    """The story of an item at which nobody looks until a step is closed to it."""
    box = case.boxes[step.code]
    example = case.from_any(step, box)
    if example is None or box is None:
        return case.says("when", ", ".join(map(str, step.when)))
    example.skip_to_late(box.days.last + 1)
    example.tell("not-looked", late=box.days.last + 1)
    example.enter(example.walk(until=_a_year_after(example.today)))
    return example.story


def _two_at_once(case: Case) -> Findings:
    """On some facts two steps could begin: which one would hang on the order in which they are written."""
    for code, siblings in case.policy.following.items():
        before = case.policy.step_by_code.get(code)
        for one, other, both in clashes(case, siblings):
            example = case.at(before, both)
            if example is None:
                yield Finding("dunning.check.two-at-once", other.code, case.says("when", f"{one.code}, {other.code}"))
                continue
            point = case.point(both)
            example.skip_to_late(point.days_late)
            example.enter(example.walk(until=_a_year_after(example.today)))
            example.tell("could-enter", step=other.code if example.standing.step == one.code else one.code)
            yield Finding("dunning.check.two-at-once", other.code, example.story)
        yield from _late_way(case, before, siblings)


def _late_way(case: Case, before: Step | None, siblings: tuple[Step, ...]) -> Findings:
    """Two ways that differ in the days only: who was held up goes another way than who was not."""
    for one, other in combinations(siblings, 2):
        mine, its = case.boxes[one.code], case.boxes[other.code]
        if mine is None or its is None:
            continue
        early, late = (one, other) if mine.days.last < its.days.first else (other, one)
        both = meet(mine._replace(days=Box().days), its._replace(days=Box().days))
        apart = mine.days.meet(its.days).is_empty
        if apart and both is not None and case.point(both) is not None and not case.is_courtesy(early):
            yield Finding("dunning.check.late-way", late.code, _later(case, before, early, late, both))


def _later(case: Case, before: Step | None, early: Step, late: Step, both: Box) -> Story:
    box = case.boxes[late.code]
    example = case.at(before, both)
    if example is None or box is None:
        return case.says("when", f"{early.code}, {late.code}")
    example.skip_to_late(box.days.first)
    example.tell("not-looked", late=box.days.first)
    example.enter(example.walk(until=_a_year_after(example.today)))
    example.tell("left-out", step=early.code)
    return example.story


def _uncovered(case: Case) -> Findings:
    """An item whose segment or currency no first step is meant for would never be asked for, and nobody told."""
    starts = [case.boxes[step.code] for step in case.policy.following[CLEAR] if not case.is_courtesy(step)]
    for segment in segments_of(case.policy):
        for currency in case.currencies:
            mine = Box(segment=segment, currency=currency)
            if starts and not any(box is not None and meet(box, mine) is not None for box in starts):
                example = case.at(None, mine)
                if example is not None:
                    example.skip_to_late(365)
                    example.enter(example.walk(until=_a_year_after(example.today)))
                    yield Finding("dunning.check.uncovered", "", example.story)
                    return
