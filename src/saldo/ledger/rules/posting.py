"""Balanced postings: what they are made of, when they are sound, and their mirror."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted

from saldo.core.money import ZERO, minor_digits
from saldo.core.problems import Refused
from saldo.ledger.rules.accounts import WITH_ITEMS, is_account


class UnableToPost(Refused):
    """A posting, its items or its reversal may not enter the books as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One leg: debit is positive, credit negative."""

    account: str
    party: str = ""  # debtor number, or "microsoft"
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One event of business in the books; ``key`` is stable and public, the same key twice is one posting."""

    key: str
    on: date
    code: str
    document: str = ""
    entries: tuple[Entry, ...]
    reversal_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Something that becomes open with its posting; ``original`` is signed as on its account."""

    key: str
    account: str
    party: str
    kind: str
    document: str = ""
    reference: str = ""
    issued_on: date
    due_on: date
    currency: str
    original: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCount:
    """How many postings of a batch were new, and how many stood in the books already."""

    posted: int
    skipped: int


_THOUSANDTH = Decimal("0.001")
_TAKEN_BACK = "-reversal"


def mirror(posting: Posting, *, key: str, on: date, code: str = "", document: str = "") -> Posting:
    """The posting that takes another back: the same legs with the other sign; code and document stay unless given."""
    return Posting(
        key=key,
        on=on,
        code=code or posting.code,
        document=document or posting.document,
        entries=tuple(replace(entry, value=-entry.value) for entry in posting.entries),
        reversal_of=posting.key,
    )


def is_balanced(posting: Posting) -> bool:
    """Whether debit and credit are equal in every currency."""
    sums: dict[str, Decimal] = {}
    for entry in posting.entries:
        sums[entry.currency] = sums.get(entry.currency, ZERO) + entry.value
    return not any(sums.values())


def check_posting(posting: Posting, items: Sequence[NewItem]) -> None:
    """See that a posting and its items are sound.

    Refuses (UnableToPost): ledger.posting.unbalanced, .without-entries, .unknown-account, .finer-than-its-currency,
    .items-disagree (entries and items of one account, party and currency; always asked of accounts with items),
    .item-from-later (issued after the posting's day).
    """
    facts = {"posting": posting.key}
    if not posting.entries:
        raise UnableToPost(code="ledger.posting.without-entries", facts=facts)
    for entry in posting.entries:
        if not is_account(entry.account):
            raise UnableToPost(code="ledger.posting.unknown-account", facts=facts | {"account": entry.account})
        if _is_too_fine(entry.value, entry.currency):
            raise UnableToPost(code="ledger.posting.finer-than-its-currency", facts=facts | {"value": f"{entry.value}"})
    if not is_balanced(posting):
        raise UnableToPost(code="ledger.posting.unbalanced", facts=facts)
    _check_items(posting, items)


def _check_items(posting: Posting, items: Sequence[NewItem]) -> None:
    accounts = WITH_ITEMS.union([item.account for item in items])
    left: dict[tuple[str, str, str], Decimal] = {}  # of the entries, when the items have taken theirs
    for entry in posting.entries:
        if entry.account in accounts:
            place = (entry.account, entry.party, entry.currency)
            left[place] = left.get(place, ZERO) + entry.value
    for item in items:
        place = (item.account, item.party, item.currency)
        left[place] = left.get(place, ZERO) - item.original
    for (account, party, currency), value in left.items():
        if value:
            facts = {"posting": posting.key, "account": account, "party": party, "currency": currency}
            raise UnableToPost(code="ledger.posting.items-disagree", facts=facts)
    for item in items:
        if item.issued_on > posting.on:
            raise UnableToPost(code="ledger.posting.item-from-later", facts={"posting": posting.key, "item": item.key})


def canonical_text(posting: Posting) -> str:
    """A posting as text that depends neither on the order of its legs nor on how an amount is written."""
    legs = [
        [entry.account, entry.party, entry.currency, str(entry.value.quantize(_THOUSANDTH))]
        for entry in posting.entries
    ]
    return written_text(posting.key, posting.on, posting.code, posting.document, posting.reversal_of, legs)


def written_text(key: str, on: date, code: str, document: str, reversal_of: str, legs: Iterable[list[str]]) -> str:
    """The canonical text from what the books hold: legs are account, party, currency and an amount of three digits.

    It is JSON without blanks, put together by hand: the writer of JSON takes twice as long, and this text is needed
    for every posting when it is written and again when it is sealed.
    """
    written = ",".join(
        [
            f'[{quoted(account)},{quoted(party)},{quoted(currency)},"{amount}"]'
            for account, party, currency, amount in sorted(legs)
        ]
    )
    names = f"{quoted(code)},{quoted(document)},{quoted(reversal_of)}"
    return f'[{quoted(key)},"{on.isoformat()}",{names},[{written}]]'


def digest_of(posting: Posting) -> str:
    """sha256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_text(posting).encode()).hexdigest()


def opposite_items(posting: Posting, items: Sequence[NewItem], *, key: str, on: date) -> tuple[NewItem, ...]:
    """The items of a mirror posting: one is named like the posting, several are numbered behind its name.

    Their kind says what they take back, ``invoice-reversal``; taken back again it is an ``invoice``.
    """
    names = [key] if len(items) == 1 else [f"{key}:{number}" for number in range(1, len(items) + 1)]
    return tuple(
        replace(item, key=name, kind=_kind_taken_back(item.kind), issued_on=on, due_on=on, original=-item.original)
        for name, item in zip(names, items, strict=True)
    )


def _kind_taken_back(kind: str) -> str:
    return kind.removesuffix(_TAKEN_BACK) if kind.endswith(_TAKEN_BACK) else kind + _TAKEN_BACK


def _is_too_fine(value: Decimal, currency: str) -> bool:
    digits = minor_digits(currency)
    return not value.is_finite() or value != round(value, digits)
