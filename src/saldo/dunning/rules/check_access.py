"""Nothing that touches access without its notice: named, by two channels, proved, long enough, released by a person.

`Policy.path_to` gives the steps that every item at a step has surely been through, so one look at it speaks for all
items; for a payment that is returned the way begins again at the last letter, and what follows is looked at anew.
"""

from __future__ import annotations

from datetime import timedelta

from saldo.dunning.rules.boxes import THOUSANDTHS, meet
from saldo.dunning.rules.example import Moment, Story
from saldo.dunning.rules.finding import Case, Finding, Findings, least_workdays
from saldo.dunning.rules.policy import CANNOT_STOP, CLEAR, ProductClass, Step

_YEAR = timedelta(days=366)
LEAST_WORKDAYS = 5
"""How long the final notice runs at least (reference 3.6)."""

LEAST_DAYS_TO_THE_NEXT, LEAST_WORKDAYS_TO_THE_NEXT = 5, 3
"""How long one product has stopped before the next one does, or the term ends, however late the item was seen."""


def access(case: Case) -> Findings:
    """The faults of the steps that propose that a product stops or ends."""
    for step in case.policy.steps:
        if step.touches_access:
            yield from _unannounced(case, step)
            yield from _products(case, step)
            yield from _trifle(case, step)
            yield from _in_a_row(case, step)
            if step.release != "person":
                yield Finding("dunning.check.access-not-released", step.code, case.entered(step))
    yield from _after_return(case)


def is_final_notice(step: Step) -> bool:
    """Whether a step gives the notice that access needs: by mail and on paper, proved, of five workdays or more."""
    return _by_two_channels(step) and step.proof != "none" and least_workdays(step.notice) >= LEAST_WORKDAYS


def _by_two_channels(step: Step) -> bool:
    return {act.kind for act in step.acts if act.letter == "final-notice"} >= {"mail", "letter"}


def _unannounced(case: Case, step: Step) -> Findings:
    """What is missing in the notices before a step, the plainest lack only."""
    path = case.policy.path_to(step.code)[:-1]
    named = [one for one in path if one.names_access]
    double = [one for one in named if _by_two_channels(one)]
    proved = [one for one in double if one.proof != "none"]
    if not named:
        yield Finding("dunning.check.access-untold", step.code, case.entered(step))
    elif not double:
        yield Finding("dunning.check.access-one-channel", step.code, case.entered(step))
    elif not proved:
        yield Finding("dunning.check.access-unproved", step.code, case.entered(step))
    elif not any(is_final_notice(one) for one in proved):
        yield Finding("dunning.check.access-notice-short", step.code, case.entered(step))


def _products(case: Case, step: Step) -> Findings:
    """Which products: some, none that cannot stop, and Azure, which is lost for good, only after all others."""
    path = case.policy.path_to(step.code)
    before: list[ProductClass] = [one for earlier in path[:-1] for act in earlier.acts for one in act.classes]
    for act in step.acts:
        if act.kind == "propose-suspension" and not act.classes:
            yield Finding("dunning.check.access-names-nothing", step.code, case.entered(step))
        cannot = [one for one in act.classes if one in CANNOT_STOP]
        if cannot:
            yield Finding("dunning.check.access-cannot-stop", step.code, _with(case.entered(step), cannot))
        after = [one for place, one in enumerate(act.classes) if "azure" in (*before, *act.classes[:place])]
        if [one for one in after if one != "azure"]:
            yield Finding("dunning.check.access-azure-first", step.code, _with(case.entered(step), after))
        before += act.classes


def _with(story: Story, classes: list[ProductClass]) -> Story:
    return (*story, Moment(on=story[-1].on, what="products", facts={"classes": tuple(classes)}))


def _trifle(case: Case, step: Step) -> Findings:
    """Access must not hang on less than one whole unit of money in any currency."""
    box = case.boxes[step.code]
    for currency in case.currencies:
        mine = meet(box, box._replace(currency=currency)) if box is not None else None
        point = case.point(mine, least=True)
        if point is not None and point.owed * THOUSANDTHS < THOUSANDTHS:
            example = case.from_any(step, mine)
            if example is None:
                continue
            example.now(point._replace(days_late=0))
            example.skip_to_late(point.days_late)
            example.enter(example.walk(until=example.today + _YEAR))
            yield Finding("dunning.check.access-for-a-trifle", step.code, example.story)
            return


def _in_a_row(case: Case, step: Step) -> Findings:
    """What stops leaves time to pay before the next thing stops, or before the debt goes to others."""
    least = LEAST_WORKDAYS_TO_THE_NEXT if step.notice.in_workdays else LEAST_DAYS_TO_THE_NEXT
    if step.notice.count >= least:
        return
    for later in case.policy.following[step.code]:
        goes_on = later.touches_access or any(act.kind == "external-collection" for act in later.acts)
        example = case.from_any(step, case.boxes[step.code]) if goes_on else None
        if example is None:
            continue
        point = case.point(case.boxes[later.code])
        example.skip_to_late(point.days_late if point is not None else 1)
        example.tell("not-looked", late=(example.today - example.due_on).days)
        for _ in range(2):
            example.enter(example.walk(until=example.today + _YEAR))
        yield Finding("dunning.check.access-too-close", step.code, example.story)
        return


def _after_return(case: Case) -> Findings:
    """A returned payment begins again before the last letter: from there, too, no access without a final notice."""
    policy = case.policy
    for left in policy.steps:
        letters = [step for step in policy.path_to(left.code) if step.tells]
        again = letters[-1].before if letters else CLEAR
        for step in policy.steps:
            path = policy.path_to(step.code)
            codes = [CLEAR, *(one.code for one in path)]
            if not step.touches_access or again not in codes[:-1]:
                continue
            anew = path[codes.index(again) : -1]
            told = any(is_final_notice(one) for one in path[:-1])
            if told and not any(is_final_notice(one) for one in anew):
                yield Finding("dunning.check.access-after-return", step.code, _returned(case, left, step))
                return


def _returned(case: Case, left: Step, step: Step) -> Story:
    """The story of an item that was paid at a step, whose payment is taken back, and what begins then."""
    example = case.at(left, case.boxes[step.code])
    if example is None:
        return case.says("step", step.code)
    seen = example.seen
    example.now(seen._replace(owed=seen.owed * 0, debtor_owed=seen.debtor_owed * 0))
    example.enter(example.look())
    example.today = example.today + _YEAR
    example.now(seen)
    example.tell("returned", amount=seen.owed, currency=seen.currency)
    reopened = example.today
    for _ in case.policy.steps:
        decision = example.walk(until=reopened + _YEAR, reopened_on=reopened)
        if decision.enters is None or example.standing.step == step.code:
            break
        example.enter(decision)
    return example.story
