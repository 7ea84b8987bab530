"""Microsoft's charge types as the decision table groups them (reference 7, interface.md); compared without case."""

from __future__ import annotations

from datetime import timedelta

from saldo.charges.rules.cycles import LONGEST_MONTHLY
from saldo.charges.rules.line import LineItem
from saldo.core.periods import Month, anchored

_CREDITS = frozenset({"customercredit", "offset a line item"})
_MOVES = frozenset({"convert", "movequantity"})
_LEGACY_MOVES = frozenset(
    {"prorate fees when convert away from current offering", "prorate fees when convert to a new offering"}
)
_CANCELLATIONS = frozenset(
    {"cancelimmediate", "cancel", "cancel fee", "prorate fees when cancel", "cancel instance prorate"}
)
_PURCHASES = frozenset({"new", "purchase"})
_LEGACY_PURCHASES = frozenset(
    {"prorate fees when purchase", "purchase fee", "new purchase cycle fee", "activation fee"}
)
_SEAT_CHANGES = frozenset({"addquantity", "removequantity", "cycle instance prorate", "convert from instance prorate"})


def charge_type(item: LineItem) -> str:
    """The charge type to compare with."""
    return " ".join(item.charge_type.casefold().split())


def is_metered(item: LineItem) -> bool:
    """Whether consumption is charged, not something bought."""
    return item.category == "usage"


def is_credit_by_type(item: LineItem) -> bool:
    """Whether the row is a credit whatever else it says."""
    return charge_type(item) in _CREDITS


def is_move(item: LineItem) -> bool:
    """Whether the row is half of an upgrade or of seats moved to another subscription."""
    return charge_type(item) in _MOVES


def is_legacy_move(item: LineItem) -> bool:
    """The same on the legacy platform, whose rows have no ReferenceId."""
    return charge_type(item) in _LEGACY_MOVES


def is_half_of_move(item: LineItem) -> bool:
    """Whether the row is half of an upgrade or a move, on either platform."""
    return is_move(item) or is_legacy_move(item)


def is_cancellation(item: LineItem) -> bool:
    """Whether the row gives back what was cancelled."""
    return charge_type(item) in _CANCELLATIONS and not is_metered(item)


def is_refund_of_event(item: LineItem) -> bool:
    """Whether the type itself says that the row is part of an event; ``cancel`` is also the API's word for a refund."""
    return is_half_of_move(item) or is_seat_change(item) or (is_cancellation(item) and charge_type(item) != "cancel")


def is_purchase(item: LineItem) -> bool:
    """Whether the row charges a subscription for the first time."""
    return charge_type(item) in _PURCHASES or charge_type(item) in _LEGACY_PURCHASES


def is_billing_plan_change(item: LineItem) -> bool:
    """Whether the row begins another billing plan inside the term."""
    return charge_type(item) == "changebillingplan"


def is_seat_change(item: LineItem) -> bool:
    """Whether the row is half of seats added or removed."""
    return charge_type(item) in _SEAT_CHANGES


def days_charged(item: LineItem) -> int | None:
    """How many days the row charges, both ends included; None where it names no end."""
    if item.charge_starts_on is None or item.charge_ends_on is None:
        return None
    return (item.charge_ends_on - item.charge_starts_on).days + 1


def whole_years(item: LineItem) -> int:
    """How many whole years the row charges; 0 where it charges anything else."""
    first, last = item.charge_starts_on, item.charge_ends_on
    if first is None or last is None:
        return 0
    following = last + timedelta(days=1)
    years = following.year - first.year
    return max(years, 0) if following == anchored(Month(following.year, first.month), first.day) else 0


def is_upfront(item: LineItem) -> bool:
    """Whether the row is for more than a month or so, or for good: rule 6, whatever its charge type."""
    if is_metered(item):
        return False
    days = days_charged(item)
    if days is not None and days > LONGEST_MONTHLY:
        return True
    # blank means one-time in new commerce only; old legacy answers leave it out, estimates always
    return item.platform == "new-commerce" and not item.is_estimated and not item.billing_frequency.strip()
