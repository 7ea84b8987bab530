"""Days, months and half-open periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.periods import Month, Period, anchored

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


class TestMonth:
    def test_is_read_and_written_as_year_and_month(self) -> None:
        assert str(Month.parse("2026-04")) == "2026-04"

    @pytest.mark.parametrize("text", ["2026-13", "2026-4", "April", "2026-04-01", ""])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="not a month"):
            Month.parse(text)

    def test_knows_its_days_in_a_leap_year(self) -> None:
        february = Month(2028, 2)
        assert (february.starts_on, february.ends_on, february.days) == (date(2028, 2, 1), date(2028, 2, 29), 29)

    @given(DAYS, st.integers(-600, 600))
    def test_going_forth_and_back_leads_home(self, day: date, months: int) -> None:
        month = Month.of(day)
        assert month.plus(months).plus(-months) == month
        assert (month.plus(months) > month) == (months > 0)


class TestPeriod:
    def test_microsofts_last_day_is_still_charged(self) -> None:
        assert Period.inclusive(date(2026, 4, 11), date(2026, 4, 30)).days == 20

    def test_holds_its_first_day_and_not_the_day_it_ends_before(self) -> None:
        period = Period(date(2026, 4, 1), date(2026, 5, 1))
        assert date(2026, 4, 1) in period
        assert date(2026, 5, 1) not in period

    def test_cannot_end_before_it_starts(self) -> None:
        with pytest.raises(ValueError, match="cannot end"):
            Period(date(2026, 5, 1), date(2026, 4, 1))

    @given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 400))
    def test_the_overlap_holds_exactly_the_days_both_hold(self, a: date, m: int, b: date, n: int) -> None:
        one, other = Period(a, a + timedelta(days=m)), Period(b, b + timedelta(days=n))
        shared = one.overlap(other)
        days = [a + timedelta(days=i) for i in range(m) if a + timedelta(days=i) in other]
        assert (shared.days if shared else 0) == len(days)


class TestAnchor:
    @pytest.mark.parametrize(("month", "day"), [("2026-02", 28), ("2028-02", 29), ("2026-04", 30), ("2026-05", 31)])
    def test_the_thirty_first_is_clipped_to_the_months_last_day(self, month: str, day: int) -> None:
        assert anchored(Month.parse(month), 31).day == day
