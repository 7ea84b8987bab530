"""How much a step does to a debtor, and whether one way is in nothing worse than another.

Compared kind by kind, never as one number: a fee is not outweighed by a milder letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property

from saldo.dunning.rules.boxes import FAR, Box, box_of
from saldo.dunning.rules.policy import LETTERS, Act, Policy, Step

Harm = Mapping[str, Decimal]
"""Kinds of harm and how much of each; what is absent is none."""

_ONE = Decimal(1)


def harm_of(step: Step) -> Harm:
    """What one step does, by kind."""
    return _gathered(_harm_of_act(act) for act in step.acts)


def is_no_worse(one: Harm, other: Harm) -> bool:
    """Whether nothing of one is more than in the other."""
    return all(amount <= other.get(kind, 0) for kind, amount in one.items())


class Ways:
    """The ways of a policy, compared: what has been done at a step, and the worst that can come of it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._milder: dict[tuple[str, str], bool] = {}

    @cached_property
    def done_at(self) -> Mapping[str, Harm]:
        """All that was done to an item that stands at a step: of each kind the worst, of fees the sum."""
        policy = self._policy
        return {step.code: _gathered(map(harm_of, policy.path_to(step.code))) for step in policy.steps}

    @cached_property
    def worst_from(self) -> Mapping[str, Harm]:
        """The worst that can have been done once an item has gone on from a step as far as it goes."""
        policy = self._policy
        worst = dict(self.done_at)
        for step in sorted(policy.steps, key=lambda one: -policy.depth[one.code]):
            later = [worst[one.code] for one in policy.following[step.code]]
            worst[step.code] = _worst([worst[step.code], *later])
        return worst

    def is_milder(self, one: Step, other: Step) -> bool:
        """Whether an item at the first is never worse off than one that came to the other on the same day.

        True when the worst that can come of the first has been done at the other, or when each step that can follow
        the first has a counterpart after the other: open to at least the same facts, no later, and milder in turn.
        Assumes that proofs come as quickly on both ways.
        """
        key = (one.code, other.code)
        if key not in self._milder:
            self._milder[key] = self._compared(one, other)
        return self._milder[key]

    def _compared(self, one: Step, other: Step) -> bool:
        done = self.done_at[other.code]
        if is_no_worse(self.worst_from[one.code], done):
            return True
        if not is_no_worse(self.done_at[one.code], done) or not _runs_no_shorter(one, other):
            return False
        following = self._policy.following
        return all(
            is_no_worse(self.worst_from[mine.code], done)
            or any(_takes_all_of(its, mine) and self.is_milder(mine, its) for its in following[other.code])
            for mine in following[one.code]
        )


def _runs_no_shorter(one: Step, other: Step) -> bool:
    """Whether the first step keeps an item at least as long as the other."""
    same_unit = one.notice.in_workdays == other.notice.in_workdays
    longer = one.notice.count >= other.notice.count if same_unit else one.notice.in_workdays and not other.notice.count
    return longer and other.proof in ("none", one.proof)


def _takes_all_of(its: Step, mine: Step) -> bool:
    """Whether a step is open to everything that another is open to, and to more money than that."""
    wide, narrow = box_of(its), box_of(mine)
    if wide is None or narrow is None or its.release != mine.release or its.touches_access != mine.touches_access:
        return False
    texts = wide.segment in (None, narrow.segment) and wide.currency in (None, narrow.currency)
    return texts and _reaches_down(wide, narrow) and all(span.last == FAR for span in wide.counted[1:])


def _reaches_down(wide: Box, narrow: Box) -> bool:
    spans = zip(wide.counted, narrow.counted, strict=True)
    return wide.days.last >= narrow.days.last and all(mine.first <= its.first for mine, its in spans)


def _gathered(harms: Iterable[Harm]) -> Harm:
    """One after the other: fees add up, of everything else the worst stays."""
    total: dict[str, Decimal] = {}
    for harm in harms:
        for kind, amount in harm.items():
            before = total.get(kind, Decimal(0))
            total[kind] = before + amount if kind.startswith("fee:") else max(before, amount)
    return total


def _worst(harms: Iterable[Harm]) -> Harm:
    worst: dict[str, Decimal] = {}
    for harm in harms:
        for kind, amount in harm.items():
            worst[kind] = max(worst.get(kind, amount), amount)
    return worst


def _harm_of_act(act: Act) -> Harm:
    if act.letter is not None:
        return {"letter": Decimal(LETTERS.index(act.letter) + 1)}
    if act.kind == "fee":
        return {f"fee:{currency}": net for currency, net in act.net.items()}
    if act.kind == "interest":
        return {"interest": act.yearly_percent or _ONE}
    if act.kind == "propose-suspension":
        return {f"stops:{one}": _ONE for one in act.classes} | {"stops": _ONE}
    return {act.kind: _ONE}
