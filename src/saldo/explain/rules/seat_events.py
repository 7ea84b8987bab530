"""Which event made a part period: seats that changed inside a cycle, or a first cycle that began late.

Its code takes the factor of seats and days in the month of the event and in the month after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saldo.charges.rules.line import LineItem
from saldo.core.money import ZERO
from saldo.explain.rules.charge_types import is_purchase, is_seat_change
from saldo.explain.rules.compare import Difference
from saldo.explain.rules.events import event_order, last_seats
from saldo.explain.rules.explanation import Code, Fact
from saldo.explain.rules.reading import read_line
from saldo.explain.rules.settling import figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The event and its sentence."""

    code: Code
    variant: str
    facts: Mapping[str, Fact]

    @property
    def told(self) -> tuple[Code, str, Mapping[str, Fact]]:
        """Code, variant and facts."""
        return self.code, self.variant, self.facts


def part_of(difference: Difference) -> Part | None:
    """The event behind the part periods of a subscription, seats before first cycles; None when there was none."""
    old = _seat_changes(line.item for line in difference.before)
    new = _seat_changes(line.item for line in difference.after)
    if old or new:
        return _seat_part(difference, old, new)
    return _first_part(difference)


def _seat_changes(items: Iterable[LineItem]) -> list[list[LineItem]]:
    """The seat changes of a period in order of time: each the rows of one ReferenceId, legacy of one day."""
    events: dict[object, list[LineItem]] = {}
    for item in items:
        if is_seat_change(item):
            events.setdefault(item.reference or item.ordered_on or item.charge_ends_on, []).append(item)
    for rows in events.values():
        rows.sort(key=event_order)
    return sorted(events.values(), key=lambda rows: event_order(rows[0]))


def _seat_part(difference: Difference, old: list[list[LineItem]], new: list[list[LineItem]]) -> Part:
    events = [*old, *new]
    net = sum((_step(rows) for rows in events), ZERO)
    code: Code = "seats-added" if (net or difference.change) > 0 else "seats-removed"
    before, after = _seats_back(events[0]), _seats_charged(events[-1])
    counts: dict[str, Fact] = {"seats": abs(after - before), "seats_before": before, "seats_after": after}
    if not new:
        return Part(code=code, variant="full-cycle", facts=counts)
    if len(events) > 1:
        return Part(code=code, variant="events", facts=counts | {"count": len(events)})
    return Part(code=code, variant="event", facts=counts | _when_and_how_much(new[0]))


def _when_and_how_much(event: Sequence[LineItem]) -> dict[str, Fact]:
    last = event[-1]
    read = read_line(last)
    facts: dict[str, Fact] = {"pricing_currency": last.pricing_currency or last.currency}
    day = last.ordered_on or last.charge_starts_on
    if day is not None:
        facts["on"] = day
    if read is not None:
        facts["days"], facts["cycle_days"] = read.cycle.days, read.cycle.cycle_days
        facts["unit_price"] = figure(read.price * read.kept)
    return facts


def _step(event: Sequence[LineItem]) -> Decimal:
    """Seats charged less seats given back; both rows carry a positive quantity (reference 12)."""
    return _seats_charged(event) - _seats_back(event)


def _seats_charged(event: Sequence[LineItem]) -> Decimal:
    return max((item.quantity for item in event if item.amount > 0), default=ZERO)


def _seats_back(event: Sequence[LineItem]) -> Decimal:
    return max((item.quantity for item in event if item.amount < 0), default=ZERO)


def _first_part(difference: Difference) -> Part | None:
    """A first cycle that was not whole: the month after it still belongs to the purchase."""
    first = [line.item for line in difference.before if is_purchase(line.item)]
    read = [line for item in first if (line := read_line(item)) is not None and not line.cycle.is_whole]
    if not read or not difference.after:
        return None
    following = [line for line in map(read_line, (line.item for line in difference.after)) if line is not None]
    facts: dict[str, Fact] = {
        "seats": last_seats(difference.after),
        "days_before": read[0].cycle.days,
        "days_after": max((line.cycle.days for line in following), default=read[0].cycle.cycle_days),
    }
    return Part(code="new-subscription", variant="first-full", facts=facts)
