"""Random lives of a debtor's book, seeded: invoices and everything that can be told of them, never impossible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from saldo.dunning.rules.book import Book
from saldo.dunning.rules.events import EVENT_TYPES, Event, EventType, UnableToReplay, apply

FIRST = date(2026, 1, 5)
LENGTH = 150
_AMOUNTS = [Decimal(text) for text in ("1000.00", "1000.00", "99.50", "40.00", "250.00", "12400.00", "0.01")]
_OFTEN: dict[str, int] = {"payment": 6, "payment-pending": 2, "promise": 2, "credit": 2, "chargeback": 3}
ANYTHING: tuple[EventType, ...] = tuple(kind for kind in EVENT_TYPES if kind != "invoice")


def a_life(random: Random, *, kinds: Sequence[EventType] = ANYTHING, most: int = 9, named: bool = False) -> list[Event]:
    """Some invoices and some events that can happen to them, by day; ``named``: each payment names its invoice."""
    invoices = [_an_invoice(random, place) for place in range(random.randrange(1, 4))]
    weights = [_OFTEN.get(kind, 1) for kind in kinds]
    chosen = random.choices(kinds, weights, k=random.randrange(most))
    events = [_an_event(random, kind, invoices, named) for kind in chosen]
    later = [after for event in events for after in _what_follows(random, event, kinds)]
    return possible(sorted([*invoices, *events, *later], key=lambda event: event.on))


def possible(events: Sequence[Event]) -> list[Event]:
    """Those that a book takes, one after the other."""
    book, taken = Book(), []
    for event in events:
        try:
            apply(book, event)
        except UnableToReplay:
            continue
        taken.append(event)
    return taken


_FOLLOWS: dict[EventType, tuple[EventType, ...]] = {
    "payment": ("chargeback",),
    "payment-pending": ("payment-settled", "payment-failed"),
}


def _what_follows(random: Random, event: Event, kinds: Sequence[EventType]) -> list[Event]:
    """Half of all payments are returned, most of those in flight land or fail."""
    able = [kind for kind in _FOLLOWS.get(event.type, ()) if kind in kinds]
    if not able or random.random() < 0.4:
        return []
    on = event.on + timedelta(days=random.randrange(0, 25))
    return [Event(on=on, type=random.choice(able), id=event.id, currency=event.currency)]


def _day(random: Random, first: int = 0, last: int = LENGTH) -> date:
    return FIRST + timedelta(days=random.randrange(first, last))


def _an_invoice(random: Random, place: int) -> Event:
    on = _day(random, 0, 40)
    return Event(
        on=on,
        type="invoice",
        id=f"F-{place}",
        value=random.choice(_AMOUNTS),
        currency=random.choice(["SEK", "SEK", "EUR"]),
        due=on + timedelta(days=random.choice([0, 10, 30])),
    )


def _an_event(random: Random, kind: EventType, invoices: Sequence[Event], named: bool) -> Event:
    about = random.choice(invoices)
    on = _day(random)
    is_named = named or random.random() < 0.6
    assert about.value is not None
    value = random.choice([about.value, about.value, round(about.value / 2, 2), Decimal("60.00")])
    return Event(
        on=on,
        type=kind,
        id=f"P-{random.randrange(4)}" if kind != "promise" else "",
        value=None if kind in ("chargeback", "dispute", "payment-settled") and random.random() < 0.5 else value,
        currency=about.currency,
        due=on + timedelta(days=random.randrange(0, 20)) if kind in ("promise", "hold") else None,
        invoice=about.id if is_named else "",
    )
