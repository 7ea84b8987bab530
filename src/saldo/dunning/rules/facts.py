"""What is known of one open item on one day, and where it stands: all that `ladder.decide` may look at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from saldo.dunning.rules.policy import CLEAR

_ZERO = Decimal(0)


class Facts(NamedTuple):
    """One open item. Amounts in its own currency, none below zero; ``credit``, ``pending`` and ``promised`` are the
    parts of the debtor's credits, payments in flight and promises that fall on this item, oldest item first.

    ``unallocated_since``: the day of the newest money or credit without an invoice, each of which wants its triage.
    ``held_until``: last day of the longest hold on item or debtor; ``date.max`` is without end. ``insolvent``: a
    restructuring mark covers this debt. ``protected``: a mark that no Global admin has signed away for this debtor.
    ``debtor_owed`` and ``items``: what the debtor's late items in this currency come to, promises not taken off, and
    their number; ``more_late_on``: the next day on which there will be one more, if nothing arrives.
    ``may_touch_access``: agreed terms or an acknowledged policy version allow it (practice 19 a).
    """

    due_on: date
    currency: str
    open: Decimal
    credit: Decimal = _ZERO
    withheld: Decimal = _ZERO
    disputed: Decimal = _ZERO
    pending: Decimal = _ZERO
    promised: Decimal = _ZERO
    promise_until: date | None = None
    debtor_owed: Decimal = _ZERO
    items: int = 1
    more_late_on: date | None = None
    segment: str = ""
    is_fee: bool = False
    held_until: date | None = None
    hold_reason: str = ""
    unallocated_since: date | None = None
    insolvent: bool = False
    protected: bool = False
    may_touch_access: bool = True
    bank_is_old: bool = False
    policy_changed: bool = False
    reopened_on: date | None = None


class Standing(NamedTuple):
    """Where an item stands in its ladder. ``proved_on``: when the proof that the step asks for came; None: not yet.

    ``left``: the steepest step it had before it became clear, for the day on which a payment is returned.
    """

    step: str = CLEAR
    since: date | None = None
    proved_on: date | None = None
    notice_failed: bool = False
    left: str = ""


BEGINNING = Standing()
