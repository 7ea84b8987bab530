"""The facts that a step's conditions let through, as a box: one span per fact, exact, so that it can be reasoned with.

Conditions compare one fact with one constant, so every conjunction is a box and every policy cuts the facts into
finitely many boxes. Days and items are whole numbers; amounts are counted in thousandths, the finest unit that any
currency pays in; whether a box holds a payable amount is asked with the grid and the floor of a currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from saldo.core.money import minor_digits
from saldo.dunning.rules.conditions import Seen
from saldo.dunning.rules.policy import Comparison, Condition, Policy, Step

FAR = 1 << 60
THOUSANDTHS = 1000
_PLEASANT = 150 * THOUSANDTHS  # an amount that looks like one; any other in the box would do
_USUAL = ("EUR", "SEK", "USD", "GBP", "BRL", "CNY", "CHF", "NOK", "DKK", "PLN")
_FINEST = ("KWD", "BHD", "OMR", "JOD", "TND", "LYD", "IQD")


class Span(NamedTuple):
    """From the first whole number to the last, both in it."""

    first: int
    last: int

    def meet(self, other: Span) -> Span:
        """What lies in both; empty when first > last."""
        return Span(max(self.first, other.first), min(self.last, other.last))

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        return self.first > self.last


ANY = Span(-FAR, FAR)
NOT_NEGATIVE = Span(0, FAR)
AT_LEAST_ONE = Span(1, FAR)


class Box(NamedTuple):
    """A span for each fact that is counted; segment and currency are one text, or None for any."""

    days: Span = ANY
    owed: Span = NOT_NEGATIVE
    debtor_owed: Span = NOT_NEGATIVE
    items: Span = AT_LEAST_ONE
    segment: str | None = None
    currency: str | None = None

    @property
    def counted(self) -> tuple[Span, Span, Span, Span]:
        """The four spans of numbers."""
        return self.days, self.owed, self.debtor_owed, self.items


def box_of(step: Step) -> Box | None:
    """The box of a step's conditions; None when no facts at all can fulfil them."""
    box: Box | None = Box()
    for condition in step.when:
        box = box and meet(box, _box_of_condition(condition))
    return box


def meet(one: Box, other: Box) -> Box | None:
    """What lies in both boxes; None when nothing does."""
    spans = [mine.meet(its) for mine, its in zip(one.counted, other.counted, strict=True)]
    if any(span.is_empty for span in spans):
        return None
    if _differ(one.segment, other.segment) or _differ(one.currency, other.currency):
        return None
    segment = other.segment if one.segment is None else one.segment
    return _boxed(spans, segment, other.currency if one.currency is None else one.currency)


def without(whole: Box, holes: Sequence[Box]) -> Iterator[Box]:
    """What is left of a box without others of the same texts, as boxes that do not overlap; one after the other.

    Whoever needs only one piece stops there: nothing is cut before it is asked for.
    """
    for rest in _left(_flat(whole), [_flat(hole) for hole in holes], 0):
        yield _boxed([Span(*rest[at : at + 2]) for at in range(0, len(rest), 2)], whole.segment, whole.currency)


_Flat = tuple[int, ...]  # first and last of each of the four spans in a row: nothing here is fast with objects


def _left(piece: _Flat, holes: list[_Flat], start: int) -> Iterator[_Flat]:
    """The piece without the holes from this one on: cut along the first that it meets, then each rest in turn."""
    d0, d1, o0, o1, t0, t1, n0, n1 = piece
    for at in range(start, len(holes)):
        hole = holes[at]
        if (
            (d0 <= hole[1] and hole[0] <= d1 and o0 <= hole[3] and hole[2] <= o1)
            and (t0 <= hole[5] and hole[4] <= t1)
            and (n0 <= hole[7] and hole[6] <= n1)
        ):
            for rest in _cut(piece, hole):
                yield from _left(rest, holes, at + 1)
            return
    yield piece


def _cut(piece: _Flat, hole: _Flat) -> Iterator[_Flat]:
    """A piece around a hole that it meets: below and above it, span by span."""
    for at in range(0, len(piece), 2):
        first, last = piece[at], piece[at + 1]
        if first < hole[at]:
            yield (*piece[:at], first, hole[at] - 1, *piece[at + 2 :])
        if hole[at + 1] < last:
            yield (*piece[:at], hole[at + 1] + 1, last, *piece[at + 2 :])
        piece = (*piece[:at], max(first, hole[at]), min(last, hole[at + 1]), *piece[at + 2 :])


