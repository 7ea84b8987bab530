"""Promises to pay: what may be taken as one, and what has become of it. A promise breaks by itself (practice 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from saldo.core.problems import Refused
from saldo.dunning.rules.policy import Policy

PromiseState = Literal["open", "kept", "broken", "withdrawn"]


class UnableToPromise(Refused):
    """A promise that is not taken, or not taken back, as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPromise:
    """What a debtor says that it will pay, by when; ``owed`` is what may be asked of it for these items today.

    ``taken_before``: how many promises cover the item of them that had most.
    """

    promised: Decimal
    until: date
    owed: Decimal
    taken_before: int


def check_promise(new: NewPromise, *, policy: Policy | None, today: date) -> None:
    """See that a promise may be taken; without a policy only the amounts and the day are looked at.

    Refuses (UnableToPromise): dunning.promise.no-amount, .more-than-owed, .until-past, .too-late (with the last day
    that the policy allows), .too-many.
    """
    if new.promised <= 0:
        raise UnableToPromise(code="dunning.promise.no-amount")
    if new.promised > new.owed:
        raise UnableToPromise(code="dunning.promise.more-than-owed", facts={"owed": f"{new.owed:f}"})
    if new.until < today:
        raise UnableToPromise(code="dunning.promise.until-past", facts={"until": new.until.isoformat()})
    if policy is None:
        return
    last = today + timedelta(days=policy.promise_days)
    if new.until > last:
        facts = {"days": policy.promise_days, "last": last.isoformat()}
        raise UnableToPromise(code="dunning.promise.too-late", facts=facts)
    if new.taken_before >= policy.promises_per_item:
        raise UnableToPromise(code="dunning.promise.too-many", facts={"count": policy.promises_per_item})


def state_of(*, promised: Decimal, received: Decimal, until: date, today: date) -> PromiseState:
    """What an open promise is on the debtor's own day: kept once enough came in, broken the day after its last day."""
    if received >= promised:
        return "kept"
    return "broken" if today > until else "open"
