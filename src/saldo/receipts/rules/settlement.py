"""A match as the books see it: one posting, the credits it opens, and what these settle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from saldo.core.money import ZERO, add_up
from saldo.core.problems import Refused
from saldo.ledger.rules.accounts import BANK_FEES, EXCHANGE, RECEIVABLE, UNALLOCATED, WITHHOLDING, WRITE_OFF
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.receipts.rules.proposals import DIFFERENCES, Difference, Share

ON_ACCOUNT = "on-account"
_ACCOUNTS = {"bank-fee": BANK_FEES, "withholding": WITHHOLDING, "write-off": WRITE_OFF, "exchange": EXCHANGE}


class UnableToMatch(Refused):
    """This money cannot settle these items as asked."""


class Held(NamedTuple):
    """An item that a match settles: whose it is, what is open, and from which day on it may be settled."""

    debtor: str
    currency: str
    open: Decimal
    free_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedMoney:
    """What of an entry a match uses, in the entry's currency; ``number`` counts the entry's matches from 1."""

    entry: str
    number: int
    on: date
    currency: str
    used: Decimal

    @property
    def key(self) -> str:
        """The key of the match and of its posting."""
        return f"{self.entry}:match{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What goes into the books for one match."""

    posting: Posting
    items: tuple[NewItem, ...]
    allocations: tuple[NewAllocation, ...]


def settle(
    *, money: UsedMoney, shares: Sequence[Share], differences: Sequence[Difference], held: Mapping[str, Held]
) -> Settlement:
    """Lay out a match. Every debtor gets a credit of its own for the money, and one for each difference.

    Refuses (UnableToMatch): receipts.match.unknown-item, .mixed-currencies, .more-than-open, .no-amount,
    .unknown-difference, .unbalanced (money and differences do not make up the shares).
    """
    _check(money, shares, differences, held)
    currency = _currency(money, shares, held)
    credits = [
        credit
        for debtor in _debtors(shares, differences, held)
        for credit in _credits(debtor, _sums(debtor, shares, differences, held))
    ]
    if any(credit.value < 0 for credit in credits):
        raise UnableToMatch(code="receipts.match.unbalanced", facts={"entry": money.entry})
    single = len({credit.debtor for credit in credits}) <= 1
    items = tuple(_item(money, credit, currency, single) for credit in credits if credit.value)
    posting = _posting(money, currency, items)
    allocations = tuple(_allocations(money, shares, items, held))
    return Settlement(posting=posting, items=items, allocations=allocations)


class _Credit(NamedTuple):
    debtor: str
    kind: str
    value: Decimal


def _check(
    money: UsedMoney, shares: Sequence[Share], differences: Sequence[Difference], held: Mapping[str, Held]
) -> None:
    facts = {"entry": money.entry}
    if not money.used > 0:
        raise UnableToMatch(code="receipts.match.no-amount", facts=facts)
    _check_shares(shares, held, facts)
    for difference in differences:
        is_right_way = difference.value < 0 if difference.kind == ON_ACCOUNT else difference.value > 0
        if difference.kind not in DIFFERENCES or not is_right_way:
            raise UnableToMatch(code="receipts.match.unknown-difference", facts=facts | {"kind": difference.kind})


def _check_shares(shares: Sequence[Share], held: Mapping[str, Held], facts: Mapping[str, str]) -> None:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for share in shares:
        item = held.get(share.item)
        if item is None:
            raise UnableToMatch(code="receipts.match.unknown-item", facts={**facts, "item": share.item})
        if not share.value or share.value * item.open < 0:
            raise UnableToMatch(code="receipts.match.no-amount", facts=facts)
        sums[share.item] += share.value
    for key, value in sums.items():
        if abs(value) > abs(held[key].open):
            raise UnableToMatch(code="receipts.match.more-than-open", facts={**facts, "item": key})


def _currency(money: UsedMoney, shares: Sequence[Share], held: Mapping[str, Held]) -> str:
    currencies = {held[share.item].currency for share in shares} or {money.currency}
    if len(currencies) > 1:
        raise UnableToMatch(code="receipts.match.mixed-currencies", facts={"entry": money.entry})
    return currencies.pop()


