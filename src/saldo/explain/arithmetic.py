"""The arithmetic of a reason, written out where it gives the amount: ``5 × 36.00 × 25/31 = 145.16 SEK``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from saldo.core.money import minor_unit
from saldo.core.written import MINUS, write_amount, write_number
from saldo.explain.rules.explanation import Reason

PRICE_DIGITS = 8


def write_price(price: Decimal, currency: str, lang: str) -> str:
    """A price with at least the minor digits of its currency, and at most eight."""
    minor = price.quantize(minor_unit(currency))
    if minor == price:
        return write_amount(minor, currency, lang)
    return write_number(round(price, PRICE_DIGITS), lang)


def write_arithmetic(reason: Reason, *, lang: str) -> str:
    """The equation behind a reason, or "" where its facts do not give the amount to a minor unit."""
    currency = str(reason.facts["currency"])
    if reason.facts.get("pricing_currency") != currency:
        return ""
    if reason.variant == "event" and reason.facts.keys() >= {"unit_price", "days", "cycle_days"}:
        terms, value = _seats_by_days(reason, lang)
    elif reason.code == "price-changed":
        terms, value = _seats_by_price(reason, lang)
    else:
        return ""
    if abs(value - Fraction(reason.amount)) > Fraction(minor_unit(currency)):
        return ""
    return f"{' × '.join(terms)} = {write_amount(reason.amount, currency, lang)} {currency}"


def _seats_by_days(reason: Reason, lang: str) -> tuple[list[str], Fraction]:
    seats, price, days, cycle_days = (_figure(reason, name) for name in ("seats", "unit_price", "days", "cycle_days"))
    sign = -1 if reason.code == "seats-removed" else 1
    terms = [
        (MINUS if sign < 0 else "") + write_number(abs(seats), lang),
        write_price(price, str(reason.facts["pricing_currency"]), lang),
    ]
    if days != cycle_days:
        terms.append(f"{days}/{cycle_days}")
    return terms, sign * Fraction(abs(seats)) * Fraction(price) * Fraction(days) / Fraction(cycle_days)


def _seats_by_price(reason: Reason, lang: str) -> tuple[list[str], Fraction]:
    seats, before, after = (_figure(reason, name) for name in ("seats", "price_before", "price_after"))
    currency = str(reason.facts["pricing_currency"])
    difference = f"({write_price(after, currency, lang)} {MINUS} {write_price(before, currency, lang)})"
    return [write_number(seats, lang), difference], Fraction(seats) * (Fraction(after) - Fraction(before))


def _figure(reason: Reason, name: str) -> Decimal:
    return Decimal(str(reason.facts[name]))
