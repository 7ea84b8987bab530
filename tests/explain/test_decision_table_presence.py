"""Rules 6 to 8 of the decision table: money ahead, subscriptions that came or went, and usage."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.explain.rules.reasons import explain
from tests.explain.lines import APRIL, YEAR, a_bill, a_line, legacy, pair, the_reason, told, usage

E3 = a_line()
E3_APRIL = a_line(days=APRIL)
NEXT_YEAR = "2027-03-01..2028-02-29"
METER = "azure/VM/0001/CFQ7TTC0K59S"


class TestUpfront:
    def test_a_year_ahead_is_an_upfront_charge_not_a_new_subscription(self) -> None:
        reason = the_reason([], [a_line("new", price="400.00", days=YEAR, billing_frequency="Annual")])
        assert (reason.code, reason.amount, reason.variant) == ("upfront-charge", Decimal("4000.00"), "charged")
        assert (reason.facts["starts_on"], reason.facts["ends_on"]) == (date(2026, 3, 1), date(2027, 2, 28))

    def test_the_month_after_it_is_gone(self) -> None:
        reason = the_reason([a_line("new", price="400.00", days=YEAR, billing_frequency="Annual")], [])
        assert (reason.code, reason.amount, reason.variant) == ("upfront-charge", Decimal("-4000.00"), "gone")

    @pytest.mark.parametrize("charge_type", ["renew", "cycleCharge", "Prorate fees when purchase", "of next year"])
    def test_whatever_its_charge_type(self, charge_type: str) -> None:
        assert told([], [a_line(charge_type, price="400.00", days=YEAR)]) == {"s1 upfront-charge": "4000.00"}

    @pytest.mark.parametrize(
        ("last", "code"), [("2026-05-15", "new-subscription"), ("2026-05-16", "upfront-charge")], ids=["45", "46"]
    )
    def test_begins_at_more_than_45_days(self, last: str, code: str) -> None:
        assert told([], [a_line("new", days=f"2026-04-01..{last}")]) == {f"s1 {code}": "360.00"}

    def test_software_for_good_has_no_last_day(self) -> None:
        software = a_line("new", days="2026-04-10..", category="perpetual-software", billing_frequency="")
        reason = the_reason([E3], [E3_APRIL, software])
        assert (reason.code, reason.variant, "ends_on" in reason.facts) == ("upfront-charge", "charged", False)

    def test_a_seat_change_in_a_paid_year_is_paid_ahead_too(self) -> None:
        seats = pair("addQuantity", 10, 12, "335/365", price="365.00", days="2026-03-31..2027-02-28")
        assert told([], seats) == {"s1 upfront-charge": "670.00"}

    def test_stands_beside_what_is_paid_monthly(self) -> None:
        setup = a_line("new", product="Setup", price="99.00", seats=1, billing_frequency="", days=APRIL)
        assert told([E3], [a_line(seats=12, days=APRIL), setup]) == {
            "s1 upfront-charge": "99.00",
            "s1 seats-added": "72.00",
        }

    def test_the_same_year_on_both_bills_is_compared_seat_by_seat(self) -> None:
        year = {"price": "400.00", "days": YEAR, "billing_frequency": "Annual"}
        assert told([a_line(**year)], [a_line(seats=12, **year)]) == {"s1 seats-added": "800.00"}

    def test_a_year_against_the_year_before_is_told_by_its_price_not_by_its_dates(self) -> None:
        annual = {"billing_frequency": "Annual"}
        before = [a_line("new", price="400.00", days=YEAR, **annual)]
        after = [a_line("renew", price="420.00", days=NEXT_YEAR, **annual)]
        assert told(before, after) == {"s1 price-changed": "200.00"}

    def test_legacy_rows_and_estimates_may_leave_their_frequency_out(self) -> None:
        bare = {"billing_frequency": ""}
        assert told([], [legacy(days=APRIL, **bare)]) == {"l1 new-subscription": "360.00"}
        assert told([], [a_line("new", days=APRIL, is_estimated=True, **bare)]) == {"s1 new-subscription": "360.00"}


class TestPresence:
    NEW = a_line("new", subscription="s2", product="E5", price="60.00", days="2026-04-10..2026-05-09")
    CANCELLED = a_line(
        "cancelImmediate", subscription="s2", product="E5", price="60.00", part="-27/30", days="2026-04-13..2026-05-09"
    )

    def test_a_purchase_is_a_new_subscription(self) -> None:
        reason = the_reason([E3], [E3_APRIL, self.NEW])
        assert (reason.key, reason.code, reason.variant) == ("s2", "new-subscription", "started")
        assert (reason.facts["seats"], reason.facts["on"]) == (Decimal(10), date(2026, 4, 10))

    def test_a_subscription_that_is_charged_no_more_ended(self) -> None:
        reason = the_reason([E3, self.NEW], [E3_APRIL])
        assert (reason.code, reason.amount, reason.variant) == ("ended-subscription", Decimal("-600.00"), "ended")
        assert reason.facts["seats"] == Decimal(10)

    def test_one_that_was_away_is_back(self) -> None:
        assert the_reason([], [E3_APRIL]).variant == "back"

    def test_bought_and_cancelled_in_one_month_is_new_for_what_is_left(self) -> None:
        reason = the_reason([E3], [E3_APRIL, self.NEW, self.CANCELLED])
        assert (reason.code, reason.amount) == ("new-subscription", Decimal("60.00"))

    def test_cancelled_the_month_after_it_was_bought_has_ended(self) -> None:
        reason = the_reason([self.NEW], [self.CANCELLED])
        assert (reason.code, reason.amount, reason.variant) == ("ended-subscription", Decimal("-1140.00"), "cancelled")
        assert reason.facts["on"] == date(2026, 4, 13)

    def test_renewed_and_cancelled_in_the_window_has_ended(self) -> None:
        after = [a_line("renew", days=APRIL), a_line("cancelImmediate", part="-27/30", days="2026-04-04..2026-04-30")]
        assert told([E3], after) == {"s1 ended-subscription": "-324.00"}

    def test_the_refund_alone_is_gone_the_month_after(self) -> None:
        reason = the_reason([self.CANCELLED], [])
        assert (reason.code, reason.amount, reason.facts["seats"]) == (
            "ended-subscription",
            Decimal("540.00"),
            Decimal(10),
        )

    def test_a_legacy_cancellation(self) -> None:
        gone = legacy("Prorate fees when cancel", amount="-120.00", days="2026-04-21..2026-04-30")
        assert told([legacy()], [legacy(days=APRIL), gone]) == {"l1 ended-subscription": "-120.00"}

    def test_the_two_rows_of_a_telco_licence_are_one_subscription_of_so_many_seats(self) -> None:
        parts = [a_line("new", price=price, days=APRIL, reference="e1") for price in ("50.00", "7.00")]
        reason = the_reason([], parts)
        assert (reason.amount, reason.facts["seats"]) == (Decimal("570.00"), Decimal(10))

    def test_without_a_subscription_the_reservation_order_or_the_product_is_its_name(self) -> None:
        order = a_line("new", subscription="", reservation_order="R1", days=APRIL)
        product = a_line("new", subscription="", days=APRIL)
        assert told([], [order, product]) == {"R1 new-subscription": "360.00", "E3/0001 new-subscription": "360.00"}

    def test_a_day_of_purchase_that_is_not_known_is_not_said(self) -> None:
        assert "on" not in the_reason([], [a_line("new", days="")]).facts


class TestMeteredPlans:
    def test_the_first_usage_of_azure_is_a_new_subscription_whatever_the_meters(self) -> None:
        reason = the_reason([], [usage("10", "1.00"), usage("5", "2.00", product="Disk")])
        assert (reason.key, reason.code, reason.amount) == ("azure", "new-subscription", Decimal("20.00"))
        assert (reason.variant, reason.subject) == ("metered", "Azure plan")

    def test_the_last_is_an_ended_one(self) -> None:
        assert told([usage("10", "1.00")], []) == {"azure ended-subscription": "-10.00"}

    def test_a_plan_of_another_publisher_bears_its_own_name(self) -> None:
        assert the_reason([], [usage("10", "1.00", publisher="Contoso", product="Backup")]).subject == "Backup"

    def test_a_subscription_with_a_licence_and_a_meter_is_one(self) -> None:
        both = [a_line("new", days=APRIL), usage("745", "1.00", subscription="s1")]
        for reason in (the_reason([], both), the_reason(both, [])):
            assert (reason.key, abs(reason.amount), reason.facts["seats"]) == ("s1", Decimal("1105.00"), Decimal(10))


class TestUsage:
    def test_more_of_it_is_volume(self) -> None:
        reason = the_reason([usage("100", "0.50")], [usage("140", "0.50")])
        assert (reason.key, reason.code, reason.amount) == (METER, "usage-volume", Decimal("20.00"))
        assert (reason.facts["quantity_before"], reason.facts["quantity_after"]) == (Decimal(100), Decimal(140))

    def test_another_price_of_a_unit_is_price(self) -> None:
        assert told([usage("100", "0.50")], [usage("100", "0.60")]) == {f"{METER} usage-price": "10.00"}

    def test_partner_earned_credit_that_is_lost_is_price(self) -> None:
        assert told([usage("100", "0.50", paid="0.425")], [usage("100", "0.50")]) == {f"{METER} usage-price": "7.50"}

    def test_another_rate_is_the_rate(self) -> None:
        before, after = [usage("100", "0.50", rate="10")], [usage("100", "0.50", rate="11")]
        assert told(before, after) == {f"{METER} exchange-rate": "50.00"}

    def test_volume_and_rate_share_what_both_did(self) -> None:
        before, after = [usage("100", "0.50", rate="10")], [usage("140", "0.50", rate="11")]
        assert told(before, after) == {f"{METER} usage-volume": "210.00", f"{METER} exchange-rate": "60.00"}

    def test_a_second_tier_is_more_volume_at_a_lower_mean_price(self) -> None:
        # 100 units at 1.00, then 150 at 14/15: volume 50 x 29/30 = 48.33, price -1/15 x 125 = -8.33
        after = [usage("100", "1.00"), usage("50", "0.80")]
        assert told([usage("100", "1.00")], after) == {
            f"{METER} usage-volume": "48.33",
            f"{METER} usage-price": "-8.33",
        }

    def test_the_printed_free_tier(self) -> None:
        # 5 free units, then 32 more at 2.5415 = 81.33 as printed: a mean of 81.328 / 37 for 37 units
        free = usage("5", "0")
        found = told([free], [free, usage("32", "2.99", paid="2.5415", amount="81.33")])
        assert found == {f"{METER} usage-volume": "35.17", f"{METER} usage-price": "46.16"}

    def test_units_given_back_are_less_volume(self) -> None:
        after = [usage("100", "0.50"), usage("10", "0.50", paid="-0.50")]
        assert told([usage("100", "0.50")], after) == {f"{METER} usage-volume": "-5.00"}

    def test_units_given_back_at_another_price_leave_no_price_to_tell(self) -> None:
        after = [usage("100", "0.50"), usage("99", "0.60", paid="-0.60")]
        assert told([usage("100", "0.50")], after) == {f"{METER} usage-volume": "-59.40"}

    def test_a_new_meter_in_a_plan_that_was_there_is_volume(self) -> None:
        reason = the_reason([usage("1", "1.00")], [usage("1", "1.00"), usage("7", "2.00", product="Disk")])
        assert (reason.code, reason.amount, reason.variant) == ("usage-volume", Decimal("14.00"), "new-meter")
        assert "quantity_before" not in reason.facts

    def test_so_is_a_meter_that_is_gone(self) -> None:
        reason = the_reason([usage("1", "1.00"), usage("7", "2.00", product="Disk")], [usage("1", "1.00")])
        assert (reason.code, reason.amount, reason.variant) == ("usage-volume", Decimal("-14.00"), "gone-meter")
        assert "quantity_after" not in reason.facts

    def test_another_region_is_another_meter(self) -> None:
        found = told([usage("1", "1.00")], [usage("1", "1.25", availability_id="north")])
        assert found == {f"{METER} usage-volume": "-1.00", "azure/VM/0001/north usage-volume": "1.25"}

    def test_a_cancelled_meter_is_still_usage(self) -> None:
        after = [usage("3", "1.00", charge_type="cancelImmediate")]
        assert told([usage("1", "1.00")], after) == {f"{METER} usage-volume": "2.00"}

    def test_a_credit_for_usage_is_a_credit(self) -> None:
        offset = usage("100", "0.50", paid="-0.50", charge_type="customerCredit")
        assert told([usage("100", "0.50")], [usage("100", "0.50"), offset]) == {f"{METER} credit": "-50.00"}

    def test_the_printed_legacy_row_is_read_at_its_list_price_not_at_the_quotient(self) -> None:
        # 745 h x 0.085 = 63.325, charged 63.33, shown as 0.08500671 an hour
        row = {"platform": "legacy", "charge_type": "Assess usage fee for current cycle"}
        before = usage("700", "0.085", amount="59.50", **row)
        after = usage("745", "0.085", paid="0.08500671", amount="63.33", **row)
        assert told([before], [after]) == {f"{METER} usage-volume": "3.83"}

    def test_a_price_that_is_not_shown_is_what_the_amount_implies(self) -> None:
        hidden = usage("100", "0", amount="60.00")
        assert told([usage("100", "0.50")], [hidden]) == {f"{METER} usage-price": "10.00"}

    def test_a_row_of_nothing_for_nothing_changes_nothing(self) -> None:
        assert told([usage("100", "0.50")], [usage("100", "0.50"), usage("0", "0")]) == {}

    def test_yen_have_no_hundredths(self) -> None:
        found = told([usage("100", "3", currency="JPY")], [usage("133", "3", currency="JPY")], currency="JPY")
        assert found == {f"{METER} usage-volume": "99"}

    def test_every_row_behind_it_is_named(self) -> None:
        before, after = a_bill([usage("1", "1.00")], period="2026-03"), a_bill([usage("2", "1.00"), usage("3", "1.00")])
        (reason,) = explain(before=before, after=after).reasons
        assert [line.row for line in reason.lines] == [1, 1, 2]
