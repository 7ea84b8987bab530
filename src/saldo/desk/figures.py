"""Figures, days and words in the reader's language, for templates and view models alike.

The language is the one the request runs in; how each language writes is decided in ``core.written``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from django.utils import timezone

from saldo.core.money import amount_text, round_half_up
from saldo.core.periods import Month
from saldo.core.written import write_amount, write_day, write_month, write_number, write_percent
from saldo.doors.language import current as language
from saldo.doors.words import has_words, say, say_many

__all__ = [
    "amount",
    "country",
    "day",
    "has_words",
    "language",
    "minute",
    "month",
    "number",
    "percent",
    "period",
    "plain",
    "rounded",
    "say",
    "say_many",
    "share",
    "signed",
]


def amount(value: Decimal, currency: str, *, signed: bool = False) -> str:
    """An amount with all minor digits, the minus as U+2212; one that Microsoft sent finer keeps all its digits."""
    if value == round_half_up(value, currency):
        return write_amount(value, currency, language(), signed=signed)
    return write_number(value, language(), signed=signed)


def rounded(value: Decimal, currency: str) -> str:
    """An exact sum as an amount: rounded half up, once, here."""
    return amount(round_half_up(value, currency), currency)


def signed(value: Decimal, currency: str) -> str:
    """A change: plus or minus always, but zero without a sign."""
    return amount(value, currency, signed=True)


def number(value: int | Decimal) -> str:
    """A plain figure with the digits it has: counts, seats, quantities, prices."""
    return write_number(value, language())


def country(code: str) -> str:
    """A country as the reader calls it; what nobody calls anything stays as it is."""
    return str(Locale.parse(language(), sep="-").territories.get(code.upper(), code))


def percent(value: Decimal) -> str:
    """A share as signed per cent with one decimal."""
    return write_percent(value, language(), signed=True)


def day(value: date | datetime | None, form: str = "long") -> str:
    """A day, or nothing where there is none."""
    return "" if value is None else write_day(value, language(), form="short" if form == "short" else "long")


def minute(value: datetime) -> str:
    """An instant to the minute, in the company's time zone, which it names."""
    local = timezone.localtime(value)
    apart = " " if language() == "zh-Hans" else ", "
    return f"{write_day(local.date(), language())}{apart}{local:%H:%M %Z}"


def month(value: Month) -> str:
    """A month with its year."""
    return write_month(value, language())


def period(first: date | None, last: date | None) -> str:
    """The days a charge covers, both inclusive; within one month as ``11–31 March``, one day written once."""
    if first is None or last is None or first == last:
        return day(first or last)
    if (first.year, first.month) != (last.year, last.month):
        return say("pages.period", first=day(first), last=day(last))
    if language() == "zh-Hans":  # the month stands before the day there, so the first day is the one written whole
        return say("pages.period-in-month", first=day(first, "short"), last=f"{last.day}日")
    return say("pages.period-in-month", first=str(first.day), last=day(last, "short"))


def share(change: Decimal, before: Decimal) -> Decimal | None:
    """The change as a share of what was before; None where that says nothing (from zero or below)."""
    return change / before if before > 0 else None


def plain(value: Decimal, currency: str) -> Decimal:
    """The amount as it leaves the house: all minor digits of its currency."""
    return Decimal(amount_text(value, currency))
