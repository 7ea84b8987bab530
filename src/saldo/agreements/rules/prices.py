"""Which price rule holds for a line (docs/algorithms/prices.md): precedence, versions, renewals.

Precedence, lowest first: company < segment < debtor < tenant < product. A rule that names a product or a SKU is a
product rule and beats every rule that names none, whatever their levels; among product rules the level decides, as it
does among the others. Within one level SKU beats product, then charge type, category, publisher. What is still equal:
the later first day, then the higher version, then the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

Level = Literal["company", "segment", "debtor", "tenant"]
Method = Literal[
    "markup-on-cost",
    "discount-from-list",
    "fixed-price",
    "tiers",
    "pass-through",
    "list-price",
    "minimum",
    "not-billed",
    "end",
]
Reach = Literal["renewal", "from-date"]

LEVELS: tuple[Level, ...] = ("company", "segment", "debtor", "tenant")
METHODS: tuple[Method, ...] = (
    *("markup-on-cost", "discount-from-list", "fixed-price", "tiers", "pass-through", "list-price"),
    *("minimum", "not-billed", "end"),
)
METERED = "usage"
"""The category that has no term: it is priced by the day of its use."""

Rank = tuple[int, ...]
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """One version of one agreement on price; its versions share ``code`` and what they apply to."""

    code: str
    version: int
    level: Level
    target: str = ""  # segment, debtor number or tenant key
    product: str = ""  # product id or name; "" is any
    sku: str = ""
    publisher: str = ""
    category: str = ""
    charge_type: str = ""
    method: Method
    value: Mapping[str, Any]  # figures as texts
    currency: str = ""  # of fixed prices, tiers and minimum fees
    starts_on: date
    reaches: Reach = "renewal"

    @property
    def is_product_rule(self) -> bool:
        """Whether it names a product or a SKU, and so beats every rule that does not."""
        return bool(self.product or self.sku)

    @property
    def scope(self) -> tuple[str, ...]:
        """What it applies to; the same for all versions of a code."""
        words = (self.target, self.product, self.sku, self.publisher, self.category, self.charge_type)
        return (self.level, *map(_plain, words))

    @property
    def rank(self) -> Rank:
        """How strong it is against others that match the same line; the higher wins."""
        narrowed = (self.sku, self.product, self.charge_type, self.category, self.publisher)
        return (int(self.is_product_rule), LEVELS.index(self.level), *(int(bool(word)) for word in narrowed))


class LineFacts(NamedTuple):
    """What a rule may look at to decide whether it holds for a line; days are the line's own."""

    tenant: str
    debtor: str
    segment: str
    product_id: str
    product_name: str
    sku_id: str
    publisher: str
    category: str
    charge_type: str
    term_starts_on: date | None
    charge_starts_on: date | None
    month: date  # its first day
    cycle_starts_on: date | None = None  # of the cycle that a prorated row belongs to: a refund keeps its charge's rule

    @property
    def charged_on(self) -> date:
        """The day that decides for a rule which reaches ``from-date``: the first of the cycle charged."""
        return self.cycle_starts_on or self.charge_starts_on or self.month

    @property
    def agreed_on(self) -> date:
        """The day that decides otherwise: the first of the term; what is metered has none and takes its day of use."""
        if self.category == METERED or self.term_starts_on is None:
            return self.charged_on
        return self.term_starts_on


