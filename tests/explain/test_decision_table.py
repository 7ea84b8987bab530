"""Rules 1 to 5 of the decision table: what happened takes all its rows, in the month it happened and in the next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from saldo.explain.rules.bill import BillLine
from saldo.explain.rules.reasons import explain
from tests.explain.lines import APRIL, MARCH, YEAR, a_bill, a_line, legacy, pair, the_reason, told, usage

E3 = a_line()
E3_APRIL = a_line(days=APRIL)


class TestTaxAndOwnFees:
    def test_other_tax_is_tax(self) -> None:
        before = [E3, a_line("tax", amount="90.00", is_tax=True)]
        after = [E3_APRIL, a_line("tax", amount="99.00", is_tax=True)]
        assert told(before, after, side="price") == {"s1 tax": "9.00"}

    def test_a_support_or_late_fee_is_the_partners_own(self) -> None:
        fee = a_line("fee", subscription="support", amount="500.00", own_fee="late")
        assert told([E3], [E3_APRIL, fee], side="price") == {"support partner-fee": "500.00"}
        assert told([E3, fee], [E3_APRIL], side="price") == {"support partner-fee": "-500.00"}

    def test_tax_on_a_fee_is_tax(self) -> None:
        fee = a_line("fee", subscription="support", amount="125.00", own_fee="late", is_tax=True)
        assert told([], [fee], side="price") == {"support tax": "125.00"}

    def test_tax_of_a_corrected_row_is_tax(self) -> None:
        row = a_line("tax", amount="-9.00", is_tax=True, amends=("G-1999",))
        assert told([E3], [E3_APRIL, row], side="price") == {"s1 tax": "-9.00"}


class TestCorrections:
    CREDIT_NOTE = a_line(amount="-36.00", document="G-C1", amends=("G-2026-02",))

    def test_rows_that_amend_another_period_are_a_correction(self) -> None:
        reason = the_reason([E3], [E3_APRIL, self.CREDIT_NOTE])
        assert (reason.code, reason.amount, reason.variant) == ("correction", Decimal("-36.00"), "made")
        assert reason.facts["document"] == "G-C1"
        assert reason.facts["amends"] == "G-2026-02"

    def test_the_month_after_it_is_gone(self) -> None:
        reason = the_reason([E3, self.CREDIT_NOTE], [E3_APRIL])
        assert (reason.code, reason.amount, reason.variant) == ("correction", Decimal("36.00"), "gone")

    def test_void_and_rebill_of_one_period_vanish_together(self) -> None:
        wrong = a_line(days=APRIL, document="G-A")
        void = a_line(days=APRIL, part="-1", document="G-B", amends=("G-A",))
        rebill = a_line(days=APRIL, document="G-C", amends=("G-A",))
        assert told([E3], [wrong, void, rebill]) == {}

    def test_what_the_rebill_charges_otherwise_is_told_by_its_cause(self) -> None:
        wrong = a_line(days=APRIL, document="G-A")
        void = a_line(days=APRIL, part="-1", document="G-B", amends=("G-A",))
        rebill = a_line(days=APRIL, seats=12, document="G-C", amends=("G-A",))
        assert told([E3], [wrong, void, rebill]) == {"s1 seats-added": "72.00"}

    def test_a_voided_seat_change_vanishes_with_its_refund_row(self) -> None:
        days = "2026-04-11..2026-04-30"
        charged = pair("addQuantity", 10, 12, "20/30", days=days, document="G-A")
        given_back = (
            a_line("addQuantity", seats=10, part="20/30", days=days, document="G-B", amends=("G-A",)),
            a_line("addQuantity", seats=12, part="-20/30", days=days, document="G-B", amends=("G-A",)),
        )
        assert told([E3], [E3_APRIL, *charged, *given_back]) == {}

    def test_a_document_that_amends_two_periods_is_a_correction_of_the_other(self) -> None:
        row = a_line(amount="-5.00", document="G-C1", amends=("G-2026-04", "G-2026-02"))
        assert told([E3], [E3_APRIL, row]) == {"s1 correction": "-5.00"}

    @pytest.mark.parametrize("charge_type", ["customerCredit", "convert", "changeBillingPlan", "new"])
    def test_comes_before_every_other_event(self, charge_type: str) -> None:
        row = a_line(charge_type, amount="-36.00", reference="e1", amends=("G-2026-02",))
        assert told([E3], [E3_APRIL, row]) == {"s1 correction": "-36.00"}

    def test_rows_without_a_document_still_name_what_they_amend(self) -> None:
        before, after = a_bill([E3]), a_bill([E3_APRIL, self.CREDIT_NOTE])
        assert explain(before=before, after=after).reasons[0].lines[0].row == 2


class TestCredits:
    SLA = a_line("customerCredit", amount="-50.00", part="-1", credit_reason="Service credit")

    def test_a_customer_credit_is_a_credit_and_its_reason_is_said(self) -> None:
        reason = the_reason([E3], [E3_APRIL, self.SLA])
        assert (reason.code, reason.amount, reason.variant) == ("credit", Decimal("-50.00"), "given")
        assert reason.facts["credit_reason"] == "Service credit"

    def test_the_month_after_it_is_not_given_again(self) -> None:
        reason = the_reason([E3, self.SLA], [E3_APRIL])
        assert (reason.code, reason.amount, reason.variant) == ("credit", Decimal("50.00"), "gone")

    def test_a_legacy_offset_is_a_credit_without_a_reason(self) -> None:
        reason = the_reason([legacy()], [legacy(days=APRIL), legacy("Offset a line item", amount="-10.00")])
        assert (reason.code, "credit_reason" in reason.facts) == ("credit", False)

    def test_a_row_that_only_gives_and_says_why_is_a_credit(self) -> None:
        row = a_line("cycleCharge", amount="-20.00", credit_reason="Goodwill", days="")
        assert told([E3], [E3_APRIL, row]) == {"s1 credit": "-20.00"}

    def test_so_is_a_refund_of_the_api_while_the_subscription_goes_on(self) -> None:
        row = a_line("cancel", amount="-20.00", credit_reason="Goodwill", days=MARCH)
        assert told([E3], [E3_APRIL, row]) == {"s1 credit": "-20.00"}

    def test_the_refund_of_a_seat_change_is_none_whatever_it_says(self) -> None:
        refund, charge = pair("addQuantity", 10, 12, "20/30", days="2026-04-11..2026-04-30", credit_reason="Adjustment")
        assert told([E3], [E3_APRIL, refund, charge]) == {"s1 seats-added": "48.00"}

    def test_nor_is_the_refund_half_of_an_event_known_by_its_reference(self) -> None:
        refund = a_line("renew", part="-1", days=APRIL, reference="e7", credit_reason="Adjustment")
        charge = a_line("renew", days=APRIL, seats=12, reference="e7")
        assert told([E3], [E3_APRIL, refund, charge]) == {"s1 seats-added": "72.00"}

    def test_nor_is_a_cancellation_in_its_window(self) -> None:
        cancelled = a_line("cancelImmediate", part="-27/30", days="2026-04-04..2026-04-30", credit_reason="Cancelled")
        assert told([E3], [E3_APRIL, cancelled]) == {"s1 ended-subscription": "-324.00"}

    def test_a_positive_row_with_a_reason_is_none(self) -> None:
        assert told([E3], [a_line(days=APRIL, seats=12, credit_reason="Adjustment")]) == {"s1 seats-added": "72.00"}

    def test_comes_before_an_upgrade_of_the_same_reference(self) -> None:
        after = [*upgraded(), a_line("customerCredit", amount="-5.00", reference="e2")]
        assert told([E3], after) == {"s2 plan-changed": "160.00", "s1 credit": "-5.00"}

    def test_a_subscription_that_only_has_a_credit_is_new_the_month_it_is_charged(self) -> None:
        assert told([self.SLA], [E3_APRIL]) == {"s1 credit": "50.00", "s1 new-subscription": "360.00"}


def upgraded() -> list[BillLine]:
    """Ten seats of E3 at 36.00 become E5 at 60.00 on 11 April: -240.00 and +400.00 for twenty of thirty days."""
    days = "2026-04-11..2026-04-30"
    return [
        E3_APRIL,
        a_line("convert", part="-20/30", days=days, reference="e2"),
        a_line("convert", subscription="s2", product="E5", price="60.00", part="20/30", days=days, reference="e2"),
    ]


class TestPlanChanges:
    def test_an_upgrade_takes_both_subscriptions(self) -> None:
        reason = the_reason([E3], upgraded())
        assert (reason.key, reason.code, reason.amount) == ("s2", "plan-changed", Decimal("160.00"))
        assert (reason.variant, reason.subject) == ("moved", "E5")
        facts = {name: reason.facts[name] for name in ("from_product", "to_product", "seats", "on")}
        assert facts == {"from_product": "E3", "to_product": "E5", "seats": Decimal(10), "on": date(2026, 4, 11)}

    def test_the_first_whole_month_after_it_still_belongs_to_it(self) -> None:
        may = a_line(subscription="s2", product="E5", price="60.00", days="2026-05-01..2026-05-31")
        reason = the_reason(upgraded(), [may])
        assert (reason.key, reason.code, reason.amount) == ("s2", "plan-changed", Decimal("80.00"))
        assert (reason.variant, "seats" in reason.facts) == ("moved-before", False)

    def test_of_a_part_of_the_seats_leaves_one_reason_for_both(self) -> None:
        days = "2026-04-11..2026-04-30"
        after = [
            E3_APRIL,
            a_line("convert", seats=4, part="-20/30", days=days, reference="e2"),
            a_line("convert", subscription="s2", product="E5", seats=4, price="60.00", part="20/30", reference="e2"),
        ]
        assert told([E3], after) == {"s2 plan-changed": "64.00"}

    def test_seats_moved_into_a_subscription_that_was_there(self) -> None:
        e5 = {"subscription": "s2", "product": "E5", "price": "60.00"}
        days = "2026-04-11..2026-04-30"
        after = [
            E3_APRIL,
            a_line(seats=5, days=APRIL, **e5),
            a_line("moveQuantity", seats=2, part="-20/30", days=days, reference="e3"),
            a_line("moveQuantity", seats=2, part="20/30", days=days, reference="e3", **e5),
        ]
        assert told([E3, a_line(seats=5, **e5)], after) == {"s2 plan-changed": "32.00"}

    def test_how_many_seats_moved_is_not_said_when_the_target_is_charged_anew_as_a_whole(self) -> None:
        days = "2026-04-11..2026-04-30"
        e5 = {"subscription": "s2", "product": "E5", "price": "60.00", "days": days}
        after = [
            a_line("moveQuantity", seats=2, part="-20/30", days=days, reference="e3"),
            *pair("moveQuantity", 5, 7, "20/30", reference="e3", **e5),
        ]
        assert "seats" not in the_reason([E3, a_line(seats=5, **e5)], after).facts

    def test_one_chain_of_references_is_one_change(self) -> None:
        after = [
            a_line("convert", part="-1/2", reference="e1"),
            a_line("convert", subscription="s2", product="E4", price="48.00", part="1/2", reference="e1"),
            a_line("convert", subscription="s2", product="E4", price="48.00", part="-1/4", reference="e2"),
            a_line("convert", subscription="s3", product="E5", price="60.00", part="1/4", reference="e2"),
        ]
        assert told([E3], [E3_APRIL, *after]) == {"s3 plan-changed": "90.00"}

    def test_halves_on_two_bills_find_each_other(self) -> None:
        before = [E3, a_line("convert", part="-1/31", days="2026-03-31..2026-03-31", reference="e2", amount="-11.61")]
        charge = a_line("convert", subscription="s2", product="E5", price="60.00", days=APRIL, reference="e2")
        assert told(before, [charge]) == {"s2 plan-changed": "251.61"}

    def test_a_half_alone_is_still_a_change_of_plan(self) -> None:
        alone = a_line("convert", subscription="s2", product="E5", price="60.00", days=APRIL)
        reason = the_reason([], [alone])
        assert (reason.code, reason.amount, reason.facts["from_product"]) == ("plan-changed", Decimal("600.00"), "E5")

    def test_a_trial_that_is_paid_now(self) -> None:
        trial = {"product": "Dynamics 365 Guides", "qualifiers": '["Trial"]', "price": "0", "seats": 25}
        days = "2026-04-25..2026-05-24"
        after = [
            a_line("convert", days=days, reference="e4", **trial),
            a_line("convert", days=days, reference="e4", **trial | {"subscription": "s2", "price": "52.61"}),
        ]
        assert told([a_line("new", **trial)], after) == {"s2 plan-changed": "1315.25"}

    def test_comes_before_another_billing_frequency_and_before_new(self) -> None:
        e5 = {"subscription": "s2", "product": "E5", "price": "60.00", "billing_frequency": "Annual"}
        after = [*upgraded()[:2], a_line("convert", days=YEAR, reference="e2", **e5)]
        assert told([E3], after) == {"s2 plan-changed": "360.00"}

    def test_usage_of_the_same_subscription_stays_usage(self) -> None:
        more = usage("20", "1.00", subscription="s1"), usage("30", "1.00", subscription="s1")
        found = told([E3, more[0]], [*upgraded(), more[1]])
        assert found == {"s2 plan-changed": "160.00", "s1/VM/0001/CFQ7TTC0K59S usage-volume": "10.00"}

    def test_legacy_halves_are_known_by_their_days_and_read_by_their_sign(self) -> None:
        days = "2026-04-11..2026-04-30"
        away, to = (f"Prorate fees when convert {half} offering" for half in ("away from current", "to a new"))
        after = [
            legacy(days=APRIL),
            legacy(away, subscription="l2", product="E5", amount="400.00", days=days),
            legacy(to, amount="-240.00", days=days),
        ]
        assert told([legacy()], after) == {"l2 plan-changed": "160.00"}


class TestMigrations:
    GONE: ClassVar[dict[str, str]] = {"days": "2026-04-21..2026-04-30", "amount": "-120.00"}

    def arrived(self, day: str, **others: Any) -> BillLine:
        return a_line("new", **{"price": "39.60", "days": f"{day}..2026-05-20", **others})

    def test_a_legacy_cancellation_and_a_purchase_of_the_same_day_are_one(self) -> None:
        reason = the_reason([legacy()], [legacy("Cancel fee", **self.GONE), self.arrived("2026-04-21")])
        assert (reason.key, reason.code, reason.amount) == ("s1", "plan-changed", Decimal("-84.00"))
        assert (reason.variant, reason.facts["on"], reason.facts["product"]) == ("migrated", date(2026, 4, 21), "E3")

    @pytest.mark.parametrize("day", ["2026-04-20", "2026-04-22"])
    def test_so_they_are_a_day_apart(self, day: str) -> None:
        found = told([legacy()], [legacy("Cancel fee", **self.GONE), self.arrived(day)])
        assert found == {"s1 plan-changed": "-84.00"}

    @pytest.mark.parametrize("day", ["2026-04-19", "2026-04-23"])
    def test_two_days_apart_one_ended_and_one_is_new(self, day: str) -> None:
        found = told([legacy()], [legacy("Cancel fee", **self.GONE), self.arrived(day)])
        assert found == {"l1 ended-subscription": "-480.00", "s1 new-subscription": "396.00"}

    def test_another_product_is_no_migration(self) -> None:
        found = told([legacy()], [legacy("Cancel fee", **self.GONE), self.arrived("2026-04-21", product="E5")])
        assert found == {"l1 ended-subscription": "-480.00", "s1 new-subscription": "396.00"}

    def test_names_may_differ_in_case_and_signs(self) -> None:
        found = told([legacy()], [legacy("Cancel fee", **self.GONE), self.arrived("2026-04-21", product="e-3")])
        assert found == {"s1 plan-changed": "-84.00"}

    def test_days_that_are_not_known_link_nothing(self) -> None:
        unknown = legacy("Cancel fee", amount="-120.00", days="")
        assert "s1 plan-changed" not in told([legacy()], [unknown, self.arrived("2026-04-21")])

    def test_the_month_after_it_still_belongs_to_it(self) -> None:
        before = [legacy("Cancel fee", **self.GONE), self.arrived("2026-04-21")]
        assert told(before, [a_line(price="39.60", days="2026-05-21..2026-06-20")]) == {"s1 plan-changed": "120.00"}

    def test_halves_on_two_bills_find_each_other(self) -> None:
        before = [legacy(), legacy("Cancel fee", days="2026-03-31..2026-03-31", amount="-11.61")]
        assert told(before, [self.arrived("2026-04-01")]) == {"s1 plan-changed": "47.61"}

    def test_each_cancellation_has_one_purchase_of_as_many_seats(self) -> None:
        before = [legacy(), legacy(subscription="l2", seats=5)]
        after = [
            legacy("Cancel fee", **self.GONE),
            legacy("Cancel fee", subscription="l2", seats=5, days="2026-04-21..2026-04-30", amount="-60.00"),
            self.arrived("2026-04-21", subscription="n5", seats="5"),
            self.arrived("2026-04-21", subscription="n10"),
        ]
        assert told(before, after) == {"n10 plan-changed": "-84.00", "n5 plan-changed": "-42.00"}


class TestTermChanges:
    YEARLY: ClassVar[dict[str, str]] = {"price": "250.00", "billing_frequency": "Annual"}

    def test_from_a_year_ahead_to_monthly(self) -> None:
        before = [a_line("new", days="2025-09-20..2026-09-19", **self.YEARLY)]
        after = [a_line("changeBillingPlan", price="20.00", days="2026-09-20..2026-10-19")]
        reason = the_reason(before, after)
        assert (reason.code, reason.amount, reason.variant) == ("term-changed", Decimal("-2300.00"), "billing-plan")
        assert (reason.facts["plan_before"], reason.facts["plan_after"]) == ("Annual", "Monthly")

    def test_from_monthly_to_a_year_ahead_before_it_is_upfront_and_after_it_is_gone(self) -> None:
        monthly = a_line("cycleCharge", price="20.00")
        yearly = a_line("changeBillingPlan", part="11/12", days="2026-10-20..2027-09-19", **self.YEARLY)
        assert told([monthly], [yearly]) == {"s1 term-changed": "2091.66"}
        assert told([yearly], []) == {"s1 term-changed": "-2291.66"}

    def test_another_frequency_at_a_renewal(self) -> None:
        after = [a_line("renew", days=YEAR, price="400.00", billing_frequency="Annual")]
        assert told([E3], after) == {"s1 term-changed": "3640.00"}

    def test_another_length_of_term_at_the_same_frequency(self) -> None:
        month = {"term_starts_on": date(2026, 3, 1), "term_ends_on": date(2026, 3, 31)}
        year = {"term_starts_on": date(2026, 4, 1), "term_ends_on": date(2027, 3, 31)}
        reason = the_reason([a_line(**month)], [a_line("renew", price="30.00", days=APRIL, **year)])
        assert (reason.code, reason.amount, reason.variant) == ("term-changed", Decimal("-60.00"), "term")
        assert (reason.facts["months_before"], reason.facts["months_after"]) == (1, 12)

    def test_three_years_are_another_term_than_one(self) -> None:
        one = {"term_starts_on": date(2025, 4, 1), "term_ends_on": date(2026, 3, 31)}
        three = {"term_starts_on": date(2026, 4, 1), "term_ends_on": date(2029, 3, 31)}
        assert the_reason([a_line(**one)], [a_line(price="30.00", days=APRIL, **three)]).facts["months_after"] == 36

    def test_a_term_of_one_day_says_nothing(self) -> None:
        dirty = {"term_starts_on": date(2026, 3, 1), "term_ends_on": date(2026, 3, 1)}
        year = {"term_starts_on": date(2026, 4, 1), "term_ends_on": date(2027, 3, 31)}
        assert told([a_line(**dirty)], [a_line(price="30.00", days=APRIL, **year)]) == {"s1 price-changed": "-60.00"}

    def test_legacy_terms_stretch_to_the_anniversary_and_say_nothing(self) -> None:
        old = {"term_starts_on": date(2026, 3, 1), "term_ends_on": date(2026, 3, 31)}
        new = {"term_starts_on": date(2026, 3, 1), "term_ends_on": date(2027, 2, 28)}
        assert told([legacy(**old)], [legacy(price="30.00", days=APRIL, **new)]) == {"l1 price-changed": "-60.00"}

    def test_a_frequency_in_other_letters_is_the_same(self) -> None:
        assert told([E3], [a_line(days=APRIL, billing_frequency=" monthly")]) == {}


class TestWhatIsCompared:
    def test_bills_of_two_currencies_are_refused(self) -> None:
        with pytest.raises(ValueError, match="one customer, currency and side"):
            explain(before=a_bill([E3]), after=a_bill([E3], currency="EUR"))

    def test_nothing_against_nothing_has_no_reason(self) -> None:
        assert told([], []) == {}

    def test_an_event_that_costs_nothing_is_no_reason(self) -> None:
        assert told([E3], [E3_APRIL, a_line("new", subscription="trial", price="0", days=APRIL)]) == {}
        assert told([E3], [E3_APRIL, a_line("extendTerm", subscription="trial", price="0", days=APRIL)]) == {}

    def test_the_largest_reason_comes_first(self) -> None:
        after = [E3_APRIL, a_line("new", subscription="small", amount="1.00"), a_line("new", subscription="large")]
        assert list(told([E3], after)) == ["large new-subscription", "small new-subscription"]
