"""Replaying a debtor's book under a policy: the days on which anything changed, with step, reason and acts.

It looks only on days on which something arrives or a decision said it can change, which equals looking every day (a
law of the ladder). It supposes what a person reading a forecast does: every notice is proved on the day it leaves
unless the events say that it came back, and whoever must release a step does so on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from saldo.core.workdays import Closed
from saldo.dunning.rules.book import Book
from saldo.dunning.rules.calendar import earliest_after_notice
from saldo.dunning.rules.events import Event, apply
from saldo.dunning.rules.facts import BEGINNING, Standing
from saldo.dunning.rules.ladder import Decision, decide, moved
from saldo.dunning.rules.policy import CLEAR, Policy, Step

_PAID = "paid"
_NOTHING = "nothing-open"
_CAME_BACK = "notice-failed"
_ONLY_WAITS = frozenset({"days-late", "notice-period", "not-due", "not-yet", "last-step"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDay:
    """Where one item stands on a day, because of what; ``entered`` is the step that began on it.

    Amounts in ``facts`` are in ``currency``.
    """

    invoice: str
    step: str
    because: str
    facts: Mapping[str, Any]
    currency: str = ""
    entered: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookDay:
    """One day on which anything changed: the steepest step of any item, why, and every item of that day."""

    on: date
    step: str
    because: str
    facts: Mapping[str, Any]
    items: tuple[ItemDay, ...]

    @property
    def entered(self) -> tuple[ItemDay, ...]:
        """The items on which a step began."""
        return tuple(item for item in self.items if item.entered is not None)


@dataclass(slots=True, kw_only=True)
class Replay:
    """A book on its way through time: where its items stand, and when each is to be looked at again."""

    policy: Policy
    closed: Closed
    book: Book = field(default_factory=Book)
    standings: dict[str, Standing] = field(default_factory=dict)
    shown: dict[str, ItemDay] = field(default_factory=dict)
    again: dict[str, date] = field(default_factory=dict)

    def look(self, today: date, *, everything: bool) -> list[ItemDay]:
        """Decide the open items that may have changed, or all of them, and carry the decisions out."""
        facts = self.book.facts_on(today)
        for key in self.standings.keys() - facts.keys():
            self._clear_paid(key, today)
        seen = []
        for key, known in facts.items():
            if not everything and self.again.get(key, date.max) > today:
                continue
            standing = self.standings.get(key, BEGINNING)
            decision = decide(self.policy, known, standing, today=today, closed=self.closed)
            self._carry_out(key, decision, standing, today)
            seen.append(_as_item_day(key, known.currency, decision))
        return seen

    def tell(self, event: Event) -> None:
        """What arrives, before anything is looked at."""
        apply(self.book, event)
        if event.type == "release":
            self._mend_notices(event)

    def next_day(self, after: date) -> date | None:
        """The next day on which a decision can change if nothing arrives."""
        return min((day for day in self.again.values() if day > after), default=None)

    def fail_notices(self, event: Event) -> None:
        """A notice came back: its items wait, those of one invoice or all that stand on a step that writes."""
        for key, standing in self.standings.items():
            step = self.policy.step_by_code.get(standing.step)
            if step is not None and step.tells and event.invoice in ("", key):
                self.standings[key] = standing._replace(notice_failed=True)
                self.again[key] = event.on

    def _mend_notices(self, event: Event) -> None:
        """A person told the debtor in another way: what had come back counts as proved from that day."""
        for key, standing in self.standings.items():
            if standing.notice_failed and event.invoice in ("", key):
                self.standings[key] = standing._replace(notice_failed=False, proved_on=event.on)

    def _carry_out(self, key: str, decision: Decision, standing: Standing, today: date) -> None:
        self.standings[key], again = carried_out(decision, standing, today=today, closed=self.closed)
        if again is None:
            self.again.pop(key, None)
        else:
            self.again[key] = again

    def _clear_paid(self, key: str, today: date) -> None:
        standing = self.standings[key]
        self.again.pop(key, None)
        if standing.step != CLEAR:
            self.standings[key] = Standing(since=today, left=standing.step)


def carried_out(decision: Decision, standing: Standing, *, today: date, closed: Closed) -> tuple[Standing, date | None]:
    """Where an item stands after a decision whose notice is proved on the same day, and when to look again."""
    after = moved(decision, standing, today=today)
    if decision.enters is None:
        return after, decision.look_again_on
    return after._replace(proved_on=today), earliest_after_notice(
        decision.enters.notice, proved_on=today, closed=closed
    )


def replay(
    policy: Policy,
    events: Iterable[Event],
    *,
    until: date,
    closed: Closed,
    book: Book | None = None,
    standings: Mapping[str, Standing] | None = None,
    since: date | None = None,
) -> Iterator[BookDay]:
    """Every day up to and including ``until`` on which anything changed, in order.

    Begins with an empty book, or from ``since`` with the book and standings given (a forecast). Refuses
    (UnableToReplay) what `events.apply` refuses.
    """
    running = Replay(policy=policy, closed=closed, book=book or Book(), standings=dict(standings or {}))
    by_day = _by_day(events)
    day = min([*by_day, *([since] if since else [])], default=None)
    while day is not None and day <= until:
        found = look_on(running, day, by_day.pop(day, ()), everything=day == since)
        if found is not None:
            yield found
        day = min((one for one in (running.next_day(day), min(by_day, default=None)) if one), default=None)


def look_on(running: Replay, day: date, arrived: Sequence[Event], *, everything: bool) -> BookDay | None:
    """One day: what arrives is told first, then looked at; None when nothing arrived and nothing changed.

    A notice that comes back on the day it left comes back after it. When anything changed, every item is shown as
    it stands on that day.
    """
    for event in arrived:
        running.tell(event)
    seen = running.look(day, everything=everything or bool(arrived))
    came_back = [event for event in arrived if event.type == "notice-failed"]
    for event in came_back:
        running.fail_notices(event)
    if not arrived and not _changed(running, seen):
        return None
    return _as_book_day(running, day, _with_the_rest(seen, running.look(day, everything=True)))


def _changed(running: Replay, seen: Sequence[ItemDay]) -> bool:
    return any(item.entered or _state(running.shown.get(item.invoice)) != _state(item) for item in seen)


def _with_the_rest(seen: Sequence[ItemDay], again: Sequence[ItemDay]) -> Iterator[ItemDay]:
    """All items: those looked at as they were then, unless their notice came back on the same day, then the rest."""
    first = {item.invoice: item for item in seen}
    for item in again:
        was = first.get(item.invoice, item)
        yield replace(item, entered=was.entered) if item.because == _CAME_BACK else was


def _as_book_day(running: Replay, day: date, seen: Iterable[ItemDay]) -> BookDay:
    """All items that are open, and those that were until today, the steepest first."""
    today = {item.invoice: item for item in seen}
    gone = [item for key, item in running.shown.items() if key not in today]
    running.shown = today
    paid = [ItemDay(invoice=item.invoice, step=CLEAR, because=_PAID, facts={}, currency=item.currency) for item in gone]
    depth = running.policy.depth
    told = sorted(
        [*today.values(), *paid], key=lambda item: (-depth.get(item.step, 0), item.because == _PAID, item.invoice)
    )
    if not told:
        return BookDay(on=day, step=CLEAR, because=_NOTHING, facts={}, items=())
    return BookDay(on=day, step=told[0].step, because=told[0].because, facts=told[0].facts, items=tuple(told))


def _state(item: ItemDay | None) -> tuple[str, str]:
    """What counts as a change: that it only waits for its time is one reason, whichever time it is."""
    if item is None:
        return "", "new"
    return item.step, "" if item.because in _ONLY_WAITS else item.because


def _as_item_day(key: str, currency: str, decision: Decision) -> ItemDay:
    return ItemDay(
        invoice=key,
        step=decision.step,
        because=decision.because,
        facts=decision.facts,
        currency=currency,
        entered=decision.enters,
    )


def _by_day(events: Iterable[Event]) -> dict[date, list[Event]]:
    found: dict[date, list[Event]] = {}
    for event in events:
        found.setdefault(event.on, []).append(event)
    return found
