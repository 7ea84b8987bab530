"""What a policy may ask for beyond the debt: fees and interest that are lawful that day, and none upon themselves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from saldo.dunning.rules.boxes import Span, meet, thousandths
from saldo.dunning.rules.example import Moment, Story
from saldo.dunning.rules.finding import Case, Finding, Findings
from saldo.dunning.rules.law import FeeRule, fee_rule_for, most_fee, most_interest
from saldo.dunning.rules.policy import Step


def money(case: Case) -> Findings:
    """Unlawful fees and interest, and fees that would be collected like the debt itself."""
    for step in case.policy.steps:
        yield from _fees(case, step)
        yield from _interest(case, step)
        if case.policy.fees_alone:
            yield from _fees_alone(case, step)


def _fees(case: Case, step: Step) -> Findings:
    """Each fee has a rule that allows it for the letter it comes with, once on the way, and no more than that."""
    taken = [rule for one in case.policy.path_to(step.code)[:-1] for rule in _rules_of(case, one)]
    for act in step.acts:
        if act.kind != "fee":
            continue
        for currency, net in act.net.items():
            rule = _rule(case, step, currency)
            most = (
                most_fee(rule, currency=currency, claim=_least_claim(case, step, currency))
                if rule is not None
                else Decimal(0)
            )
            if rule is None or net > most or rule in taken:
                story = _law_says(case, step, amount=net, currency=currency, most=Decimal(0) if rule in taken else most)
                yield Finding("dunning.check.fee-unlawful", step.code, story)
        taken += _rules_of(case, step)


def _rules_of(case: Case, step: Step) -> list[FeeRule]:
    currencies = {currency for act in step.acts for currency in act.net}
    return [rule for one in sorted(currencies) if (rule := _rule(case, step, one)) is not None]


def _rule(case: Case, step: Step, currency: str) -> FeeRule | None:
    letters = frozenset(act.letter for act in step.acts if act.letter is not None)
    return fee_rule_for(case.law, letters=letters, currency=currency)


def _least_claim(case: Case, step: Step, currency: str) -> Decimal:
    """The least of a currency that an item at a step can owe."""
    box = case.boxes[step.code]
    mine = meet(box, box._replace(currency=currency)) if box is not None else None
    point = case.point(mine, least=True)
    return point.owed if point is not None else Decimal(0)


def _interest(case: Case, step: Step) -> Findings:
    for act in step.acts:
        if act.kind == "interest":
            most = most_interest(case.law, case.on)
            asked = act.yearly_percent or Decimal(0)
            if most is None or asked > most:
                story = _law_says(case, step, percent=asked, most=most or Decimal(0))
                yield Finding("dunning.check.interest-unlawful", step.code, story)


def _law_says(case: Case, step: Step, **facts: object) -> Story:
    """The story until the step, then what the law of the place allows on the day of the check."""
    row = case.law
    told = {
        "jurisdiction": case.policy.jurisdiction or case.country,
        "source": row.source if row is not None else "",
        "verified": row is not None and row.verified,
    }
    return (*case.entered(step), Moment(on=case.on, what="law", facts={**facts, **told}))


def _fees_alone(case: Case, step: Step) -> Findings:
    """Where fees are collected by themselves, none may bring a new fee or touch access."""
    makes_fee = any(act.kind in ("fee", "interest") for act in step.acts)
    if not makes_fee and not step.touches_access:
        return
    for currency, net in sorted(_all_fees(case)):
        exactly = Span(thousandths(net), thousandths(net))
        boxes = [case.boxes[one.code] for one in case.policy.path_to(step.code)]
        whole = [meet(box, box._replace(owed=exactly, currency=currency)) for box in boxes if box is not None]
        if any(box is None or case.point(box) is None for box in whole) or not whole:
            continue
        example = case.from_any(step, whole[-1])
        code = "dunning.check.fee-on-fee" if makes_fee else "dunning.check.fee-for-access"
        story = case.says("fees-alone", "collect")
        if example is not None:
            example.now(example.seen._replace(owed=net, debtor_owed=max(net, example.seen.debtor_owed)))
            point = case.point(whole[-1])
            example.skip_to_late(point.days_late)
            example.enter(example.walk(until=example.today + timedelta(days=366), is_fee=True))
            story = example.story
        yield Finding(code, step.code, story)
        return


def _all_fees(case: Case) -> set[tuple[str, Decimal]]:
    return {fee for step in case.policy.steps for act in step.acts for fee in act.net.items()}
