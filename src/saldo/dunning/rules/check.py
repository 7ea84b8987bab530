"""Proves a policy sound or refutes it: everything by which it could hurt a customer, each with an example.

Decides every policy, because a policy sees the facts only through its conditions: each step is open to one box of
facts, and all that is asked here is asked of whole boxes, exactly, not of samples. What is proved, and why it is all
there is, stands in docs/algorithms/policy-check.md.
"""

from __future__ import annotations

from datetime import date

from saldo.dunning.rules.check_access import access
from saldo.dunning.rules.check_acts import acts
from saldo.dunning.rules.check_money import money
from saldo.dunning.rules.check_payment import clearing, payment
from saldo.dunning.rules.check_settings import settings
from saldo.dunning.rules.check_shape import broken, ladder
from saldo.dunning.rules.finding import Case, Finding
from saldo.dunning.rules.policy import Policy

_PARTS = (ladder, payment, clearing, acts, access, money)


def check(policy: Policy, *, on: date, country: str = "") -> tuple[Finding, ...]:
    """Everything that is wrong with a policy on a day, by step in the order written; nothing: it is proved sound.

    ``country``: the company's, whose law holds where the policy names no jurisdiction.
    """
    case = Case(policy, on, country)
    found = list(broken(case))
    if not found:
        found = [finding for part in _PARTS for finding in part(case)]
    found += settings(case)
    places = {step.code: place for place, step in reversed(list(enumerate(policy.steps)))}
    return tuple(sorted(found, key=lambda one: (places.get(one.step, -1), one.code)))
