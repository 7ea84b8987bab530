"""Single stories with figures worked out by hand: the rows Microsoft would write, and the causes of both changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.core.periods import Month
from saldo.generator.catalogue import BASIC, PREMIUM, STANDARD
from saldo.generator.causes import explain_seats
from saldo.generator.charging import charge
from saldo.generator.contracts import Act, Contract
from saldo.generator.cycles import cycle_of
from saldo.generator.names import Customer

CUSTOMER = Customer(id="c0ffee00-0000-4000-8000-000000000001", name="Granviken", domain="g.example", country="SE")
MARCH = Month(2026, 3)


def contract(product=PREMIUM, *, price="100.00", seats=10, anchor=1, first=-12, **plan):
    plan = {"currency": "SEK", "pricing_currency": "SEK", "id": f"{product.product_name}-id".lower(), **plan}
    plan |= {"prices": (Decimal(price),), "seats": seats, "anchor": anchor, "first": first}
    return Contract(customer=CUSTOMER, products=(product,), **plan)


def live(*contracts, months=4, start=MARCH, rates=("10", "11", "11", "11")):
    for made in contracts:
        charge(made, start=start, months=months, rates=[Decimal(rate) for rate in rates])
    return contracts


def why(contracts, before, after):
    return {reason.code: str(reason.amount) for reason in explain_seats(list(contracts), before, after)}


def rows(made, month):
    return [(row.charge_type, str(row.quantity), str(row.subtotal)) for row in made.rows.get(month, [])]


class TestSeats:
    def test_two_seats_for_twenty_of_thirty_days(self):
        (made,) = live(contract(acts={1: Act(kind="seats", days_in=10, seats=2, reference="r")}))
        assert rows(made, 1) == [
            ("cycleCharge", "10", "1000.00"),
            ("addQuantity", "10", "-666.66"),
            ("addQuantity", "12", "800.00"),
        ]
        assert made.rows[1][1].ordered_on == date(2026, 4, 11)
        assert why([made], 0, 1) == {"seats-added": "133.33", "rounding": "0.01"}
        assert why([made], 1, 2) == {"seats-added": "66.67", "rounding": "-0.01"}
        assert why([made], 2, 3) == {}

    def test_seats_taken_away_in_the_window_make_both_months_cheaper(self):
        (made,) = live(contract(term_months=1, acts={1: Act(kind="seats", days_in=6, seats=-5, reference="r")}))
        assert why([made], 0, 1) == {"seats-removed": "-400.00"}
        assert why([made], 1, 2) == {"seats-removed": "-100.00"}


class TestPurchasesAndEnds:
    def test_the_month_after_a_short_first_cycle_still_belongs_to_the_purchase(self):
        (made,) = live(contract(first=1, first_days_in=15))
        assert rows(made, 1) == [("new", "10", "500.00")]
        assert why([made], 0, 1) == {"new-subscription": "500.00"}
        assert why([made], 1, 2) == {"new-subscription": "500.00"}

    def test_cancelled_after_three_of_thirty_days(self):
        (made,) = live(contract(first=1, acts={1: Act(kind="cancel", days_in=3)}))
        assert rows(made, 1) == [("new", "10", "1000.00"), ("cancelImmediate", "10", "-900.00")]
        assert why([made], 0, 1) == {"new-subscription": "100.00"}
        assert why([made], 1, 2) == {"ended-subscription": "-100.00"}

    def test_a_renewal_taken_back_ends_the_subscription(self):
        (made,) = live(contract(first=-11, acts={1: Act(kind="cancel", days_in=3)}))
        assert rows(made, 1)[0][0] == "renew"
        assert why([made], 0, 1) == {"ended-subscription": "-900.00"}

    def test_a_cycle_cut_short_without_another_event_is_proration(self):
        (made,) = live(contract(acts={1: Act(kind="align", days_in=15)}))
        assert why([made], 0, 1) == {"proration": "-500.00"}
        assert why([made], 1, 2) == {"proration": "500.00"}


class TestPrices:
    def test_seats_and_price_at_one_renewal_share_what_both_made(self):
        act = Act(kind="renew", price=(Decimal("110.00"),), seats=2)
        (made,) = live(contract(first=-11, acts={1: act}))
        assert why([made], 0, 1) == {"seats-added": "210.00", "price-changed": "110.00"}

    def test_a_promotion_that_ends_and_a_rate_that_moves(self):
        acts = {1: Act(kind="promotion", discount=Decimal(0))}
        (made,) = live(contract(pricing_currency="USD", discount=Decimal("0.2"), promotion="p", acts=acts))
        assert rows(made, 0) == [("renew", "10", "8000.00")]
        assert why([made], 0, 1) == {"promotion-changed": "2100.00", "exchange-rate": "900.00"}

    def test_a_year_at_once_comes_and_goes(self):
        (made,) = live(contract(billing="Annual", first=1, price="1200.00"))
        assert why([made], 0, 1) == {"upfront-charge": "12000.00"}
        assert why([made], 1, 2) == {"upfront-charge": "-12000.00"}

    def test_the_months_left_of_a_term_are_charged_by_the_yearly_plan(self):
        (made,) = live(contract(first=-5, price="100.00", acts={1: Act(kind="plan")}))
        assert rows(made, 1) == [("changeBillingPlan", "10", "6000.00")]
        assert made.rows[1][0].ends_on == date(2026, 9, 30)
        assert why([made], 0, 1) == {"term-changed": "5000.00"}
        assert why([made], 1, 2) == {"term-changed": "-6000.00"}


class TestMoves:
    def test_all_seats_upgraded_are_one_reason_in_both_months(self):
        leave = Act(kind="leave", days_in=10, seats=-10, reference="r", charge_type="convert")
        base = contract(STANDARD, acts={1: leave})
        target = contract(PREMIUM, price="150.00", first=1, first_days_in=10, first_charge="convert")
        target.mark(1, "upgrade")
        live(base, target)
        assert rows(base, 1) == [("cycleCharge", "10", "1000.00"), ("convert", "10", "-666.66")]
        assert rows(target, 1) == [("convert", "10", "1000.00")]
        assert why([base, target], 0, 1) == {"plan-changed": "333.34"}
        assert why([base, target], 1, 2) == {"plan-changed": "166.66"}
        assert why([base, target], 2, 3) == {}

    def test_seats_moved_between_two_subscriptions_that_both_stay(self):
        leave = Act(kind="leave", days_in=15, seats=-4, reference="r", charge_type="moveQuantity")
        join = Act(kind="leave", days_in=15, seats=4, reference="r", charge_type="moveQuantity")
        base, target = contract(BASIC, price="60.00", acts={1: leave}), contract(STANDARD, acts={1: join})
        live(base, target)
        assert why([base, target], 0, 1) == {"plan-changed": "80.00"}
        assert why([base, target], 1, 2) == {"plan-changed": "80.00"}

    def test_a_migration_whose_refund_comes_a_month_later_is_told_in_three_parts(self):
        old = contract(STANDARD, anchor=5, is_legacy=True, acts={2: Act(kind="migrate", days_in=15)})
        new = contract(PREMIUM, price="120.00", anchor=20, first=1)
        new.mark(1, "arrived")
        live(old, new)
        assert rows(old, 2) == [("CANCEL FEE", "10", "-500.00")]
        assert why([old, new], 0, 1) == {"new-subscription": "1200.00"}
        assert why([old, new], 1, 2) == {"plan-changed": "-1500.00"}
        assert why([old, new], 2, 3) == {"ended-subscription": "500.00"}


class TestCycles:
    @pytest.mark.parametrize(
        ("anchor", "first", "last"),
        [
            (31, date(2026, 1, 31), date(2026, 2, 27)),
            (30, date(2026, 1, 30), date(2026, 2, 26)),
            (15, date(2026, 1, 15), date(2026, 2, 14)),
        ],
    )
    def test_month_end_anchors_follow_the_reference(self, anchor, first, last):
        cycle = cycle_of(Month(2026, 1), anchor)
        assert (cycle.starts_on, cycle.ends_on) == (first, last)

    def test_a_cycle_of_any_length_costs_the_same(self):
        (made,) = live(contract(anchor=31), months=4, start=Month(2026, 1))
        assert [rows(made, month)[0][2] for month in range(4)] == ["1000.00"] * 4
