"""The books as other programs read them: hledger, beancount and CSV, posting by posting, nothing held back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from saldo.core.money import amount_text, minor_digits
from saldo.ledger.rules.accounts import WITH_ITEMS, kind_of
from saldo.ledger.rules.posting import Entry, Posting

CSV_COLUMNS = ("posting", "on", "account", "currency", "amount", "document", "customer", "reversal_of")
_ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "equity": "Equity",
}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")
_NOT_IN_A_LINE = re.compile(r"[\s;|()]+")
# Beancount wants every account opened, on whatever day before its first posting.
_BEFORE_ALL = "1970-01-01"


class AccountNames:
    """Names legal in both programs, each account its own: ``Assets:Receivable:10001``, ``Liabilities:Tax:SE:25``."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def name(self, entry: Entry) -> tuple[str, bool]:
        """The name of an entry's account, and whether it is named for the first time.

        Accounts with open items have a name for each party.
        """
        key = (entry.account, entry.party if entry.account in WITH_ITEMS else "")
        if key in self._names:
            return self._names[key], False
        parts = (*entry.account.split(":"), *filter(None, key[1:]))
        wanted = ":".join((_ROOTS[kind_of(entry.account)], *map(_component, parts)))
        name, number = wanted, 1
        while name in self._taken:  # "a b" and "a-b" are one component; they stay two accounts
            number += 1
            name = f"{wanted}-{number}"
        self._names[key] = name
        self._taken.add(name)
        return name, True


def write_csv(postings: Iterable[Posting]) -> Iterator[str]:
    """One row per leg under the columns of interface.md."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for posting in postings:
        for entry in posting.entries:
            amount = amount_text(entry.value, entry.currency)
            facts = (posting.document, entry.party, posting.reversal_of)
            writer.writerow((posting.key, posting.on.isoformat(), entry.account, entry.currency, amount, *facts))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def write_hledger(postings: Iterable[Posting]) -> Iterator[str]:
    """A journal that ``hledger check --strict`` accepts: accounts and commodities are declared where first used."""
    names, currencies = AccountNames(), set[str]()
    yield "decimal-mark .\n"
    for posting in postings:
        legs = []
        for entry in posting.entries:
            name, is_new = names.name(entry)
            if is_new:
                yield f"\naccount {name}\n"
            if entry.currency not in currencies:
                currencies.add(entry.currency)
                yield f"\ncommodity 1000.{'0' * minor_digits(entry.currency)} {entry.currency}\n"
            legs.append(f"    {name}  {amount_text(entry.value, entry.currency)} {entry.currency}\n")
        document = f"({_in_line(posting.document)}) " if posting.document else ""
        yield f"\n{posting.on.isoformat()} * {document}{_in_line(posting.key)} | {posting.code}\n{''.join(legs)}"


def write_beancount(postings: Iterable[Posting]) -> Iterator[str]:
    """A journal that ``bean-check`` accepts; key, document and reversal are metadata of the transaction."""
    names = AccountNames()
    yield 'option "title" "Saldo"\n'
    for posting in postings:
        legs = []
        for entry in posting.entries:
            name, is_new = names.name(entry)
            if is_new:
                yield f"\n{_BEFORE_ALL} open {name}\n"
            legs.append(f"  {name}  {amount_text(entry.value, entry.currency)} {entry.currency}\n")
        facts = {"posting": posting.key, "document": posting.document, "reversal_of": posting.reversal_of}
        told = "".join(f"  {name}: {_quoted(value)}\n" for name, value in facts.items() if value)
        yield f"\n{posting.on.isoformat()} * {_quoted(posting.code)}\n{told}{''.join(legs)}"


def _component(text: str) -> str:
    """One part of an account's name: it begins with a capital or a figure, then letters, figures and dashes."""
    words = [word for word in _NOT_IN_A_NAME.split(text) if word]
    if not words:
        return "X" + text.encode().hex()
    if text in _SPOKEN:
        return "".join(word.capitalize() for word in words)
    name = "-".join(words)
    return name[0].upper() + name[1:]


_SPOKEN = frozenset({"bank-fees", "input-tax", "write-off"})


def _in_line(text: str) -> str:
    return _NOT_IN_A_LINE.sub(" ", text).strip()


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
