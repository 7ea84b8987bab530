"""Which part of its cycle a row charges, by Microsoft's count of days."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from saldo.charges.rules.cycles import shares_of_cycle


def likeliest(first: str, last: str) -> tuple[int, int]:
    """Days charged out of days of the cycle."""
    found = shares_of_cycle(date.fromisoformat(first), date.fromisoformat(last))[0]
    return found.days, found.cycle_days


class TestMonths:
    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2026-04-01", "2026-04-30"),
            ("2026-03-05", "2026-04-04"),
            ("2021-01-31", "2021-02-27"),
            ("2021-02-28", "2021-03-30"),
            ("2021-01-30", "2021-02-26"),
            ("2021-02-27", "2021-03-29"),
        ],
    )
    def test_from_an_anchor_day_to_the_next_is_whole(self, first: str, last: str) -> None:
        assert shares_of_cycle(date.fromisoformat(first), date.fromisoformat(last))[0].is_whole

    @pytest.mark.parametrize(
        ("first", "last", "days", "cycle"),
        [
            ("2021-06-20", "2021-07-17", 28, 30),  # printed: the cycle began on 18 June
            ("2022-03-25", "2022-04-04", 11, 31),  # printed: on 5 March
            ("2021-07-17", "2021-08-14", 29, 31),  # printed: on 15 July
            ("2021-03-10", "2021-03-20", 11, 28),  # reference 8.3: bought on 21 February
        ],
    )
    def test_a_row_to_the_end_of_a_cycle_is_counted_by_the_month_it_began_in(
        self, first: str, last: str, days: int, cycle: int
    ) -> None:
        assert likeliest(first, last) == (days, cycle)

    def test_a_row_cut_short_may_be_counted_by_its_own_month(self) -> None:
        counts = {share.cycle_days for share in shares_of_cycle(date(2026, 4, 1), date(2026, 4, 8))}
        assert counts == {30, 31}

    def test_more_days_than_a_month_has_are_a_cycle_of_their_own(self) -> None:
        assert likeliest("2026-03-01", "2026-04-10") == (41, 41)


class TestYears:
    @pytest.mark.parametrize("days", [365, 366])
    def test_a_year_is_whole_also_a_leap_year(self, days: int) -> None:
        first = date(2026 if days == 365 else 2027, 3, 1)
        assert shares_of_cycle(first, first + timedelta(days=days - 1))[0].is_whole

    def test_the_rest_of_a_year_is_counted_by_its_days_or_its_months(self) -> None:
        shares = shares_of_cycle(date(2021, 10, 20), date(2022, 9, 19))
        assert [share.share for share in shares[:2]] == [Fraction(335, 365), Fraction(11, 12)]

    def test_three_years_are_whole(self) -> None:
        assert likeliest("2026-03-01", "2029-02-28") == (1096, 1096)


class TestEveryStretch:
    @pytest.mark.parametrize("first", [date(2024, 1, 1) + timedelta(days=step) for step in range(0, 366, 7)])
    def test_is_part_of_some_cycle_and_never_more_than_whole(self, first: date) -> None:
        for days in (*range(1, 48), 90, 334, 364, 365, 366, 367, 1095, 1096):
            shares = shares_of_cycle(first, first + timedelta(days=days - 1))
            assert shares
            assert all(0 < share.share <= 1 for share in shares), (first, days)
            assert len(set(shares)) == len(shares)
