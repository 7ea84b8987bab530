"""Rows of a sheet of settings as what they agree: which kind of sheet, what each cell means, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from saldo.agreements.rules.prices import PriceRule
from saldo.agreements.rules.rule_faults import read_figure
from saldo.agreements.rules.terms import USUAL, Terms
from saldo.core.money import every_digit
from saldo.parties.rules.debtor_fields import is_plain

SheetKind = Literal["debtors", "terms", "prices"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?")
_AMBIGUOUS = 3  # "1,234" may be a thousand or a little more than one
_WORDS: Mapping[str, bool] = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}

Cells = Mapping[str, str]


class SheetFault(ValueError):
    """A cell that does not say what its column asks for."""

    def __init__(self, *, code: str, column: str, seen: str) -> None:
        super().__init__(code)
        self.code, self.column, self.seen = code, column, seen


def read_day(text: str) -> date:
    """``2026-06-01``, also with the hours that a spreadsheet adds."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text[:10])


def read_amount(text: str) -> Decimal:
    """A figure with a point or, where nothing else can be meant, a comma for decimals."""
    _, comma, part = text.partition(",")
    if comma and (len(part) == _AMBIGUOUS or "." in text or "," in part):
        raise ValueError(text)
    figure = read_figure(text.replace(",", "."))
    if figure is None:
        raise ValueError(text)
    return figure


def _as_text(text: str) -> str:
    if not is_plain(text):
        raise ValueError(text)
    return text


def _as_figure(text: str) -> str:
    return every_digit(read_amount(text))


def _as_currency(text: str) -> str:
    code = text.upper()
    if code and not (len(code) == len("EUR") and code.isascii() and code.isalpha()):
        raise ValueError(text)
    return code


def _as_word(text: str) -> str:
    return "-".join(text.casefold().split())


def _as_steps(text: str) -> list[dict[str, str]]:
    """``0:10.00; 50:8.00``: from so many on, this price."""
    steps = []
    for step in text.split(";"):
        start, colon, price = step.partition(":")
        if not colon:
            raise ValueError(text)
        steps.append({"from": _as_figure(start.strip()), "price": _as_figure(price.strip())})
    return steps


def _as_truth(text: str) -> bool:
    return _WORDS[text.casefold()]


def _as_emails(text: str) -> tuple[tuple[str, str], ...]:
    """``Ann <ann@example.org>; pay@example.org``."""
    found = []
    for one in filter(None, (part.strip() for part in text.split(";"))):
        name, bracket, address = one.rpartition("<")
        found.append((name.strip(), address.rstrip(">").strip() if bracket else one))
    return tuple(found)


Reader = Callable[[str], Any]
_ADDRESS = ("name", "country", "street", "postcode", "city", "region", "vat_id", "registration")
COLUMNS: Mapping[SheetKind, Mapping[str, Reader]] = {
    "debtors": {
        "number": _as_text,
        **dict.fromkeys((*_ADDRESS, "electronic_address", "language", "segment", "parent"), _as_text),
        "emails": _as_emails,
        "is_active": _as_truth,
    },
    "terms": {
        "debtor": _as_text,
        "starts_on": read_day,
        "net_days": int,
        "invoice_day": int,
        "currency": _as_currency,
        "purchase_order": _as_text,
        "grouping": _as_word,
        "delivery": _as_word,
        "policy": _as_text,
        "support_offer": _as_text,
        "notice_days": int,
    },
    "prices": {
        "code": _as_text,
        "level": _as_word,
        **dict.fromkeys(("target", "product", "sku", "publisher", "category", "charge_type"), _as_text),
        "method": _as_word,
        **dict.fromkeys(("percent", "price", "net"), _as_figure),
        "steps": _as_steps,
        "reason": _as_text,
        "currency": _as_currency,
        "starts_on": read_day,
        "reaches": _as_word,
    },
}
_KEYS: Mapping[SheetKind, tuple[str, ...]] = {
    "prices": ("code", "level", "method", "starts_on"),
    "terms": ("debtor", "starts_on"),
    "debtors": ("number",),
}
VALUES = ("percent", "price", "net", "steps", "reason")
_MUST_SAY = frozenset({"number", "code", "level", "method", "starts_on", "grouping"})
_MUST_SAY |= {"net_days", "invoice_day", "notice_days"}
_MUST_SAY_TOO = frozenset({"delivery", "reaches", "is_active", *VALUES})


def kind_of(columns: tuple[str, ...]) -> SheetKind | None:
    """Which kind of sheet has these columns; None where a kind's own columns are missing."""
    return next((kind for kind, keys in _KEYS.items() if set(keys) <= set(columns)), None)


def key_of(kind: SheetKind, cells: Cells) -> str:
    """What a row is about: the number or code in its first column."""
    return cells.get(_KEYS[kind][0], "")


def read_cells(kind: SheetKind, cells: Cells) -> dict[str, Any]:
    """What the row says, column by column. An empty cell empties a text and leaves anything else as it was.

    Raises `SheetFault`: agreements.sheet.bad-cell, .missing-cell.
    """
    said: dict[str, Any] = {}
    for column, text in cells.items():
        if not text and column in _MUST_SAY | _MUST_SAY_TOO:
            continue
        try:
            said[column] = COLUMNS[kind][column](text)
        except (ValueError, KeyError) as fault:
            raise SheetFault(code="agreements.sheet.bad-cell", column=column, seen=text[:80]) from fault
    for column in _KEYS[kind]:
        if column not in said:
            raise SheetFault(code="agreements.sheet.missing-cell", column=column, seen="")
    return said


def terms_of(said: Mapping[str, Any], before: Terms | None) -> Terms:
    """The terms of a row; what it does not say stays as it was, or is as usual."""
    return replace(before or USUAL, **said)


def price_rule_of(said: Mapping[str, Any], before: PriceRule | None) -> PriceRule:
    """The price rule of a row; what it does not say stays as it was, the figures of its method are its own."""
    plain = {name: value for name, value in said.items() if name not in VALUES}
    value = {name: said[name] for name in VALUES if name in said}
    if before is not None:
        return replace(before, **plain, value=value or (before.value if before.method == plain["method"] else {}))
    return PriceRule(version=1, value=value, **plain)


def told_of_rule(rule: PriceRule) -> dict[str, Any]:
    """A rule in the columns of a sheet."""
    told = {name: getattr(rule, name) for name in COLUMNS["prices"] if name not in VALUES}
    said = {name: rule.value[name] for name in VALUES if name in rule.value}
    return told | dict.fromkeys(VALUES, "") | {name: _plainly(value) for name, value in said.items()}


def _plainly(value: Any) -> Any:
    """A figure without zeros behind it, so that 10.50 and 10.5 are one price; steps likewise."""
    if isinstance(value, list):
        return [{name: _plainly(figure) for name, figure in step.items()} for step in value]
    figure = read_figure(value)
    return value if figure is None else every_digit(figure)


def told_of_terms(terms: Terms) -> dict[str, Any]:
    """Terms in the columns of a sheet."""
    return {name: getattr(terms, name) for name in COLUMNS["terms"]}


def written(value: Any) -> str:
    """A value as a cell of a preview shows it."""
    if isinstance(value, list):
        return "; ".join(f"{step['from']}:{step['price']}" for step in value)
    if isinstance(value, tuple):
        return "; ".join(f"{name} <{address}>" if name else address for name, address in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
