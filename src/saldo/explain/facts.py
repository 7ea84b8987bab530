"""The facts of a reason as text, as one language writes them; cost is left out where it may not be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from saldo.core.written import write_amount, write_day, write_number, write_percent
from saldo.explain.arithmetic import shows_its_price, write_arithmetic, write_price
from saldo.explain.rules.explanation import Fact, Reason

COST = frozenset(
    {"amount", "sum", "unit_price", "price_before", "price_after", "rate_before", "rate_after"}
    | {"discount_before", "discount_after"}
)
"""Facts that tell what something costs, or from which it can be worked out."""

_OWN_CREDIT = re.compile(r"partner.?earned|\bPEC\b", re.IGNORECASE)
_QUANTITY_DIGITS, _RATE_DIGITS = 6, 10
_PLANS = {"Monthly": "explain.plan.monthly", "Annual": "explain.plan.annual"}

Writer = Callable[[Fact, str], str]


def write_facts(reason: Reason, *, lang: str, with_cost: bool) -> dict[str, str]:
    """Every fact that can be said, by its name; a fact that is empty or withheld is not among them.

    Runs while ``lang`` is Django's language, for the few words that stand for a fact.
    """
    said = {name: _written(name, value, reason, lang) for name, value in reason.facts.items()}
    said["subject"] = reason.subject or reason.key
    said |= _in_words(reason, lang)
    for name, other in (("meter", "subject"), ("from_product", "to_product")):
        if name in said and said.get(other, "").endswith(said[name]):  # a legacy product's name ends with its meter
            del said[name]
    if with_cost:
        currency = str(reason.facts["currency"])
        said["amount"] = f"{write_amount(reason.amount, currency, lang, signed=True)} {currency}"
        said["sum"] = write_arithmetic(reason, lang=lang)
        if not shows_its_price(reason):
            said.pop("unit_price", None)
    return {name: text for name, text in said.items() if text and (with_cost or name not in COST)}


def whole(value: Fact) -> int:
    """The number that decides between singular and plural; a part of something counts as several."""
    figure = abs(Decimal(str(value)))
    return int(figure) if figure == int(figure) else 2


def _written(name: str, value: Fact, reason: Reason, lang: str) -> str:
    if isinstance(value, date):
        return write_day(value, lang, form="short" if name == "on" else "long")
    if name in ("unit_price", "price_before", "price_after"):
        return write_price(Decimal(str(value)), str(reason.facts["pricing_currency"]), lang)
    if name in ("plan_before", "plan_after"):
        return gettext(_PLANS[str(value)]) if value in _PLANS else str(value)
    if name == "credit_reason" and _OWN_CREDIT.search(str(value)):
        return ""
    return _WRITERS.get(name, _plain)(value, lang)


def _in_words(reason: Reason, lang: str) -> dict[str, str]:
    """Seats and months with their noun, for sentences that hold them in brackets."""
    said = {}
    if "seats" in reason.facts:
        said["counted_seats"] = _count("explain.seats", reason.facts["seats"], lang)
    for when in ("before", "after"):
        if f"months_{when}" in reason.facts:
            said[f"term_{when}"] = _count("explain.months", reason.facts[f"months_{when}"], lang)
    return said


def _count(code: str, value: Fact, lang: str) -> str:
    return ngettext(code, code, whole(value)) % {"count": _number(value, lang)}


def _plain(value: Fact, lang: str) -> str:
    return str(value) if isinstance(value, str) else _number(value, lang)


def _number(value: Fact, lang: str) -> str:
    return write_number(round(abs(Decimal(str(value))), _QUANTITY_DIGITS), lang)


def _rate(value: Fact, lang: str) -> str:
    return write_number(round(Decimal(str(value)), _RATE_DIGITS), lang)


def _share(value: Fact, lang: str) -> str:
    return write_percent(Decimal(str(value)), lang)


_WRITERS: dict[str, Writer] = {
    "rate_before": _rate,
    "rate_after": _rate,
    "discount_before": _share,
    "discount_after": _share,
}