def _flat(box: Box) -> _Flat:
    return tuple(end for span in box.counted for end in span)


def currencies_of(policy: Policy) -> tuple[str, ...]:
    """A usual currency and one of thousandths that the policy does not name, then all that it names.

    What holds for no one of these holds for no currency at all: the others differ in nothing that is looked at.
    """
    named = _named(policy, "currency") | set(policy.floor)
    named |= {currency for step in policy.steps for act in step.acts for currency in act.net}
    strangers = [next((one for one in pool if one not in named), None) for pool in (_USUAL, _FINEST)]
    return (*(one for one in strangers if one is not None), *sorted(named))


def segments_of(policy: Policy) -> tuple[str, ...]:
    """No segment, which stands for all that the policy does not name, then those it names."""
    return ("", *sorted(_named(policy, "segment") - {""}))


def point_in(policy: Policy, box: Box, currencies: tuple[str, ...], *, least: bool = False) -> Seen | None:
    """Facts in a box that an item above the floor of its currency can have; None when there are none.

    A debtor owes at least what the item owes. With ``least`` each amount is the smallest there is, else one that looks
    like an amount where the box allows it.
    """
    for currency in currencies if box.currency is None else (box.currency,):
        unit = THOUSANDTHS // 10 ** minor_digits(currency)
        above_floor = Span(max(floor(policy.floor_of(currency) * THOUSANDTHS) + 1, 1), FAR)
        most = _on_grid(box.debtor_owed, unit).last
        owed = _on_grid(box.owed.meet(above_floor), unit).meet(Span(-FAR, most))
        debtor_owed = _on_grid(box.debtor_owed.meet(Span(owed.first, FAR)), unit)
        if owed.is_empty or debtor_owed.is_empty:
            continue
        mine = owed.first if least else _nearest(owed, _PLEASANT)
        its = _nearest(debtor_owed, debtor_owed.first if least else mine)
        items = max(box.items.first, 1)
        return Seen(_day(box.days), _amount(mine), _amount(its), items, box.segment or "", currency)
    return None


def thousandths(amount: Decimal) -> int:
    """An amount as so many thousandths; finer ones are cut."""
    return floor(amount * THOUSANDTHS)


def _on_grid(span: Span, unit: int) -> Span:
    """The part of a span that begins and ends with a multiple of the unit."""
    return Span(-(-span.first // unit) * unit, span.last // unit * unit)


def _nearest(span: Span, liked: int) -> int:
    return min(max(span.first, liked), span.last)


def _amount(units: int) -> Decimal:
    return Decimal(units) / THOUSANDTHS


def _day(span: Span) -> int:
    if span.first > -FAR:
        return span.first
    return span.last if span.last < FAR else 1


def _boxed(spans: Sequence[Span], segment: str | None, currency: str | None) -> Box:
    days, owed, debtor_owed, items = spans
    return Box(days, owed, debtor_owed, items, segment, currency)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _named(policy: Policy, fact: str) -> set[str]:
    return {str(one.constant) for step in policy.steps for one in step.when if one.fact == fact}


def _box_of_condition(condition: Condition) -> Box:
    if condition.fact == "segment":
        return Box(segment=str(condition.constant))
    if condition.fact == "currency":
        return Box(currency=str(condition.constant))
    is_amount = condition.fact in ("owed", "debtor-owed")
    constant = Decimal(condition.constant) * (THOUSANDTHS if is_amount else 1)
    span = _span(condition.comparison, constant)
    name = condition.fact.replace("-", "_").replace("days_late", "days")
    return Box()._replace(**{name: getattr(Box(), name).meet(span)})


def _span(comparison: Comparison, constant: Decimal) -> Span:
    first = {">=": ceil(constant), ">": floor(constant) + 1, "=": ceil(constant)}.get(comparison, -FAR)
    last = {"<=": floor(constant), "<": ceil(constant) - 1, "=": floor(constant)}.get(comparison, FAR)
    return Span(first, last)
