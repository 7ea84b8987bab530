"""Agreeing prices, terms, taxes and fees: versions follow each other, none is changed, each stands in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from saldo.agreements import actions
from saldo.agreements.actions import UnableToAgree
from saldo.agreements.queries import (
    list_price_rules,
    list_service_fees,
    list_tax_profiles,
    list_terms,
    load_rule_book,
    load_tax,
    load_terms,
)
from saldo.agreements.rules.fees import ServiceFee
from saldo.agreements.rules.prices import PriceRule, find_rule
from saldo.agreements.rules.rule_faults import find_rule_fault
from saldo.agreements.rules.tax import TaxProfile
from saldo.agreements.rules.tax_rates import RateRow
from saldo.agreements.rules.terms import SplitGroup, Terms
from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.agreements.builders import JANUARY, fixed, line, markup, rule

NOW = datetime(2026, 5, 12, 7, 12, tzinfo=UTC)
JUNE = date(2026, 6, 1)


def agree(company: CompanyId, agreed: PriceRule, **more) -> PriceRule:
    return actions.set_price_rule(company=company, rule=agreed, by="user:1", at=NOW, **more)


class TestPrices:
    def test_a_new_version_leaves_the_old_one_as_it_was(self, company: CompanyId) -> None:
        first = agree(company, markup("10"))
        second = agree(company, markup("12", starts_on=JUNE))
        assert list_price_rules(company=company, code="markup") == (first, second)
        assert [one.version for one in (first, second)] == [1, 2]
        told = list_entries(company=company, code="agreements.price-agreed")
        assert [(entry.subject, entry.facts["version"], entry.facts["value"]) for entry in told] == [
            ("price:markup", 2, {"percent": "12"}),
            ("price:markup", 1, {"percent": "10"}),
        ]

    def test_the_same_again_agrees_nothing(self, company: CompanyId) -> None:
        assert agree(company, markup("10")) == agree(company, markup("10"))
        assert len(list_price_rules(company=company)) == 1

    def test_the_book_prices_by_what_was_agreed(self, company: CompanyId) -> None:
        agree(company, markup("10"))
        actions.end_price_rule(company=company, code="markup", starts_on=JUNE, by="user:1", at=NOW)
        book = load_rule_book(company)
        assert find_rule(book, line()) == markup("10")
        assert find_rule(book, line(term_starts_on=JUNE)) is None

    @pytest.mark.parametrize(
        ("agreed", "code"),
        [
            (markup("12", starts_on=date(2025, 12, 31)), "before-last"),
            (markup("12", product="P", starts_on=JUNE), "other-scope"),
            (rule("markup", "minimum", {"net": "5"}, currency="EUR", starts_on=JUNE), "other-scope"),
        ],
    )
    def test_a_version_that_rewrites_the_past_or_means_something_else_is_refused(self, company, agreed, code) -> None:
        agree(company, markup("10"))
        with pytest.raises(UnableToAgree) as refusal:
            agree(company, agreed)
        assert refusal.value.code == f"agreements.rule.{code}"

    def test_a_change_keeps_the_agreed_notice(self, company: CompanyId) -> None:
        agree(company, markup("10"), notice_days=30)
        with pytest.raises(UnableToAgree) as refusal:
            agree(company, markup("12", starts_on=JUNE), notice_days=30)
        assert refusal.value.code == "agreements.rule.notice-too-short"
        assert agree(company, markup("12", starts_on=date(2026, 6, 11)), notice_days=30).version == 2

    def test_ending_what_was_never_agreed_is_refused(self, company: CompanyId) -> None:
        with pytest.raises(UnableToAgree) as refusal:
            actions.end_price_rule(company=company, code="none", starts_on=JUNE, by="user:1", at=NOW)
        assert refusal.value.code == "agreements.rule.unknown"

    def test_another_company_agrees_for_itself(self, company: CompanyId) -> None:
        agree(company, markup("10"))
        other = found_company(name="Other", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
        with company_context(other):
            assert list_price_rules(company=other) == ()
            assert agree(other, markup("20")).version == 1

    @pytest.mark.parametrize(
        ("agreed", "code", "field"),
        [
            (markup("ten"), "bad-figure", "percent"),
            (markup("-101"), "bad-figure", "percent"),
            (markup("NaN"), "bad-figure", "percent"),
            (rule("d", "discount-from-list", {"percent": "100.01"}), "bad-figure", "percent"),
            (fixed("-1"), "bad-figure", "price"),
            (fixed("1", currency=""), "no-currency", "currency"),
            (rule("t", "tiers", {"steps": []}, currency="EUR"), "bad-figure", "steps"),
            (rule("t", "tiers", {"steps": [{"from": "1", "price": "2"}]}, currency="EUR"), "bad-figure", "steps"),
            (rule("t", "tiers", {"steps": [{"from": "0", "price": ""}]}, currency="EUR"), "bad-figure", "steps"),
            (rule("n", "not-billed", {"reason": " "}), "bad-figure", "reason"),
            (rule("x", "cheaper"), "unknown-method", "method"),
            (markup("1", level="galaxy"), "unknown-level", "level"),
            (markup("1", level="debtor"), "bad-target", "target"),
            (markup("1", target="10001"), "bad-target", "target"),
            (markup("1", reaches="never"), "unknown-reach", "reaches"),
            (markup("1", code=" "), "no-code", "code"),
            (rule("m", "minimum", {"net": "5"}, currency="EUR", product="P"), "minimum-too-narrow", "level"),
        ],
    )
    def test_a_rule_that_cannot_be_meant_is_refused_by_its_field(self, agreed, code, field) -> None:
        fault = find_rule_fault(agreed)
        assert fault is not None
        assert (fault.code, fault.field) == (f"agreements.rule.{code}", field)


class TestTerms:
    OWN = Terms(
        debtor="10001",
        starts_on=JUNE,
        net_days=45,
        grouping="split",
        split=(SplitGroup(name="School", subscriptions=frozenset({"s1"}), tags=frozenset({"a", "b"})),),
    )

    def test_terms_come_back_as_they_were_agreed(self, company: CompanyId) -> None:
        everybody = Terms(starts_on=JANUARY, net_days=20)
        for terms in (everybody, self.OWN):
            assert actions.set_terms(company=company, terms=terms, by="user:1", at=NOW)
        book = load_terms(company)
        assert (book.of("10001", date(2026, 5, 31)), book.of("10001", JUNE)) == (everybody, self.OWN)

    def test_what_holds_already_is_not_written_again(self, company: CompanyId) -> None:
        assert actions.set_terms(company=company, terms=self.OWN, by="user:1", at=NOW)
        later = replace(self.OWN, starts_on=date(2026, 7, 1))
        assert not actions.set_terms(company=company, terms=later, by="user:1", at=NOW)
        assert list_terms(company=company, debtor="10001") == (self.OWN,)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"net_days": -1}, "bad-net-days"),
            ({"notice_days": 400}, "bad-notice-days"),
            ({"invoice_day": 32}, "bad-invoice-day"),
            ({"grouping": "pile"}, "unknown-grouping"),
            ({"delivery": "pigeon"}, "unknown-delivery"),
            ({"split": ()}, "empty-split"),
            ({"starts_on": JANUARY, "net_days": 10}, "before-last"),
        ],
    )
    def test_terms_that_cannot_be_meant_are_refused(self, company, changed, code) -> None:
        actions.set_terms(company=company, terms=self.OWN, by="user:1", at=NOW)
        with pytest.raises(UnableToAgree) as refusal:
            actions.set_terms(company=company, terms=replace(self.OWN, **changed), by="user:1", at=NOW)
        assert refusal.value.code == f"agreements.terms.{code}"


class TestTax:
    PROFILE = TaxProfile(
        debtor="10001", starts_on=JUNE, treatment="exempt", certificate="SKV-77", withholding=Decimal("1.5")
    )

    def test_a_profile_comes_back_and_its_certificate_stays_out_of_the_log(self, company: CompanyId) -> None:
        assert actions.set_tax_profile(company=company, profile=self.PROFILE, by="user:1", at=NOW)
        assert not actions.set_tax_profile(company=company, profile=self.PROFILE, by="user:1", at=NOW)
        assert list_tax_profiles(company=company) == (self.PROFILE,)
        (told,) = list_entries(company=company, code="agreements.tax-agreed")
        assert "SKV-77" not in str(told.facts)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"treatment": "free"}, "unknown-treatment"),
            ({"withholding": Decimal(100)}, "bad-withholding"),
            ({"debtor": ""}, "no-debtor"),
            ({"certificate": ""}, "no-certificate"),
        ],
    )
    def test_a_profile_without_its_proof_is_refused(self, company, changed, code) -> None:
        with pytest.raises(UnableToAgree) as refusal:
            actions.set_tax_profile(company=company, profile=replace(self.PROFILE, **changed), by="user:1", at=NOW)
        assert refusal.value.code == f"agreements.tax.{code}"

    def test_a_rate_of_the_company_needs_a_source(self, company: CompanyId) -> None:
        row = RateRow("US", "WA", Decimal("10.35"), JANUARY, "WA DOR")
        actions.add_tax_rate(company=company, row=row, by="user:1", at=NOW)
        assert load_tax(company).rate_of("US", "WA", JUNE) == row
        with pytest.raises(UnableToAgree) as refusal:
            actions.add_tax_rate(company=company, row=row._replace(source=""), by="user:1", at=NOW)
        assert refusal.value.code == "agreements.tax.no-source"


class TestFees:
    FEE = ServiceFee(
        code="support",
        name="Support",
        debtor="10001",
        quantity=Decimal(2),
        unit_price=Decimal("150"),
        currency="EUR",
        starts_on=JANUARY,
    )

    def test_a_new_price_ends_the_old_one_on_its_day(self, company: CompanyId) -> None:
        new = replace(self.FEE, unit_price=Decimal(160), starts_on=JUNE)
        for fee in (self.FEE, new):
            assert actions.set_service_fee(company=company, fee=fee, by="user:1", at=NOW)
        assert list_service_fees(company=company, debtor="10001") == (replace(self.FEE, ends_before=JUNE), new)
        assert not actions.set_service_fee(company=company, fee=new, by="user:1", at=NOW)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"code": ""}, "no-code"),
            ({"name": ""}, "no-name"),
            ({"debtor": ""}, "no-debtor"),
            ({"unit_price": Decimal(-1)}, "bad-price"),
            ({"ends_before": JANUARY}, "bad-period"),
        ],
    )
    def test_a_fee_that_cannot_be_meant_is_refused(self, company, changed, code) -> None:
        with pytest.raises(UnableToAgree) as refusal:
            actions.set_service_fee(company=company, fee=replace(self.FEE, **changed), by="user:1", at=NOW)
        assert refusal.value.code == f"agreements.fee.{code}"
