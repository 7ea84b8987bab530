"""Proposals from who paid and how much, where nothing open is named; and from the amount alone, never booked."""

from __future__ import annotations

from collections.abc import Iterator

from saldo.receipts.rules.amounts import (
    Fit,
    Paid,
    all_open_until,
    as_proposal,
    explain,
    fill,
    on_account,
    paid_in,
    pairs,
    settles_the_same,
)
from saldo.receipts.rules.book import Book, Payer
from saldo.receipts.rules.by_naming import Stand, payer_reasons
from saldo.receipts.rules.evidence import Evidence, near_items
from saldo.receipts.rules.proposals import Because, Claim, MoneyIn, Proposal, Sureness

_SURE = ("account", "name")  # known by a person's match, or by the whole name
_MOST = 5


def propose_by_payer(entry: MoneyIn, evidence: Evidence, payer: Payer, book: Book) -> list[Proposal]:
    """What the payer may mean who names nothing that is open."""
    paid = paid_in(entry, entry.currency)
    if paid is None or evidence.named or evidence.shared:
        return []
    doubts = _doubts(evidence, book)
    found: list[Proposal] = []
    for debtor in sorted(payer.debtors):
        found += _of_debtor(debtor, paid, evidence, payer, book, doubts)
    return found or [*_by_amount(paid, payer, book, doubts), *_on_account(paid, evidence, payer, book, doubts)]


def _of_debtor(
    debtor: str, paid: Paid, evidence: Evidence, payer: Payer, book: Book, doubts: tuple[Because, ...]
) -> Iterator[Proposal]:
    who = (*payer_reasons(payer, "same"), *doubts)
    debts = book.debts_of(debtor, paid.currency)
    single = [(debt, fit) for debt in debts if (fit := explain([debt], paid, book))]
    whole = all_open_until(debts, paid, book)
    rivals = [two for two in pairs(debts, paid, book) if whole is None or not settles_the_same(two, whole)]
    is_only = len(single) + (whole is not None) + len(rivals) == 1
    for debt, fit in single[:_MOST]:
        may_book = is_only and _is_sure(debt, fit, paid, evidence, payer, book)
        yield as_proposal(fit, "certain" if may_book else "likely", paid, who)
    if whole is not None:
        may_book = (
            is_only and payer.how in _SURE and bool(payer.sole) and not _speaks_against(evidence, whole, paid, book)
        )
        yield as_proposal(whole, "certain" if may_book else "likely", paid, who)
    if not single and whole is None:
        yield from _less_sure(debts, paid, book, who)


def _is_sure(debt: Claim, fit: Fit, paid: Paid, evidence: Evidence, payer: Payer, book: Book) -> bool:
    """One debtor, known for sure, owes exactly this once; a learned or shortened name needs a sum nobody else owes."""
    if (
        not payer.sole
        or fit.kind not in ("exact", "own-fee", "withholding")
        or _speaks_against(evidence, fit, paid, book)
    ):
        return False
    if payer.how in _SURE and (not payer.by_account or payer.sole in payer.by_account):
        return True
    return book.of_amount(paid.currency, book.open[debt.key]) == {debt.key}


def _speaks_against(evidence: Evidence, fit: Fit, paid: Paid, book: Book) -> bool:
    """A paper already paid, a right check digit of nobody's, or a slip that leads to another debt of this sum."""
    if evidence.settled or evidence.foreign:
        return True
    near = near_items(evidence.broken, book)
    meant = {share.item for share in fit.shares}
    return not near & meant and bool(near & book.of_amount(paid.currency, paid.value))


def _less_sure(debts: list[Claim], paid: Paid, book: Book, who: tuple[Because, ...]) -> Iterator[Proposal]:
    two = list(pairs(debts, paid, book))
    for fit in two[:_MOST]:
        yield as_proposal(fit, "likely" if len(two) == 1 else "possible", paid, who)
    if debts and not two:
        oldest = Because("receipts.because.oldest-first", {})
        yield as_proposal(fill(debts, paid, book), "possible", paid, (*who, oldest))


def _by_amount(paid: Paid, payer: Payer, book: Book, doubts: tuple[Because, ...]) -> Iterator[Proposal]:
    """Nobody is known who owes anything: who owes exactly this? A slip in a reference may say."""
    keys = sorted(book.of_amount(paid.currency, paid.value))
    slip = [key for key in keys if any(key in because.facts.get("items", "").split() for because in doubts)]
    stand: Stand = "other" if payer.is_known else "unknown"
    for key in (slip or keys)[:_MOST]:
        fit = explain([book.claims[key]], paid, book)
        if fit is not None:
            sureness: Sureness = "likely" if len(slip) == 1 else "possible"
            many = Because("receipts.because.amount-of-several", {"count": str(len(keys))})
            also = (many,) if len(keys) > 1 and not slip else ()
            yield as_proposal(fit, sureness, paid, (*payer_reasons(payer, stand), *doubts, *also))


def _on_account(
    paid: Paid, evidence: Evidence, payer: Payer, book: Book, doubts: tuple[Because, ...]
) -> Iterator[Proposal]:
    """Who it comes from is known, by name or by a paper that is paid already, but nothing is owed."""
    paid_before = {book.claims[key].debtor for key in evidence.settled}
    meant = {payer.sole} if payer.sole else paid_before
    if len(meant) == 1:
        stand: Stand = "same" if payer.sole else "unknown"
        yield as_proposal(on_account(meant.pop(), paid), "possible", paid, (*payer_reasons(payer, stand), *doubts))


def _doubts(evidence: Evidence, book: Book) -> tuple[Because, ...]:
    """What was said and leads nowhere, as reasons."""
    because = []
    for reference in evidence.broken:
        near = sorted(near_items([reference], book))
        facts = {"reference": reference} | ({"items": " ".join(near)} if near else {})
        because.append(Because("receipts.because.wrong-check-digit", facts))
    because += [Because("receipts.because.reference-unknown", {"reference": said}) for said in evidence.foreign]
    for key in evidence.settled:
        because.append(Because("receipts.because.paid-already", {"document": book.claims[key].document or key}))
    return tuple(because)
