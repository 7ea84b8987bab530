"""What each step does, and when: told before it is done, provable, not before the day it is due, not in a burst."""

from __future__ import annotations

from datetime import timedelta

from saldo.dunning.rules.boxes import FAR
from saldo.dunning.rules.example import Story
from saldo.dunning.rules.finding import Case, Finding, Findings, least_workdays
from saldo.dunning.rules.policy import Proof, Step

LEAST_DAYS_BETWEEN_LETTERS = 3
LEAST_WORKDAYS_BETWEEN_LETTERS = 2
_PROVED_BY: dict[Proof, frozenset[str]] = {
    "none": frozenset(),
    "handed-over": frozenset({"mail", "letter"}),
    "opened": frozenset({"mail"}),
    "registered": frozenset({"letter"}),
    "spoken": frozenset({"call"}),
}


def acts(case: Case) -> Findings:
    """The faults of single steps, each on the way that leads to it."""
    for step in case.policy.steps:
        if not step.acts:
            yield Finding("dunning.check.does-nothing", step.code, case.entered(step))
        yield from _proof(case, step)
        yield from _before_due(case, step)
        yield from _burst(case, step)
        yield from _untold(case, step)


def _proof(case: Case, step: Step) -> Findings:
    """The proof that a step waits for can come from something that it does."""
    ways = _PROVED_BY[step.proof]
    if ways and not ways & {act.kind for act in step.acts}:
        example = case.from_any(step, case.boxes[step.code])
        story = case.says("proof", step.proof)
        if example is not None:
            point = case.point(case.boxes[step.code])
            example.skip_to_late(point.days_late if point is not None else 1)
            example.enter(example.walk(until=example.today + timedelta(days=366)))
            example.standing = example.standing._replace(proved_on=None)
            example.today += timedelta(days=365)
            example.enter(example.look())
            story = example.story
        yield Finding("dunning.check.proof-impossible", step.code, story)


def _before_due(case: Case, step: Step) -> Findings:
    """Until the due day nothing but a letter before due; and that letter never once it is late."""
    box = case.boxes[step.code]
    letters = {act.letter for act in step.acts}
    if case.earliest[step.code] <= 0 and letters | {act.kind for act in step.acts} - {"mail", "letter"} != {
        "before-due"
    }:
        yield Finding("dunning.check.collects-before-due", step.code, _at_earliest(case, step))
    elif "before-due" in letters and (box is None or box.days.last > 0):
        example = case.from_any(step, box)
        story = case.says("when", ", ".join(map(str, step.when)))
        if example is not None and box is not None:
            example.skip_to_late(max(1, box.days.first))
            example.enter(example.walk(until=example.today + timedelta(days=366)))
            story = example.story
        yield Finding("dunning.check.before-due-too-late", step.code, story)


def _at_earliest(case: Case, step: Step) -> Story:
    """The story of an item that is looked at every day from its issue on."""
    example = case.from_any(step, case.boxes[step.code])
    if example is None:
        return case.says("when", ", ".join(map(str, step.when)))
    first = case.earliest[step.code]
    if first > -FAR:
        example.skip_to_late(first)
    example.enter(example.walk(until=example.due_on))
    return example.story


def _burst(case: Case, step: Step) -> Findings:
    """An item that is seen late must not get the letters of two steps in two days."""
    enough = step.notice.count >= LEAST_DAYS_BETWEEN_LETTERS or (
        step.notice.in_workdays and step.notice.count >= LEAST_WORKDAYS_BETWEEN_LETTERS
    )
    if enough or not step.tells or case.is_courtesy(step):
        return
    for later in case.policy.following[step.code]:
        if not later.tells:
            continue
        example = case.from_any(step, case.boxes[step.code])
        story = case.says("notice", str(step.notice.count), least=LEAST_DAYS_BETWEEN_LETTERS)
        if example is not None:
            point = case.point(case.boxes[later.code])
            example.skip_to_late(max(point.days_late if point is not None else 1, 1))
            example.tell("not-looked", late=(example.today - example.due_on).days)
            for _ in range(2):
                example.enter(example.walk(until=example.today + timedelta(days=10)))
            story = example.story
        yield Finding("dunning.check.letters-too-close", step.code, story)
        return


def _untold(case: Case, step: Step) -> Findings:
    """Orders stop, and strangers are called in, only after a letter said so; and strangers only by a person."""
    kinds = {act.kind for act in step.acts}
    path = case.policy.path_to(step.code)
    if "stop-new-orders" in kinds and not any(one.tells for one in path):
        yield Finding("dunning.check.stop-orders-untold", step.code, case.entered(step))
    if kinds & {"fee", "interest"} and not step.tells:
        yield Finding("dunning.check.cost-untold", step.code, case.entered(step))
    if "external-collection" not in kinds:
        return
    warned = [one for one in path[:-1] if one.names_access and one.proof != "none" and least_workdays(one.notice) >= 3]
    if not warned:
        yield Finding("dunning.check.external-untold", step.code, case.entered(step))
    if step.release != "person":
        yield Finding("dunning.check.external-not-released", step.code, case.entered(step))
