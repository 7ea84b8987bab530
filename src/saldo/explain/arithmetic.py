"""The arithmetic of a reason, written out where it gives the amount: ``5 × 36.00 × 25/31 = 145.16 SEK``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from saldo.core.money import minor_unit
from saldo.core.written import MINUS, write_amount, write_number
from saldo.explain.rules.explanation import Reason

PRICE_DIGITS = 8
NEARLY = 50
"""A price shown beside an amount may miss it by one part in so many: Microsoft cuts prices before it multiplies."""


def write_price(price: Decimal, currency: str, lang: str) -> str:
    """A price with at least the minor digits of its currency, and at most eight."""
    minor = price.quantize(minor_unit(currency))
    if minor == price:
        return write_amount(minor, currency, lang)
    return write_number(round(price, PRICE_DIGITS), lang)


def write_arithmetic(reason: Reason, *, lang: str) -> str:
    """The equation behind a reason, or "" where its facts do not give the amount to a minor unit."""
    value, currency = _value(reason), str(reason.facts["currency"])
    if value is None or abs(value - Fraction(reason.amount)) > Fraction(minor_unit(currency)):
        return ""
    terms = _seats_by_days(reason, lang) if reason.variant == "event" else _seats_by_price(reason, lang)
    return f"{' × '.join(terms)} = {write_amount(reason.amount, currency, lang)} {currency}"


def shows_its_price(reason: Reason) -> bool:
    """Whether the price of the reason is the one that made the amount, but for cutting and the exchange rate.

    A subscription of several products has several prices, and one of them alone would mislead.
    """
    value = _value(reason)
    return value is None or abs(value - Fraction(reason.amount)) * NEARLY <= abs(Fraction(reason.amount))


def _value(reason: Reason) -> Fraction | None:
    """What the arithmetic gives; None where the facts are too few, or the price is in another currency."""
    facts = reason.facts
    if facts.get("pricing_currency") != facts["currency"]:
        return None
    if reason.variant == "event" and facts.keys() >= {"unit_price", "days", "cycle_days"}:
        sign = -1 if reason.code == "seats-removed" else 1
        share = Fraction(_figure(reason, "days")) / Fraction(_figure(reason, "cycle_days"))
        return sign * Fraction(abs(_figure(reason, "seats"))) * Fraction(_figure(reason, "unit_price")) * share
    if reason.code == "price-changed":
        step = Fraction(_figure(reason, "price_after")) - Fraction(_figure(reason, "price_before"))
        return Fraction(_figure(reason, "seats")) * step
    return None


def _seats_by_days(reason: Reason, lang: str) -> list[str]:
    seats, days, cycle_days = (_figure(reason, name) for name in ("seats", "days", "cycle_days"))
    sign = MINUS if reason.code == "seats-removed" else ""
    terms = [sign + write_number(abs(seats), lang), _price(reason, "unit_price", lang)]
    return terms if days == cycle_days else [*terms, f"{days}/{cycle_days}"]


def _seats_by_price(reason: Reason, lang: str) -> list[str]:
    difference = f"({_price(reason, 'price_after', lang)} {MINUS} {_price(reason, 'price_before', lang)})"
    return [write_number(_figure(reason, "seats"), lang), difference]


def _price(reason: Reason, name: str, lang: str) -> str:
    return write_price(_figure(reason, name), str(reason.facts["pricing_currency"]), lang)


def _figure(reason: Reason, name: str) -> Decimal:
    return Decimal(str(reason.facts[name]))
