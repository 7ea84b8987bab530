"""What to do first about a debtor that is called: one action, the one that gets the money or clears its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

NextAction = Literal[
    "mend-address",
    "settle-dispute",
    "ask-about-promise",
    "let-promise-run",
    "wait-for-money",
    "ask-for-payment",
    "try-again",
    "find-another-contact",
    "say-access-stops",
]

_TRIES = 3
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What is known before the telephone is lifted. ``tries``: calls in a row that reached nobody.

    ``access_stops_on``: the day on which access stops if nothing arrives, None: on none.
    """

    today: date
    notice_failed: bool = False
    has_dispute: bool = False
    promise_until: date | None = None
    promise_broken: bool = False
    money_in_flight: bool = False
    tries: int = 0
    wrong_number: bool = False
    access_stops_on: date | None = None


def next_action(facts: CallFacts) -> NextAction:
    """The one thing to do now; total, and the first that holds wins: what keeps a ladder waiting before what pushes it.

    >>> next_action(CallFacts(today=date(2026, 5, 12), promise_broken=True))
    'ask-about-promise'
    """
    if facts.notice_failed:
        return "mend-address"
    if facts.has_dispute:
        return "settle-dispute"
    if facts.money_in_flight:
        return "wait-for-money"
    if facts.promise_until is not None and facts.promise_until >= facts.today:
        return "let-promise-run"
    if facts.wrong_number or facts.tries >= _TRIES:
        return "find-another-contact"
    return _push(facts)


def _push(facts: CallFacts) -> NextAction:
    if facts.promise_broken:
        return "ask-about-promise"
    if facts.access_stops_on is not None and facts.access_stops_on - facts.today <= _SOON:
        return "say-access-stops"
    return "try-again" if facts.tries else "ask-for-payment"
