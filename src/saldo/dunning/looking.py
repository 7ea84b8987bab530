"""Looking at open items on each debtor's own day: what the round, a dry run and the pages decide from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from saldo.core.identity import CompanyId
from saldo.core.workdays import Closed
from saldo.dunning.candidates import Candidate, of_debtors
from saldo.dunning.circumstances import group_by_debtor, load_books
from saldo.dunning.policies import Pin, PolicyShelf
from saldo.dunning.rules.book import Book
from saldo.dunning.rules.facts import Facts, Standing
from saldo.dunning.rules.ladder import Decision, decide, moved
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.ledger.reopened import list_reopened
from saldo.parties.calendars import calendar_of
from saldo.parties.zones import zone_of

_BOOKS_AT_ONCE = 2_000
ENTERED = "days-late"
"""Why an item entered its step: kept beside it until the day after, whatever holds it there meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look needs beside the items. ``day_of`` gives the local day of a time zone; ``country`` and ``zone`` are
    the company's. ``bank_at``: when the newest bank file came, None: never, and then nothing is sent."""

    company: CompanyId
    shelf: PolicyShelf
    day_of: Callable[[str], date]
    country: str
    zone: str
    at: datetime
    bank_at: datetime | None

    def today_of(self, one: Candidate) -> date:
        """The debtor's own day."""
        return self.day_of(zone_of(country=one.country, own=one.zone, house=self.zone))

    def closed_for(self, one: Candidate) -> Closed:
        """The holidays of the debtor's country, or of ours where it has none."""
        return calendar_of(one.country or self.country)

    def bank_is_old(self, policy: Policy) -> bool:
        """Whether what the bank told is older than the policy allows."""
        return self.bank_at is None or self.at - self.bank_at > timedelta(hours=policy.bank_hours)


class Seen(NamedTuple):
    """One item decided: from what, under which policy, on which day."""

    item: Candidate
    pin: Pin
    policy: Policy
    facts: Facts
    standing: Standing
    decision: Decision
    today: date

    @property
    def moves(self) -> bool:
        """Whether it would stand elsewhere afterwards."""
        return moved(self.decision, self.standing, today=self.today) != self.standing

    @property
    def is_news(self) -> bool:
        """Whether anything that is kept of it changes: its step, the reason, or the day to look again."""
        item, decision = self.item, self.decision
        if self.waits_for_person:
            return decision.enters is None or item.proposed != decision.enters.code
        if self.moves or item.proposed:
            return True
        if item.since == self.today and item.because == ENTERED:
            return False
        return (decision.because, decision.look_again_on) != (item.because, item.look_again_on)

    @property
    def waits_for_person(self) -> bool:
        """Whether a step that a person lets happen would begin: until then it is proposed and the item stays."""
        return self.decision.enters is not None and self.decision.enters.release == "person"


def look_at(look: Look, items: Iterable[Candidate], *, with_books: frozenset[str] = frozenset()) -> Iterator[Seen]:
    """Decide these items, each once. Those of the debtors ``with_books``, and whatever hangs on more than itself, from
    whole books.

    An item for which no policy holds is left out: nothing is collected there.
    """
    waiting: dict[str, str] = {}
    for one in items:
        seen = None if one.debtor in with_books else _decide_plain(look, one)
        if seen is not None:
            yield seen
            continue
        waiting[one.item] = one.debtor
        if len(waiting) >= _BOOKS_AT_ONCE:
            yield from _from_books(look, waiting)
            waiting = {}
    yield from _from_books(look, waiting)


def _from_books(look: Look, waiting: dict[str, str]) -> Iterator[Seen]:
    seen = look_at_books(look, sorted(set(waiting.values())))
    yield from (one for one in seen if one.item.item in waiting)


def look_at_books(look: Look, debtors: Sequence[str]) -> Iterator[Seen]:
    """Decide every open item of these debtors from their whole books, some at a time."""
    for start in range(0, len(debtors), _BOOKS_AT_ONCE):
        some = debtors[start : start + _BOOKS_AT_ONCE]
        grouped = group_by_debtor(of_debtors(company=look.company, debtors=some))
        everything = [one for mine in grouped.values() for one in mine]
        if not everything:
            continue
        latest = max(look.today_of(mine[0]) for mine in grouped.values())
        books = load_books(company=look.company, items=everything, today=latest)
        returned = [one.item for one in everything if one.left]
        reopened = list_reopened(company=look.company, items=returned) if returned else {}
        for debtor, mine in grouped.items():
            yield from decide_book(look, books[debtor], mine, reopened)


def decide_book(look: Look, book: Book, mine: Sequence[Candidate], reopened: Mapping[str, date]) -> Iterator[Seen]:
    """Decide all open items of one debtor from its book; ``reopened`` are those whose payment was returned."""
    today = look.today_of(mine[0])
    closed = look.closed_for(mine[0])
    for item, on in reopened.items():
        if item in book.items:
            book.items[item].reopened_on = on
    facts = book.facts_on(today)
    for one in mine:
        held = policy_of(look, one)
        if held is not None:
            pin, policy, changed = held
            known = facts[one.item]._replace(policy_changed=changed, bank_is_old=look.bank_is_old(policy))
            standing = standing_of(one)
            decision = decide(policy, known, standing, today=today, closed=closed)
            yield Seen(one, pin, policy, known, standing, decision, today)


def _decide_plain(look: Look, one: Candidate) -> Seen | None:
    """Decide an item of which nothing but itself need be known; None when more must be."""
    held = policy_of(look, one)
    if held is None or one.left:
        return None
    pin, policy, changed = held
    if policy.looks_at_others:
        return None
    facts = Facts(
        due_on=one.due_on,
        currency=one.currency,
        open=one.open,
        segment=one.segment,
        is_fee=one.kind == "fee",
        may_touch_access=one.may_touch_access,
        bank_is_old=look.bank_is_old(policy),
        policy_changed=changed,
    )
    standing = standing_of(one)
    today = look.today_of(one)
    decision = decide(policy, facts, standing, today=today, closed=look.closed_for(one))
    return Seen(one, pin, policy, facts, standing, decision, today)


def policy_of(look: Look, one: Candidate) -> tuple[Pin, Policy, bool] | None:
    """The policy an item is decided by, and whether another one would hold for it by now (lessons A 10)."""
    now = look.shelf.holding(item=one.item, debtor=one.debtor, segment=one.segment)
    pinned = (one.policy, one.version) if one.policy and one.version is not None and one.step != CLEAR else None
    pin = pinned or now
    policy = look.shelf.of(pin)
    if pin is None or policy is None:
        return None
    changed = pinned is not None and now is not None and now != pinned and one.reviewed != f"{now[0]}:{now[1]}"
    return pin, policy, changed


def standing_of(one: Candidate) -> Standing:
    """Where an item stands, as it was read."""
    return Standing(one.step, one.since, one.proved_on, one.notice_failed, one.left)
