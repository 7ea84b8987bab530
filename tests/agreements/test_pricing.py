"""What a line costs the customer: one rounding, refunds as mirrors, a lost credit that moves nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from saldo.agreements.rules.earned_credit import Adjustments, read_adjustments
from saldo.agreements.rules.exact import Exact, exact_of, is_between, over, rounded, times, times_part
from saldo.agreements.rules.exchange import NO_RATES, Published, Rates, UnableToConvert, round_exact
from saldo.agreements.rules.pricing import DEFAULT_USED, NotBilled, UnableToPrice, price_line, top_up
from saldo.core.money import minor_digits, minor_unit
from tests.agreements.builders import MARCH, fixed, markup, priced, row, rule

PRICES = st.decimals("0", "5000", places=4)
QUANTITIES = st.integers(1, 5000).map(Decimal)
PARTS = st.tuples(st.integers(1, 31), st.integers(28, 31)).map(lambda days: Fraction(min(days), days[1]))
CURRENCIES = st.sampled_from(["EUR", "SEK", "JPY", "KWD"])
PERCENTS = st.decimals("-50", "100", places=2).map(str)
EARNED = '["15.0% Partner earned credit for services managed"]'


def cut(exact: Fraction, currency: str) -> Decimal:
    return Decimal(int(exact * 10 ** minor_digits(currency))).scaleb(-minor_digits(currency))


def methods(percent: str, price: str) -> list:
    steps = [{"from": "0", "price": price}, {"from": "100", "price": "1"}]
    return [
        None,
        rule("pass", "pass-through"),
        markup(percent),
        rule("discount", "discount-from-list", {"percent": percent}),
        fixed(price),
        rule("tiers", "tiers", {"steps": steps}, currency="EUR"),
    ]


@given(QUANTITIES, PRICES, PARTS, CURRENCIES, PERCENTS, PRICES.map(str))
def test_a_refund_is_the_exact_mirror_of_its_charge(quantity, listed, part, currency, percent, price) -> None:
    cost = cut(Fraction(listed) * Fraction(quantity) * part, currency)
    for agreed in methods(percent, price):
        if agreed is not None and agreed.currency:
            agreed = fixed(price, currency=currency) if agreed.method == "fixed-price" else None
        there, back = (
            priced(
                row(
                    f"{quantity}", f"{listed}", f"{signed}", currency=currency, part=part, is_refund=signed is not cost
                ),
                agreed,
                currency,
            )
            for signed in (cost, cost.copy_negate())
        )
        assert back.net == -there.net
        assert back.unit_price == there.unit_price >= 0


@given(QUANTITIES, st.integers(0, 500), PRICES.map(str), PARTS, CURRENCIES)
def test_more_seats_never_cost_less_at_a_fixed_price(seats, added, price, part, currency) -> None:
    few, many = (
        priced(row(f"{count}", part=part, currency=currency), fixed(price, currency=currency), currency).net
        for count in (seats, seats + added)
    )
    assert many >= few


@given(st.decimals("0.0001", "10000", places=6), st.decimals("0.0001", "50", places=6), CURRENCIES, PERCENTS)
@example(Decimal("100.17"), Decimal("0.1"), "EUR", "10")
@example(Decimal("0.3"), Decimal("0.04"), "EUR", "0")
def test_a_lost_credit_never_moves_a_customers_price(quantity, listed, currency, percent) -> None:
    at_list = Fraction(quantity) * Fraction(listed)
    kept, lost = (
        priced(
            row(f"{quantity}", f"{listed}", f"{cut(at_list * share, currency)}", currency=currency, adjustments=text),
            markup(percent),
            currency,
        ).net
        for share, text in ((Fraction(85, 100), EARNED), (Fraction(1), ""))
    )
    assert kept == lost


@given(st.decimals("0.01", "10000", places=3), st.decimals("0.001", "50", places=5), st.decimals("0.5", "20", places=6))
def test_nor_where_microsoft_converts_its_price(quantity, listed, rate) -> None:
    exact = Fraction(quantity) * Fraction(listed)
    kept, lost = (
        priced(
            row(
                f"{quantity}",
                f"{listed}",
                f"{cut(Fraction(cut(exact * share, 'USD')) * Fraction(rate), 'SEK')}",
                currency="SEK",
                pricing_currency="USD",
                rate=rate,
                adjustments=text,
            ),
            markup("12"),
            "SEK",
        ).net
        for share, text in ((Fraction(85, 100), EARNED), (Fraction(1), "[]"))
    )
    assert kept == lost


@given(QUANTITIES, PRICES, PARTS, CURRENCIES, PERCENTS, PRICES.map(str))
def test_an_amount_is_rounded_once_and_to_a_unit_that_can_be_paid(
    quantity, listed, part, currency, percent, price
) -> None:
    cost = cut(Fraction(listed) * Fraction(quantity) * part, currency)
    for agreed in methods(percent, price):
        agreed = fixed(price, currency=currency) if agreed is not None and agreed.currency else agreed
        net = priced(row(f"{quantity}", f"{listed}", f"{cost}", currency=currency, part=part), agreed, currency).net
        assert net % minor_unit(currency) == 0
    exact = Fraction(price) * Fraction(quantity) * part
    assert abs(Fraction(net) - exact) <= Fraction(minor_unit(currency)) / 2


class TestMethods:
    def test_a_fixed_price_for_twenty_of_thirty_days(self) -> None:
        price = priced(row("12", "9", "72", part=Fraction(20, 30)), fixed("10.08"))
        assert (price.net, price.unit_price, price.charged_price) == (
            Decimal("80.64"),
            Decimal("10.08"),
            Decimal("6.72"),
        )

    def test_a_year_billed_at_once_pays_twelve_months_of_the_price(self) -> None:
        assert priced(row("3", "100", "300", months=12), fixed("10")).net == Decimal("360.00")

    def test_the_step_that_the_quantity_reaches_holds_for_all_of_it(self) -> None:
        steps = [{"from": "0", "price": "10"}, {"from": "50", "price": "8"}]
        tiers = rule("tiers", "tiers", {"steps": steps}, currency="EUR")
        assert [priced(row(count), tiers).net for count in ("49", "50")] == [Decimal("490.00"), Decimal("400.00")]

    def test_no_rule_is_the_list_price_and_says_so(self) -> None:
        price = priced(row("5", "36", "145.15", part=Fraction(25, 31)), None)
        assert (price.net, price.because, price.rule) == (Decimal("145.16"), DEFAULT_USED, None)

    def test_a_discount_counts_from_the_list_price_and_not_from_a_promotion(self) -> None:
        discount = rule("discount", "discount-from-list", {"percent": "10"})
        assert priced(row("10", "20", "170"), discount).net == Decimal("180.00")

    def test_pass_through_is_what_microsoft_charged(self) -> None:
        assert priced(row("10", "20", "170"), rule("pass", "pass-through")).net == Decimal("170.00")

    def test_a_markup_keeps_a_promotion_of_microsofts(self) -> None:
        promoted = row("10", "20", "170", adjustments='["15.0% Promotion discount"]')
        assert priced(promoted, markup("10")).net == Decimal("187.00")

    def test_a_credit_for_some_of_the_days_moves_the_price_as_little_as_a_whole_one(self) -> None:
        for cost in ("170", "170.01", "185.37", "199.99", "200"):
            assert priced(row("10", "20", cost, adjustments=EARNED), markup("10")).net == Decimal("220.00")
            back = row("10", "20", f"-{cost}", adjustments=EARNED)
            assert priced(back, markup("10")).net == Decimal("-220.00")

    def test_a_charge_that_its_list_price_does_not_explain_is_its_own_base(self) -> None:
        assert priced(row("10", "20", "85", adjustments=EARNED), markup("10")).net == Decimal("110.00")

    def test_what_is_not_billed_keeps_its_reason(self) -> None:
        free = rule("free", "not-billed", {"reason": "included in support"})
        told = price_line(row(), free, currency="EUR", rates=NO_RATES, on=MARCH)
        assert told == NotBilled(rule=free, reason="included in support")

    def test_legacy_usage_brings_its_own_amount_at_list(self) -> None:
        shown = row("33333", "0.0003", "10.17", listed=Fraction("10.17"))
        assert priced(shown, None).net == Decimal("10.17")

    def test_without_a_list_price_the_line_is_refused_and_not_given_away(self) -> None:
        with pytest.raises(UnableToPrice) as refusal:
            priced(row("1", "0", "170"), None)
        assert refusal.value.code == "agreements.price.no-list-price"

    def test_a_rule_without_its_figure_is_refused(self) -> None:
        with pytest.raises(UnableToPrice) as refusal:
            priced(row(), rule("bad", "fixed-price", {"price": "ten"}, currency="EUR"))
        assert refusal.value.code == "agreements.price.bad-value"


class TestCurrencies:
    RATES = Rates.of([Published("SEK", MARCH, Decimal("11")), Published("USD", MARCH, Decimal("1.1"))], source="ecb")

    def test_a_price_in_another_currency_carries_its_rate_and_day(self) -> None:
        price = priced(row("3", currency="USD"), fixed("10", currency="USD"), "SEK", self.RATES)
        assert price.net == Decimal("300.00")
        assert price.rate is not None
        assert (price.rate.rate, price.rate.on) == (Decimal("10"), MARCH)

    def test_a_price_in_the_customers_own_currency_needs_none(self) -> None:
        assert priced(row("3", currency="USD"), fixed("99", currency="SEK"), "SEK").net == Decimal("297.00")

    def test_without_a_rate_the_line_is_refused(self) -> None:
        with pytest.raises(UnableToConvert):
            priced(row("3", currency="USD"), None, "SEK")


class TestMinimum:
    MINIMUM = rule("least", "minimum", {"net": "50"}, currency="EUR")

    @pytest.mark.parametrize(("charged", "extra"), [("20", "30.00"), ("-5", "55.00"), ("49.99", "0.01")])
    def test_a_month_below_it_gets_the_rest_as_a_line(self, charged, extra) -> None:
        price = top_up(self.MINIMUM, charged=Decimal(charged), currency="EUR", rates=NO_RATES, on=MARCH)
        assert price is not None
        assert price.net == Decimal(extra)

    def test_a_month_that_reaches_it_gets_none(self) -> None:
        assert top_up(self.MINIMUM, charged=Decimal(50), currency="EUR", rates=NO_RATES, on=date(2026, 3, 1)) is None


def test_adjustments_are_read_as_microsoft_writes_them() -> None:
    assert read_adjustments(EARNED) == Adjustments(Fraction(1), Fraction(3, 20))
    both = '["15.0% Partner Earned Credit for services managed","10.0% Tier 1 Discount"]'
    assert read_adjustments(both) == Adjustments(Fraction(9, 10), Fraction(3, 20))
    assert read_adjustments("Price for given billing period") == Adjustments(Fraction(1), Fraction(0))


@pytest.mark.parametrize(("exact", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.00499", "0.00")])
def test_halves_go_away_from_zero(exact, rounded) -> None:
    assert round_exact(Fraction(exact), "EUR") == Decimal(rounded)


FIGURES = st.decimals("-1000000", "1000000", places=9)


@given(FIGURES, st.lists(FIGURES, max_size=3), PARTS, st.decimals("0.01", "20", places=3), CURRENCIES)
def test_exact_amounts_are_those_of_fractions(value, factors, part, divisor, currency) -> None:
    exact = over(times_part(times(exact_of(value), *factors), part), divisor)
    same = Fraction(value) * part / Fraction(divisor)
    for factor in factors:
        same *= Fraction(factor)
    assert exact.fraction == same
    assert rounded(exact, currency) == round_exact(same, currency)
    least, most = sorted((same, Fraction(0)))
    is_inside = least - Fraction("0.5") <= Fraction(value) <= most + Fraction("0.5")
    assert is_between(value, exact, Exact(Decimal(0)), slack=Decimal("0.5")) == is_inside
