"""Rules 9 and 10 of the decision table: seats in both periods, told by the factors of their amount."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.explain.rules.bill import BillLine
from tests.explain.lines import APRIL, FEBRUARY, a_line, explained, legacy, pair, the_reason, told, usage

PRINTED = Path(__file__).resolve().parents[3] / "shared" / "data" / "recon" / "derived_nce_worked_examples.csv"
E3 = a_line()
E3_APRIL = a_line(days=APRIL)
FROM_11 = "2026-04-11..2026-04-30"


class TestSeatEvents:
    def test_seats_added_inside_the_month(self) -> None:
        reason = the_reason([E3], [E3_APRIL, *pair("addQuantity", 10, 12, "20/30", days=FROM_11)])
        assert (reason.code, reason.amount, reason.variant) == ("seats-added", Decimal("48.00"), "event")
        counted = {name: reason.facts[name] for name in ("seats", "seats_before", "seats_after", "days", "cycle_days")}
        assert counted == {"seats": 2, "seats_before": 10, "seats_after": 12, "days": 20, "cycle_days": 30}
        assert (reason.facts["on"], reason.facts["unit_price"]) == (date(2026, 4, 11), Decimal(36))

    def test_the_first_whole_month_after_it_is_still_seats_added(self) -> None:
        before = [E3_APRIL, *pair("addQuantity", 10, 12, "20/30", days=FROM_11)]
        reason = the_reason(before, [a_line("cycleCharge", seats=12, days="2026-05-01..2026-05-31")])
        assert (reason.code, reason.amount, reason.variant) == ("seats-added", Decimal("24.00"), "full-cycle")

    def test_seats_removed_in_the_window(self) -> None:
        days = "2026-04-04..2026-04-30"
        after = [E3_APRIL, *pair("removeQuantity", 10, 8, "27/30", days=days)]
        assert told([E3], after) == {"s1 seats-removed": "-64.80"}
        assert told(after, [a_line(seats=8, days="2026-05-01..2026-05-31")]) == {"s1 seats-removed": "-7.20"}

    def test_several_changes_are_one_reason_with_the_sign_of_all(self) -> None:
        more = pair("addQuantity", 10, 15, "20/30", days=FROM_11)
        less = pair("removeQuantity", 15, 14, "15/30", days="2026-04-16..2026-04-30", reference="e2")
        reason = the_reason([E3], [E3_APRIL, *less, *more])
        assert (reason.code, reason.amount, reason.variant) == ("seats-added", Decimal("102.00"), "events")
        facts = (reason.facts["count"], reason.facts["seats_before"], reason.facts["seats_after"])
        assert facts == (2, Decimal(10), Decimal(14))

    def test_added_and_removed_again_takes_the_sign_of_the_money(self) -> None:
        more = pair("addQuantity", 10, 15, "20/30", days=FROM_11)
        less = pair("removeQuantity", 15, 10, "18/30", days="2026-04-13..2026-04-30", reference="e2")
        assert told([E3], [E3_APRIL, *more, *less]) == {"s1 seats-added": "12.00"}

    def test_an_event_in_both_months_is_one_reason(self) -> None:
        before = [E3, *pair("addQuantity", 10, 12, "21/31", days="2026-03-11..2026-03-31", reference="e0")]
        after = [a_line(seats=12, days=APRIL), *pair("addQuantity", 12, 15, "20/30", days=FROM_11)]
        # 720 x 21/31 cut row by row: 243.87 and 292.64, so March was 408.77; April is 432.00 + 72.00
        assert told(before, after) == {"s1 seats-added": "95.23"}

    def test_the_printed_example_with_twelve_seats(self) -> None:
        may = a_line(product="Business Standard", price="10.08", days="2021-05-18..2021-06-17", currency="EUR")
        whole = a_line(
            "renew", product="Business Standard", price="10.08", days="2021-06-18..2021-07-17", currency="EUR"
        )
        said = {"product": "Business Standard", "price": "10.08", "days": "2021-06-20..2021-07-17", "currency": "EUR"}
        after = [whole, *pair("addQuantity", 10, 12, "28/30", **said)]
        assert [line.item.amount for line in after] == [Decimal("100.80"), Decimal("-94.08"), Decimal("112.89")]
        # 2 x 10.08 x 28/30 = 18.816; both rows were cut, so a cent of it was never charged
        assert told([may], after, currency="EUR") == {"s1 seats-added": "18.82", "s1 rounding": "-0.01"}

    def test_legacy_gives_all_back_and_charges_both_parts(self) -> None:
        after = [
            legacy(days=APRIL),
            legacy("Cycle instance prorate", days=APRIL, part="-1", price="36.00"),
            legacy("Cycle instance prorate", days="2026-04-01..2026-04-10", paid="12.00"),
            legacy("Cycle instance prorate", days=FROM_11, seats=12, paid="24.00"),
        ]
        assert told([legacy()], after) == {"l1 seats-added": "48.00"}

    def test_an_event_whose_days_are_not_known_is_told_without_them(self) -> None:
        after = [E3_APRIL, *pair("addQuantity", 10, 12, "1", days="")]
        reason = the_reason([E3], after)
        assert (reason.amount, "on" in reason.facts) == (Decimal("72.00"), False)

    def test_rows_without_seats_still_belong_to_the_event(self) -> None:
        odd = a_line("addQuantity", seats=0, amount="10.00", days=FROM_11)
        assert told([E3], [E3_APRIL, odd]) == {"s1 seats-added": "10.00"}


class TestParts:
    STUB = a_line("new", part="11/31", days="2026-03-21..2026-03-31")

    def test_the_month_after_a_first_stub_still_belongs_to_the_purchase(self) -> None:
        reason = the_reason([self.STUB], [E3_APRIL])
        assert (reason.code, reason.amount, reason.variant) == ("new-subscription", Decimal("232.26"), "first-full")
        assert (reason.facts["days_before"], reason.facts["days_after"]) == (11, 30)

    def test_a_cycle_cut_to_end_with_another_is_proration(self) -> None:
        reason = the_reason([E3], [a_line(part="20/30", days="2026-04-01..2026-04-20")])
        assert (reason.code, reason.amount, reason.variant) == ("proration", Decimal("-120.00"), "part")
        assert (reason.facts["days_before"], reason.facts["days_after"]) == (31, 20)

    def test_so_is_the_whole_one_after_it(self) -> None:
        assert told([a_line(part="20/30", days="2026-04-01..2026-04-20")], [E3_APRIL]) == {"s1 proration": "120.00"}

    def test_whole_cycles_at_the_months_end_counted_by_days_are_the_calendar(self) -> None:
        short = a_line(part="28/31", days="2026-01-31..2026-02-27")
        assert told([short], [a_line(days="2026-02-28..2026-03-30")]) == {"s1 calendar-days": "34.84"}
        assert told([a_line(days="2025-12-31..2026-01-30")], [short]) == {"s1 calendar-days": "-34.84"}

    def test_whole_cycles_at_the_same_price_are_no_change_however_long(self) -> None:
        assert told([a_line(days=FEBRUARY)], [E3]) == {}

    def test_seats_that_cancel_out_leave_the_rest_to_the_parts(self) -> None:
        after = [a_line("renew", days=APRIL, part="-1"), a_line("renew", days=APRIL, price="40.00")]
        assert told([E3], after) == {"s1 proration": "-320.00"}


class TestFigures:
    def test_seats_that_no_event_tells_of(self) -> None:
        reason = the_reason([E3], [a_line("renew", seats=12, days=APRIL)])
        assert (reason.code, reason.amount, reason.variant) == ("seats-added", Decimal("72.00"), "between")
        assert told([E3], [a_line("renew", seats=7, days=APRIL)]) == {"s1 seats-removed": "-108.00"}

    def test_a_price_rise_at_renewal(self) -> None:
        reason = the_reason([E3], [a_line("renew", price="40.00", days=APRIL)])
        assert (reason.code, reason.amount) == ("price-changed", Decimal("40.00"))
        assert (reason.facts["price_before"], reason.facts["price_after"]) == (Decimal(36), Decimal(40))

    @pytest.mark.parametrize(
        ("paid_before", "paid_after", "amount", "variant"),
        [
            ("28.80", "36.00", "72.00", "ended"),
            ("36", "28.80", "-72.00", "began"),
            ("28.80", "32.40", "36.00", "changed"),
        ],
    )
    def test_a_promotion(self, paid_before: str, paid_after: str, amount: str, variant: str) -> None:
        reason = the_reason([a_line(paid=paid_before)], [a_line(paid=paid_after, days=APRIL)])
        assert (reason.code, reason.amount, reason.variant) == ("promotion-changed", Decimal(amount), variant)

    def test_the_end_of_a_promotion_and_a_price_rise_share_the_renewal(self) -> None:
        # 10 x 100 x 0.9 = 900 to 10 x 110 = 1100: the price has 10 x 10 x 0.95, the promotion 10 x 0.1 x 105
        before = [a_line(price="100.00", paid="90.00")]
        after = [a_line("renew", price="110.00", days=APRIL)]
        assert told(before, after) == {"s1 promotion-changed": "105.00", "s1 price-changed": "95.00"}

    def test_three_causes_share_and_the_odd_cents_go_to_the_first_in_the_public_order(self) -> None:
        # 900 to 1320: seats 199 2/3, price 104 2/3, promotion 115 2/3
        before = [a_line(price="100.00", paid="90.00")]
        after = [a_line("renew", seats=12, price="110.00", days=APRIL)]
        assert told(before, after) == {
            "s1 seats-added": "199.67",
            "s1 promotion-changed": "115.66",
            "s1 price-changed": "104.67",
        }

    def test_a_free_month_that_is_over_is_a_promotion_that_ended(self) -> None:
        assert told([a_line(paid="0")], [E3_APRIL]) == {"s1 promotion-changed": "360.00"}

    def test_a_product_that_costs_now_what_was_free_has_another_price(self) -> None:
        assert told([a_line(price="0")], [E3_APRIL]) == {"s1 price-changed": "360.00"}

    def test_the_exchange_rate(self) -> None:
        before, after = [a_line(rate="10.0")], [a_line(days=APRIL, rate="10.5")]
        reason = the_reason(before, after)
        assert (reason.code, reason.amount) == ("exchange-rate", Decimal("180.00"))
        assert reason.facts["pricing_currency"] == "USD"

    def test_the_exchange_rate_and_seats(self) -> None:
        before, after = [a_line(rate="10.0")], [a_line(seats=12, days=APRIL, rate="10.5")]
        assert told(before, after) == {"s1 seats-added": "738.00", "s1 exchange-rate": "198.00"}

    def test_a_list_price_shown_anew_while_the_price_paid_stands_is_no_reason(self) -> None:
        assert told([E3], [a_line(price="40.00", paid="36.00", days=APRIL)]) == {}

    def test_the_partners_own_price(self) -> None:
        before, after = [a_line(price_rule="r1")], [a_line(price="44.00", days=APRIL, price_rule="r2")]
        assert told(before, after, side="price") == {"s1 partner-price": "80.00"}

    def test_another_rule_that_comes_to_the_same_is_no_reason(self) -> None:
        assert told([a_line(price_rule="r1")], [a_line(days=APRIL, price_rule="r2")], side="price") == {}

    def test_the_product_of_a_subscription_that_has_another_name_now_is_compared(self) -> None:
        assert told([E3], [a_line(product="E3 EEA", price="40.00", days=APRIL)]) == {"s1 price-changed": "40.00"}

    def test_two_products_of_one_subscription_have_one_reason_a_cause(self) -> None:
        before = [E3, a_line(product="Phone", price="8.00")]
        after = [a_line(price="40.00", days=APRIL), a_line(product="Phone", price="9.00", days=APRIL)]
        reason = the_reason(before, after)
        assert (reason.code, reason.amount) == ("price-changed", Decimal("50.00"))
        assert reason.facts["price_after"] == Decimal(40), "the larger tells the story"

    def test_a_product_that_left_a_subscription_took_its_seats(self) -> None:
        before = [E3, a_line(product="Phone", price="8.00")]
        assert told(before, [E3_APRIL]) == {"s1 seats-removed": "-80.00"}
        assert told([E3], [E3_APRIL, before[1]]) == {"s1 seats-added": "80.00"}

    def test_a_telco_licence_is_compared_part_by_part(self) -> None:
        before = [a_line(price=price) for price in ("50.00", "7.00")]
        after = [a_line(price=price, days=APRIL) for price in ("7.50", "50.00")]
        assert told(before, after) == {"s1 price-changed": "5.00"}

    def test_seats_gone_while_meters_of_the_same_subscription_stay(self) -> None:
        meter = usage("10", "1.00", subscription="s1")
        assert told([E3, meter], [meter]) == {"s1 seats-removed": "-360.00"}
        assert told([TestParts.STUB, meter], [meter]) == {"s1 seats-removed": "-127.74"}

    def test_yen_and_dinars(self) -> None:
        yen = told(
            [a_line(price="3600", currency="JPY")],
            [a_line(price="3600", seats=12, days=APRIL, currency="JPY")],
            currency="JPY",
        )
        assert yen == {"s1 seats-added": "7200"}
        dinar = {"price": "1.234", "currency": "KWD"}
        assert told([a_line(**dinar)], [a_line(seats=12, days=APRIL, **dinar)], currency="KWD") == {
            "s1 seats-added": "2.468"
        }


class TestWhatIsShownCut:
    def test_rule_b_a_seats_price_cut_before_it_was_multiplied(self) -> None:
        # 10.08 x 23/30 = 7.728, printed as 7.72 x 300 = 2316.00
        before = [a_line(seats=300, price="10.08")]
        after = [a_line(seats=300, price="10.08", paid="7.72", amount="2316.00", days="2026-04-08..2026-04-30")]
        assert told(before, after) == {"s1 proration": "-708.00"}

    def test_the_printed_refund_by_rule_b(self) -> None:
        bought = a_line("new", price="10.08", days="2021-07-15..2021-08-14")
        refund = a_line("cancelImmediate", price="10.08", paid="-9.42", amount="-94.20", days="2021-07-17..2021-08-14")
        assert told([], [bought, refund]) == {"s1 new-subscription": "6.60"}

    def test_a_legacy_part_shows_its_price_cut_and_its_amount_exactly(self) -> None:
        # 6.40 x 20 x 8/30 = 34.13, shown as 1.71 a seat
        before = [legacy(seats=20, price="6.40")]
        after = [legacy(seats=20, price="1.71", amount="34.13", days="2026-04-01..2026-04-08")]
        assert told(before, after) == {"l1 proration": "-93.87"}

    def test_a_legacy_discount_is_a_promotion(self) -> None:
        before = [legacy(price="16.00", amount="120.00", discount=Decimal("40.00"))]
        assert told(before, [legacy(price="16.00", days=APRIL)]) == {"l1 promotion-changed": "40.00"}

    def test_a_legacy_row_of_nothing_but_discount(self) -> None:
        before = [legacy(price="0", amount="0.00")]
        assert told(before, [legacy(price="16.00", days=APRIL)]) == {"l1 price-changed": "160.00"}

    def test_a_discount_of_an_odd_part_is_read_as_it_is(self) -> None:
        assert told([E3], [a_line(paid="35.876", days=APRIL)]) == {"s1 promotion-changed": "-1.24"}

    def test_a_price_list_that_shows_nothing_is_what_was_paid(self) -> None:
        assert told([E3], [a_line(price="0", paid="40.00", days=APRIL)]) == {"s1 price-changed": "40.00"}


class TestRest:
    def test_a_cent_a_line_is_rounding(self) -> None:
        reason = the_reason([E3], [a_line(amount="359.99", days=APRIL)])
        assert (reason.code, reason.amount, reason.facts["lines"]) == ("rounding", Decimal("-0.01"), 2)

    def test_more_is_not_explained_and_says_so(self) -> None:
        assert told([E3], [a_line(amount="350.00", days=APRIL)]) == {"unexplained": "-10.00"}

    def test_what_the_figures_explain_is_told_beside_it(self) -> None:
        found = told([E3], [a_line(seats=12, amount="440.00", days=APRIL)])
        assert found == {"s1 seats-added": "72.00", "unexplained": "8.00"}

    def test_an_amount_without_seats_is_not_explained(self) -> None:
        assert told([E3], [E3_APRIL, a_line(seats=0, amount="5.00", days=APRIL)]) == {"unexplained": "5.00"}

    def test_a_row_of_nothing_for_nothing_changes_nothing(self) -> None:
        found = told([E3], [a_line(seats=12, days=APRIL), a_line(seats=0, price="36.00", days=APRIL)])
        assert found == {"s1 seats-added": "72.00"}

    def test_days_that_are_not_known_or_end_before_they_begin_are_a_whole_cycle(self) -> None:
        for days in ("", "2026-04-01..", "2026-04-30..2026-04-01"):
            row = a_line(seats=12, days=days)
            assert told([E3], [row]) == {"s1 seats-added": "72.00"}, days

    def test_figures_that_outweigh_all_that_was_charged_explain_nothing(self) -> None:
        absurd = legacy(seats="0.000001", price="0", amount="1000000000.00", days=APRIL)
        assert told([legacy(price="0.02")], [absurd]) == {"unexplained": "999999999.80"}

    def test_amounts_that_contradict_their_figures_and_are_nothing_explain_nothing(self) -> None:
        assert told([a_line(amount="0")], [a_line(seats=12, amount="0", days=APRIL)]) == {}


def printed() -> dict[str, list[BillLine]]:
    """Microsoft's printed new-commerce examples by scenario."""
    found: dict[str, list[BillLine]] = {}
    with PRINTED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = a_line(
                row["ChargeType"],
                subscription=row["SubscriptionId"],
                product=row["ProductName"],
                seats=row["BillableQuantity"],
                price=row["UnitPrice"],
                paid=row["EffectiveUnitPrice"],
                amount=row["Subtotal"],
                days=f"{row['ChargeStartDate']}..{row['ChargeEndDate']}",
                billing_frequency=row["BillingFrequency"] or "Monthly",
                reference=row["ReferenceId"],
                currency="EUR",
            )
            found.setdefault(row["scenario"], []).append(line)
    return found


