"""Money: exact, of one currency, and shared without losing a cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.money import (
    CurrencyMismatch,
    Money,
    add_up,
    amount_text,
    every_digit,
    minor_digits,
    minor_unit,
    round_down,
    round_half_up,
    share_out,
)

CURRENCIES = st.sampled_from(["SEK", "JPY", "KWD"])


@st.composite
def sums(draw: st.DrawFn) -> Money:
    currency = draw(CURRENCIES)
    return Money(draw(st.integers(-(10**12), 10**12)) * minor_unit(currency), currency)


class TestMinorUnits:
    @pytest.mark.parametrize(("currency", "digits"), [("SEK", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLP", 0)])
    def test_each_currency_writes_its_own_digits(self, currency: str, digits: int) -> None:
        assert minor_digits(currency) == digits

    @pytest.mark.parametrize(
        ("value", "currency", "text"),
        [("-33.03", "USD", "-33.03"), ("120", "JPY", "120"), ("1.5", "KWD", "1.500"), ("-0.00", "SEK", "0.00")],
    )
    def test_amounts_are_written_with_all_their_digits_and_an_ascii_minus(
        self, value: str, currency: str, text: str
    ) -> None:
        assert amount_text(Decimal(value), currency) == text
        assert str(Money(Decimal(value), currency)) == text

    def test_a_legacy_row_is_rounded_half_up_and_a_new_one_is_cut(self) -> None:
        assert round_half_up(Decimal("-33.025"), "USD") == Decimal("-33.03")
        assert round_down(Decimal("112.896"), "EUR") == Decimal("112.89")
        assert round_down(Decimal("-112.896"), "EUR") == Decimal("-112.89")


class TestArithmetic:
    def test_amounts_of_one_currency_add_subtract_and_turn_around(self) -> None:
        a, b = Money(Decimal("10.00"), "SEK"), Money(Decimal("2.50"), "SEK")
        assert a + b == Money(Decimal("12.50"), "SEK")
        assert a - b == Money(Decimal("7.50"), "SEK")
        assert -a == Money(Decimal("-10.00"), "SEK")

    def test_amounts_of_two_currencies_are_never_added(self) -> None:
        with pytest.raises(CurrencyMismatch, match="SEK and EUR"):
            Money(Decimal(1), "SEK") + Money(Decimal(1), "EUR")


class TestSplitting:
    def test_a_hundred_in_three_loses_no_cent(self) -> None:
        shares = Money(Decimal("100.00"), "SEK").split([1, 1, 1])
        assert [str(share) for share in shares] == ["33.34", "33.33", "33.33"]

    @pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
    def test_weights_that_share_nothing_are_refused(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="weights"):
            Money(Decimal("1.00"), "SEK").split(weights)

    @given(sums(), st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
    def test_shares_add_up_and_miss_their_ideal_by_less_than_one_unit(self, money: Money, weights: list[int]) -> None:
        shares = money.split(weights)
        assert sum(share.value for share in shares) == money.value
        for share, weight in zip(shares, weights, strict=True):
            ideal = Fraction(money.value) * weight / sum(weights)
            assert abs(Fraction(share.value) - ideal) < Fraction(minor_unit(money.currency))

    def test_the_largest_remainder_gets_the_odd_cent_and_a_tie_goes_to_the_first(self) -> None:
        thirds = [Fraction(1, 300), Fraction(2, 300), Fraction(0)]
        assert share_out(Decimal("0.01"), thirds, "SEK") == [Decimal(0), Decimal("0.01"), Decimal(0)]
        halves = [Fraction(1, 200), Fraction(1, 200)]
        assert share_out(Decimal("0.01"), halves, "SEK") == [Decimal("0.01"), Decimal(0)]

    def test_a_total_finer_than_the_minor_unit_is_refused(self) -> None:
        with pytest.raises(ValueError, match="finer"):
            share_out(Decimal("0.001"), [Fraction(1, 1000)], "SEK")

    def test_parts_that_are_not_parts_of_the_total_are_refused(self) -> None:
        with pytest.raises(ValueError, match="do not add up"):
            share_out(Decimal("5.00"), [Fraction(1), Fraction(1)], "SEK")


class TestEveryDigit:
    LONG = Decimal("12345678901234567890.123456789012345678")

    def test_a_sum_keeps_the_digits_that_a_column_holds(self) -> None:
        assert add_up([self.LONG, Decimal("0.000000000000000001")]) == Decimal(
            "12345678901234567890.123456789012345679"
        )
        assert add_up([]) == 0

    @pytest.mark.parametrize(
        ("value", "text"),
        [("360.000", "360"), ("0.000305", "0.000305"), ("1.2E+3", "1200"), ("-0.0", "0"), ("-1.50", "-1.5")],
    )
    def test_it_is_written_without_exponent_and_without_zeros_behind(self, value: str, text: str) -> None:
        assert every_digit(Decimal(value)) == text

    def test_nothing_of_a_long_figure_is_cut(self) -> None:
        assert every_digit(self.LONG) == str(self.LONG)
