"""The daily round: every item that can move is decided on its debtor's own day, and what the steps do is ordered.

Any number of rounds a day give the same result. The first of a day looks at everything, later ones at what is due or
was touched; a day that was missed is caught up with one decision an item, never a burst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.audit.log import SYSTEM
from saldo.core.identity import CompanyId
from saldo.dunning.actions.moving import clear_paid, move_items, sorted_in_batches
from saldo.dunning.actions.promises import watch_promises
from saldo.dunning.actions.proposals import withdraw_overtaken
from saldo.dunning.actions.rounds import (
    RoundDone,
    check_day,
    count_looked_at,
    find_moves,
    find_paid,
    record_round,
    was_looked_at_fully,
    was_never_run,
)
from saldo.dunning.actions.taking_on import adopt, take_on
from saldo.dunning.actions.touching import touch_moved
from saldo.dunning.looking import Look, Seen
from saldo.dunning.policies import has_policies
from saldo.dunning.rules.ladder import owed_on
from saldo.flows.dunning_look import look_of
from saldo.ledger.moved_since import newest_place
from saldo.ledger.openings import list_taken_over
from saldo.parties.company import company_context, undone_context
from saldo.parties.queries import list_companies
from saldo.ports.world import World

BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One move that a dry run found: what would happen to which item, because of what."""

    debtor: str
    item: str
    step: str
    because: str
    letters: tuple[str, ...]
    waits_for_person: bool
    currency: str = ""
    owed: Decimal = Decimal(0)
    facts: Mapping[str, Any] = field(default_factory=dict)


def dunning_round(
    *, company: CompanyId, world: World, by: str, today: date | None = None, full: bool | None = None
) -> RoundDone:
    """Look, then carry out in batches, each a transaction of its own that decides again under the lock.

    ``today`` is every debtor's day when given; else each has its own from the clock. Refuses (UnableToRunRound):
    dunning.round.day-before-the-last.
    """
    with company_context(company):
        look = look_of(company=company, world=world, today=today)
        on = today or look.day_of(look.zone)
        check_day(company=company, on=on)
        everything = not was_looked_at_fully(company=company, on=on) if full is None else full
        books = newest_place(company=company)
        _take_up(look, on, everything=everything, by=by)
        read = count_looked_at(company=company)
        pairs = [(seen.item.debtor, seen.item.item) for seen in find_moves(look=look, on=on, full=everything)]
    moved: Counter[str] = Counter()
    proposed, notices = 0, list[str]()
    for batch in sorted_in_batches(pairs, size=BATCH):
        with company_context(company):
            carried = move_items(look=look, items=batch, by=by)
        moved.update(carried.moved)
        proposed += carried.proposed
        notices += carried.notices
    with company_context(company):
        cleared = clear_paid(company=company, items=find_paid(look=look), look=look, by=by)
        withdraw_overtaken(look=look, by=by)
        done = RoundDone(
            on=on, read=read, moved=dict(moved), cleared=cleared, proposed=proposed, notices=tuple(notices)
        )
        record_round(look=look, done=done, full=everything, books=books, by=by)
    return done


def _take_up(look: Look, on: date, *, everything: bool, by: str) -> None:
    """What came in since the round before: what the books moved, what became of promises, what the old tool knew."""
    if was_never_run(company=look.company):
        take_on(look=look, rows=list_taken_over(company=look.company), by=by)
    if everything:
        adopt(look=look, by=by)
    else:
        touch_moved(company=look.company, on=on)
    watch_promises(look=look, by=by)


def preview_round(*, company: CompanyId, world: World, today: date | None = None) -> tuple[Ahead, ...]:
    """What a round would do now, or on a day: every move. Nothing is written.

    Refuses (UnableToRunRound): dunning.round.day-before-the-last.
    """
    with undone_context(company):
        look = look_of(company=company, world=world, today=today)
        on = today or look.day_of(look.zone)
        check_day(company=company, on=on)
        _take_up(look, on, everything=True, by=SYSTEM)
        return tuple(_ahead(seen) for seen in find_moves(look=look, on=on, full=True) if seen.moves)


def count_ahead(*, company: CompanyId, world: World, today: date | None = None) -> tuple[int, int]:
    """How many items a round would read, and how many it would let go because the books have closed them."""
    with company_context(company):
        look = look_of(company=company, world=world, today=today)
        return count_looked_at(company=company), len(find_paid(look=look))


def run_rounds(*, world: World) -> tuple[RoundDone, ...]:
    """A round for every company that published a policy: told again within the hour, it finds nothing left to do."""
    done = []
    for one in list_companies():
        with company_context(one.id):
            has_policy = has_policies(company=one.id)
        if has_policy:
            done.append(dunning_round(company=one.id, world=world, by=SYSTEM))
    return tuple(done)


def _ahead(seen: Seen) -> Ahead:
    step = seen.decision.enters
    letters = tuple(act.letter for act in step.acts if act.letter) if step else ()
    return Ahead(
        debtor=seen.item.debtor,
        item=seen.item.item,
        step=seen.decision.step,
        because=seen.decision.because,
        letters=tuple(dict.fromkeys(letters)),
        waits_for_person=seen.waits_for_person,
        currency=seen.item.currency,
        owed=owed_on(seen.facts, seen.today),
        facts=seen.decision.facts,
    )


def told_by_step(ahead: Iterable[Ahead]) -> Mapping[str, int]:
    """How many items would come to each step."""
    return Counter(one.step for one in ahead)
