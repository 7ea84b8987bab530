"""Whether the conditions of a step hold, and from which day they can hold if nothing but time passes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from saldo.dunning.rules.policy import FACTS, LOOKS_AT_OTHERS, Comparison, Condition, FactName, Step

COMPARE: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
NEVER_TOO_LATE = 1 << 30
NEVER_TOO_EARLY = -NEVER_TOO_LATE


class Seen(NamedTuple):
    """The facts that conditions may name, on one day."""

    days_late: int
    owed: Decimal
    debtor_owed: Decimal
    items: int
    segment: str
    currency: str


PLACE: Mapping[FactName, int] = {name: place for place, name in enumerate(FACTS)}
"""Where in `Seen` each fact stands; both are written in the same order."""


def holds(condition: Condition, seen: Seen) -> bool:
    """Whether one condition is true of what is seen."""
    return COMPARE[condition.comparison](seen[PLACE[condition.fact]], condition.constant)


def all_hold(step: Step, seen: Seen) -> bool:
    """Whether every condition of a step is true; a step without conditions always may be entered."""
    return all(holds(condition, seen) for condition in step.when)


def is_meant_for(step: Step, *, segment: str, currency: str) -> bool:
    """Whether a step can ever concern an item of this segment and currency: neither changes while it is collected."""
    for condition in step.when:
        if condition.fact == "segment" and not COMPARE[condition.comparison](segment, condition.constant):
            return False
        if condition.fact == "currency" and not COMPARE[condition.comparison](currency, condition.constant):
            return False
    return True


def looks_at_others(step: Step) -> bool:
    """Whether a step asks for the debtor's other items, which become late on days of their own."""
    return any(condition.fact in LOOKS_AT_OTHERS for condition in step.when)


def days_between(step: Step) -> tuple[int, int]:
    """The first and the last number of days late at which a step may be entered; first > last: never."""
    first, last = NEVER_TOO_EARLY, NEVER_TOO_LATE
    for condition in step.when:
        if condition.fact != "days-late":
            continue
        days = int(condition.constant)
        if condition.comparison in (">=", ">", "="):
            first = max(first, days + (condition.comparison == ">"))
        if condition.comparison in ("<=", "<", "="):
            last = min(last, days - (condition.comparison == "<"))
    return first, last


def first_day_possible(step: Step, seen: Seen, *, due_on: date, today: date) -> date | None:
    """The first day after today on which a step's conditions hold if only time passes; None: only an event helps."""
    for condition in step.when:
        if condition.fact != "days-late" and not holds(condition, seen):
            return None
    first, last = days_between(step)
    late = max(first, (today - due_on).days + 1)  # also where no day is too early
    return due_on + timedelta(days=late) if late <= last else None
