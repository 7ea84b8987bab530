"""Which debts an entry settles, and how sure that is (docs/algorithms/matching.md).

In this order: a reference with a right check digit, a document's number, a reference that names the debtor, who the
payer is and the amount. Certain is only what cannot well be meant otherwise: an amount or a learned name alone never
books when two debtors could be meant (practice 14), and a reference that speaks against the known payer never does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from saldo.core.money import ZERO
from saldo.receipts.rules.book import Book
from saldo.receipts.rules.by_naming import propose_named, propose_shared
from saldo.receipts.rules.by_payer import propose_by_payer
from saldo.receipts.rules.evidence import Evidence, gather
from saldo.receipts.rules.proposals import SURENESS, Because, MoneyIn, Proposal

Round = Literal["named", "all"]
_MOST = 9  # the keys 1 to 9 take them


def propose(*, entry: MoneyIn, book: Book, looking: Round = "all") -> Proposal:
    """The best proposal for an entry; its sureness is ``none`` where nothing points anywhere.

    ``looking="named"`` looks only at what the payer names, for a first round: what is named is settled before what is
    only guessed from payer and amount, so that the order of the entries matters less.
    """
    proposals = list_proposals(entry=entry, book=book, looking=looking)
    return proposals[0] if proposals else _nothing(entry, gather(entry, book))


def list_proposals(*, entry: MoneyIn, book: Book, looking: Round = "all") -> tuple[Proposal, ...]:
    """What the entry may settle, the surest first; at most one is certain, at most nine are given."""
    evidence = gather(entry, book)
    payer = book.payers.find(entry.payer, entry.payer_account)
    found = [*propose_named(entry, evidence, payer, book), *propose_shared(entry, evidence, payer, book)]
    if looking == "all" and not any(proposal.is_certain for proposal in found):
        found += propose_by_payer(entry, evidence, payer, book)
    return tuple(_distinct(sorted(found, key=lambda proposal: SURENESS.index(proposal.sureness))))[:_MOST]


def _distinct(proposals: Iterable[Proposal]) -> Iterable[Proposal]:
    seen = set()
    for proposal in proposals:
        what = (frozenset((s.item, s.value) for s in proposal.shares), proposal.differences)
        if what not in seen:
            seen.add(what)
            yield proposal


def _nothing(entry: MoneyIn, evidence: Evidence) -> Proposal:
    because = tuple(Because("receipts.because.wrong-check-digit", {"reference": said}) for said in evidence.broken)
    return Proposal(
        sureness="none",
        currency=entry.currency,
        paid=ZERO,
        because=because or (Because("receipts.because.nothing-known", {}),),
    )
