"""A policy over history: which steps it would have taken, for how many, and what it would have brought.

By events, not days: an item is looked at when it is issued, when a decision said that it can change, and not any more
once it was settled. What the items really did is not changed by letters that nobody sent; what a letter would have
brought is said under an assumption, `Assumption`. Disputed items are kept back whole, from first day to last, since
history does not say when a dispute began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from saldo.core.workdays import Closed
from saldo.dunning.rules.book import Book
from saldo.dunning.rules.conditions import NEVER_TOO_EARLY, days_between
from saldo.dunning.rules.events import Event
from saldo.dunning.rules.facts import BEGINNING, Facts
from saldo.dunning.rules.ladder import decide
from saldo.dunning.rules.policy import CLEAR, Policy, Step
from saldo.dunning.rules.receivable import Receivable
from saldo.dunning.rules.simulation import Replay, carried_out
from saldo.dunning.rules.tally import Assumption, Tally, sooner, usual_delay

_DAY = timedelta(days=1)
_ZERO = Decimal(0)
PAID_SOON = timedelta(days=7)


class Entered(NamedTuple):
    """A step that one item would have entered on a day."""

    on: date
    step: Step
    item: Receivable


def backtest(
    policy: Policy, receivables: Iterable[Receivable], *, closed: Closed, until: date, assumption: Assumption
) -> Tally:
    """What a policy would have done to these items up to and including ``until``; tallies of parts add up."""
    tally = Tally()
    by_customer: dict[str, list[Receivable]] = defaultdict(list)
    for one in receivables:
        by_customer[one.customer].append(one)
    for items in by_customer.values():
        _count(tally, list(climbs(policy, items, closed=closed, until=until)), items, until, assumption)
    return tally


def count_climbs(entered: list[Entered], items: Sequence[Receivable], *, until: date, assumption: Assumption) -> Tally:
    """The tally of one customer whose steps were climbed already."""
    tally = Tally()
    _count(tally, entered, items, until, assumption)
    return tally


def climbs(policy: Policy, items: Sequence[Receivable], *, closed: Closed, until: date) -> Iterator[Entered]:
    """Each step that each of one customer's items would have entered, in the order of the days of each item.

    Items are independent of each other unless a step of the policy asks for the debtor's other items.
    """
    if policy.looks_at_others:
        yield from _together(policy, items, closed, until)
        return
    waits = _days_without_a_step(policy)
    for item in items:
        yield from _alone(policy, item, waits, closed, until)


def _days_without_a_step(policy: Policy) -> Mapping[str, timedelta | None]:
    """From each place, how late an item must be before any step that follows can begin; None: none can, or any day."""
    first = {
        code: min((days_between(step)[0] for step in steps), default=NEVER_TOO_EARLY)
        for code, steps in policy.following.items()
    }
    return {code: timedelta(days=days) if days != NEVER_TOO_EARLY else None for code, days in first.items()}


def _not_before(day: date, item: Receivable, wait: timedelta | None) -> date:
    return day if wait is None else max(day, item.due_on + wait)


def _alone(
    policy: Policy, item: Receivable, waits: Mapping[str, timedelta | None], closed: Closed, until: date
) -> Iterator[Entered]:
    """One item, looked at only on days on which a step can begin: nothing else of it is counted."""
    begins = _not_before(item.issued_on, item, waits[CLEAR])
    last = until if item.settled_on is None else min(until, item.settled_on - _DAY)
    if begins > last:
        return
    disputed = item.value if item.is_disputed else _ZERO
    facts = Facts(due_on=item.due_on, currency=item.currency, open=item.value, disputed=disputed)
    standing = BEGINNING
    day: date | None = begins
    while day is not None and day <= last:
        decision = decide(policy, facts, standing, today=day, closed=closed)
        standing, again = carried_out(decision, standing, today=day, closed=closed)
        if decision.enters is not None:
            yield Entered(day, decision.enters, item)
        day = None if again is None else _not_before(again, item, waits[standing.step])


def _together(policy: Policy, items: Sequence[Receivable], closed: Closed, until: date) -> Iterator[Entered]:
    """All items of a customer in one book: what one of them is decided on depends on the others."""
    by_key = {str(place): item for place, item in enumerate(items)}
    arriving: dict[date, list[Event]] = defaultdict(list)
    for key, item in by_key.items():
        for event in _events_of(key, item):
            arriving[event.on].append(event)
    running = Replay(policy=policy, closed=closed, book=Book())
    day = min(arriving, default=None)
    while day is not None and day <= until:
        arrived = arriving.pop(day, ())
        for event in arrived:
            running.tell(event)
        for seen in running.look(day, everything=bool(arrived)):
            if seen.entered is not None:
                yield Entered(day, seen.entered, by_key[seen.invoice])
        day = min((one for one in (running.next_day(day), min(arriving, default=None)) if one), default=None)


def _events_of(key: str, item: Receivable) -> Iterator[Event]:
    """An item's life as events; one that was settled before it was issued never lived."""
    if item.settled_on is not None and item.settled_on <= item.issued_on:
        return
    yield Event(on=item.issued_on, type="invoice", id=key, value=item.value, currency=item.currency, due=item.due_on)
    if item.is_disputed:
        yield Event(on=item.issued_on, type="dispute", invoice=key)
    if item.settled_on is not None:
        yield Event(on=item.settled_on, type="payment", id=key, value=item.value, currency=item.currency, invoice=key)


def _count(
    tally: Tally, entered: list[Entered], items: Sequence[Receivable], until: date, assumption: Assumption
) -> None:
    """Add one customer: by notice what people and letters do, by item what was proposed and what it would bring."""
    notices = {(one.on, one.step.code, one.item.currency): one.step for one in entered}
    for step in notices.values():
        tally.add_notice(step)
    late_notices: dict[Receivable, list[date]] = defaultdict(list)
    for one in entered:
        tally.invoices[one.step.code] += 1
        settled = one.item.settled_on
        if any(act.kind == "propose-suspension" for act in one.step.acts):
            tally.suspensions += 1
            tally.suspensions_paid_soon += settled is not None and settled <= one.on + PAID_SOON
        if one.step.tells and one.on > one.item.due_on:
            late_notices[one.item].append(one.on)
    tally.customers += 1
    tally.touched += bool(entered)
    habit = usual_delay(items, assumption)
    for item, days in late_notices.items():
        sooner(tally.assumed, item, days, until=until, assumption=assumption, answer_days=assumption.answer_days)
        sooner(tally.by_habit, item, days, until=until, assumption=assumption, answer_days=habit)
