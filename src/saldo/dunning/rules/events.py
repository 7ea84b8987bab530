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
    """One event. ``value`` in ``currency``; ``due`` is the due day of an invoice, the last day of a promise or hold."""

    on: date
    type: EventType
    id: str = ""
    value: Decimal | None = None
    currency: str = ""
    due: date | None = None
    invoice: str = ""


def apply(book: Book, event: Event) -> None:
    """Change the book by one event. Refuses (UnableToReplay): dunning.event.unknown-invoice, .unknown-payment."""
    _APPLY[event.type](book, event)


def _item(book: Book, event: Event) -> BookItem:
    item = book.items.get(event.invoice)
    if item is None:
        facts = {"on": event.on.isoformat(), "invoice": event.invoice}
        raise UnableToReplay(code="dunning.event.unknown-invoice", facts=facts)
    return item


def _invoice(book: Book, event: Event) -> None:
    key = event.id or event.invoice
    value = event.value or _ZERO
    book.items[key] = BookItem(
        key=key, due_on=event.due or event.on, currency=event.currency, open=value, original=value
    )


def _receive(book: Book, event: Event) -> None:
    """Money or a credit: it keeps promises, then settles what it names or what can be nothing else."""
    left = event.value or _ZERO
    _keep_promises(book, event.currency, left)
    for item in _meant(book, event, left):
        left -= _settle(item, left)
    if left > 0:
        key = event.id or f"{event.type}:{event.on}"
        book.credits.append(BookMoney(key=key, currency=event.currency, left=left, on=event.on))


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


def _keep_promises(book: Book, currency: str, value: Decimal) -> None:
    for promise in book.promises:
        if promise.currency == currency:
            part = min(promise.left, value)
            promise.left -= part
            value -= part


def _chargeback(book: Book, event: Event) -> None:
    """Money that had settled an invoice, or lies there without one, is taken back."""
    item = book.items.get(event.invoice)
    if item is None:
        credit = next((one for one in book.credits if event.id and one.key == event.id), None)
        if credit is not None:
            credit.left = max(credit.left - (event.value or credit.left), _ZERO)
            return
        item = _item(book, event) if event.invoice else _last_settled(book, event)
    back = event.value if event.value is not None else item.original
    item.open = min(item.open + back, item.original)
    item.reopened_on = event.on


def _last_settled(book: Book, event: Event) -> BookItem:
    """The newest item that was paid by at least this much: what a returned payment without a name must have been."""
    paid = [item for item in book.items.values() if item.original - item.open >= (event.value or _ZERO) > 0]
    if not paid:
        raise UnableToReplay(code="dunning.event.unknown-payment", facts={"on": event.on.isoformat(), "id": event.id})
    return max(paid, key=lambda item: (item.due_on, item.key))


def _write_off(book: Book, event: Event) -> None:
    left = event.value or _ZERO
    items = [_item(book, event)] if event.invoice else book.open_items(event.currency)
    for item in items:
        left -= _settle(item, left)


def _pending(book: Book, event: Event) -> None:
    items = (event.invoice,) if event.invoice else ()
    book.in_flight.append(
        BookMoney(
            key=event.id or event.invoice,
            currency=event.currency,
            left=event.value or _ZERO,
            on=event.on,
            items=items,
        )
    )


def _landed(book: Book, event: Event) -> BookMoney:
    for money in book.in_flight:
        if money.key in (event.id, event.invoice) and money.key and money.left > 0:
            left, money.left = money.left, _ZERO
            return BookMoney(key=money.key, currency=money.currency, left=left, on=event.on, items=money.items)
    facts = {"on": event.on.isoformat(), "id": event.id or event.invoice}
    raise UnableToReplay(code="dunning.event.unknown-payment", facts=facts)


def _pending_settled(book: Book, event: Event) -> None:
    money = _landed(book, event)
    invoice = event.invoice or next(iter(money.items), "")
    paid = Event(on=event.on, type="payment", id=money.key, value=money.left, currency=money.currency, invoice=invoice)
    _receive(book, paid)


def _pending_failed(book: Book, event: Event) -> None:
    _landed(book, event)


def _dispute(book: Book, event: Event) -> None:
    item = _item(book, event)
    item.disputed = item.open if event.value is None else min(event.value, item.open)


def _dispute_closed(book: Book, event: Event) -> None:
    for item in [_item(book, event)] if event.invoice else book.items.values():
        item.disputed = _ZERO


def _promise(book: Book, event: Event) -> None:
    items = (event.invoice,) if event.invoice else ()
    book.promises.append(
        BookMoney(
            key=event.id,
            currency=event.currency,
            left=event.value or _ZERO,
            on=event.on,
            until=event.due,
            items=items,
        )
    )


def _hold(book: Book, event: Event) -> None:
    until = event.due or date.max
    if event.invoice:
        _item(book, event).held_until = until
    else:
        book.held_until = until


def _release(book: Book, event: Event) -> None:
    if event.invoice:
        _item(book, event).held_until = None
        return
    book.held_until = None
    for item in book.items.values():
        item.held_until = None


def _nothing(book: Book, event: Event) -> None:
    """A notice that came back changes where items stand, not what they owe: the simulation sees to it."""


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
    "notice-failed": _nothing,
}
