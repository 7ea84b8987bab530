"""Bank holidays of a country, compared with a table put together from four other sources."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from saldo.core.workdays import any_closed, is_workday, plus_workdays
from saldo.parties.calendars import calendar_of

TABLE = Path(__file__).resolve().parents[3] / "shared/data/calendars/four_source_table_2018_2027.csv"
SOURCES = ("workalendar_17", "date_holidays_npm", "reference_table")


def said_by_others() -> dict[tuple[str, date], int]:
    said: dict[tuple[str, date], int] = defaultdict(int)
    with TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            said[row["country"], date.fromisoformat(row["date"])] += sum(bool(row[source]) for source in SOURCES)
    return said


class TestCalendars:
    def test_swedish_banks_are_closed_on_eves_that_are_no_public_holidays(self) -> None:
        closed = calendar_of("SE")
        assert [closed(date(2026, month, day)) for month, day in ((6, 19), (12, 24), (12, 31), (6, 6))] == [True] * 4
        assert not is_workday(date(2026, 6, 19), closed=closed)
        assert is_workday(date(2026, 6, 18), closed=closed)

    def test_two_calendars_together_close_more(self) -> None:
        both = any_closed(calendar_of("SE"), calendar_of("US"))
        assert plus_workdays(date(2026, 7, 1), 2, closed=both) == date(2026, 7, 6)  # Independence Day, kept on the 3rd
        assert plus_workdays(date(2026, 12, 28), -3, closed=both) == date(2026, 12, 21)

    def test_a_country_nobody_knows_has_weekends_only(self) -> None:
        assert plus_workdays(date(2026, 12, 24), 1, closed=calendar_of("QQ")) == date(2026, 12, 25)

    @pytest.mark.skipif(not TABLE.exists(), reason="the table of other sources is not at hand")
    @pytest.mark.parametrize("country", ["SE", "US", "BR", "ES", "PT"])
    def test_every_working_day_that_two_others_close_is_closed_here(self, country: str) -> None:
        closed = calendar_of(country)
        days = [day for (where, day), count in said_by_others().items() if where == country and count >= 2]
        assert len(days) > 20
        assert [day.isoformat() for day in days if is_workday(day, closed=closed)] == []
