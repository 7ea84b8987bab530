"""The money ahead, day by day: what should come in against what Microsoft must get, and where it is shortest.

Exact amounts in one currency each; days only; pure. What comes in is told twice: by its due days, and by the days on
which each debtor pays by habit. Both add up to the same sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median_high

from saldo.core.money import ZERO

FEWEST = 3
"""Settled items a debtor must have before they tell a habit; with fewer the company's habit is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How late payment comes: the middle of ``based_on`` settled items, in days after the due day (before: negative).

    ``is_own``: the debtor's own habit, not that of all debtors together.
    """

    days_late: int
    based_on: int
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An open item of a debtor, a credit negative."""

    key: str
    party: str
    due_on: date
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A document of Microsoft's still to be paid, on its last safe day; a credit negative."""

    document: str
    pay_on: date
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDay:
    """One day on which something moves: in by habit, in by due day, out; and what is there in the evening by each."""

    on: date
    by_habit: Decimal
    by_due_day: Decimal
    leaving: Decimal
    balance: Decimal
    balance_by_due_day: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """On which day one open item is expected, and by whose habit."""

    item: Expected
    on: date
    habit: Habit


@dataclass(frozen=True, slots=True, kw_only=True)
class CashAhead:
    """One currency: ``lowest`` by habit, on the first day on which it is reached; ``gap`` is what is missing then."""

    currency: str
    start: Decimal
    days: tuple[CashDay, ...]
    arrivals: tuple[Arrival, ...]
    leaving: tuple[Leaving, ...]
    expected: Decimal
    owed: Decimal
    lowest: Decimal
    lowest_on: date
    gap: Decimal
    lowest_by_due_day: Decimal
    lowest_by_due_day_on: date


def read_habits(*, settled: Iterable[tuple[str, date, date]]) -> Mapping[str, Habit]:
    """The habit of each debtor, and of all together under ``""``, from (debtor, due day, day settled).

    The later of two middles is taken. Without any settled item the habit of all is to pay on the due day.
    """
    late: dict[str, list[int]] = {"": []}
    for party, due_on, settled_on in settled:
        days = (settled_on - due_on).days
        late[""].append(days)
        late.setdefault(party, []).append(days)
    of_all = Habit(days_late=median_high(late[""]) if late[""] else 0, based_on=len(late[""]), is_own=False)
    own = {
        party: Habit(days_late=median_high(days), based_on=len(days), is_own=True)
        for party, days in late.items()
        if party and len(days) >= FEWEST
    }
    return {"": of_all} | own


def expect_on(*, due_on: date, habit: Habit, today: date) -> date:
    """The day on which an item is expected by habit.

    When that day has gone by without the money, the habit starts anew from today, and at the soonest tomorrow.
    """
    on = due_on + timedelta(days=habit.days_late)
    return on if on >= today else today + timedelta(days=max(habit.days_late, 1))


def look_ahead(
    *,
    today: date,
    start: Mapping[str, Decimal],
    expected: Sequence[Expected],
    leaving: Sequence[Leaving],
    habits: Mapping[str, Habit],
) -> tuple[CashAhead, ...]:
    """The money ahead in each currency that has any, by currency; what was to leave before today leaves today."""
    currencies = {*start, *(one.currency for one in expected), *(one.currency for one in leaving)}
    return tuple(
        _look(
            today,
            currency,
            start.get(currency, ZERO),
            [_arrival(one, habits, today) for one in expected if one.currency == currency],
            [one for one in leaving if one.currency == currency],
        )
        for currency in sorted(currencies)
    )


def _arrival(item: Expected, habits: Mapping[str, Habit], today: date) -> Arrival:
    habit = habits.get(item.party, habits[""])
    return Arrival(item=item, on=expect_on(due_on=item.due_on, habit=habit, today=today), habit=habit)


def _look(
    today: date, currency: str, start: Decimal, arrivals: Sequence[Arrival], leaving: Sequence[Leaving]
) -> CashAhead:
    days = _days(
        today,
        start,
        _by_day((one.on, one.item.value) for one in arrivals),
        _by_day((max(one.item.due_on, today), one.item.value) for one in arrivals),
        _by_day((max(one.pay_on, today), one.value) for one in leaving),
    )
    lowest = min(days, key=lambda day: (day.balance, day.on))
    by_due_day = min(days, key=lambda day: (day.balance_by_due_day, day.on))
    return CashAhead(
        currency=currency,
        start=start,
        days=days,
        arrivals=tuple(sorted(arrivals, key=lambda one: (one.on, one.item.key))),
        leaving=tuple(sorted(leaving, key=lambda one: (one.pay_on, one.document))),
        expected=sum((one.item.value for one in arrivals), ZERO),
        owed=sum((one.value for one in leaving), ZERO),
        lowest=lowest.balance,
        lowest_on=lowest.on,
        gap=max(-lowest.balance, ZERO),
        lowest_by_due_day=by_due_day.balance_by_due_day,
        lowest_by_due_day_on=by_due_day.on,
    )


def _by_day(moves: Iterable[tuple[date, Decimal]]) -> Mapping[date, Decimal]:
    sums: dict[date, Decimal] = {}
    for on, value in moves:
        sums[on] = sums.get(on, ZERO) + value
    return sums


def _days(
    today: date,
    start: Decimal,
    by_habit: Mapping[date, Decimal],
    by_due_day: Mapping[date, Decimal],
    leaving: Mapping[date, Decimal],
) -> tuple[CashDay, ...]:
    """Today, and every day on which something moves."""
    days = []
    balance = balance_by_due_day = start
    for on in sorted({today, *by_habit, *by_due_day, *leaving}):
        out = leaving.get(on, ZERO)
        balance += by_habit.get(on, ZERO) - out
        balance_by_due_day += by_due_day.get(on, ZERO) - out
        days.append(
            CashDay(
                on=on,
                by_habit=by_habit.get(on, ZERO),
                by_due_day=by_due_day.get(on, ZERO),
                leaving=out,
                balance=balance,
                balance_by_due_day=balance_by_due_day,
            )
        )
    return tuple(days)
