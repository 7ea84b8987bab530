"""What will happen to a debtor if nothing arrives, from the books as they stand: what letter, page and desk show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date

from saldo.dunning.candidates import Candidate, of_debtors
from saldo.dunning.circumstances import group_by_debtor, load_books
from saldo.dunning.looking import Look, Seen, decide_book, policy_of, standing_of
from saldo.dunning.policies import Pin
from saldo.dunning.rules.book import Book
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.forecast import Ahead, forecast
from saldo.dunning.rules.policy import Policy
from saldo.ledger.reopened import list_reopened


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One debtor: every open item decided as a round would today, by its key, and the steps that will begin."""

    seen: Mapping[str, Seen]
    ahead: tuple[Ahead, ...]


def forecast_of(*, look: Look, debtor: str) -> tuple[Ahead, ...]:
    """The steps that will begin for one debtor, in order of their days; none when nothing of it is collected."""
    return forecasts_of(look=look, debtors=[debtor]).get(debtor, ())


def forecasts_of(*, look: Look, debtors: Sequence[str]) -> dict[str, tuple[Ahead, ...]]:
    """The same for several debtors at once; who has nothing open is left out."""
    return {debtor: found.ahead for debtor, found in foresee(look=look, debtors=debtors).items()}


def foresee(*, look: Look, debtors: Sequence[str]) -> dict[str, Foreseen]:
    """What is decided of these debtors' items today, and what will happen, both from books that are read once.

    Items under different policies have ladders of their own; what each ladder sees of the debtor are its own items.
    """
    grouped = group_by_debtor(of_debtors(company=look.company, debtors=debtors))
    everything = [one for mine in grouped.values() for one in mine]
    if not everything:
        return {}
    latest = max(look.today_of(mine[0]) for mine in grouped.values())
    books = load_books(company=look.company, items=everything, today=latest)
    reopened = list_reopened(company=look.company, items=[one.item for one in everything if one.left])
    return {debtor: _foresee(look, books[debtor], mine, reopened) for debtor, mine in grouped.items()}


@dataclass(slots=True)
class _Ladder:
    """The items of one debtor under one policy, and where each stands."""

    policy: Policy
    standings: dict[str, Standing]


def _foresee(look: Look, book: Book, mine: Sequence[Candidate], reopened: Mapping[str, date]) -> Foreseen:
    seen = {one.item.item: one for one in decide_book(look, book, mine, reopened)}
    return Foreseen(seen=seen, ahead=_ahead(look, book, mine))


def _ahead(look: Look, book: Book, mine: Sequence[Candidate]) -> tuple[Ahead, ...]:
    today, closed = look.today_of(mine[0]), look.closed_for(mine[0])
    found: list[Ahead] = []
    for ladder in _ladders(look, mine).values():
        own = _only(book, ladder.standings) if len(ladder.standings) < len(book.items) else book
        found += forecast(ladder.policy, own, ladder.standings, today=today, closed=closed)
    return tuple(sorted(found, key=lambda one: (one.on, one.at)))


def _ladders(look: Look, mine: Sequence[Candidate]) -> dict[Pin, _Ladder]:
    ladders: dict[Pin, _Ladder] = {}
    for one in mine:
        held = policy_of(look, one)
        if held is not None:
            pin, policy, _ = held
            ladder = ladders.setdefault(pin, _Ladder(policy, {}))
            ladder.standings[one.item] = standing_of(one)
    return ladders


def _only(book: Book, items: Mapping[str, Standing]) -> Book:
    part = copy(book)
    part.items = {key: item for key, item in book.items.items() if key in items}
    return part
