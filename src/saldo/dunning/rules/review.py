"""Items under way when their policy changed: a person keeps them or moves them, and never to anything steeper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from saldo.core.problems import Refused
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.policy import CLEAR, LETTERS, PROOFS, Policy, Step


class UnableToReview(Refused):
    """Items that are not kept or moved as asked after a change of policy."""


def is_steeper(mapped: str, policy: Policy, *, than: str, of: Policy) -> bool:
    """Whether a step of the new policy asks more of a debtor than the step of the old one on which it stands.

    Steeper is a longer way from the start, a heavier letter on the way, or access touched where it was not.
    """
    if mapped == CLEAR:
        return False
    ours, theirs = policy.path_to(mapped), of.path_to(than)
    if policy.depth.get(mapped, len(policy.steps)) > of.depth.get(than, 0):
        return True
    return _heaviest(ours) > _heaviest(theirs) or _touches(ours) > _touches(theirs)


def check_map(steps: Mapping[str, str], *, old: Policy, new: Policy) -> None:
    """See that each step of the old policy goes to one of the new that is as deep or milder; `clear` always is.

    Refuses (UnableToReview): dunning.review.unknown-step (of either policy), .steeper, with both steps.
    """
    for before, after in steps.items():
        facts = {"before": before, "after": after}
        if before not in old.step_by_code or (after != CLEAR and after not in new.step_by_code):
            raise UnableToReview(code="dunning.review.unknown-step", facts=facts)
        if is_steeper(after, new, than=before, of=old):
            raise UnableToReview(code="dunning.review.steeper", facts=facts)


def suggest_map(*, old: Policy, new: Policy) -> dict[str, str]:
    """For each step of the old policy the steepest of the new one that is not steeper; of equals the one so called."""
    found: dict[str, str] = {}
    for step in old.steps:
        fitting = [one for one in new.steps if not is_steeper(one.code, new, than=step.code, of=old)]
        best = max(fitting, key=lambda one: (new.depth[one.code], one.code == step.code), default=None)
        found[step.code] = best.code if best else CLEAR
    return found


def moved_over(standing: Standing, *, old: Policy, new: Policy, step: str, today: date) -> Standing:
    """Where an item stands in the new policy: its days go on, unless the new step asks for a stronger proof."""
    if step == CLEAR:
        return Standing(since=today, left="")
    before, after = old.step_by_code[standing.step], new.step_by_code[step]
    proved_on = standing.proved_on
    if PROOFS.index(after.proof) > PROOFS.index(before.proof):
        proved_on = None
    elif proved_on is None and after.proof == "none":
        proved_on = today
    return standing._replace(step=step, proved_on=proved_on)


def _heaviest(path: tuple[Step, ...]) -> int:
    return max((LETTERS.index(act.letter) for step in path for act in step.acts if act.letter), default=-1)


def _touches(path: tuple[Step, ...]) -> bool:
    return any(step.touches_access for step in path)
