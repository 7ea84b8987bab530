"""The proration arithmetic: what part of a term a change pays or credits (docs/algorithms/proration.md).

Microsoft's charge is read and never recomputed; this recomputes it to explain it and to say which rule it obeys.
Days are counted inclusively, parts are exact fractions, and each rule rounds once, where Microsoft does.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from saldo.core.money import ZERO, minor_digits
from saldo.core.periods import Month, Period, anchored

ONE = Decimal(1)
_SECOND_TO_LAST = 30  # the day before the last of a long month stays the day before the last

SeatRule = Literal["A", "B", "tolerated", "none"]
"""Which published rule a seat row obeys: its exact price cut once, each seat's price cut first, nearly, or neither."""


# ---- cycles -----------------------------------------------------------------------------------------------------


def is_annual(billing_frequency: str) -> bool:
    """Whether a charge pays a year at once; new commerce writes Annual, legacy Annually."""
    return billing_frequency.strip().lower().startswith("annual")


def months_of(billing_frequency: str) -> int:
    """How many months a whole cycle has."""
    return 12 if is_annual(billing_frequency) else 1


def cycle_days(*, starts_on: date, billing_frequency: str, is_legacy: bool) -> int:
    """Days that a whole cycle counts which begins on this day; whatever is not annual is counted by the month.

    New commerce counts the days of the calendar month in which the cycle begins, also where the month's end cuts the
    cycle short; legacy counts the days of the cycle itself; a year has 365 or 366.
    """
    month = Month.of(starts_on)
    if not (is_legacy or is_annual(billing_frequency)):
        return month.days
    return (anchored(month.plus(months_of(billing_frequency)), starts_on.day) - starts_on).days


def anchored_cycle(*, month: Month, anchor: int) -> Period:
    """The cycle that begins in this month; the next one begins on the anchor day again, clipped at the month's end."""
    return Period(_begins_on(month, anchor), _begins_on(month.plus(1), anchor))


def cycle_around(*, day: date, anchor: int) -> Period:
    """The monthly cycle of an anchor day that holds this day."""
    month = Month.of(day)
    return anchored_cycle(month=month if day >= _begins_on(month, anchor) else month.plus(-1), anchor=anchor)


def cycle_ending(*, ends_on: date, anchor: int) -> Period:
    """The monthly cycle whose last day this is: what a change in the middle of a cycle divides by."""
    ends_before = ends_on + timedelta(days=1)
    return Period(_begins_on(Month.of(ends_before).plus(-1), anchor), ends_before)


def is_whole_cycle(*, starts_on: date, ends_on: date, billing_frequency: str) -> bool:
    """Whether the days charged, both inclusive, are a cycle from an anchor day to the next, and not a part of one."""
    ends_before = ends_on + timedelta(days=1)
    following = Month.of(starts_on).plus(months_of(billing_frequency))
    return Month.of(ends_before) == following and not _anchors_of(starts_on).isdisjoint(_anchors_of(ends_before))


def _anchors_of(day: date) -> frozenset[int]:
    """All anchor days that can begin a cycle on this day: on 28 February the 28th, 29th and 31st."""
    last = Month.of(day).days
    anchors = {day.day} if day.day < last else set(range(last, 32))
    return frozenset(anchors | {_SECOND_TO_LAST} if day.day == last - 1 else anchors)


def _begins_on(month: Month, anchor: int) -> date:
    """The 31st is the last day of a shorter month, the 30th the day before the last (reference 8.6)."""
    if anchor == _SECOND_TO_LAST:
        return month.ends_on - timedelta(days=1)
    return anchored(month, anchor)


# ---- seats --------------------------------------------------------------------------------------------------------


def effective_unit_price(*, unit_price: Decimal, discount: Decimal = ZERO, days: int = 1, of_days: int = 1) -> Fraction:
    """New commerce's price of one seat for the days charged: list price × (1 - discount) × days / cycle days, exact.

    A change of the billing plan counts months instead of days.
    """
    return Fraction(unit_price) * (1 - Fraction(discount)) * Fraction(days, of_days)


def seats_by_rule_a(*, price: Fraction, quantity: Decimal, exchange_rate: Decimal = ONE, currency: str) -> Decimal:
    """The row's exact amount, cut once to the minor unit: what seat changes print."""
    return _cut(price * Fraction(quantity) * Fraction(exchange_rate), currency)


def seats_by_rule_b(*, price: Fraction, quantity: Decimal, exchange_rate: Decimal = ONE, currency: str) -> Decimal:
    """One seat's price cut to the minor unit and then taken times the seats: what the documentation writes."""
    return _cut(Fraction(_cut(price * Fraction(exchange_rate), currency)) * Fraction(quantity), currency)


def rule_of_seats(
    *, amount: Decimal, price: Fraction, quantity: Decimal, exchange_rate: Decimal = ONE, currency: str
) -> SeatRule:
    """Which rule a seat row obeys; ``price`` is what one seat pays for its days, exact or as the row shows it.

    Tolerated is at most one minor unit a seat and one more.
    """
    if amount == seats_by_rule_a(price=price, quantity=quantity, exchange_rate=exchange_rate, currency=currency):
        return "A"
    if amount == seats_by_rule_b(price=price, quantity=quantity, exchange_rate=exchange_rate, currency=currency):
        return "B"
    far = abs(Fraction(amount) - price * Fraction(quantity) * Fraction(exchange_rate))
    return "tolerated" if far <= _unit(currency) * (abs(Fraction(quantity)) + 1) else "none"


# ---- legacy -------------------------------------------------------------------------------------------------------


def legacy_amount(*, unit_price: Decimal, quantity: Decimal, days: int = 1, of_days: int = 1, currency: str) -> Decimal:
    """A legacy licence row: price × quantity × days / cycle days, rounded half up once (measured on real invoices)."""
    return _half_up(Fraction(unit_price) * Fraction(quantity) * Fraction(days, of_days), currency)


def legacy_unit_price(*, unit_price: Decimal, days: int, of_days: int, currency: str) -> Decimal:
    """The unit price that a prorated legacy row shows, rounded alone: times the quantity it need not be the amount."""
    return _half_up(Fraction(unit_price) * Fraction(days, of_days), currency)


# ---- usage --------------------------------------------------------------------------------------------------------


def usage_cost(*, unit_price: Decimal, quantity: Decimal, earned_credit: Decimal = ZERO, currency: str) -> Decimal:
    """A metered row in pricing currency: cut first, its effective price is the quotient of this and the quantity."""
    return _cut(Fraction(unit_price) * Fraction(quantity) * (1 - Fraction(earned_credit)), currency)


def usage_charged(*, cost: Decimal, exchange_rate: Decimal, currency: str) -> Decimal:
    """The same row in billing currency, cut a second time."""
    return _cut(Fraction(cost) * Fraction(exchange_rate), currency)


# ---- rounding a fraction ------------------------------------------------------------------------------------------


def _unit(currency: str) -> Fraction:
    return Fraction(1, 10 ** minor_digits(currency))


def _cut(exact: Fraction, currency: str) -> Decimal:
    """Toward zero; int() cuts."""
    return Decimal(int(exact / _unit(currency))).scaleb(-minor_digits(currency))


def _half_up(exact: Fraction, currency: str) -> Decimal:
    """Halves away from zero."""
    units = int(abs(exact) / _unit(currency) + Fraction(1, 2))
    return Decimal(-units if exact < 0 else units).scaleb(-minor_digits(currency))
