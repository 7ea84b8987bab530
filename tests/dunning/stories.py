"""Stories of a debtor, told line by line in a docstring and played under a policy; every checker runs after every line.

    2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
    2026-03-05  expect   F-1 reminder because days-late
    2026-04-01  paid     12400.00 SEK  for F-1  as P-1
    2026-04-01  expect   F-1 clear because paid, letters 2

It is looked at on every day between the lines, and again after each of them. ``outage until DAY``: nobody looks before
that day. With a zone the round runs every hour, and a day begins at the debtor's own midnight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from saldo.core.workdays import Closed
from saldo.dunning.rules.events import Event, EventType
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.parties.calendars import calendar_of
from tests.dunning.house import DAY, Begun, House
from tests.dunning.policies import ready

LINE = re.compile(r"(?P<on>\d{4}-\d{2}-\d{2})\s+(?P<what>[a-z-]+)\s*(?P<rest>.*)")
MONEY = re.compile(r"(?P<value>\d+(\.\d+)?) (?P<currency>[A-Z]{3})")
EXPECTED = re.compile(r"(?P<invoice>\S+) (?P<step>[a-z-]+)( because (?P<because>[a-z-]+))?")
KINDS: dict[str, EventType] = {
    "invoice": "invoice",
    "paid": "payment",
    "credit": "credit",
    "written-off": "write-off",
    "returned": "chargeback",
    "pending": "payment-pending",
    "landed": "payment-settled",
    "failed": "payment-failed",
    "dispute": "dispute",
    "agreed": "dispute-closed",
    "promise": "promise",
    "hold": "hold",
    "release": "release",
    "bounced": "notice-failed",
}
FIRST_IS_INVOICE = frozenset({"dispute", "agreed", "bounced"})
FIRST_IS_ID = frozenset({"invoice", "returned", "landed", "failed"})


@dataclass
class Story:
    """One story being told."""

    house: House
    zone: str = ""
    outage_until: date = date.min
    begun_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def line(self, on: date, what: str, rest: str) -> None:
        """Tell one line, then look, as often as there are lines a day: several runs change nothing."""
        self.lines.append(f"{on} {what} {rest}")
        if what == "bounced":
            self.look(on)
            self.house.bounce(event_of(on, what, rest))
        elif what in KINDS:
            self.house.arrive(event_of(on, what, rest))
        else:
            self.others[what](self, on, rest)
        self.look(on)

    def look(self, today: date, *, at: datetime | None = None) -> list[Begun]:
        if today < self.outage_until:
            return []
        begun = self.house.look(today)
        for one in begun:
            self.begun_at[one.invoice, one.step.code] = at or datetime.combine(today, time(), UTC)
        return begun

    def expect(self, on: date, rest: str) -> None:
        self.look(on)
        for said in rest.split(", "):
            name, _, figure = said.partition(" ")
            if name in ("letters", "notices"):
                assert self.count(name) == int(figure), self._told()
            elif name == "began":
                assert self._began(figure), self._told()
            else:
                self._expect_standing(said)

    def count(self, name: str) -> int:
        """Letters: invoices in notices that write; notices: one a day, step and currency."""
        letters = [one for one in self.house.begun if one.step.tells]
        if name == "letters":
            return len(letters)
        currency = {key: item.currency for key, item in self.house.book.items.items()}
        return len({(one.on, one.step.code, currency[one.invoice]) for one in letters})

    def _began(self, said: str) -> bool:
        invoice, step, at = said.split(" ")
        return self.begun_at[invoice, step] == datetime.fromisoformat(at)

    def _expect_standing(self, said: str) -> None:
        expected = EXPECTED.fullmatch(said)
        assert expected is not None, said
        invoice, step = expected["invoice"], expected["step"]
        standing, decision = self.house.standings.get(invoice), self.house.decisions.get(invoice)
        assert (standing.step if standing else CLEAR) == step, self._told()
        if expected["because"] == "paid":
            assert not self.house.book.is_open(invoice), self._told()
        elif expected["because"]:
            begun = self.house.last_begun(invoice)
            is_new = begun is not None and begun.step.code == step and f"{begun.on}" == self.lines[-1].split(" ")[0]
            because = "days-late" if is_new else decision.because if decision else ""
            assert because == expected["because"], self._told()

    def _told(self) -> str:
        begun = [f"{one.on} {one.invoice} {one.step.code} {one.owed}" for one in self.house.begun]
        stands = {key: (one.step, one.because) for key, one in self.house.decisions.items()}
        return "\n".join([*self.lines, "begun:", *begun, f"{stands}"])

    def outage(self, on: date, rest: str) -> None:
        self.outage_until = date.fromisoformat(rest.removeprefix("until "))

    def restructuring(self, on: date, rest: str) -> None:
        self.house.book.insolvent_until = on

    def withholds(self, on: date, rest: str) -> None:
        invoice, value, _ = rest.split()
        self.house.book.items[invoice].withheld = Decimal(value)

    def protected(self, on: date, rest: str) -> None:
        self.house.book.protected = rest != "no"

    def bank(self, on: date, rest: str) -> None:
        self.house.book.bank_is_old = rest == "old"

    def reviewed(self, on: date, rest: str) -> None:
        self.house.book.policy_changed = rest == "no"

    others: ClassVar = {
        "expect": expect,
        "outage": outage,
        "restructuring": restructuring,
        "withholds": withholds,
        "protected": protected,
        "bank-data": bank,
        "reviewed": reviewed,
    }


def event_of(on: date, what: str, rest: str) -> Event:
    """A line as the event it tells."""
    words = rest.split()
    money = MONEY.search(rest)
    after = {word: words[at + 1] for at, word in enumerate(words[:-1]) if word in ("for", "as", "due", "until")}
    first = words[0] if words else ""
    due = after.get("due") or after.get("until")
    return Event(
        on=on,
        type=KINDS[what],
        id=first if what in FIRST_IS_ID else after.get("as", ""),
        value=Decimal(money["value"]) if money else None,
        currency=money["currency"] if money else "",
        due=date.fromisoformat(due) if due else None,
        invoice=first if what in FIRST_IS_INVOICE else after.get("for", ""),
    )


def play(
    told: Callable[..., object] | str, *, policy: Policy | None = None, country: str = "SE", zone: str = ""
) -> Story:
    """Play a story, the docstring of a test, from its first line to its last."""
    text = told if isinstance(told, str) else told.__doc__ or ""
    closed: Closed = calendar_of(country)
    story = Story(house=House(policy=policy or ready("standard"), closed=closed), zone=zone)
    lines = [found.group("on", "what", "rest") for found in map(LINE.match, map(str.strip, text.splitlines())) if found]
    assert lines, "a story without a line"
    first, last = date.fromisoformat(lines[0][0]), date.fromisoformat(lines[-1][0])
    for today, at in _hours(first, last, zone) if zone else _days(first, last):
        while lines and date.fromisoformat(lines[0][0]) <= today:
            on, what, rest = lines.pop(0)
            if what == "expect":
                story.look(today, at=at)
            story.line(date.fromisoformat(on), what, rest.strip())
        story.look(today, at=at)
    assert not lines, lines
    return story


def _days(first: date, last: date) -> Iterator[tuple[date, datetime]]:
    for count in range((last - first).days + 1):
        yield first + count * DAY, datetime.combine(first + count * DAY, time(), UTC)


def _hours(first: date, last: date, zone: str) -> Iterator[tuple[date, datetime]]:
    """Each hour of a round that runs all day, with the debtor's own day."""
    now = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC).replace(minute=0)
    while (today := now.astimezone(ZoneInfo(zone)).date()) <= last:
        yield today, now
        now += timedelta(hours=1)
