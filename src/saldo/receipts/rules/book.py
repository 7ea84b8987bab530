"""The book that matching looks into: open items by everything a payer may quote, and who a payer may be.

Indexed once, then carried on: what a proposal settles is taken off, so that the next entry sees what is left.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from saldo.core.money import ZERO
from saldo.invoicing.rules.references import bare_number
from saldo.receipts.rules import names
from saldo.receipts.rules.proposals import Claim, Proposal


class KnownDebtor(NamedTuple):
    """What is known of who pays: names it goes by, the legal entity above it, and the tax it must withhold."""

    number: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    withholding: Decimal = ZERO  # per cent of the net


class Learned(NamedTuple):
    """A payer's name or account that people matched to a debtor before."""

    kind: str  # account, name
    said: str
    debtor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much a payment may be short and the rest is a bank's fee: per currency, and as a share of the debt."""

    limits: Mapping[str, Decimal] = field(default_factory=dict)
    most_percent: Decimal = Decimal(5)


class Book:
    """Open items and debtors of one company, indexed."""

    def __init__(
        self,
        *,
        claims: Iterable[Claim],
        debtors: Iterable[KnownDebtor],
        learned: Iterable[Learned] = (),
        allowance: Allowance | None = None,
    ) -> None:
        self.allowance = allowance or Allowance()
        self.debtors = {debtor.number: debtor for debtor in debtors}
        self.claims: dict[str, Claim] = {}
        self.open: dict[str, Decimal] = {}
        self.references: dict[str, list[str]] = defaultdict(list)
        self.documents: dict[str, list[str]] = defaultdict(list)
        self._of_debtor: dict[str, list[str]] = defaultdict(list)
        self._by_amount: dict[tuple[str, Decimal], set[str]] = defaultdict(set)
        self.payers = _Payers(self.debtors.values(), learned)
        for claim in sorted(claims, key=_oldest_first):
            self._enter(claim)

    def _enter(self, claim: Claim) -> None:
        self.claims[claim.key] = claim
        self.open[claim.key] = claim.open
        if claim.reference:
            self.references[canonical_reference(claim.reference)].append(claim.key)
        if claim.document:
            self.documents[bare_number(claim.document)].append(claim.key)
        self._of_debtor[claim.debtor].append(claim.key)
        if claim.open > 0:
            self._by_amount[claim.currency, claim.open].add(claim.key)

    def settle(self, proposal: Proposal) -> None:
        """Take off what a booked proposal settles."""
        for share in proposal.shares:
            self.set_open(share.item, self.open[share.item] - share.value)

    def set_open(self, key: str, value: Decimal) -> None:
        """Say what is left of an item now."""
        currency, before = self.claims[key].currency, self.open[key]
        self._by_amount[currency, before].discard(key)
        self.open[key] = value
        if value > 0:
            self._by_amount[currency, value].add(key)

    def debts_of(self, debtor: str, currency: str) -> list[Claim]:
        """What a debtor owes in a currency, oldest first."""
        return [claim for claim in self._claims_of(debtor, currency) if self.open[claim.key] > 0]

    def credits_of(self, debtor: str, currency: str) -> list[Claim]:
        """Credit notes of a debtor that are still open; receipts on account are not netted by a payment."""
        return [c for c in self._claims_of(debtor, currency) if self.open[c.key] < 0 and c.kind == "credit-note"]

    def of_amount(self, currency: str, value: Decimal) -> set[str]:
        """The debts of which exactly this is open."""
        return self._by_amount.get((currency, value), set())

    def family(self, debtor: str) -> str:
        """The legal entity on top of a debtor; a ring of parents ends where it began."""
        seen: list[str] = []
        while debtor not in seen:
            seen.append(debtor)
            known = self.debtors.get(debtor)
            debtor = (known.parent if known else "") or debtor
        return debtor if debtor == seen[-1] else min(seen)

    def _claims_of(self, debtor: str, currency: str) -> Iterator[Claim]:
        keys = self._of_debtor.get(debtor, ())
        return (claim for key in keys if (claim := self.claims[key]).currency == currency)


class Payer(NamedTuple):
    """Who an entry may come from, and by what: account, name, learned-name, cut-name, stem, nothing.

    ``by_account`` are those that the account alone says; a name that says others makes it many, not one.
    """

    debtors: frozenset[str]
    how: str
    by_account: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether anything points to a debtor."""
        return bool(self.debtors)

    @property
    def sole(self) -> str:
        """The one debtor that is meant, or nothing."""
        return next(iter(self.debtors)) if len(self.debtors) == 1 else ""


NOBODY = Payer(frozenset(), "")


class _Payers:
    """Names and accounts, by which payers are found."""

    def __init__(self, debtors: Iterable[KnownDebtor], learned: Iterable[Learned]) -> None:
        self._whole: dict[str, set[str]] = defaultdict(set)
        self._stems: dict[str, set[str]] = defaultdict(set)
        self._accounts: dict[str, set[str]] = defaultdict(set)
        self._learned: dict[str, set[str]] = defaultdict(set)
        self._sorted: list[str] = []
        self._found: dict[tuple[str, str], Payer] = {}
        for debtor in debtors:
            for name in (debtor.name, *debtor.aliases):
                for folded in names.foldings(name):
                    self._whole[folded].add(debtor.number)
                    self._stems[names.stem(folded)].add(debtor.number)
        self._sorted = sorted(self._whole)
        for one in learned:
            (self._accounts if one.kind == "account" else self._learned)[one.said].add(one.debtor)

    def find(self, name: str, account: str) -> Payer:
        """Who it may be; an account that people matched before says more than any name."""
        found = self._found.get((name, account))
        if found is None:
            found = self._found[name, account] = self._find(names.fold(name), canonical_account(account))
        return found

    def _find(self, folded: str, account: str) -> Payer:
        named = self._by_name(folded)
        known = frozenset(self._accounts.get(account, ())) if account else frozenset()
        if not known:
            return named
        agreed = known & named.debtors
        meant = agreed or (known | named.debtors if named.how == "name" else known)
        return Payer(meant, "account", known)

    def _by_name(self, folded: str) -> Payer:
        if not folded:
            return NOBODY
        whole = self._whole.get(folded, set())
        cut = self._cut(folded)
        if whole:
            # A name that is also the beginning of another may be that other one, cut short.
            return Payer(frozenset(whole | cut), "name")
        if not names.has_form(folded) and (stems := self._stems.get(folded)):
            return Payer(frozenset(stems | cut), "stem")
        if learned := self._learned.get(folded):
            return Payer(frozenset(learned), "learned-name")
        return Payer(frozenset(cut), "cut-name") if cut else NOBODY

    def _cut(self, folded: str) -> set[str]:
        found: set[str] = set()
        for place in range(bisect_left(self._sorted, folded), len(self._sorted)):
            whole = self._sorted[place]
            if not whole.startswith(folded):
                break
            if names.is_cut_of(folded, whole):
                found |= self._whole[whole]
        return found


def canonical_reference(reference: str) -> str:
    """A reference as it is compared: letters and digits, no zeros before an OCR number."""
    bare = bare_number(reference)
    return bare.lstrip("0") if bare.isdigit() else bare


def canonical_account(account: str) -> str:
    """An account as it is compared: letters and digits."""
    return bare_number(account)


def _oldest_first(claim: Claim) -> tuple[object, ...]:
    return (claim.due_on, claim.issued_on, claim.key)
