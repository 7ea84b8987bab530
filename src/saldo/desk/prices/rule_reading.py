"""What the form of a price rule says, as a version of a rule; faults stand beside their fields."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from saldo.agreements.queries import list_price_rules
from saldo.agreements.rules.prices import LEVELS, METHODS, Level, Method, PriceRule, Reach
from saldo.agreements.rules.rule_faults import find_rule_fault
from saldo.core.identity import CompanyId
from saldo.core.money import every_digit
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, read_figure
from saldo.parties.debtors import name_debtor
from saldo.parties.queries import name_customer

SCOPE = ("product", "sku", "publisher", "category", "charge_type")
OFFERED = tuple(method for method in METHODS if method != "end")
REACHES: tuple[Reach, ...] = ("renewal", "from-date")
_FIGURES = {"markup-on-cost": "percent", "discount-from-list": "percent", "fixed-price": "price", "minimum": "net"}
PRICED = frozenset({"fixed-price", "minimum", "tiers"})
"""Methods whose figures are in a currency of their own."""

_NOT_IN_CODES = re.compile(r"[^a-z0-9]+")
_LONGEST_NOTICE = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A version as it is asked for, with what goes with it."""

    rule: PriceRule
    reason: str
    notice_days: int

    @property
    def fingerprint(self) -> str:
        """What the preview showed; another fingerprint is another version."""
        shown = {name: str(getattr(self.rule, name)) for name in PriceRule.__slots__ if name not in ("code", "version")}
        told = json.dumps([shown, self.notice_days], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def read_rule(*, company: CompanyId, asked: Asked, before: PriceRule | None, is_end: bool = False) -> Wanted | None:
    """The version that a form asks for; None with faults in ``asked`` where it asks for none."""
    starts_on, reaches = asked.day("starts_on"), asked.text("reaches") or "renewal"
    notice = asked.whole("notice_days") if before is not None else 0
    if notice is not None and notice > _LONGEST_NOTICE:
        asked.faults["notice_days"] = figures.say("pages.form.no-whole")
    method = "end" if is_end else asked.text("method")
    scope = _scope_of(before) if before is not None else read_scope(company, asked)
    value = {} if is_end else read_value(asked, method)
    if asked.faults or starts_on is None or notice is None:
        return None
    rule = PriceRule(
        code=before.code if before is not None else _new_code(company, scope),
        version=1,
        **scope,
        method=cast(Method, method),
        value=value,
        currency=asked.text("currency").upper() if method in PRICED else "",
        starts_on=starts_on,
        reaches=cast(Reach, reaches),
    )
    fault = find_rule_fault(rule)
    if fault is not None:
        refused = Refused(code=fault.code, facts={"rule": rule.code, "field": fault.field})
        asked.refuse(refused, labels(), about={})
        return None
    return Wanted(rule=rule, reason=asked.text("reason"), notice_days=notice)


def labels() -> dict[str, str]:
    """The fields of the form in words; a figure inside a rule's value is the form's one figure."""
    names = ("level", "target", *SCOPE, "method", "figure", "currency", "starts_on", "reaches", "notice_days", "reason")
    return {name: figures.say(f"pages.prices.field.{name}") for name in names}


def figure_text(rule: PriceRule) -> str:
    """A rule's figure as the form shows it."""
    value = rule.value
    if rule.method == "tiers":
        return "; ".join(f"{step.get('from')}:{step.get('price')}" for step in value.get("steps") or ())
    if rule.method == "not-billed":
        return str(value.get("reason", ""))
    found = read_figure(str(value.get(_FIGURES.get(rule.method, ""), "")))
    return "" if found is None else figures.number(found)


def read_value(asked: Asked, method: str, field: str = "figure") -> dict[str, Any]:
    """The value of a rule out of the one figure of a form; faults stand at that field."""
    if method in _FIGURES:
        found = asked.figure(field)
        if found is not None and not _is_possible(method, found):
            asked.faults[field] = figures.say(f"pages.prices.bad-figure.{_FIGURES[method]}")
        return {} if found is None else {_FIGURES[method]: every_digit(found)}
    if method == "tiers":
        return _read_steps(asked, field)
    if method == "not-billed":
        reason = asked.text(field)
        if not reason:
            asked.faults[field] = figures.say("pages.prices.bad-figure.reason")
        return {"reason": reason}
    return {}


def _is_possible(method: str, found: Decimal) -> bool:
    if method == "discount-from-list":
        return -1000 <= found <= 100
    return -100 <= found <= 1000 if method == "markup-on-cost" else found >= 0


def _read_steps(asked: Asked, field: str) -> dict[str, Any]:
    """``0:10.00; 50:8.00``: from so many on, this price; the first step begins at nothing."""
    steps: list[dict[str, str]] = []
    for step in asked.text(field).split(";"):
        start, price = (read_figure(part) for part in (*step.split(":"), "", "")[:2])
        if start is None or price is None or price < 0 or (not steps and start != 0):
            asked.faults[field] = figures.say("pages.prices.bad-figure.steps")
            return {}
        steps.append({"from": every_digit(start), "price": every_digit(price)})
    return {"steps": steps}


def read_scope(company: CompanyId, asked: Asked) -> dict[str, Any]:
    """Whom and what a rule is for."""
    level = asked.text("level")
    if level not in LEVELS:
        asked.faults["level"] = figures.say("agreements.rule.unknown-level")
        level = "company"
    target = _read_target(company, asked, level)
    return {"level": cast(Level, level), "target": target} | {name: asked.text(name) for name in SCOPE}


def _read_target(company: CompanyId, asked: Asked, level: str) -> str:
    said = asked.text("target")
    if level == "company":
        return ""
    if not said:
        asked.faults["target"] = figures.say("agreements.rule.bad-target")
        return ""
    try:
        if level == "debtor":
            return name_debtor(company=company, said=said).number
        return str(name_customer(company=company, said=said).key) if level == "tenant" else said
    except Refused as refused:
        asked.refuse(refused, labels(), about={"unknown": "target", "several": "target", "ambiguous": "target"})
        return ""


def _scope_of(rule: PriceRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("level", "target", *SCOPE)}


def _new_code(company: CompanyId, scope: Mapping[str, str]) -> str:
    """A code that says what the rule applies to, and that no rule has yet."""
    words = [scope["level"], scope["target"][:24], *(scope[name][:32] for name in SCOPE)]
    code = "-".join(filter(None, (_NOT_IN_CODES.sub("-", word.casefold()).strip("-") for word in words)))
    taken, number = code, 1
    while list_price_rules(company=company, code=taken):
        number += 1
        taken = f"{code}-{number}"
    return taken
