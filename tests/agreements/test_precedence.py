"""Which rule prices a line: the more specific one, in the version that its term began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.agreements.rules.prices import (
    LEVELS,
    LineFacts,
    PriceRule,
    RuleBook,
    explain_choice,
    find_minimum,
    find_rule,
)
from tests.agreements.builders import JANUARY, MARCH, line, markup, rule

FACTS = line()
TARGETS = {"company": "", "segment": FACTS.segment, "debtor": FACTS.debtor, "tenant": FACTS.tenant}
NARROWED = {
    "product": FACTS.product_id,
    "sku": FACTS.sku_id,
    "publisher": "microsoft",
    "category": "licence",
    "charge_type": "CYCLEFEE",
}
DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))


@st.composite
def matching_rules(draw: st.DrawFn) -> PriceRule:
    level = draw(st.sampled_from(LEVELS))
    names = draw(st.sets(st.sampled_from(sorted(NARROWED))))
    return markup(
        draw(st.integers(0, 50).map(str)),
        code=draw(st.text("abc", min_size=1, max_size=3)),
        version=draw(st.integers(1, 4)),
        level=level,
        target=TARGETS[level],
        starts_on=draw(DAYS),
        reaches=draw(st.sampled_from(["renewal", "from-date"])),
        **{name: NARROWED[name] for name in names},
    )


@st.composite
def any_rules(draw: st.DrawFn) -> PriceRule:
    found = draw(matching_rules())
    strange = {"target": "elsewhere", "product": "other", "sku": "0002", "publisher": "Other", "category": "usage"}
    name = draw(st.sampled_from(["", *strange]))
    if not name or (name == "target" and found.level == "company"):
        return found
    return replace(found, **{name: strange[name]})


def found(*rules: PriceRule, facts: LineFacts = FACTS) -> PriceRule | None:
    return find_rule(RuleBook.of(rules), facts)


@given(st.lists(any_rules(), max_size=12), DAYS, st.randoms(use_true_random=False))
def test_every_line_has_one_answer_whatever_the_order_of_the_rules(rules, day, shuffle) -> None:
    facts = line(term_starts_on=day, charge_starts_on=day + timedelta(days=40))
    first = found(*rules, facts=facts)
    turned = list(rules)
    shuffle.shuffle(turned)
    again = found(*turned, facts=facts)
    assert first == again or (first is not None and again is not None and first.code == again.code)
    assert first is None or first in rules


@given(matching_rules(), st.sampled_from(sorted(NARROWED)), st.integers(0, 400))
def test_a_rule_with_one_more_condition_wins_at_the_same_level(general, name, days) -> None:
    narrower = replace(
        general,
        code="narrower",
        starts_on=general.starts_on - timedelta(days=days),
        **{name: NARROWED[name]},
    )
    facts = line(term_starts_on=date(2027, 2, 1), charge_starts_on=date(2027, 2, 1))
    wins = found(general, narrower, facts=facts)
    assert wins is not None
    if getattr(general, name):
        assert wins.rank == narrower.rank
    else:
        assert wins is narrower


@given(matching_rules(), matching_rules())
def test_the_higher_level_wins_between_rules_that_name_no_product(one, other) -> None:
    one, other = (replace(rule, product="", sku="", starts_on=JANUARY) for rule in (one, other))
    other = replace(other, code=f"{one.code}-other")
    wins = found(one, other)
    assert wins is not None
    assert LEVELS.index(wins.level) == max(LEVELS.index(one.level), LEVELS.index(other.level))


def test_a_product_of_the_company_beats_a_markup_of_the_tenant() -> None:
    product, tenant = (
        markup("5", code="p", product="cfq7ttc0lh18"),
        markup("20", code="t", level="tenant", target="TENANT-1"),
    )
    assert found(product, tenant) is product


def test_among_product_rules_the_level_decides_before_the_sku() -> None:
    sku = markup("5", code="s", product=FACTS.product_id, sku="0001")
    product = markup("7", code="p", level="debtor", target="10001", product="Microsoft 365  business basic")
    assert found(sku, product) is product


def test_of_two_alike_the_later_one_wins() -> None:
    early, late = markup("5", code="a"), markup("6", code="b", starts_on=date(2026, 2, 1))
    assert all(found(*order) is late for order in permutations((early, late)))


def test_no_rule_leaves_the_line_to_the_list_price() -> None:
    assert found() is None
    assert found(markup("5", level="debtor", target="10002")) is None
    assert found(markup("5", starts_on=date(2026, 3, 2))) is None


class TestVersions:
    OLD = markup("10")
    NEW = markup("20", version=2, starts_on=date(2026, 6, 1))

    @pytest.mark.parametrize(
        ("term", "charge", "percent"),
        [
            (date(2026, 3, 1), date(2026, 5, 1), "10"),
            (date(2026, 3, 1), date(2026, 9, 1), "10"),
            (date(2026, 6, 1), date(2026, 6, 1), "20"),
            (date(2027, 3, 1), date(2027, 3, 1), "20"),
        ],
    )
    def test_a_subscription_keeps_the_version_of_its_term_start(self, term, charge, percent) -> None:
        wins = found(self.OLD, self.NEW, facts=line(term_starts_on=term, charge_starts_on=charge))
        assert wins is not None
        assert wins.value["percent"] == percent

    def test_a_version_from_a_date_reaches_the_next_cycle(self) -> None:
        new = replace(self.NEW, reaches="from-date")
        assert found(self.OLD, new, facts=line(charge_starts_on=date(2026, 6, 1))) is new
        assert found(self.OLD, new, facts=line(charge_starts_on=date(2026, 5, 31))) is self.OLD

    def test_a_refund_inside_a_cycle_keeps_the_rule_of_its_charge(self) -> None:
        new = replace(self.NEW, reaches="from-date")
        refund = line(charge_starts_on=date(2026, 6, 5), cycle_starts_on=date(2026, 5, 20))
        assert found(self.OLD, new, facts=refund) is self.OLD

    def test_usage_has_no_term_and_takes_the_version_of_its_day(self) -> None:
        usage = line(category="usage", term_starts_on=date(2024, 1, 1), charge_starts_on=date(2026, 6, 3))
        assert found(self.OLD, self.NEW, facts=usage) is self.NEW

    def test_a_line_without_days_takes_those_of_its_month(self) -> None:
        bare = line(term_starts_on=None, charge_starts_on=None, month=date(2026, 6, 1))
        assert found(self.OLD, self.NEW, facts=bare) is self.NEW

    def test_an_ended_rule_leaves_the_line_to_the_next_one(self) -> None:
        debtor = markup("3", code="d", level="debtor", target="10001")
        ended = replace(debtor, version=2, method="end", value={}, starts_on=date(2026, 6, 1), reaches="from-date")
        assert found(self.OLD, debtor, ended) is debtor
        assert found(self.OLD, debtor, ended, facts=line(charge_starts_on=date(2026, 7, 1))) is self.OLD


class TestWhy:
    def test_every_candidate_is_told_with_its_reason_and_the_winner_first(self) -> None:
        rules = (
            markup("1", code="company"),
            markup("2", code="debtor", level="debtor", target="10001"),
            markup("3", code="product", product=FACTS.product_id),
            markup("4", code="sku", product=FACTS.product_id, sku="0001"),
            markup("5", code="later", level="tenant", target="tenant-1", starts_on=date(2026, 9, 1)),
            markup("6", code="other", level="segment", target="bank"),
        )
        told = [(one.rule.code, one.because) for one in explain_choice(RuleBook.of(rules), FACTS)]
        assert told == [
            ("sku", "agreements.choice.wins"),
            ("product", "agreements.choice.less-specific"),
            ("later", "agreements.choice.not-yet"),
            ("debtor", "agreements.choice.no-product"),
            ("company", "agreements.choice.no-product"),
        ]

    @given(st.lists(any_rules(), max_size=8))
    def test_the_winner_told_is_the_rule_that_prices(self, rules) -> None:
        book = RuleBook.of(rules)
        assert [one.rule for one in explain_choice(book, FACTS) if one.wins] == [
            wins for wins in [find_rule(book, FACTS)] if wins is not None
        ]


class TestMinimum:
    def test_a_debtors_own_minimum_beats_that_of_all(self) -> None:
        every = rule("all", "minimum", {"net": "50"}, currency="EUR")
        own = rule("own", "minimum", {"net": "20"}, currency="EUR", level="debtor", target="10001")
        book = RuleBook.of([every, own])
        assert find_minimum(book, debtor="10001", segment="", month=MARCH) is own
        assert find_minimum(book, debtor="10002", segment="", month=MARCH) is every
        assert find_minimum(book, debtor="10002", segment="", month=date(2025, 12, 1)) is None

    def test_a_minimum_prices_no_line(self) -> None:
        assert found(rule("all", "minimum", {"net": "50"}, currency="EUR")) is None
