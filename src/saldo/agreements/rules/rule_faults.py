"""What is wrong with a price rule before it is agreed: its scope, its figures, its currency."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from saldo.agreements.rules.prices import LEVELS, METHODS, PriceRule

_LEAST_PERCENT, _MOST_PERCENT = Decimal(-100), Decimal(1000)
_WHOLE = Decimal(100)
_FIGURE = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,18})?")
_MONTHLY = frozenset({"company", "segment", "debtor"})


class RuleFault(NamedTuple):
    """A dotted code, and the field of the rule that it is about."""

    code: str
    field: str


def find_rule_fault(rule: PriceRule) -> RuleFault | None:
    """The first thing that keeps the rule from being agreed, or None."""
    for is_wrong, code, field in _SCOPE:
        if is_wrong(rule):
            return RuleFault(f"agreements.rule.{code}", field)
    field = _FIGURES.get(rule.method, _nothing)(rule.value)
    if field:
        return RuleFault("agreements.rule.bad-figure", field)
    return None


def read_figure(text: object) -> Decimal | None:
    """A figure with a point for decimals, as rules and sheets write it; None for anything else."""
    said = str(text).strip()
    return Decimal(said) if _FIGURE.fullmatch(said) else None


def _percent(least: Decimal, most: Decimal) -> Callable[[Mapping[str, Any]], str]:
    def judge(value: Mapping[str, Any]) -> str:
        figure = read_figure(value.get("percent"))
        return "" if figure is not None and least <= figure <= most else "percent"

    return judge


def _amount(name: str) -> Callable[[Mapping[str, Any]], str]:
    def judge(value: Mapping[str, Any]) -> str:
        figure = read_figure(value.get(name))
        return "" if figure is not None and figure >= 0 else name

    return judge


def _steps(value: Mapping[str, Any]) -> str:
    """Steps begin at nothing and rise; the price of the step that the quantity reaches holds for all of it."""
    steps = value.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, Mapping) for step in steps):
        return "steps"
    starts = [read_figure(step.get("from")) for step in steps]
    prices = [read_figure(step.get("price")) for step in steps]
    known = [start for start in starts if start is not None]
    if len(known) < len(steps) or not steps or known[0] != 0 or known != sorted(set(known)):
        return "steps"
    return "" if all(price is not None and price >= 0 for price in prices) else "steps"


def _reason(value: Mapping[str, Any]) -> str:
    return "" if str(value.get("reason", "")).strip() else "reason"


def _nothing(value: Mapping[str, Any]) -> str:
    return ""


_FIGURES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "markup-on-cost": _percent(_LEAST_PERCENT, _MOST_PERCENT),
    "discount-from-list": _percent(-_MOST_PERCENT, _WHOLE),
    "fixed-price": _amount("price"),
    "minimum": _amount("net"),
    "tiers": _steps,
    "not-billed": _reason,
}

_SCOPE: tuple[tuple[Callable[[PriceRule], bool], str, str], ...] = (
    (lambda rule: not rule.code.strip(), "no-code", "code"),
    (lambda rule: rule.level not in LEVELS, "unknown-level", "level"),
    (lambda rule: rule.method not in METHODS, "unknown-method", "method"),
    (lambda rule: rule.reaches not in ("renewal", "from-date"), "unknown-reach", "reaches"),
    (lambda rule: (rule.level == "company") == bool(rule.target), "bad-target", "target"),
    (
        lambda rule: rule.method in ("fixed-price", "tiers", "minimum") and len(rule.currency) != len("EUR"),
        "no-currency",
        "currency",
    ),
    (
        lambda rule: rule.method == "minimum" and (any(rule.scope[2:]) or rule.level not in _MONTHLY),
        "minimum-too-narrow",
        "level",
    ),
)
