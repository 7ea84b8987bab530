"""A price rule in words: how it prices, what it applies to, when it reaches a subscription.

A markup on cost tells the margin to whoever knows the price, so its figure is said only where margin may be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from saldo.agreements.rules.prices import PriceRule
from saldo.agreements.rules.rule_faults import read_figure
from saldo.charges.rules.line import Category
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.written import write_number
from saldo.desk import figures
from saldo.desk.fields import choices_of
from saldo.doors.visitor import Visitor
from saldo.parties.debtors import list_own_debtors, name_debtors
from saldo.parties.queries import list_customers, name_customers

GROUPS = ("product", "tenant", "debtor", "segment", "company")
"""Rules in order of precedence, the strongest first."""

_FROM_COST = frozenset({"markup-on-cost", "pass-through"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a person sees of prices: figures counted from cost, and whose rules; None is everybody's."""

    with_cost: bool
    debtors: frozenset[str] | None = None
    tenants: frozenset[str] | None = None

    def sees(self, rule: PriceRule) -> bool:
        """Whether the rule is for everybody, or for one of theirs."""
        whose = {"debtor": self.debtors, "tenant": self.tenants}.get(rule.level)
        return whose is None or rule.target in whose


def sight_of(visitor: Visitor) -> Sight:
    """What this person sees: the narrower of what they may with prices and with customers."""
    with_cost = visitor.may_everywhere("margin.read")
    owners = {visitor.owner_to_show(capability) for capability in ("price-list.read", "customer.read")} - {None}
    if not owners:
        return Sight(with_cost=with_cost)
    company, owner = visitor.company.id, min(owner for owner in owners if owner is not None)
    return Sight(
        with_cost=with_cost,
        debtors=list_own_debtors(company=company, owner=owner),
        tenants=frozenset(customer.key for customer in list_customers(company=company, owner=owner)),
    )


def group_of(rule: PriceRule) -> str:
    """The group of precedence it stands in."""
    return "product" if rule.is_product_rule else rule.level


def say_method(rule: PriceRule, *, with_cost: bool) -> str:
    """``cost + 12 %``, ``list − 5 %``, ``245.00 SEK a seat and month``; without cost only that it counts from cost."""
    if rule.method in _FROM_COST and not with_cost:
        return figures.say("pages.prices.method.from-cost")
    value = rule.value
    if rule.method in ("markup-on-cost", "discount-from-list"):
        return _percent(rule.method, read_figure(value.get("percent")) or Decimal(0))
    if rule.method == "tiers":
        return figures.say("pages.prices.method.tiers", steps=_steps(value, rule.currency), currency=rule.currency)
    if rule.method in ("fixed-price", "minimum"):
        figure = _money(value.get("price" if rule.method == "fixed-price" else "net"), rule.currency)
        return figures.say(f"pages.prices.method.{rule.method}", price=figure, currency=rule.currency)
    if rule.method == "not-billed":
        return figures.say("pages.prices.method.not-billed", reason=str(value.get("reason", "")))
    return figures.say(f"pages.prices.method.{rule.method}")


def _percent(method: str, percent: Decimal) -> str:
    """A discount of 5 is list − 5 %, one below zero adds; the sign stands apart, as people write it."""
    is_more = (percent if method == "markup-on-cost" else -percent) >= 0
    base = "cost" if method == "markup-on-cost" else "list"
    return figures.say(
        f"pages.prices.method.{base}-{'plus' if is_more else 'minus'}",
        percent=write_number(abs(percent), figures.language()),
    )


def _steps(value: Mapping[str, Any], currency: str) -> str:
    steps = value.get("steps") or ()
    told = (
        figures.say(
            "pages.prices.method.step", start=_plain(step.get("from")), price=_money(step.get("price"), currency)
        )
        for step in steps
    )
    return ", ".join(told)


def _money(text: object, currency: str) -> str:
    """A price with the digits of its currency, and more where it has them."""
    found = read_figure(text)
    return "—" if found is None else figures.amount(found, currency)


def _plain(text: object) -> str:
    found = read_figure(text)
    return "—" if found is None else figures.number(found)


def say_scope(rule: PriceRule) -> tuple[str, ...]:
    """What it applies to, one piece a line; everything where nothing is named."""
    if rule.method == "minimum":
        return (figures.say("pages.prices.scope.month"),)
    told = [
        figures.say(f"pages.prices.scope.{name}", what=_named(name, text))
        for name in ("product", "sku", "publisher", "category", "charge_type")
        if (text := getattr(rule, name))
    ]
    return tuple(told) or (figures.say("pages.prices.scope.everything"),)


def _named(field: str, text: str) -> str:
    """A category as people call it; anything else as it stands in the rule."""
    code = f"pages.prices.category.{text.casefold()}"
    return figures.say(code) if field == "category" and figures.has_words(code) else text


def category_choices() -> tuple[tuple[str, str], ...]:
    """Categories to choose from, any first."""
    return (("", figures.say("pages.prices.category.any")), *choices_of(get_args(Category), "prices.category"))


def say_target(rule: PriceRule, names: Mapping[str, str]) -> str:
    """For whom it holds."""
    if rule.level == "company":
        return figures.say("pages.prices.target.company")
    if rule.level == "segment":
        return figures.say("pages.prices.target.segment", segment=rule.target)
    return names.get(rule.target, rule.target)


def name_targets(company: CompanyId, rules: Iterable[PriceRule]) -> dict[str, str]:
    """The names of the debtors and tenants that rules are for, by what stands in the rule."""
    found = list(rules)
    debtors = {rule.target for rule in found if rule.level == "debtor"}
    tenants = {CustomerId(rule.target) for rule in found if rule.level == "tenant"}
    names = {str(key): name for key, name in name_customers(company=company, keys=tenants).items()} if tenants else {}
    return names | (dict(name_debtors(company=company, numbers=debtors)) if debtors else {})


def in_force(versions: tuple[PriceRule, ...], today: date) -> PriceRule:
    """The version that new terms take today; before the first day, the first."""
    begun = [rule for rule in versions if rule.starts_on <= today]
    return begun[-1] if begun else versions[0]


def say_when(rule: PriceRule) -> str:
    """From when it holds, and for running terms."""
    return figures.say(f"pages.prices.reaches.{rule.reaches}", day=figures.day(rule.starts_on))
