"""What part of its cycle a charge may cover, the likeliest first."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from saldo.charges.rules.cycles import CycleShare, shares_of_cycle


class TestMonthly:
    def test_a_whole_month_is_whole(self) -> None:
        first, *_ = shares_of_cycle(date(2026, 3, 1), date(2026, 3, 31))
        assert first == CycleShare(31, 31)
        assert (first.is_whole, first.share) == (True, 1)

    def test_the_rest_of_a_month_is_counted_in_days_of_the_month_in_which_the_cycle_began(self) -> None:
        first, *_ = shares_of_cycle(date(2026, 3, 7), date(2026, 3, 31))
        assert (first.is_whole, first.share) == (False, Fraction(25, 31))

    def test_a_cycle_over_the_end_of_february_may_be_longer_than_february(self) -> None:
        found = shares_of_cycle(date(2026, 2, 14), date(2026, 3, 15))
        assert CycleShare(30, 30) in found
        assert CycleShare(30, 28) not in found


class TestYearly:
    def test_a_year_paid_at_once_is_whole(self) -> None:
        first, *_ = shares_of_cycle(date(2026, 1, 1), date(2026, 12, 31))
        assert first == CycleShare(365, 365)

    def test_the_rest_of_a_year_is_counted_in_days_or_in_months(self) -> None:
        found = shares_of_cycle(date(2026, 5, 1), date(2026, 12, 31))
        assert found[0] == CycleShare(245, 365)
        assert CycleShare(8, 12) in found

    def test_three_years_are_no_part_of_one(self) -> None:
        assert shares_of_cycle(date(2026, 1, 1), date(2028, 12, 31)) == (CycleShare(1096, 1096),)