def paid_by(*, shares: Iterable[Share], differences: Iterable[Difference]) -> Decimal:
    """What of the money the shares use, in their currency: the shares less what settles beside the payment."""
    return add_up(share.value for share in shares) - add_up(difference.value for difference in differences)


def _debtors(shares: Sequence[Share], differences: Sequence[Difference], held: Mapping[str, Held]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(held[share.item].debtor for share in shares), *(d.debtor for d in differences)]))


def _sums(
    debtor: str, shares: Sequence[Share], differences: Sequence[Difference], held: Mapping[str, Held]
) -> dict[str, Decimal]:
    """By kind of credit, what a debtor is given: the receipt itself, and every difference beside it."""
    sums: dict[str, Decimal] = {"receipt": add_up(s.value for s in shares if held[s.item].debtor == debtor)}
    for difference in differences:
        if difference.debtor == debtor:
            sums["receipt"] -= difference.value
            if difference.kind != ON_ACCOUNT:
                sums[difference.kind] = sums.get(difference.kind, ZERO) + difference.value
    return sums


def _credits(debtor: str, sums: Mapping[str, Decimal]) -> list[_Credit]:
    return [_Credit(debtor, kind, value) for kind, value in sums.items()]


def _item(money: UsedMoney, credit: _Credit, currency: str, single: bool) -> NewItem:
    base = money.entry if money.number == 1 and credit.kind == "receipt" else money.key
    base = base if credit.kind == "receipt" else f"{base}:{credit.kind}"
    return NewItem(
        key=base if single else f"{base}:{credit.debtor}",
        account=RECEIVABLE,
        party=credit.debtor,
        kind=credit.kind,
        document=money.entry,
        issued_on=money.on,
        due_on=money.on,
        currency=currency,
        original=-credit.value,
    )


def _posting(money: UsedMoney, currency: str, items: Sequence[NewItem]) -> Posting:
    legs = [Entry(account=UNALLOCATED, currency=money.currency, value=money.used)]
    paid = add_up(-item.original for item in items if item.kind == "receipt")
    if currency != money.currency:
        legs.append(Entry(account=EXCHANGE, currency=money.currency, value=-money.used))
        legs.append(Entry(account=EXCHANGE, currency=currency, value=paid))
    elif paid != money.used:
        raise UnableToMatch(code="receipts.match.unbalanced", facts={"entry": money.entry})
    for item in items:
        if item.kind != "receipt":
            party = item.party if item.kind == "withholding" else ""
            legs.append(Entry(account=_ACCOUNTS[item.kind], party=party, currency=currency, value=-item.original))
        legs.append(Entry(account=RECEIVABLE, party=item.party, currency=currency, value=item.original))
    return Posting(key=money.key, on=money.on, code="receipts.matched", document=money.entry, entries=tuple(legs))


def _allocations(
    money: UsedMoney, shares: Sequence[Share], items: Sequence[NewItem], held: Mapping[str, Held]
) -> Iterable[NewAllocation]:
    """Of each debtor: credit notes first, then what settles beside the money, then the money, oldest debt first."""
    number = 0
    for debtor in dict.fromkeys(held[share.item].debtor for share in shares):
        own = [share for share in shares if held[share.item].debtor == debtor]
        noted = [[share.item, -share.value, held[share.item].free_from] for share in own if share.value < 0]
        new = sorted((item for item in items if item.party == debtor), key=lambda item: item.kind == "receipt")
        sources: list[list[Any]] = noted + [[item.key, -item.original, item.issued_on] for item in new]
        for share in own:
            left = share.value
            while left > 0 and sources:
                source, available, since = sources[0]
                value = min(left, available)
                number += 1
                on = max(money.on, held[share.item].free_from, since)
                yield NewAllocation(key=f"{money.key}:{number}", on=on, debit=share.item, credit=source, value=value)
                left -= value
                sources[0][1] = available - value
                if not sources[0][1]:
                    sources.pop(0)
