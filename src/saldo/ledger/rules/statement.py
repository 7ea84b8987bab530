"""A debtor's account told over a time: what stood before, each movement with the balance after it, what stands then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.core.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What one posting did to the account in one currency."""

    on: date
    key: str
    code: str
    document: str
    reversal_of: str
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A line of the statement: a move and the balance after it."""

    move: Move
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyStatement:
    """The statement in one currency; opening plus all movements is closing."""

    currency: str
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal


def tell(openings: Mapping[str, Decimal], moves: Iterable[Move]) -> tuple[CurrencyStatement, ...]:
    """The statements of all currencies that have an opening or a move; moves come in their order."""
    lines: dict[str, list[Movement]] = defaultdict(list)
    balances = defaultdict(lambda: ZERO, openings)
    for move in moves:
        balances[move.currency] += move.value
        lines[move.currency].append(Movement(move=move, balance=balances[move.currency]))
    return tuple(
        CurrencyStatement(
            currency=currency,
            opening=openings.get(currency, ZERO),
            movements=tuple(lines[currency]),
            closing=balances[currency],
        )
        for currency in sorted(balances)
    )
