"""What a paper says in its language: codes into words, figures and days by `core.written`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import Locale
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from saldo.core.money import round_half_up
from saldo.core.written import write_amount, write_day, write_number

_NEVER_ON_A_STATEMENT = {
    "en": ("invoice",),
    "sv": ("faktura",),
    "zh-Hans": ("发票",),
    "pt-BR": ("fatura", "nota fiscal"),
    "es": ("factura",),
}
"""Where an authority issues the fiscal document, ours may not call itself one (practice 7)."""


def say(code: str, **facts: object) -> str:
    """The words of a code under ``invoicing.paper``, with its facts."""
    words = gettext(f"invoicing.paper.{code}")
    return words % facts if facts else words


def say_many(code: str, count: int, lang: str, **facts: object) -> str:
    """The words of a code in the form that fits the count."""
    whole = f"invoicing.paper.{code}"
    return ngettext(whole, whole, count) % (facts | {"count": write_number(count, lang)})


def say_marked(words: str, **marks: str) -> SafeString:
    """Words with marks of the page in them (``{page}``): everything but the marks is escaped."""
    text = str(escape(words))
    for name, mark in marks.items():
        text = text.replace("{" + name + "}", mark)
    return mark_safe(text)


def write_price(value: Decimal, currency: str, lang: str) -> str:
    """A price with at least the minor digits of its currency, and all others that it has."""
    if round_half_up(value, currency) == value:
        return write_amount(value, currency, lang)
    return write_number(value, lang)


def write_percent_of_tax(percent: Decimal, lang: str) -> str:
    """A rate of tax as it is agreed: 25 %, 8.5 %, with the space of the language."""
    gap = "\u00a0" if lang in ("sv", "es") else ""
    return f"{write_number(percent, lang)}{gap}%"


def write_days(first: date | None, last: date | None, year: int, lang: str) -> str:
    """The days of a charge, with their year only where it is another than the document's."""
    if first is None or last is None:
        return _day(first or last, year, lang)
    if first == last:
        return _day(first, year, lang)
    if (first.year, first.month) == (last.year, last.month) and lang != "zh-Hans":
        return f"{first.day}–{_day(last, year, lang)}"
    return f"{_day(first, year, lang)} – {_day(last, year, lang)}"


def fits_statement(text: str, lang: str) -> bool:
    """Whether a text may stand on a paper that is no invoice."""
    return not any(word in text.lower() for word in _NEVER_ON_A_STATEMENT[lang])


def write_country(code: str, lang: str) -> str:
    """The name of a country in the paper's language; its code where Babel knows none."""
    return str(Locale.parse(lang, sep="-").territories.get(code, code))


def write_giro(digits: str) -> str:
    """A bankgiro number as Bankgirot writes it: ``123-4567`` or ``1234-5678``."""
    return f"{digits[:-4]}-{digits[-4:]}" if digits.isdigit() else digits


def write_iban(iban: str) -> str:
    """An IBAN in groups of four."""
    bare = iban.replace(" ", "")
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def _day(day: date | None, year: int, lang: str) -> str:
    if day is None:
        return ""
    return write_day(day, lang, form="short" if day.year == year else "long")
