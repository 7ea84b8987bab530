"""How long who may keep a debtor from being chased, and how often (practice 23)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from saldo.core.problems import Refused
from saldo.core.workdays import Closed, plus_workdays
from saldo.parties.rules.roles import Role

SHORT_WORKDAYS = 5
_WITHOUT_LIMIT = frozenset({Role.GLOBAL_ADMIN, Role.BILLING_ADMIN})


class UnableToHold(Refused):
    """A hold that is not placed, or not ended, as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAllowance:
    """What holds somebody may place. ``workdays``: the longest, None is as long as wanted, or without an end.

    ``is_once``: an item that was held before is not held by them again.
    """

    workdays: int | None = None
    is_once: bool = False


def allowance_of(roles: Collection[Role]) -> HoldAllowance:
    """Billing admin and Global admin hold as long as they want; everybody else 5 working days, once an item."""
    if _WITHOUT_LIMIT & frozenset(roles):
        return HoldAllowance()
    return HoldAllowance(workdays=SHORT_WORKDAYS, is_once=True)


def last_day_of(allowance: HoldAllowance, *, today: date, closed: Closed) -> date | None:
    """The last day that a hold placed today may have; None: any day, or none."""
    return None if allowance.workdays is None else plus_workdays(today, allowance.workdays, closed=closed)


def check_hold(
    allowance: HoldAllowance, *, reason: str, until: date | None, today: date, closed: Closed, was_held: bool
) -> None:
    """See that a hold may be placed. ``was_held``: an item it would keep back was held before.

    Refuses (UnableToHold): dunning.hold.reason-missing, .until-past, .too-long (with the last day that is allowed),
    .held-before.
    """
    if not reason.strip():
        raise UnableToHold(code="dunning.hold.reason-missing")
    if until is not None and until < today:
        raise UnableToHold(code="dunning.hold.until-past", facts={"until": until.isoformat()})
    last = last_day_of(allowance, today=today, closed=closed)
    if last is not None and (until is None or until > last):
        facts = {"workdays": allowance.workdays, "last": last.isoformat()}
        raise UnableToHold(code="dunning.hold.too-long", facts=facts)
    if allowance.is_once and was_held:
        raise UnableToHold(code="dunning.hold.held-before")
