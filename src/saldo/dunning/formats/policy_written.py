"""The one canonical text of a policy: equal policies give equal text, and reading it gives the policy back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

from saldo.core.money import amount_text
from saldo.dunning.formats.policy_values import LANGUAGES, WEEKDAYS
from saldo.dunning.rules.policy import Act, Condition, Hours, NoticePeriod, Policy, Step


def policy_text(policy: Policy) -> str:
    """The text of a policy without its version, which is no part of what it says."""
    return "\n".join([*_head(policy), "steps:", *(line for step in policy.steps for line in _step(step))]) + "\n"


def _head(policy: Policy) -> Iterator[str]:
    yield f"policy: {policy.code}"
    named = [(language, policy.names[language]) for language in LANGUAGES if language in policy.names]
    yield f"names: {{{', '.join(f'{language}: {_quoted(name)}' for language, name in named)}}}"
    yield f"jurisdiction: {_quoted(policy.jurisdiction)}"
    yield f"floor: {_amounts(policy.floor)}"
    yield f"bank-data-hours: {policy.bank_hours}"
    yield f"triage-days: {policy.triage_days}"
    yield f"notice-holds-days: {policy.notice_holds_days}"
    yield f"promise: {{longest-days: {policy.promise_days}, per-item: {policy.promises_per_item}}}"
    yield f"fees-alone: {'collect' if policy.fees_alone else 'leave'}"
    yield f"sending: {_hours(policy.sending)}"
    yield f"access: {_hours(policy.access)}"


def _step(step: Step) -> Iterator[str]:
    yield f"  - step: {step.code}"
    several = f"[{', '.join(step.follows)}]"
    yield f"    follows: {step.before if len(step.follows) == 1 else several}"
    yield f"    when: [{', '.join(_quoted(_condition(one)) for one in step.when)}]"
    yield "    do:" if step.acts else "    do: []"
    yield from (f"      - {_act(act)}" for act in step.acts)
    yield f"    proof: {step.proof}"
    yield f"    notice: {_period(step.notice)}"
    yield f"    release: {step.release}"


def _act(act: Act) -> str:
    if act.letter is not None:
        return f"{act.kind}: {act.letter}"
    if act.kind == "fee":
        return f"fee: {_amounts(act.net)}"
    if act.kind == "interest":
        return f"interest: {_quoted(_shortest(act.yearly_percent or Decimal(0)))}"
    if act.kind == "propose-suspension":
        return f"propose-suspension: [{', '.join(act.classes)}]"
    return act.kind


def _condition(condition: Condition) -> str:
    constant = condition.constant
    written = _shortest(constant) if isinstance(constant, Decimal) else str(constant)
    return f"{condition.fact} {condition.comparison} {written}"


def _period(notice: NoticePeriod) -> str:
    return f"{notice.count} {'workdays' if notice.in_workdays else 'days'}"


def _hours(hours: Hours) -> str:
    days = ", ".join(WEEKDAYS[day] for day in hours.weekdays)
    return f'{{from: "{hours.opens:%H:%M}", until: "{hours.closes:%H:%M}", on: [{days}]}}'


def _amounts(amounts: Mapping[str, Decimal]) -> str:
    written = (f'{currency}: "{amount_text(amounts[currency], currency)}"' for currency in sorted(amounts))
    return f"{{{', '.join(written)}}}"


def _shortest(value: Decimal) -> str:
    """Without zeros at the end: 50 for 50.00."""
    return f"{value.normalize():f}"


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar; what JSON writes is one."""
    return json.dumps(text, ensure_ascii=False)
