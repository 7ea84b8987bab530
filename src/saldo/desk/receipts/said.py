"""Receipts in words: reasons with their figures as the reader writes them, kinds of items, states, people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.desk.import_detail import say_code
from saldo.ledger.queries import OpenItem
from saldo.parties.debtors import list_bank_accounts
from saldo.parties.queries import list_names
from saldo.receipts.rules.proposals import Because, Difference

_AMOUNTS = frozenset({"amount", "rest", "left", "fee", "short", "limit", "withheld"})
_SPEAKS_AGAINST = frozenset(
    {
        *("wrong-check-digit", "reference-unknown", "payer-unknown", "payer-is-another", "debtors-alike"),
        *("paid-already", "other-fits", "amount-of-several", "other-currency", "over", "part", "nothing-known"),
        *("short-within-limit", "payer-by-cut-name"),
    }
)
_SURE = {"certain": "ok", "likely": "ok", "possible": "idle", "none": "idle"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason in words; ``icon`` and ``mark`` say whether it speaks for the proposal."""

    words: str
    icon: str
    mark: str


def say_because(because: Because, currency: str, names: Mapping[str, str]) -> Reason:
    """A reason with its amounts, days and debtors as the reader writes them."""
    speaks_against = because.code.rpartition(".")[2] in _SPEAKS_AGAINST
    facts = {name: _written(name, value, currency, names) for name, value in because.facts.items()}
    return Reason(
        words=say_code(because.code, facts),
        icon="alert-triangle" if speaks_against else "check",
        mark="warn" if speaks_against else "ok",
    )


def say_difference(difference: Difference, currency: str, names: Mapping[str, str]) -> Reason:
    """What settles beside the money, or rests on account."""
    words = figures.say(
        f"pages.receipts.difference.{difference.kind}",
        amount=figures.amount(abs(difference.value), currency),
        debtor=names.get(difference.debtor, difference.debtor),
    )
    return Reason(words=words, icon="arrows-split-2", mark="warn")


def say_item(item: OpenItem) -> str:
    """``Invoice 2026-0412``; a kind that nobody named is an item."""
    code = f"pages.receipts.kind.{item.kind}"
    known = code if figures.has_words(code) else "pages.receipts.kind.item"
    return figures.say(known, document=item.document or item.key.partition(":")[2])


def say_sureness(sureness: str) -> tuple[str, str]:
    """The mark of a proposal and its words."""
    return _SURE[sureness], figures.say(f"pages.receipts.sure.{sureness}")


def say_why(because: str) -> str:
    """Why an entry is in its state: a code of ours in words, or what a person wrote."""
    return figures.say(because) if figures.has_words(because) else because


def name_accounts(company: CompanyId) -> dict[str, str]:
    """Our bank accounts' names by their codes."""
    return {account.code: account.name for account in list_bank_accounts(company=company)}


def name_actors(actors: Collection[str]) -> dict[str, str]:
    """People and the house itself behind actors; the log keeps ids only."""
    people = {actor: int(actor.removeprefix("user:")) for actor in actors if actor.removeprefix("user:").isdigit()}
    names = list_names(users=people.values())
    others = {actor: _house(actor) for actor in actors if actor not in people}
    return others | {actor: names[user] for actor, user in people.items() if user in names}


def _house(actor: str) -> str:
    code = f"desk.audit.kind.{actor}"
    return figures.say(code) if figures.has_words(code) else actor


def _written(name: str, value: str, currency: str, names: Mapping[str, str]) -> str:
    if name in _AMOUNTS:
        return _amount(value, currency)
    if name in {"count", "percent"} and value.isdigit():
        return figures.number(int(value))
    if name == "day":
        return figures.day(date.fromisoformat(value))
    if name == "debtor":
        return ", ".join(_named(value.split(", "), names))
    return value


def _named(numbers: Iterable[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(number, number) for number in numbers]


def _amount(value: str, currency: str) -> str:
    try:
        return figures.amount(Decimal(value), currency)
    except InvalidOperation:
        return value
