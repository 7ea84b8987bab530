"""Proposals from what the payer names: items one by one, or a debtor by a reference shared by its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from saldo.core.money import ZERO
from saldo.receipts.rules.amounts import (
    Fit,
    Paid,
    all_open_until,
    as_proposal,
    explain,
    fill,
    paid_in,
    pairs,
    settles_the_same,
)
from saldo.receipts.rules.book import Book, Payer
from saldo.receipts.rules.evidence import Evidence, unseen_slips_of
from saldo.receipts.rules.proposals import Because, Claim, MoneyIn, Proposal, Share, Sureness

_KNOWN_BY = {
    "account": "receipts.because.payer-by-account",
    "name": "receipts.because.payer-by-name",
    "learned-name": "receipts.because.payer-by-learned-name",
    "cut-name": "receipts.because.payer-by-cut-name",
    "stem": "receipts.because.payer-by-stem",
}
Stand = Literal["same", "family", "other", "unknown"]


def propose_named(entry: MoneyIn, evidence: Evidence, payer: Payer, book: Book) -> Iterator[Proposal]:
    """What is said when items are named one by one, by reference or number."""
    claims = [book.claims[key] for key in evidence.named]
    if not claims:
        return
    currencies = {claim.currency for claim in claims}
    paid = paid_in(entry, claims[0].currency)
    if len(currencies) > 1 or paid is None:
        yield _in_other_currency(claims, entry, evidence, book)
        return
    case = _Case(claims, paid, evidence, payer, book)
    fit = explain(claims, paid, book)
    if fit is not None:
        yield as_proposal(fit, case.sureness_of_explained(fit), paid, case.because())
        return
    whole = case.more_of_the_same_debtor()
    others = list(case.other_fits())
    if whole is not None:
        others = [(other, why) for other, why in others if not settles_the_same(other, whole)]
        yield as_proposal(whole, "likely" if others else case.sureness_of_more(), paid, case.because())
    else:
        rest = fill([claim for claim in claims if book.open[claim.key] > 0] or claims, paid, book)
        yield as_proposal(rest, case.sureness_of_rest(rest, bool(others)), paid, case.because())
    for other, why in others:
        yield as_proposal(other, "likely", paid, (*case.because(), why))


class _Case:
    """One entry that names items: who it comes from, seen from these items."""

    def __init__(self, claims: list[Claim], paid: Paid, evidence: Evidence, payer: Payer, book: Book) -> None:
        self.claims, self.paid, self.evidence, self.payer, self.book = claims, paid, evidence, payer, book
        self.debtors = {claim.debtor for claim in claims}
        self.families = {book.family(debtor) for debtor in self.debtors}
        self.stand = stand_of(payer, self.debtors, book)

    def sureness_of_explained(self, fit: Fit) -> Sureness:
        """The amount is what it should be for what is named."""
        if self.stand == "other" or len(self.families) > 1 or self._names_both_ways():
            return "likely"
        if self.stand == "family" and self._payer_owes_the_same():
            return "likely"
        if self.stand == "unknown" and not self._stands_alone(fit):
            return "likely"
        if fit.kind in ("allowance", "credits") and self._owes_exactly_this():
            return "likely"
        return "certain"

    def sureness_of_more(self) -> Sureness:
        """One item is named, and the money is exactly that and others of the same debtor."""
        return "certain" if self._is_sole_payer() and self.evidence.referred else "likely"

    def sureness_of_rest(self, fit: Fit, has_other: bool) -> Sureness:
        """A part payment, or more than is named; only who is known and owes nothing else that fits may book itself."""
        if has_other or not self._is_sole_payer() or len(self.claims) > 1 or not self.evidence.referred:
            return "possible"
        if self.evidence.settled or self.evidence.foreign or self._names_both_ways():
            return "possible"
        if fit.kind == "part":
            return "likely" if self._withholds() else "certain"
        return "certain" if self._owes_nothing_else() else "likely"

    def more_of_the_same_debtor(self) -> Fit | None:
        """All that was open up to a day, or the one other item that makes the sum exact."""
        if len(self.debtors) > 1:
            return None
        named = {claim.key for claim in self.claims}
        debts = self.book.debts_of(self.claims[0].debtor, self.paid.currency)
        whole = all_open_until(debts, self.paid, self.book)
        if whole is not None and named <= {share.item for share in whole.shares}:
            return whole
        missing = self.paid.value - sum((self.book.open[key] for key in named), ZERO)
        fitting = [debt for debt in debts if debt.key not in named and self.book.open[debt.key] == missing]
        if missing <= 0 or len(fitting) != 1:
            return None
        return explain([*self.claims, fitting[0]], self.paid, self.book)

    def other_fits(self) -> Iterator[tuple[Fit, Because]]:
        """Debts of the debtor or the payer that the amount explains better than what is named."""
        named = {claim.key for claim in self.claims}
        for debtor in sorted(self.debtors | self.payer.debtors):
            debts = self.book.debts_of(debtor, self.paid.currency)
            for debt in debts:
                if debt.key not in named and (fit := explain([debt], self.paid, self.book)):
                    yield fit, Because("receipts.because.other-fits", {"document": debt.document or debt.key})
            many = all_open_until(debts, self.paid, self.book)
            for fit in (*((many,) if many else ()), *pairs(debts, self.paid, self.book)):
                documents = " ".join(self.book.claims[share.item].document for share in fit.shares)
                yield fit, Because("receipts.because.other-fits", {"document": documents})

    def because(self) -> tuple[Because, ...]:
        """By what the items were named, and who paid."""
        return (*_namings(self.claims, self.evidence), *payer_reasons(self.payer, self.stand))

    def _names_both_ways(self) -> bool:
        """A reference and a number that both name something, of different debtors."""
        book = self.book
        referred = {book.claims[key].debtor for key in self.evidence.referred}
        numbered = {book.claims[key].debtor for key in self.evidence.numbered}
        return bool(referred and numbered) and referred != numbered

    def _payer_owes_the_same(self) -> bool:
        """A sister company that owes this very sum itself, and perhaps quoted the wrong paper."""
        wanted = self.book.of_amount(self.paid.currency, self.paid.value)
        return any(self.book.claims[key].debtor in self.payer.debtors for key in wanted)

    def _owes_exactly_this(self) -> bool:
        """Another debt of the debtor or the payer is this sum to the cent."""
        wanted = self.book.of_amount(self.paid.currency, self.paid.value)
        return any(self.book.claims[key].debtor in self.debtors | self.payer.debtors for key in wanted)

    def _is_sole_payer(self) -> bool:
        """The payer is the debtor, and nobody else of the same name."""
        return self.stand == "same" and self.payer.debtors == self.debtors

    def _withholds(self) -> bool:
        """Less than the debt may be tax kept back in a way that nobody expected."""
        known = self.book.debtors.get(self.claims[0].debtor)
        return bool(known and known.withholding)

    def _owes_nothing_else(self) -> bool:
        debts = self.book.debts_of(self.claims[0].debtor, self.paid.currency)
        return len(debts) == 1

    def _stands_alone(self, fit: Fit) -> bool:
        """Nobody knows the payer: then no slip that check digits miss may lead to another debt that fits as well."""
        if len(self.claims) > 1:
            return True
        claim = self.claims[0]
        alike = self.book.of_amount(self.paid.currency, self.book.open[claim.key]) - {claim.key}
        if not self.evidence.referred:
            return not alike and fit.kind == "exact"
        near = {key for slip in unseen_slips_of(claim.reference) for key in self.book.references.get(slip, ())}
        return not any(explain([self.book.claims[key]], self.paid, self.book) for key in near if self.book.open[key])


def propose_shared(entry: MoneyIn, evidence: Evidence, payer: Payer, book: Book) -> Iterator[Proposal]:
    """What is said when a reference names a debtor: what fits exactly, else the oldest first."""
    claims = [book.claims[key] for key in evidence.shared if book.open[key] > 0]
    debtors = {claim.debtor for claim in claims}
    if not claims or evidence.named:
        return
    paid = paid_in(entry, claims[0].currency)
    if len(debtors) > 1 or paid is None:
        return
    debtor = claims[0].debtor
    debts = book.debts_of(debtor, paid.currency)
    stand = stand_of(payer, debtors, book)
    who = (Because("receipts.because.debtor-reference", {"debtor": debtor}), *payer_reasons(payer, stand))
    fitting = [fit for claim in debts if (fit := explain([claim], paid, book))]
    whole = all_open_until(debts, paid, book)
    rivals = [two for two in pairs(debts, paid, book) if whole is None or not settles_the_same(two, whole)]
    is_doubtful = stand in ("other", "family") or bool(evidence.settled or rivals)
    may_book: Sureness = "likely" if is_doubtful else "certain"
    if whole is not None and not fitting:
        yield as_proposal(whole, may_book, paid, who)
    for fit in fitting:
        yield as_proposal(fit, may_book if len(fitting) == 1 and whole is None else "likely", paid, who)
    if not fitting and whole is None:
        rest = fill(debts, paid, book)
        oldest = Because("receipts.because.oldest-first", {})
        is_sure = stand == "same" and may_book == "certain" and rest.kind == "part"
        yield as_proposal(rest, "certain" if is_sure else "likely", paid, (*who, oldest))


def stand_of(payer: Payer, debtors: set[str], book: Book) -> Stand:
    """How the payer stands to the debtors whose items are meant."""
    if payer.by_account and not _is_related(payer.by_account, debtors, book):
        return "other"
    if not payer.is_known:
        return "unknown"
    if payer.debtors & debtors:
        return "same"
    return "family" if _is_related(payer.debtors, debtors, book) else "other"


def _is_related(payers: Iterable[str], debtors: Iterable[str], book: Book) -> bool:
    return bool({book.family(payer) for payer in payers} & {book.family(debtor) for debtor in debtors})


def payer_reasons(payer: Payer, stand: Stand) -> tuple[Because, ...]:
    """Who paid, as reasons."""
    if stand == "unknown":
        return (Because("receipts.because.payer-unknown", {}),)
    debtors = " ".join(sorted(payer.debtors))
    if stand == "other":
        return (Because("receipts.because.payer-is-another", {"debtor": debtors}),)
    if stand == "family":
        return (Because("receipts.because.payer-of-family", {"debtor": debtors}),)
    if len(payer.debtors) > 1:
        return (Because("receipts.because.debtors-alike", {"count": str(len(payer.debtors))}),)
    return (Because(_KNOWN_BY[payer.how], {"debtor": debtors}),)


def _namings(claims: Sequence[Claim], evidence: Evidence) -> Iterator[Because]:
    for claim in claims:
        facts = {"document": claim.document or claim.key}
        if claim.key in evidence.referred:
            code = "receipts.because.reference-structured"
            code = "receipts.because.reference-in-text" if evidence.is_in_text else code
            yield Because(code, {**facts, "reference": claim.reference})
        else:
            yield Because("receipts.because.number-in-text", facts)


def _in_other_currency(claims: list[Claim], entry: MoneyIn, evidence: Evidence, book: Book) -> Proposal:
    """The items are in a currency of which the entry says nothing: shown whole, a person decides."""
    currency = claims[0].currency
    meant = [claim for claim in claims if claim.currency == currency]
    shares = tuple(Share(item=claim.key, value=book.open[claim.key]) for claim in meant)
    owed = sum((share.value for share in shares), ZERO)
    why = Because("receipts.because.other-currency", {"currency": entry.currency, "owed_in": currency})
    return Proposal(
        sureness="possible",
        currency=currency,
        paid=owed,
        shares=shares,
        because=(*_namings(meant, evidence), why),
    )