@dataclass(frozen=True, slots=True)
class Series:
    """All versions of one code, oldest first."""

    versions: tuple[PriceRule, ...]

    @property
    def newest(self) -> PriceRule:
        """The last version agreed."""
        return self.versions[-1]

    def in_force(self, facts: LineFacts) -> PriceRule | None:
        """The last version that reaches the line; None before the first, and where that version ends the rule."""
        for rule in reversed(self.versions):
            if rule.starts_on <= (facts.charged_on if rule.reaches == "from-date" else facts.agreed_on):
                return None if rule.method == "end" else rule
        return None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All price rules of a company, indexed so that a line finds the few that can hold for it."""

    series: Mapping[_Key, tuple[Series, ...]]
    minimums: tuple[Series, ...] = ()  # they price a month, not a line

    @classmethod
    def of(cls, rules: Iterable[PriceRule]) -> RuleBook:
        """Index them; the order in which they are given changes nothing."""
        by_code: dict[tuple[str, tuple[str, ...]], list[PriceRule]] = {}
        for rule in rules:
            by_code.setdefault((rule.code, rule.scope), []).append(rule)
        index: dict[_Key, list[Series]] = {}
        minimums = []
        for versions in by_code.values():
            series = Series(tuple(sorted(versions, key=lambda rule: (rule.starts_on, rule.version))))
            if series.versions[0].method == "minimum":
                minimums.append(series)
            else:
                index.setdefault(_key_of(series.newest), []).append(series)
        return cls({key: tuple(found) for key, found in index.items()}, tuple(minimums))

    def matching(self, facts: LineFacts) -> Iterator[Series]:
        """Every agreement whose scope holds for the line, whatever its day; minimums are not among them."""
        if not self.series:
            return
        targets = (("company", ""), ("segment", facts.segment), ("debtor", facts.debtor), ("tenant", facts.tenant))
        things = {("product", _plain(facts.product_id)), ("product", _plain(facts.product_name))}
        things |= {("sku", _plain(facts.sku_id)), ("", "")}
        for level, target in targets:
            if level != "company" and not target:
                continue
            for kind, thing in things:
                for series in self.series.get((level, _plain(target), kind, thing), ()):
                    if _holds_for(series.newest, facts):
                        yield series

    def rules(self) -> Iterator[PriceRule]:
        """Every version of every rule."""
        for found in (*self.series.values(), self.minimums):
            for series in found:
                yield from series.versions


class Candidate(NamedTuple):
    """One agreement that could price a line: does it, and why or why not."""

    rule: PriceRule
    wins: bool
    because: str


def find_rule(rules: RuleBook, facts: LineFacts) -> PriceRule | None:
    """The version of the rule that prices the line; None leaves it to the list price. Always the same answer."""
    best: PriceRule | None = None
    for series in rules.matching(facts):
        rule = series.in_force(facts)
        if rule is not None and (best is None or _order(rule) > _order(best)):
            best = rule
    return best


def find_minimum(rules: RuleBook, *, debtor: str, segment: str, month: date) -> PriceRule | None:
    """The minimum that a debtor pays for the month that begins on this day; the strongest agreed by then holds."""
    asked = {"company": "", "segment": _plain(segment), "debtor": _plain(debtor)}
    best: PriceRule | None = None
    for series in rules.minimums:
        agreed = [rule for rule in series.versions if rule.starts_on <= month]
        if not agreed or agreed[-1].method == "end" or asked.get(agreed[-1].level) != _plain(agreed[-1].target):
            continue
        if best is None or _order(agreed[-1]) > _order(best):
            best = agreed[-1]
    return best


def explain_choice(rules: RuleBook, facts: LineFacts) -> tuple[Candidate, ...]:
    """Every agreement whose scope holds for the line, the winner first, each with the reason of its place."""
    winner = find_rule(rules, facts)
    told = [_judged(series, winner, facts) for series in rules.matching(facts)]
    return tuple(sorted(told, key=lambda one: (one.wins, _order(one.rule)), reverse=True))


def _judged(series: Series, winner: PriceRule | None, facts: LineFacts) -> Candidate:
    rule = series.in_force(facts)
    if rule is None:
        started = series.newest.method == "end" and series.newest.starts_on <= facts.charged_on
        return Candidate(series.newest, False, f"agreements.choice.{'ended' if started else 'not-yet'}")
    if rule is winner or winner is None:
        return Candidate(rule, rule is winner, "agreements.choice.wins")
    if rule.is_product_rule != winner.is_product_rule:
        return Candidate(rule, False, "agreements.choice.no-product")
    if rule.level != winner.level:
        return Candidate(rule, False, "agreements.choice.lower-level")
    because = "earlier" if rule.rank == winner.rank else "less-specific"
    return Candidate(rule, False, f"agreements.choice.{because}")


def _order(rule: PriceRule) -> tuple[Rank, date, int, str]:
    return (rule.rank, rule.starts_on, rule.version, rule.code)


def _key_of(rule: PriceRule) -> _Key:
    target = "" if rule.level == "company" else _plain(rule.target)
    if rule.product:
        return (rule.level, target, "product", _plain(rule.product))
    return (rule.level, target, "sku", _plain(rule.sku)) if rule.sku else (rule.level, target, "", "")


def _holds_for(rule: PriceRule, facts: LineFacts) -> bool:
    """What the index has not looked at yet."""
    asked = (
        (rule.sku, facts.sku_id),
        (rule.publisher, facts.publisher),
        (rule.category, facts.category),
        (rule.charge_type, facts.charge_type),
    )
    return all(not want or _plain(want) == _plain(has) for want, has in asked)


@lru_cache(maxsize=1 << 16)
def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
