"""Two bills in, differences out: the decision table of interface.md, rule by rule; the first that fits takes the lines.

The differences hold every line of both bills exactly once, so their changes always add up to the change of the total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from saldo.core.money import ZERO
from saldo.explain.rules.bill import Bill, BillLine
from saldo.explain.rules.charge_types import (
    days_charged,
    is_billing_plan_change,
    is_cancellation,
    is_credit_by_type,
    is_half_of_move,
    is_metered,
    is_purchase,
    is_refund_of_event,
    is_upfront,
    whole_years,
)
from saldo.explain.rules.keys import Keyed, by_key, key_of, subscription_of
from saldo.explain.rules.linking import linked_keys
from saldo.explain.rules.terms import has_other_term

Rule = Literal[
    "tax",
    "partner-fee",
    "correction",
    "credit",
    "plan",
    "term",
    "upfront",
    "presence",
    "metered-plan",
    "usage",
    "seats",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The lines of one subscription or meter, in both periods, that one rule of the table explains."""

    rule: Rule
    key: str
    before: tuple[BillLine, ...]
    after: tuple[BillLine, ...]

    @property
    def lines(self) -> tuple[BillLine, ...]:
        """The lines of both periods."""
        return self.before + self.after

    @property
    def change(self) -> Decimal:
        """What these lines add to the change of the total."""
        return sum_of(self.after) - sum_of(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What no rule has taken yet, and the documents and subscriptions that each period has."""

    before: tuple[BillLine, ...]
    after: tuple[BillLine, ...]
    documents_before: frozenset[str]
    documents_after: frozenset[str]
    held_before: frozenset[str] = frozenset()
    held_after: frozenset[str] = frozenset()

    def take(self, rule: Rule, wanted: Callable[[BillLine], bool]) -> tuple[Difference, ...]:
        """The wanted lines of both periods as one difference a key."""
        sides = by_key(filter(wanted, self.before), filter(wanted, self.after))
        return tuple(_difference(rule, side) for side in sides)


def compare(*, before: Bill, after: Bill) -> tuple[Difference, ...]:
    """Explain one bill against another. The differences add up to the change of the total, exactly.

    Refuses nothing: bills of one customer, currency and side are compared, empty ones too.
    """
    found: list[Difference] = []
    left = Open(
        before=_without_undone(before.lines),
        after=_without_undone(after.lines),
        documents_before=_documents(before.lines),
        documents_after=_documents(after.lines),
    )
    for rule in _BEFORE_EVENTS:
        left = _apply(rule, left, found)
    left = replace(
        left,
        held_before=frozenset(map(subscription_of, left.before)),
        held_after=frozenset(map(subscription_of, left.after)),
    )
    for rule in _EVENTS_AND_FACTORS:
        left = _apply(rule, left, found)
    return tuple(found)


def sum_of(lines: Iterable[BillLine]) -> Decimal:
    """What lines come to."""
    return sum((line.item.amount for line in lines), ZERO)


# ---- the decision table: one function a rule, in the order of interface.md --------------------------------------


def _tax_and_fees(left: Open) -> tuple[Difference, ...]:
    """1. Tax, and the partner's own support, late and service fees."""
    return (
        *left.take("tax", lambda line: line.is_tax),
        *left.take("partner-fee", lambda line: bool(line.own_fee) and not line.is_tax),
    )


def _corrections(left: Open) -> tuple[Difference, ...]:
    """2. Rows of a document that voids, rebills or amends one of another period."""
    sides = ((left.before, left.documents_before), (left.after, left.documents_after))
    amending = {id(line) for side, here in sides for line in side if not here.issuperset(line.item.amends)}
    return left.take("correction", lambda line: id(line) in amending)


def _credits(left: Open) -> tuple[Difference, ...]:
    """3. Credits by type, and rows that only give and say why; the refund of an event never."""
    charged = {line.item.reference for line in (*left.before, *left.after) if line.item.amount > 0} - {""}

    def is_credit(line: BillLine) -> bool:
        item = line.item
        only_gives = item.amount < 0 and item.reference not in charged and not is_refund_of_event(item)
        return is_credit_by_type(item) or (only_gives and bool(item.credit_reason.strip()))

    return left.take("credit", is_credit)


def _plan_changes(left: Open) -> tuple[Difference, ...]:
    """4. Upgrades, moved seats, migrations: all rows of all linked subscriptions, in both periods."""
    seats = [line for line in (*left.before, *left.after) if not is_metered(line.item)]
    keys = {id(line.item): key_of(line) for line in seats}
    groups = linked_keys([line.item for line in seats], keys)

    def members(side: Sequence[BillLine], group: tuple[str, ...]) -> tuple[BillLine, ...]:
        return tuple(line for line in side if not is_metered(line.item) and key_of(line) in group)

    return tuple(
        Difference(
            rule="plan",
            key=_arrived_at(group, seats),
            before=members(left.before, group),
            after=members(left.after, group),
        )
        for group in groups
    )


def _term_changes(left: Open) -> tuple[Difference, ...]:
    """5. Another billing plan, term length or billing frequency of the same subscription."""
    sides = by_key(_seats(left.before), _seats(left.after))
    return tuple(
        _difference("term", side)
        for side in sides
        if any(is_billing_plan_change(line.item) for line in side.lines) or has_other_term(side.before, side.after)
    )


def _upfront(left: Open) -> tuple[Difference, ...]:
    """6. Money for more than 45 days, or for good, that stands in one period only, whatever its charge type.

    A year in one period and the year after it in the other is money in both: seats and prices tell them apart.
    """
    ahead = [{_paid_ahead(line) for line in side if is_upfront(line.item)} for side in (left.before, left.after)]
    in_both = ahead[0] & ahead[1]
    return left.take("upfront", lambda line: is_upfront(line.item) and _paid_ahead(line) not in in_both)


def _presence(left: Open) -> tuple[Difference, ...]:
    """7. A subscription or metered plan in one period only, with all it holds; one cancelled inside its window."""
    one_sided = left.held_before ^ left.held_after

    def in_one(line: BillLine) -> bool:
        return subscription_of(line) in one_sided

    came_or_went = by_key(filter(in_one, left.before), filter(in_one, left.after), key=subscription_of)
    stayed = by_key(*((line for line in _seats(lines) if not in_one(line)) for lines in (left.before, left.after)))
    return (
        *(_difference("presence" if any(_seats(side.lines)) else "metered-plan", side) for side in came_or_went),
        *(_difference("presence", side) for side in stayed if any(is_cancellation(line.item) for line in side.lines)),
    )


def _usage(left: Open) -> tuple[Difference, ...]:
    """8. Usage by meter; a meter that came or went inside a plan that stayed is a matter of volume."""
    return left.take("usage", lambda line: is_metered(line.item))


def _rest(left: Open) -> tuple[Difference, ...]:
    """9. Seats in both periods: arithmetic decides."""
    return left.take("seats", lambda line: True)


_BEFORE_EVENTS = (_tax_and_fees, _corrections, _credits)
_EVENTS_AND_FACTORS = (_plan_changes, _term_changes, _upfront, _presence, _usage, _rest)


# ---- what the rules ask -------------------------------------------------------------------------------------------


def _apply(rule: Callable[[Open], tuple[Difference, ...]], left: Open, found: list[Difference]) -> Open:
    taken = rule(left)
    found += taken
    gone = {id(line) for difference in taken for line in difference.lines}
    return replace(
        left,
        before=tuple(line for line in left.before if id(line) not in gone),
        after=tuple(line for line in left.after if id(line) not in gone),
    )


def _difference(rule: Rule, side: Keyed) -> Difference:
    return Difference(rule=rule, key=side.key, before=tuple(side.before), after=tuple(side.after))


def _seats(lines: Iterable[BillLine]) -> Iterable[BillLine]:
    return (line for line in lines if not is_metered(line.item))


def _documents(lines: Iterable[BillLine]) -> frozenset[str]:
    return frozenset(str(line.item.document) for line in lines)


def _without_undone(lines: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    """Rows that a document of the same period took back to the cent vanish together with what they took back."""
    here = _documents(lines)
    gone: set[int] = set()
    for undoing in lines:
        if id(undoing) in gone or here.isdisjoint(undoing.item.amends):
            continue
        undone = next((line for line in lines if id(line) not in gone and _undoes(undoing, line)), None)
        if undone is not None:
            gone |= {id(undoing), id(undone)}
    return tuple(line for line in lines if id(line) not in gone)


def _undoes(undoing: BillLine, line: BillLine) -> bool:
    new, old = undoing.item, line.item
    is_of_amended = old.document in new.amends and old.amount == -new.amount
    return is_of_amended and key_of(undoing) == key_of(line) and _stretch(undoing) == _stretch(line)


def _arrived_at(group: tuple[str, ...], seats: Sequence[BillLine]) -> str:
    """The subscription that a change of plan leads to: the one that the rows of the event charge the most, net."""
    net = dict.fromkeys(group, ZERO)
    for line in seats:
        key, item = key_of(line), line.item
        if key in net and (is_half_of_move(item) or is_purchase(item)):
            net[key] += item.amount
    return max(group, key=lambda key: (net[key], key))


def _paid_ahead(line: BillLine) -> tuple[object, ...]:
    """What money for a long time is matched by: whole years by their number, all else by its days."""
    item, years = line.item, whole_years(line.item)
    return (key_of(line), item.product_id, item.sku_id, years) if years else _stretch(line)


def _stretch(line: BillLine) -> tuple[object, ...]:
    item = line.item
    return (key_of(line), item.product_id, item.sku_id, item.charge_starts_on, item.charge_ends_on, days_charged(item))
