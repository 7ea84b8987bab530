"""What happens to a debtor's book, told as events and applied one by one (interface.md, `policy simulate`).

A payment names its invoice, or is the only open item's, or equals one open item or all of them; else it lies there
without an invoice, as it would on the match screen, and letters wait for it as the policy says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from saldo.core.problems import Refused
from saldo.dunning.rules.book import Book, BookItem, BookMoney
from saldo.dunning.rules.returned import take_back

EventType = Literal[
    "invoice",
    "payment",
    "credit",
    "write-off",
    "chargeback",
    "payment-pending",
    "payment-settled",
    "payment-failed",
    "dispute",
    "dispute-closed",
    "promise",
    "hold",
    "release",
    "notice-failed",
]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
_ZERO = Decimal(0)


class UnableToReplay(Refused):
    """Events that tell no story: something missing, unknown or impossible in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``value`` in ``currency``; ``due`` is the due day of an invoice, the last day of a promise or hold.

    ``id`` names an invoice, a payment or a promise; that of a chargeback is the id of the payment that is returned.
    """

    on: date
    type: EventType
    id: str = ""
    value: Decimal | None = None
    currency: str = ""
    due: date | None = None
    invoice: str = ""


def apply(book: Book, event: Event) -> None:
    """Change the book by one event.

    Refuses (UnableToReplay): dunning.event.unknown-invoice, .other-currency, .duplicate-invoice, .unknown-payment.
    """
    _APPLY[event.type](book, event)


def _refuse(code: str, event: Event, **facts: str) -> UnableToReplay:
    return UnableToReplay(code=code, facts={"on": event.on.isoformat(), **facts})


def _item(book: Book, event: Event) -> BookItem:
    item = book.items.get(event.invoice)
    if item is None:
        raise _refuse("dunning.event.unknown-invoice", event, invoice=event.invoice)
    if event.currency not in ("", item.currency):
        named = {"invoice": item.key, "currency": item.currency, "seen": event.currency}
        raise _refuse("dunning.event.other-currency", event, **named)
    return item


def _items_named(book: Book, event: Event) -> tuple[str, ...]:
    return (_item(book, event).key,) if event.invoice else ()


def _invoice(book: Book, event: Event) -> None:
    key = event.id or event.invoice
    if key in book.items:
        raise _refuse("dunning.event.duplicate-invoice", event, invoice=key)
    value = event.value or _ZERO
    book.items[key] = BookItem(
        key=key, due_on=event.due or event.on, currency=event.currency, open=value, original=value
    )


def _receive(book: Book, event: Event) -> None:
    """Money or a credit: it settles what it names or what can be nothing else, and keeps promises; the rest stays."""
    left = event.value or _ZERO
    parts: dict[str, Decimal] = {}
    for item in _meant(book, event, left):
        parts[item.key] = _settle(item, left)
        left -= parts[item.key]
    _keep_promises(book, event, {**parts, "": left})
    key = event.id or f"{event.type}:{event.on}"
    if left > 0:
        book.credits.append(BookMoney(key=key, currency=event.currency, left=left, on=event.on))
    if event.type == "payment":
        settled = book.receipts.setdefault(key, {})
        for named, part in parts.items():
            settled[named] = settled.get(named, _ZERO) + part


def _meant(book: Book, event: Event, value: Decimal) -> list[BookItem]:
    if event.invoice:
        return [_item(book, event)]
    items = book.open_items(event.currency)
    if len(items) == 1 or sum((item.open for item in items), _ZERO) == value:
        return items
    equal = [item for item in items if item.open == value]
    return equal if len(equal) == 1 else []


def _settle(item: BookItem, value: Decimal) -> Decimal:
    part = min(item.open, value)
    item.open -= part
    item.disputed = min(item.disputed, item.open)
    if part and not item.open:
        item.reopened_on = None
    return part


def _keep_promises(book: Book, event: Event, parts: dict[str, Decimal]) -> None:
    """What arrived keeps the promises that still run: those for an invoice by what settled it, the others by all."""
    running = [one for one in book.promises if one.currency == event.currency and one.until and event.on <= one.until]
    for promise in sorted(running, key=lambda one: not one.items):
        for key in promise.items or tuple(parts):
            part = min(promise.left, parts.get(key, _ZERO))
            promise.left -= part
            parts[key] = parts.get(key, _ZERO) - part


def _chargeback(book: Book, event: Event) -> None:
    """Money that had settled an invoice, or lies there without one, is taken back; never more than was paid."""
    if event.invoice:
        _item(book, event)
    if not take_back(book, payment=event.id, item=event.invoice, value=event.value, on=event.on):
        raise _refuse("dunning.event.unknown-payment", event, id=event.id or event.invoice)


def _write_off(book: Book, event: Event) -> None:
    left = event.value or _ZERO
    items = [_item(book, event)] if event.invoice else book.open_items(event.currency)
    for item in items:
        left -= _settle(item, left)


def _pending(book: Book, event: Event) -> None:
    book.in_flight.append(
        BookMoney(
            key=event.id or event.invoice,
            currency=event.currency,
            left=event.value or _ZERO,
            on=event.on,
            items=_items_named(book, event),
        )
    )


def _landed(book: Book, event: Event) -> BookMoney:
    """The payment in flight that an event names; where it names none, the only one."""
    flying = [money for money in book.in_flight if money.left > 0]
    named = event.id or event.invoice
    mine = [money for money in flying if money.key == named] if named else flying
    if not mine or (not named and len(mine) > 1):
        raise _refuse("dunning.event.unknown-payment", event, id=named)
    return mine[0]


def _pending_settled(book: Book, event: Event) -> None:
    money = _landed(book, event)
    value = money.left if event.value is None else event.value
    money.left = _ZERO
    invoice = event.invoice or next(iter(money.items), "")
    _receive(
        book,
        Event(on=event.on, type="payment", id=money.key, value=value, currency=money.currency, invoice=invoice),
    )


def _pending_failed(book: Book, event: Event) -> None:
    _landed(book, event).left = _ZERO


def _dispute(book: Book, event: Event) -> None:
    item = _item(book, event)
    item.disputed = item.open if event.value is None else min(event.value, item.open)


def _dispute_closed(book: Book, event: Event) -> None:
    for item in [_item(book, event)] if event.invoice else book.items.values():
        item.disputed = _ZERO


def _promise(book: Book, event: Event) -> None:
    book.promises.append(
        BookMoney(
            key=event.id,
            currency=event.currency,
            left=event.value or _ZERO,
            on=event.on,
            until=event.due,
            items=_items_named(book, event),
        )
    )


def _hold(book: Book, event: Event) -> None:
    """A hold on an invoice or the debtor; a second one never shortens the first."""
    held = _item(book, event) if event.invoice else book
    held.held_until = max(held.held_until or date.min, event.due or date.max)


def _release(book: Book, event: Event) -> None:
    if event.invoice:
        _item(book, event).held_until = None
        return
    book.held_until = None
    for item in book.items.values():
        item.held_until = None


def _came_back(book: Book, event: Event) -> None:
    """A notice that came back changes where items stand, not what they owe: the simulation sees to it."""
    _items_named(book, event)


_APPLY: Mapping[EventType, Callable[[Book, Event], None]] = {
    "invoice": _invoice,
    "payment": _receive,
    "credit": _receive,
    "write-off": _write_off,
    "chargeback": _chargeback,
    "payment-pending": _pending,
    "payment-settled": _pending_settled,
    "payment-failed": _pending_failed,
    "dispute": _dispute,
    "dispute-closed": _dispute_closed,
    "promise": _promise,
    "hold": _hold,
    "release": _release,
    "notice-failed": _came_back,
}
