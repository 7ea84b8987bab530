"""Payments that are taken back: which of them is meant, and what they had settled is open again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from saldo.dunning.rules.book import Book

_ZERO = Decimal(0)


def take_back(book: Book, *, payment: str, item: str, value: Decimal | None, on: date) -> bool:
    """Take a payment back, whole or by ``value``; False when there is no payment that could be meant.

    Without its id it is the newest that settled the item; without both, the newest of just this value, else of more.
    First what lies there without an invoice goes, then what had settled items; these say since when they are open.
    """
    key = payment if payment in book.receipts else "" if payment else _newest(book, item, value)
    if not key:
        return False
    total = _worth(book, key, item)
    left = total if value is None else min(value, total)
    if not item:
        left -= _take_credit(book, key, left, on)
    settled = book.receipts[key]
    for named in [item] if item else list(settled):
        part = min(settled.get(named, _ZERO), left)
        if part > 0:
            settled[named] -= part
            left -= part
            book.items[named].open += part
            book.items[named].reopened_on = on
    return total > 0


def _take_credit(book: Book, key: str, most: Decimal, on: date) -> Decimal:
    """Take back what nobody gave an invoice; what it had covered of open items is owed again from this day."""
    taken = _ZERO
    for credit in book.credits:
        if credit.key == key:
            part = min(credit.left, most - taken)
            credit.left -= part
            taken += part
            for item in book.open_items(credit.currency) if part else ():
                item.reopened_on = on
    return taken


def _worth(book: Book, key: str, item: str) -> Decimal:
    """What of a payment can still be taken back."""
    settled = book.receipts[key]
    if item:
        return settled.get(item, _ZERO)
    return sum(settled.values(), _ZERO) + sum((one.left for one in book.credits if one.key == key), _ZERO)


def _newest(book: Book, item: str, value: Decimal | None) -> str:
    """The newest payment that can be meant; empty when there is none."""
    worth = {key: _worth(book, key, item) for key in reversed(book.receipts)}
    exact = [key for key, total in worth.items() if total and total == value]
    enough = [key for key, total in worth.items() if total and (value is None or item or total >= value)]
    return next(iter([*exact, *enough]), "")
