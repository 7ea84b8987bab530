"""Which part of its charge cycle a row charges, as pricing needs it: the price of the row tells (ADR 0018)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from saldo.agreements.rules.earned_credit import read_adjustments
from saldo.charges.rules.cycles import LONGEST_MONTHLY, CycleShare, shares_of_cycle
from saldo.charges.rules.line import LineItem
from saldo.charges.rules.proration import months_of
from saldo.core.periods import Month, anchored

_TOLERANCE = Fraction(1, 100)
_PLAIN = (2, 3, 4)
"""Digits of a discount that somebody would have agreed on."""


class CyclePart(NamedTuple):
    """The part charged, how many months a whole cycle has, and the first day of the cycle."""

    part: Fraction
    months: int
    starts_on: date | None


WHOLE = CyclePart(Fraction(1), 1, None)
"""What is metered or bought once has no cycle."""


def part_of(item: LineItem) -> CyclePart:
    """The part of its cycle that a row charges; `WHOLE` where it has none."""
    first, last = item.charge_starts_on, item.charge_ends_on
    is_seat = bool(item.billing_frequency) or (item.platform == "legacy" and item.category == "licence")
    if item.category == "usage" or not is_seat or first is None or last is None or last < first:
        return WHOLE
    shares = shares_of_cycle(first, last)
    share = shares[0] if item.platform == "legacy" or shares[0].is_whole else _by_price(item, shares)
    months = months_of(item.billing_frequency) if (last - first).days + 1 <= LONGEST_MONTHLY else _long(item)
    return CyclePart(share.share, months, _begins_on(first, last, item.term_starts_on, share.is_whole))


def _long(item: LineItem) -> int:
    """A charge for more than a month pays a year at once, also where nothing says so."""
    return max(12, months_of(item.billing_frequency))


def _by_price(item: LineItem, shares: tuple[CycleShare, ...]) -> CycleShare:
    rate = Fraction(item.exchange_rate) or Fraction(1)
    effective = Fraction(abs(item.effective_unit_price))
    if not effective and item.quantity:
        effective = abs(Fraction(item.amount)) / (Fraction(item.quantity) * rate)
    listed = Fraction(item.unit_price)
    if listed <= 0 or not effective:
        return shares[0]
    adjusted = read_adjustments(item.adjustments)
    known = dict.fromkeys((Fraction(1), adjusted.kept * (1 - adjusted.earned)))
    return _fitting(listed, effective, shares, tuple(known))


@lru_cache(maxsize=8192)
def _fitting(
    listed: Fraction, effective: Fraction, shares: tuple[CycleShare, ...], known: tuple[Fraction, ...]
) -> CycleShare:
    """The likeliest part that gives the price with a known discount, else with a plain one, else the likeliest."""
    for share in shares:
        if any(abs(listed * share.share * kept - effective) < _TOLERANCE for kept in known):
            return share
    for digits in _PLAIN:
        for share in shares:
            kept = Fraction(round(effective / (listed * share.share) * 10**digits), 10**digits)
            if 0 < kept < 1 and abs(listed * share.share * kept - effective) < _TOLERANCE:
                return share
    return shares[0]


def _begins_on(first: date, last: date, term_starts_on: date | None, is_whole: bool) -> date:
    """A row that does not begin on the anchor day of its term ends with its cycle."""
    if is_whole or (last - first).days + 1 > LONGEST_MONTHLY:
        return first
    if term_starts_on is not None and anchored(Month.of(first), term_starts_on.day) == first:
        return first
    following = last + timedelta(days=1)
    return min(first, anchored(Month.of(following).plus(-1), following.day))


def listed_of(item: LineItem, part: Fraction) -> Fraction | None:
    """A legacy seat row at list price: its exact amount before discounts (reference 8.1); None elsewhere."""
    if item.platform != "legacy" or item.category == "usage":
        return None
    gross = item.amount + item.discount
    return Fraction(gross) if gross or not part else None


def signed_quantity(item: LineItem) -> Decimal:
    """What a customer's paper says: negative on rows that give back, where Microsoft writes it positive."""
    return -item.quantity if item.amount < 0 else item.quantity
