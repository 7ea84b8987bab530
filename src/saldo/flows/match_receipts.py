"""What came in is matched: certain ones book themselves, everything else waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from saldo.core.identity import CompanyId
from saldo.dunning.actions.promises import watch_promises
from saldo.flows.dunning_look import look_of
from saldo.flows.pay_from_bank import settle_from_bank
from saldo.flows.pay_refunds import settle_refunds
from saldo.parties.company import company_context
from saldo.ports.world import World
from saldo.receipts.actions.matching import NewMatch, hold_items, lock_matching, match_certain
from saldo.receipts.actions.money_back import list_open_returns, list_returnable, return_receipt, settle_pending
from saldo.receipts.actions.proposing import keep_proposals
from saldo.receipts.actions.waiting import After, count_waiting, lock_waiting
from saldo.receipts.match_queries import as_money_in, load_book
from saldo.receipts.rules.book import Book
from saldo.receipts.rules.matching import Round, list_proposals, propose
from saldo.receipts.rules.proposals import MoneyIn, Proposal
from saldo.receipts.rules.settlement import UnableToMatch

BATCH = 500
_START: After = (date.min, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedCount:
    """How many entries were matched by themselves, and how many wait unallocated."""

    matched: int
    unallocated: int


def match_new(
    *,
    company: CompanyId,
    by: str,
    world: World,
    today: date | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> MatchedCount:
    """Match every entry that waits and was never matched before, in batches of 500, each its own transaction.

    First what payers name, then what only payer and amount say, so that the order of the entries matters little.
    Run again, or by two at once, it books nothing twice.
    """
    at = world.clock.now()
    day = today or at.date()
    with company_context(company):
        settle_pending(company=company, today=day, by=by, at=at)
        waiting = count_waiting(company=company)
        book = load_book(company=company, today=day) if waiting else None
    matched = _match(company, book, waiting, by, at, tell) if book else 0
    _take_back(company, by, at)
    settle_refunds(company=company, by=by, at=at)
    settle_from_bank(company=company, by=by, at=at)
    with company_context(company):
        watch_promises(look=look_of(company=company, world=world, today=today), by=by)
    return MatchedCount(matched=matched, unallocated=waiting - matched)


def _match(
    company: CompanyId, book: Book, waiting: int, by: str, at: datetime, tell: Callable[[int, int], None]
) -> int:
    matched = done = 0
    rounds: tuple[Round, ...] = ("named", "all")
    for looking in rounds:
        after: After | None = _START
        while after is not None:
            booked, seen, after = _batch(company, book, looking, after, by, at)
            matched, done = matched + booked, done + seen
            tell(min(done, waiting * 2), waiting * 2)
    return matched


def _take_back(company: CompanyId, by: str, at: datetime) -> None:
    """Returns of the bank that can only mean one receipt reopen what it settled; the others wait for a person."""
    with company_context(company):
        returns = list_open_returns(company=company)
    for entry in returns:
        # What cannot be undone by itself (its credit is used by now) waits for a person, too.
        with suppress(UnableToMatch), company_context(company):
            lock_matching(company=company)
            receipts = list_returnable(company=company, entry=entry)
            if len(receipts) == 1:
                return_receipt(company=company, entry=entry, receipt=receipts[0], by=by, at=at)


def _batch(
    company: CompanyId, book: Book, looking: Round, after: After, by: str, at: datetime
) -> tuple[int, int, After | None]:
    """One batch: how many were booked, how many looked at, and behind which entry the next one begins."""
    with company_context(company):
        lock_matching(company=company)
        waiting = lock_waiting(company=company, after=after, limit=BATCH)
        matches = _decide([as_money_in(entry) for entry in waiting.entries], company, book, looking)
        booked = match_certain(company=company, matches=matches, by=by, at=at)
        if looking == "all":
            certain = {match.entry for match in matches}
            left = [entry for entry in waiting.entries if entry.key not in certain]
            found = [(entry, list_proposals(entry=as_money_in(entry), book=book)) for entry in left]
            keep_proposals(company=company, found=found, at=at)
    return booked, len(waiting.entries), waiting.last if len(waiting.entries) == BATCH else None


def _decide(entries: Sequence[MoneyIn], company: CompanyId, book: Book, looking: Round) -> list[NewMatch]:
    """What is certain, decided on what is open right now: whatever moved since the book was read is read again."""
    for _ in range(3):
        before = dict(book.open)
        certain = _certain(entries, book, looking)
        items = {share.item for _, proposal in certain for share in proposal.shares}
        held = hold_items(company=company, keys=items)
        moved = [key for key in items if before[key] != held[key].open]
        if not moved:
            return [NewMatch.of(entry.key, proposal) for entry, proposal in certain]
        for key in items:
            book.set_open(key, held[key].open)
    return []


def _certain(entries: Sequence[MoneyIn], book: Book, looking: Round) -> list[tuple[MoneyIn, Proposal]]:
    found = []
    for entry in entries:
        proposal = propose(entry=entry, book=book, looking=looking)
        if proposal.is_certain:
            book.settle(proposal)
            found.append((entry, proposal))
    return found
