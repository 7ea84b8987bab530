"""The left pane: entries of one state, each with payer, day, amount and the best reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.desk.paging import address
from saldo.desk.receipts.said import say_because, say_why
from saldo.parties.debtors import name_debtors
from saldo.receipts.match_queries import list_matches, list_proposals_of
from saldo.receipts.queries import BankEntry
from saldo.receipts.rules.proposals import Because, Proposal

STATES = ("open", "pending", "matched", "returned", "set-aside")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One entry of the list, in words."""

    key: str
    payer: str
    amount: str
    currency: str
    second: str
    hint: str
    reason: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTab:
    """One state as a filter, with how many entries are in it."""

    words: str
    count: str
    href: str
    is_here: bool


def tabs(*, path: str, counts: Mapping[str, int], here: str) -> list[StateTab]:
    """All states that hold anything, and always those to match."""
    return [
        StateTab(
            words=figures.say(f"pages.receipts.state.{state}"),
            count=figures.number(counts.get(state, 0)),
            href=address(path, {"show": None if state == "open" else state}),
            is_here=state == here,
        )
        for state in STATES
        if counts.get(state) or state in {"open", here}
    ]


def rows(
    *, company: CompanyId, entries: Sequence[BankEntry], here: str, path: str, facts: Mapping[str, object], usual: str
) -> list[EntryRow]:
    """The rows of one page; ``usual`` is the currency that need not be said."""
    told = _Told.of(company, entries)
    return [
        EntryRow(
            key=entry.key,
            payer=say_payer(entry),
            amount=figures.amount(entry.value, entry.currency),
            currency="" if entry.currency == usual else entry.currency,
            second=" · ".join(filter(None, (figures.day(entry.booked_on, "short"), say_text(entry)))),
            hint=told.hint(entry),
            reason=told.reason(entry),
            href=address(path, {**facts, "entry": entry.key}),
            is_here=entry.key == here,
        )
        for entry in entries
    ]


def say_payer(entry: BankEntry) -> str:
    """Whom the bank names; an entry without a name says so."""
    return entry.payer or entry.payer_account or figures.say(f"pages.receipts.nameless.{_kind(entry)}")


def say_text(entry: BankEntry) -> str:
    """The first thing the payer quoted, or what the text says."""
    return next(iter(entry.references), "") or entry.text


def _kind(entry: BankEntry) -> str:
    return entry.kind if entry.kind in {"fee", "interest", "return"} else "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    proposals: Mapping[str, tuple[Proposal, ...]]
    matches: Mapping[str, tuple[Because, ...]]
    names: Mapping[str, str]

    @classmethod
    def of(cls, company: CompanyId, entries: Sequence[BankEntry]) -> _Told:
        keys = [entry.key for entry in entries]
        proposals = list_proposals_of(company=company, entries=keys)
        matched = [entry.key for entry in entries if entry.state == "matched"]
        matches = list_matches(company=company, entries=matched) if matched else ()
        found = {match.entry: match.because for match in reversed(matches) if match.undone_at is None}
        said = [because for ones in proposals.values() for one in ones[:1] for because in one.because]
        said += [because for ones in found.values() for because in ones]
        numbers = {number for one in said for number in one.facts.get("debtor", "").split(", ")} - {""}
        names = name_debtors(company=company, numbers=numbers) if numbers else {}
        return cls(proposals=proposals, matches=found, names=names)

    def hint(self, entry: BankEntry) -> str:
        if entry.state == "open":
            count = len(self.proposals.get(entry.key, ()))
            return figures.say_many("pages.receipts.proposals", count) if count else _without(entry)
        return ""

    def reason(self, entry: BankEntry) -> str:
        if entry.because:
            return say_why(entry.because)
        best = next(iter(self.proposals.get(entry.key, ())), None)
        because = best.because if best else self.matches.get(entry.key, ())
        said = [say_because(one, entry.currency, self.names) for one in because]
        return next((one.words for one in sorted(said, key=lambda one: one.mark != "ok")), "")


def _without(entry: BankEntry) -> str:
    return figures.say("pages.receipts.no-proposal" if entry.value > 0 else "pages.receipts.money-out")
