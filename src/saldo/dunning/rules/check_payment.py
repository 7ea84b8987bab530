"""Paying never makes anything worse: compared over all amounts at once, not by trying some.

For each step that can be entered, all amounts at or above those it is open to are cut out: there the item that paid
less must enter the same step, or another one on which it is never better off. What is left over is a counterexample.
"""

from __future__ import annotations

from datetime import timedelta

from saldo.dunning.rules.boxes import FAR, Box, Span, meet, point_in, thousandths, without
from saldo.dunning.rules.check_shape import clashes
from saldo.dunning.rules.conditions import Seen
from saldo.dunning.rules.example import Story, acts_of
from saldo.dunning.rules.finding import Case, Finding, Findings
from saldo.dunning.rules.policy import CLEAR, Policy, Step

_YEAR = timedelta(days=366)


def payment(case: Case) -> Findings:
    """Steps that an item which paid more enters and one which paid less does not, nor anything as bad."""
    for code, siblings in case.policy.following.items():
        bounded = [step for step in siblings if _has_ceiling(case.boxes[step.code])]
        if not bounded or clashes(case, siblings):
            continue
        before = case.policy.step_by_code.get(code)
        for step in bounded:
            pair = _worse_pair(case, step, siblings)
            if pair is not None:
                yield Finding("dunning.check.paying-worsens", step.code, _told(case, before, step, *pair))


def clearing(case: Case) -> Findings:
    """From every step, an item that is paid, or that credits cover, is clear the same day."""
    for currency in case.currencies:
        example = case.at(None, Box(currency=currency))
        if example is None:
            continue
        for step in case.policy.steps:
            example.standing = example.standing._replace(step=step.code, since=example.today, proved_on=example.today)
            for others in ({"open": example.seen.owed * 0}, {"credit": example.seen.owed}):
                decision = example.look(**others)
                if decision.step != CLEAR:
                    example.tell("credit", amount=example.seen.owed, currency=currency)
                    example.enter(decision)
                    yield Finding("dunning.check.clear-unreachable", step.code, example.story)
                    return


def _has_ceiling(box: Box | None) -> bool:
    return box is not None and any(span.last < FAR for span in box.counted[1:])


def _worse_pair(case: Case, step: Step, siblings: tuple[Step, ...]) -> tuple[Seen, Seen] | None:
    """Facts after paying that enter the step, and facts without it that do no such thing; None: there are none."""
    box = case.boxes[step.code]
    if box is None:
        return None
    boxes = [its for one in siblings if (its := case.boxes[one.code]) is not None]
    good = [case.boxes[one.code] for one in siblings if one is not step and case.ways.is_milder(step, one)]
    segments = {its.segment for its in boxes} - {None} | {""} if box.segment is None else {box.segment}
    named = {its.currency for its in boxes} - {None}
    strangers = tuple(one for one in case.currencies if one not in named)
    alike = [strangers, *((one,) for one in sorted(filter(None, named)))]
    for segment in sorted(filter(lambda one: one is not None, segments), key=str):
        for currencies in alike if box.currency is None else [(box.currency,)]:
            mine = box._replace(segment=segment)
            takers = [its for its in good if its is not None and _concerns(its, segment, currencies)]
            pair = _pair(case.policy, mine, takers, currencies)
            if pair is not None:
                return pair
    return None


def _concerns(box: Box, segment: str | None, currencies: tuple[str, ...]) -> bool:
    return box.segment in (None, segment) and (box.currency is None or box.currency in currencies)


def _pair(policy: Policy, mine: Box, takers: list[Box], currencies: tuple[str, ...]) -> tuple[Seen, Seen] | None:
    """Cut the step's own box and those of the takers out of all that is at or above it; a pair from what is left."""
    above = mine._replace(
        owed=Span(mine.owed.first, FAR),
        debtor_owed=Span(mine.debtor_owed.first, FAR),
        items=Span(mine.items.first, FAR),
    )
    left = without(above, [mine, *takers])
    return next((pair for piece in left for one in currencies if (pair := _pair_in(policy, mine, piece, one))), None)


def _pair_in(policy: Policy, mine: Box, piece: Box, currency: str) -> tuple[Seen, Seen] | None:
    """Facts in what is left over, and facts at most as high in the step's own box, both in this currency.

    The least facts of the step's box are below all others in it, so what lies above them is all there is to look at.
    """
    mine, piece = mine._replace(currency=None), piece._replace(currency=None)
    lowest = point_in(policy, mine, (currency,), least=True)
    above = meet(piece, _from(lowest)) if lowest is not None else None
    unpaid = point_in(policy, above, (currency,)) if above is not None else None
    if unpaid is None:
        return None
    lower = meet(mine, _up_to(unpaid))
    paid = point_in(policy, lower, (currency,)) if lower is not None else None
    return (paid._replace(days_late=unpaid.days_late), unpaid) if paid is not None else None


def _from(seen: Seen) -> Box:
    """All amounts and items from these on."""
    owed, debtor_owed = thousandths(seen.owed), thousandths(seen.debtor_owed)
    return Box(owed=Span(owed, FAR), debtor_owed=Span(debtor_owed, FAR), items=Span(seen.items, FAR))


def _up_to(seen: Seen) -> Box:
    """All amounts and items up to these."""
    owed, debtor_owed = thousandths(seen.owed), thousandths(seen.debtor_owed)
    return Box(owed=Span(0, owed), debtor_owed=Span(0, debtor_owed), items=Span(1, seen.items))


def _told(case: Case, before: Step | None, step: Step, paid: Seen, unpaid: Seen) -> Story:
    """Both decided on the same day by running the policy: once without the payment, once with it."""
    example = case.at(before, Box(segment=unpaid.segment or None, currency=unpaid.currency))
    if example is None:
        return case.says("when", ", ".join(map(str, step.when)))
    example.now(unpaid._replace(days_late=0))
    example.skip_to_late(unpaid.days_late)
    example.seen = paid
    with_payment = example.walk(until=example.today + _YEAR)
    example.seen = unpaid
    without_payment = example.look()
    entered = without_payment.enters
    example.tell("without-payment", step=without_payment.step, acts=acts_of(entered) if entered is not None else ())
    example.seen = unpaid
    example.now(paid)
    example.enter(with_payment)
    return example.story