@pytest.mark.skipif(not PRINTED.exists(), reason="Microsoft's printed examples are not part of the repository")
class TestPrintedExamples:
    @pytest.mark.parametrize(
        ("scenario", "code", "amount"),
        [
            ("multi_change_30_seats_final", "seats-added", "155.23"),
            ("full_upgrade", "plan-changed", "-840.00"),
            ("partial_upgrade", "plan-changed", "-280.00"),
            ("trial_to_paid", "plan-changed", "1315.25"),
            ("cancel_2_days", "ended-subscription", "-94.20"),
        ],
    )
    def test_against_a_month_as_the_one_before_has_the_one_reason(self, scenario: str, code: str, amount: str) -> None:
        rows = printed()[scenario]
        found = explained(rows[:1], rows, currency="EUR")
        assert [(reason.code, reason.amount) for reason in found.reasons] == [(code, Decimal(amount))]
        assert not found.unexplained

    @pytest.mark.parametrize(
        ("scenario", "amount"), [("annual_to_monthly", "-2300.0"), ("monthly_to_annual", "2091.6")]
    )
    def test_another_billing_plan(self, scenario: str, amount: str) -> None:
        first, second = printed()[scenario]
        reason = the_reason([first], [second], currency="EUR")
        assert (reason.code, reason.amount) == ("term-changed", Decimal(amount))

    @pytest.mark.parametrize("scenario", sorted(printed()) if PRINTED.exists() else [])
    def test_no_cent_is_left_unexplained(self, scenario: str) -> None:
        rows = printed()[scenario]
        for count in range(len(rows) + 1):
            assert not explained(rows[:count], rows, currency="EUR").unexplained
            assert not explained(rows, rows[:count], currency="EUR").unexplained
