"""The truth about a synthetic partner holds together, whatever the seed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from saldo.core.periods import Month
from saldo.generator.causes import CODES, Factor, settle, share
from saldo.generator.partner import UnableToGenerate, make_partner
from saldo.generator.truth import truth_document

SEEDS = range(12)


def partner(seed, *, customers=12, months=5, currency="SEK", start="2026-01"):
    return make_partner(customers=customers, months=months, seed=seed, start=Month.parse(start), currency=currency)


class TestTruth:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_reasons_add_up_to_every_change(self, seed):
        for change in truth_document(partner(seed))["changes"]:
            reasons = sum((Decimal(reason["amount"]) for reason in change["reasons"]), Decimal(0))
            assert reasons == Decimal(change["change"]) == Decimal(change["after"]) - Decimal(change["before"])

    @pytest.mark.parametrize("seed", SEEDS)
    def test_has_one_reason_per_key_and_code(self, seed):
        for change in truth_document(partner(seed))["changes"]:
            named = [(reason["key"], reason["code"]) for reason in change["reasons"]]
            assert len(named) == len(set(named))
            assert {code for _, code in named} <= set(CODES)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_leaves_at_most_a_cent_a_row_to_rounding(self, seed):
        made = partner(seed)
        for holding in made.holdings:
            for month in range(1, made.months):
                rounding = [r for r in holding.reasons(month - 1, month) if r.code == "rounding"]
                for reason in rounding:
                    rows = [
                        row
                        for period in (month - 1, month)
                        for row in holding.rows(period)
                        if reason.key.startswith(row.subscription)
                    ]
                    assert abs(reason.amount) <= Decimal("0.01") * len(rows)

    def test_plants_every_cause_that_a_bill_of_costs_can_have(self):
        found = {
            reason["code"]
            for seed in SEEDS
            for change in truth_document(partner(seed))["changes"]
            for reason in change["reasons"]
        }
        assert found >= {
            "new-subscription",
            "ended-subscription",
            "seats-added",
            "seats-removed",
            "proration",
            "plan-changed",
            "term-changed",
            "upfront-charge",
            "price-changed",
            "promotion-changed",
            "exchange-rate",
            "usage-volume",
            "usage-price",
            "credit",
            "correction",
            "rounding",
        }

    def test_same_seed_same_partner_other_seed_another(self):
        assert truth_document(partner(3)) == truth_document(partner(3))
        assert truth_document(partner(3)) != truth_document(partner(4))

    def test_refuses_a_currency_without_a_rate_to_the_dollar(self):
        with pytest.raises(UnableToGenerate, match="XXX") as refusal:
            partner(1, currency="XXX")
        assert refusal.value.code == "generator.currency.no-rate"

    def test_refuses_a_partner_without_customers(self):
        with pytest.raises(UnableToGenerate) as refusal:
            partner(1, customers=0)
        assert refusal.value.code == "generator.partner.too-small"

    def test_speaks_yen_without_minor_digits(self):
        document = truth_document(partner(2, currency="JPY"))
        assert all("." not in change["change"] for change in document["changes"])


class TestSharing:
    def test_gives_a_single_moved_factor_everything(self):
        shares = share([_factor("seats-added", 10, 12), _factor("price-changed", 5, 5)])
        assert shares == {"seats-added": Fraction(10)}

    def test_shares_two_factors_evenly(self):
        shares = share([_factor("seats-added", 10, 12), _factor("price-changed", 5, 6)])
        assert shares == {"seats-added": Fraction(11), "price-changed": Fraction(11)}

    def test_shares_three_factors_so_that_order_does_not_matter(self):
        one, two, three = _factor("usage-volume", 2, 3), _factor("usage-price", 5, 7), _factor("exchange-rate", 10, 11)
        assert share([one, two, three]) == share([three, one, two])
        assert sum(share([one, two, three]).values()) == 3 * 7 * 11 - 2 * 5 * 10

    def test_names_what_the_cut_left_over_rounding(self):
        reasons = settle({"seats-added": Fraction("20.1187")}, Decimal("20.11"), key="s", subject="E3", currency="SEK")
        assert [(r.code, r.amount) for r in reasons] == [
            ("seats-added", Decimal("20.12")),
            ("rounding", Decimal("-0.01")),
        ]


def _factor(code, before, after):
    return Factor(code=code, before=Fraction(before), after=Fraction(after))
