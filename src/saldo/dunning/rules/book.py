"""One debtor's book as collections see it: open items, money without an invoice, and what was said about them.

It gives each open item its `Facts` on a day. The round does the same for the whole house in SQL; that both agree is a
law. Money that nobody gave an invoice falls on the oldest item first, and so do money in flight and promises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from saldo.dunning.rules.facts import Facts

_DAY = timedelta(days=1)
_ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True)
class BookItem:
    """One open item; ``open`` is what the books say, before credits that nobody has allocated."""

    key: str
    due_on: date
    currency: str
    open: Decimal
    original: Decimal = _ZERO
    withheld: Decimal = _ZERO
    disputed: Decimal = _ZERO
    is_fee: bool = False
    held_until: date | None = None
    hold_reason: str = ""
    reopened_on: date | None = None


@dataclass(slots=True, kw_only=True)
class BookMoney:
    """Money that falls on items: an open credit or receipt, a payment in flight, or a promise with its last day.

    ``items``: those it is meant for; none means the oldest first.
    """

    key: str
    currency: str
    left: Decimal
    on: date
    until: date | None = None
    items: tuple[str, ...] = ()
    may_be_anothers: bool = False

    @property
    def is_spent(self) -> bool:
        """Whether nothing of it is left; money that may be another debtor's counts nothing and is waited for."""
        return self.left <= 0 and not self.may_be_anothers


@dataclass(slots=True, kw_only=True)
class Book:
    """Everything about one debtor that `decide` may look at; changed in place while events are told."""

    segment: str = ""
    items: dict[str, BookItem] = field(default_factory=dict)
    credits: list[BookMoney] = field(default_factory=list)
    in_flight: list[BookMoney] = field(default_factory=list)
    promises: list[BookMoney] = field(default_factory=list)
    receipts: dict[str, dict[str, Decimal]] = field(default_factory=dict)  # what each settled, should it be returned
    held_until: date | None = None
    hold_reason: str = ""
    insolvent_until: date | None = None  # debt due up to this day is covered by a restructuring mark
    protected: bool = False
    may_touch_access: bool = True
    bank_is_old: bool = False
    policy_changed: bool = False

    def facts_on(self, today: date) -> dict[str, Facts]:
        """The facts of every open item on a day, oldest item first."""
        found: dict[str, Facts] = {}
        for currency in dict.fromkeys(item.currency for item in self.items.values() if item.open > 0):
            found |= self._facts_in(currency, today)
        return found

    def open_items(self, currency: str) -> list[BookItem]:
        """What is open in a currency, in the order in which money falls on it."""
        mine = [item for item in self.items.values() if item.currency == currency and item.open > 0]
        return sorted(mine, key=lambda item: (item.due_on, item.key))

    def is_open(self, key: str) -> bool:
        """Whether anything is open on an item."""
        return key in self.items and self.items[key].open > 0

    def _facts_in(self, currency: str, today: date) -> dict[str, Facts]:
        items = self.open_items(currency)
        room = {item.key: item.open for item in items}
        credit = spread(_of(self.credits, currency), items, room)
        kept = {item.key: min(item.withheld, room[item.key]) for item in items}
        _take(room, kept)
        disputed = {item.key: min(item.disputed, room[item.key]) for item in items}
        _take(room, disputed)
        pending = spread(_of(self.in_flight, currency), items, room)
        running = [one for one in _of(self.promises, currency) if one.until is not None and today <= one.until]
        promised = spread(running, items, room)
        last_days = _last_days(running, items, promised)
        late = [item for item in items if item.due_on < today]
        shared = self._shared(currency)._replace(
            debtor_owed=sum((room[item.key] + promised.get(item.key, _ZERO) for item in late), _ZERO),
            items=len(late),
            more_late_on=min((item.due_on + _DAY for item in items if item.due_on >= today), default=None),
        )
        return {
            item.key: self._of_item(item, shared)._replace(
                credit=credit.get(item.key, _ZERO),
                withheld=kept[item.key],
                disputed=disputed[item.key],
                pending=pending.get(item.key, _ZERO),
                promised=promised.get(item.key, _ZERO),
                promise_until=last_days.get(item.key),
            )
            for item in items
        }

    def _shared(self, currency: str) -> Facts:
        """What is the same for all items of a currency."""
        credits = (one.on for one in self.credits if one.currency == currency and not one.is_spent)
        return Facts(
            due_on=date.min,
            currency=currency,
            open=_ZERO,
            segment=self.segment,
            unallocated_since=max(credits, default=None),
            protected=self.protected,
            may_touch_access=self.may_touch_access,
            bank_is_old=self.bank_is_old,
            policy_changed=self.policy_changed,
        )

    def _of_item(self, item: BookItem, shared: Facts) -> Facts:
        held_until, hold_reason = self._hold_of(item)
        return shared._replace(
            due_on=item.due_on,
            open=item.open,
            is_fee=item.is_fee,
            held_until=held_until,
            hold_reason=hold_reason,
            insolvent=self.insolvent_until is not None and item.due_on <= self.insolvent_until,
            reopened_on=item.reopened_on,
        )

    def _hold_of(self, item: BookItem) -> tuple[date | None, str]:
        """The longer of the item's own hold and the debtor's, with its reason."""
        if item.held_until is None or (self.held_until is not None and self.held_until > item.held_until):
            return self.held_until, self.hold_reason
        return item.held_until, item.hold_reason


def spread(moneys: Iterable[BookMoney], items: Iterable[BookItem], room: dict[str, Decimal]) -> dict[str, Decimal]:
    """Let each money fall on its items, or on all, the oldest first, as far as there is ``room``; room shrinks.

    Laws: nothing falls on an item beyond its room, and no more falls than the money there is.
    """
    order = list(items)
    parts: dict[str, Decimal] = {}
    for money in moneys:
        left = money.left
        for item in order:
            if money.items and item.key not in money.items:
                continue
            part = min(left, room[item.key])
            if part > 0:
                parts[item.key] = parts.get(item.key, _ZERO) + part
                room[item.key] -= part
                left -= part
    return parts


def _of(moneys: Iterable[BookMoney], currency: str) -> list[BookMoney]:
    """Those in a currency that have anything left, what is meant for certain items first, then the oldest first."""
    mine = [money for money in moneys if money.currency == currency and money.left > 0]
    return sorted(mine, key=lambda money: (not money.items, money.on, money.key))


def _take(room: dict[str, Decimal], parts: Mapping[str, Decimal]) -> None:
    for key, part in parts.items():
        room[key] -= part


def _last_days(
    promises: Iterable[BookMoney], items: Iterable[BookItem], promised: Mapping[str, Decimal]
) -> dict[str, date]:
    """The first day on which a promise that may cover an item ends: from the day after on it is decided anew."""
    found: dict[str, date] = {}
    for item in items:
        mine = [one.until for one in promises if one.until and (not one.items or item.key in one.items)]
        if item.key in promised and mine:
            found[item.key] = min(mine)
    return found
