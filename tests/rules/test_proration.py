"""What part of a term a change pays or credits: cycles, new commerce by rule A and B, legacy, usage."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.charges.rules.proration import (
    anchored_cycle,
    cycle_around,
    cycle_days,
    cycle_ending,
    effective_unit_price,
    is_whole_cycle,
    legacy_amount,
    legacy_unit_price,
    rule_of_seats,
    seats_by_rule_a,
    seats_by_rule_b,
    usage_charged,
    usage_cost,
)
from saldo.core.money import minor_unit
from saldo.core.periods import Month

MONTHS = st.builds(Month, st.integers(2016, 2040), st.integers(1, 12))
ANCHORS = st.integers(1, 31)
PRICES = st.decimals("0.01", "5000", places=2)
SEATS = st.integers(1, 3000).map(Decimal)
RATES = st.decimals("0.5", "20", places=6)
CURRENCIES = st.sampled_from(["SEK", "JPY", "KWD"])


class TestCycles:
    @given(MONTHS, ANCHORS)
    def test_one_cycle_begins_where_the_last_one_ended(self, month: Month, anchor: int) -> None:
        this, following = (anchored_cycle(month=month.plus(i), anchor=anchor) for i in (0, 1))
        assert this.ends_before == following.starts_on
        assert 27 <= this.days <= 32

    @given(MONTHS, ANCHORS, st.integers(0, 30))
    def test_every_day_lies_in_exactly_the_cycle_around_it(self, month: Month, anchor: int, days_in: int) -> None:
        day = month.starts_on + timedelta(days=min(days_in, month.days - 1))
        assert day in cycle_around(day=day, anchor=anchor)

    @given(MONTHS, ANCHORS)
    def test_a_cycle_is_found_again_by_its_last_day_and_is_whole(self, month: Month, anchor: int) -> None:
        cycle = anchored_cycle(month=month, anchor=anchor)
        last = cycle.ends_before - timedelta(days=1)
        assert cycle_ending(ends_on=last, anchor=anchor) == cycle
        assert is_whole_cycle(starts_on=cycle.starts_on, ends_on=last, billing_frequency="Monthly")

    @given(MONTHS, st.integers(1, 14), st.integers(1, 12))
    def test_a_cycle_that_begins_late_is_not_whole(self, month: Month, anchor: int, late: int) -> None:
        cycle = anchored_cycle(month=month, anchor=anchor)
        begun, last = cycle.starts_on + timedelta(days=late), cycle.ends_before - timedelta(days=1)
        assert not is_whole_cycle(starts_on=begun, ends_on=last, billing_frequency="Monthly")

    def test_a_year_is_whole_from_a_leap_day_on(self) -> None:
        assert is_whole_cycle(starts_on=date(2024, 2, 29), ends_on=date(2025, 2, 27), billing_frequency="Annual")
        assert is_whole_cycle(starts_on=date(2026, 3, 1), ends_on=date(2027, 2, 28), billing_frequency="Annually")
        assert not is_whole_cycle(starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31), billing_frequency="Annual")

    @pytest.mark.parametrize(
        ("starts_on", "frequency", "is_legacy", "days"),
        [
            (date(2021, 2, 21), "Monthly", False, 28),
            (date(2021, 3, 21), "Monthly", False, 31),
            (date(2026, 1, 31), "Monthly", False, 31),
            (date(2026, 1, 31), "Monthly", True, 28),
            (date(2018, 2, 13), "monthly", True, 28),
            (date(2026, 3, 1), "Annual", False, 365),
            (date(2027, 3, 1), "Annually", True, 366),
            (date(2026, 6, 1), "", False, 30),
        ],
    )
    def test_a_change_divides_by_the_days_of_its_cycle(
        self, starts_on: date, frequency: str, is_legacy: bool, days: int
    ) -> None:
        assert cycle_days(starts_on=starts_on, billing_frequency=frequency, is_legacy=is_legacy) == days


@st.composite
def slices(draw: st.DrawFn) -> list[int]:
    """A term cut anywhere, as days of each slice."""
    days = draw(st.integers(28, 366))
    cuts = sorted(draw(st.sets(st.integers(1, days - 1), max_size=6)))
    return [after - before for before, after in zip([0, *cuts], [*cuts, days], strict=True)]


class TestSlicingATerm:
    @given(PRICES, slices())
    def test_exact_parts_add_up_to_the_term(self, price: Decimal, parts: list[int]) -> None:
        whole = sum(parts)
        assert sum(effective_unit_price(unit_price=price, days=days, of_days=whole) for days in parts) == price

    @given(PRICES, SEATS, slices(), CURRENCIES)
    def test_legacy_slices_are_off_by_half_a_minor_unit_each(
        self, price: Decimal, seats: Decimal, parts: list[int], currency: str
    ) -> None:
        whole = legacy_amount(unit_price=price, quantity=seats, currency=currency)
        charged = sum(
            legacy_amount(unit_price=price, quantity=seats, days=days, of_days=sum(parts), currency=currency)
            for days in parts
        )
        assert abs(charged - whole) <= minor_unit(currency) * (len(parts) + 1) / 2

    @given(PRICES, SEATS, slices(), RATES, CURRENCIES)
    def test_new_commerce_slices_never_cost_more_than_the_term_and_a_minor_unit_each_less(
        self, price: Decimal, seats: Decimal, parts: list[int], rate: Decimal, currency: str
    ) -> None:
        def charged(days: int) -> Decimal:
            part = effective_unit_price(unit_price=price, days=days, of_days=sum(parts))
            return seats_by_rule_a(price=part, quantity=seats, exchange_rate=rate, currency=currency)

        lost = charged(sum(parts)) - sum(map(charged, parts))
        assert 0 <= lost <= minor_unit(currency) * len(parts)


class TestSeats:
    @given(PRICES, SEATS, SEATS, st.integers(1, 31))
    def test_refund_and_recharge_leave_the_price_of_the_seats_that_came(
        self, price: Decimal, old: Decimal, new: Decimal, days: int
    ) -> None:
        part = effective_unit_price(unit_price=price, days=days, of_days=31)
        back = seats_by_rule_a(price=-part, quantity=old, currency="EUR")
        again = seats_by_rule_a(price=part, quantity=new, currency="EUR")
        assert abs(Fraction(back + again) - part * Fraction(new - old)) < Fraction(1, 100)

    @given(PRICES, SEATS, RATES, CURRENCIES)
    def test_a_refund_is_the_charge_with_the_other_sign(
        self, price: Decimal, seats: Decimal, rate: Decimal, currency: str
    ) -> None:
        part = Fraction(price) * 17 / 31
        for rule in (seats_by_rule_a, seats_by_rule_b):
            charge = rule(price=part, quantity=seats, exchange_rate=rate, currency=currency)
            assert rule(price=-part, quantity=seats, exchange_rate=rate, currency=currency) == -charge

    @given(PRICES, SEATS, RATES, CURRENCIES)
    def test_rule_b_costs_the_customer_at_most_a_minor_unit_a_seat_less(
        self, price: Decimal, seats: Decimal, rate: Decimal, currency: str
    ) -> None:
        part = Fraction(price) * 17 / 31
        a, b = (
            rule(price=part, quantity=seats, exchange_rate=rate, currency=currency)
            for rule in (seats_by_rule_a, seats_by_rule_b)
        )
        assert 0 <= a - b <= minor_unit(currency) * seats

    @pytest.mark.parametrize(
        ("amount", "rule"),
        [("-94.29", "A"), ("-94.20", "B"), ("-94.25", "tolerated"), ("-94.40", "tolerated"), ("-94.41", "none")],
    )
    def test_a_row_says_which_rule_it_obeys(self, amount: str, rule: str) -> None:
        price = -effective_unit_price(unit_price=Decimal("10.08"), days=29, of_days=31)
        assert rule_of_seats(amount=Decimal(amount), price=price, quantity=Decimal(10), currency="EUR") == rule

    def test_a_promotion_lowers_the_price_before_the_days_do(self) -> None:
        price = effective_unit_price(unit_price=Decimal(36), discount=Decimal("0.15"), days=25, of_days=31)
        assert price == Fraction(36) * 85 / 100 * 25 / 31


class TestLegacy:
    @pytest.mark.parametrize(
        ("price", "seats", "amount", "shown"),
        [("6.40", 20, "-33.03", "1.65"), ("16.00", 3, "-12.39", "4.13"), ("4.80", 1, "-1.24", "1.24")],
    )
    def test_a_cancellation_gives_back_what_real_invoices_give_back(
        self, price: str, seats: int, amount: str, shown: str
    ) -> None:
        part = {"days": 8, "of_days": 31, "currency": "USD"}
        back = legacy_amount(unit_price=-Decimal(price), quantity=Decimal(seats), **part)
        assert back == Decimal(amount)
        assert legacy_unit_price(unit_price=Decimal(price), **part) == Decimal(shown)


class TestUsage:
    def test_cost_is_cut_in_pricing_currency_and_then_again_in_billing_currency(self) -> None:
        cost = usage_cost(
            unit_price=Decimal("2.99"), quantity=Decimal(32), earned_credit=Decimal("0.15"), currency="USD"
        )
        assert cost == Decimal("81.32")
        assert usage_charged(cost=cost, exchange_rate=Decimal("10.4567"), currency="SEK") == Decimal("850.33")

    @given(PRICES, SEATS, RATES, CURRENCIES)
    def test_two_cuts_lose_less_than_the_rate_and_one_minor_unit(
        self, price: Decimal, quantity: Decimal, rate: Decimal, currency: str
    ) -> None:
        cost = usage_cost(unit_price=price, quantity=quantity, earned_credit=Decimal("0.15"), currency="USD")
        exact = Fraction(price) * Fraction(quantity) * Fraction(85, 100) * Fraction(rate)
        lost = exact - Fraction(usage_charged(cost=cost, exchange_rate=rate, currency=currency))
        assert 0 <= lost < Fraction(rate) / 100 + Fraction(minor_unit(currency))
