"""Differences in, reasons out: one code for an event, shares by arithmetic where only figures moved."""

from __future__ import annotations

from collections.abc import Callable

from saldo.core.money import ZERO
from saldo.explain.rules.bill import Bill
from saldo.explain.rules.compare import Difference, Rule, compare
from saldo.explain.rules.events import (
    tell_correction,
    tell_credit,
    tell_fee,
    tell_metered_plan,
    tell_plan_change,
    tell_presence,
    tell_tax,
    tell_term_change,
    tell_upfront,
)
from saldo.explain.rules.explanation import CODES, Explanation, Reason
from saldo.explain.rules.price_side import for_customer
from saldo.explain.rules.seats import tell_seats
from saldo.explain.rules.settling import Settled
from saldo.explain.rules.usage import tell_usage

_TELLERS: dict[Rule, Callable[[Difference, str], Settled]] = {
    "tax": tell_tax,
    "partner-fee": tell_fee,
    "correction": tell_correction,
    "credit": tell_credit,
    "plan": tell_plan_change,
    "term": tell_term_change,
    "upfront": tell_upfront,
    "presence": tell_presence,
    "metered-plan": tell_metered_plan,
    "usage": tell_usage,
    "seats": tell_seats,
}


def explain(*, before: Bill, after: Bill) -> Explanation:
    """Why a bill differs from an earlier one of the same customer, currency and side.

    The amounts of all reasons plus what is unexplained are the change, to the minor unit, always. The largest reason
    comes first. Refuses (ValueError) bills of different customers, currencies or sides.
    """
    if (before.customer, before.currency, before.side) != (after.customer, after.currency, after.side):
        raise ValueError("bills of one customer, currency and side are compared, no others")
    reasons: list[Reason] = []
    unexplained = ZERO
    for difference in compare(before=before, after=after):
        settled = _TELLERS[difference.rule](difference, after.currency)
        reasons += settled.reasons
        unexplained += settled.unexplained
    found = Explanation(
        customer=after.customer,
        currency=after.currency,
        side=after.side,
        before_period=before.period,
        after_period=after.period,
        before=before.net,
        after=after.net,
        reasons=tuple(sorted(reasons, key=_weight)),
        unexplained=unexplained,
    )
    return for_customer(found) if after.side == "price" else found


def _weight(reason: Reason) -> tuple[object, ...]:
    """The largest first; among equals the public order of codes, then the key."""
    return (-abs(reason.amount), CODES.index(reason.code), reason.key)
