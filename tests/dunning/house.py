"""A policy carried out day by day as the round does it, every item every day: what the clever ways are held to.

Nothing here knows of `look_again_on`, of replay or of forecast. After every day the checkers look at everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from saldo.core.workdays import Closed
from saldo.dunning.rules.book import Book
from saldo.dunning.rules.calendar import earliest_after_notice
from saldo.dunning.rules.events import Event, apply
from saldo.dunning.rules.facts import BEGINNING, Facts, Standing
from saldo.dunning.rules.ladder import Decision, decide, moved, owed_on
from saldo.dunning.rules.policy import CLEAR, Policy, Step

DAY = timedelta(days=1)


class Begun(NamedTuple):
    """A step that began on an item, with what was asked for."""

    on: date
    invoice: str
    step: Step
    owed: Decimal


@dataclass
class House:
    """One debtor's book, collected under a policy; ``proves``: notices are proved on the day they leave."""

    policy: Policy
    closed: Closed
    book: Book = field(default_factory=Book)
    standings: dict[str, Standing] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    begun: list[Begun] = field(default_factory=list)
    cleared_on: dict[str, date] = field(default_factory=dict)
    decided: int = 0
    proves: bool = True

    def arrive(self, event: Event) -> None:
        apply(self.book, event)
        if event.type == "release":
            for key, standing in self.standings.items():
                if standing.notice_failed and event.invoice in ("", key):
                    self.standings[key] = standing._replace(notice_failed=False, proved_on=event.on)

    def bounce(self, event: Event) -> None:
        for key, standing in self.standings.items():
            step = self.policy.step_by_code.get(standing.step)
            if step is not None and step.tells and event.invoice in ("", key):
                self.standings[key] = standing._replace(notice_failed=True)

    def look(self, today: date) -> list[Begun]:
        """Decide everything that is open and carry it out; then check everything."""
        facts = self.book.facts_on(today)
        for key in set(self.standings) - set(facts):
            if self.standings[key].step != CLEAR:
                self.standings[key] = Standing(since=today, left=self.standings[key].step)
            self.decisions.pop(key, None)
            self.cleared_on[key] = today
        today_begun = []
        for key, known in facts.items():
            before = self.standings.get(key, BEGINNING)
            decision = decide(self.policy, known, before, today=today, closed=self.closed)
            self.decided += 1
            self.decisions[key] = decision
            after = moved(decision, before, today=today)
            if decision.enters is not None:
                begun = Begun(today, key, decision.enters, owed_on(known, today))
                self._check_begun(begun, known, before)
                self.begun.append(begun)
                today_begun.append(begun)
                after = after._replace(proved_on=today) if self.proves else after
            if after.step == CLEAR:
                self.cleared_on[key] = today
            self.standings[key] = after
        self.check(today)
        return today_begun

    def live(self, events: Iterable[Event], *, until: date) -> None:
        """Every day from the first event on."""
        by_day: dict[date, list[Event]] = {}
        for event in events:
            by_day.setdefault(event.on, []).append(event)
        day = min(by_day)
        while day <= until:
            self.one_day(day, by_day.get(day, ()))
            day += DAY

    def one_day(self, day: date, arrived: Iterable[Event]) -> list[Begun]:
        for event in arrived:
            self.arrive(event)
        begun = self.look(day)
        for event in arrived:
            if event.type == "notice-failed":
                self.bounce(event)
        return begun

    def _check_begun(self, begun: Begun, facts: Facts, before: Standing) -> None:
        """No step skipped, its notice period over, nobody chased who paid, disputes, promised or was never told."""
        came_from = before.step
        if self.decisions[begun.invoice].because == "notice-too-old":  # told so long ago that it is told again
            assert begun.step.tells, begun
            assert begun.step.code in self._path_of(came_from), begun
            came_from = begun.step.before
        if came_from not in begun.step.follows:  # only after a return: then where it goes on has been told before
            assert facts.reopened_on is not None, begun
            assert before.left, begun
            came_from = next(code for code in begun.step.follows if code in self._path_of(before.left))
        assert not before.notice_failed, begun
        last = self.last_begun(begun.invoice)
        if last is not None and before.step != CLEAR:
            told_on = last.on if last.step.code == before.step else before.since  # taken up again after a return
            notice = self.policy.step_by_code[before.step].notice
            assert begun.on >= earliest_after_notice(notice, proved_on=told_on, closed=self.closed), (begun, last)
        if last is not None:
            assert begun.on > last.on, (begun, last)
        floor = self.policy.floor_of(facts.currency)
        assert floor < begun.owed <= facts.open, begun
        assert facts.open - facts.credit - facts.withheld - facts.disputed - facts.pending > floor, begun
        assert facts.held_until is None or begun.on > facts.held_until, begun
        assert not facts.insolvent, begun
        if begun.step.touches_access:
            self._check_was_told(begun)

    def _check_was_told(self, begun: Begun) -> None:
        """Access is touched only when a letter named it, since it was last clear, and a person lets it happen."""
        since = self.cleared_on.get(begun.invoice, date.min)
        told = [one for one in self.begun if one.invoice == begun.invoice and one.step.names_access]
        assert any(one.on >= since for one in told), begun
        assert begun.step.release == "person", begun

    def _path_of(self, code: str) -> list[str]:
        return [CLEAR, *(step.code for step in self.policy.path_to(code))]

    def last_begun(self, invoice: str) -> Begun | None:
        return next((one for one in reversed(self.begun) if one.invoice == invoice), None)

    def check(self, today: date) -> None:
        """Owed is never above open nor below nothing; what is paid is clear; nothing stands on an unknown step."""
        for key, facts in self.book.facts_on(today).items():
            assert 0 <= owed_on(facts, today) <= facts.open, (key, facts)
            assert facts.open <= self.book.items[key].original, (key, facts)
        for key, item in self.book.items.items():
            standing = self.standings.get(key, BEGINNING)
            assert item.open > 0 or standing.step == CLEAR, (key, standing)
            assert standing.step == CLEAR or standing.step in self.policy.step_by_code, standing
        for money in (*self.book.credits, *self.book.in_flight, *self.book.promises):
            assert money.left >= 0, money
