"""Interest: the worked tables of docs/algorithms/interest.md, and its laws."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.dunning.rules.interest import Interest, OwedSince, UnableToReckonInterest, interest_by_law, interest_of
from saldo.dunning.rules.law import RATES, ReferenceRate, law_of
from tests.docs.tables import FOLDER, TableRow, tables_of

DAY = timedelta(days=1)
MARCH = date(2026, 3, 1)

amounts = st.decimals(min_value=0, max_value=1_000_000, places=2)
rates = st.decimals(min_value=0, max_value=30, places=2)


TABLES = {table.name: table.rows for table in tables_of(FOLDER / "interest.md")}


def rows(text: str) -> list[OwedSince]:
    return [OwedSince(date.fromisoformat(one.split()[0]), Decimal(one.split()[1])) for one in text.split(", ")]


class TestWorkedTables:
    @pytest.mark.parametrize("row", TABLES["one-rate"])
    def test_one_rate(self, row) -> None:
        found = interest_of(
            [OwedSince(date.fromisoformat(row["owed since"]), Decimal(row["amount"]))],
            currency=row["currency"],
            until=date.fromisoformat(row["until"]),
            percent=Decimal(row["per cent"]),
            day_count=row["count"],
        )
        assert str(found.total) == row["interest"]

    @pytest.mark.parametrize("row", TABLES["in-parts"])
    def test_in_parts(self, row) -> None:
        until = date.fromisoformat(row["until"])
        found = interest_of(rows(row["owed"]), currency=row["currency"], until=until, percent=Decimal(row["per cent"]))
        assert str(found.total) == row["interest"]

    @pytest.mark.parametrize("row", TABLES["half-years"])
    def test_half_years(self, row) -> None:
        if row["stretches"] == "refused":
            with pytest.raises(UnableToReckonInterest):
                by_law(row)
            return
        found = by_law(row)
        assert ", ".join(f"{one.days} × {one.percent}" for one in found.stretches) == row["stretches"]
        assert str(found.total) == row["interest"]


def by_law(row: TableRow) -> Interest:
    law = law_of(row["law"], date.fromisoformat(row["until"]))
    assert law is not None
    return interest_by_law(
        [OwedSince(date.fromisoformat(row["owed since"]), Decimal(row["amount"]))],
        currency="SEK",
        until=date.fromisoformat(row["until"]),
        row=law,
        rates=RATES,
    )


class TestLaws:
    @given(amounts, rates, st.integers(0, 400))
    def test_no_day_before_it_is_owed_and_none_on_nothing(self, amount: Decimal, percent: Decimal, days: int) -> None:
        early = interest_of([OwedSince(MARCH + DAY, amount)], currency="SEK", until=MARCH, percent=percent)
        assert (early.total, early.stretches) == (0, ())
        nothing = interest_of([OwedSince(MARCH, Decimal(0))], currency="SEK", until=MARCH + days * DAY, percent=percent)
        assert nothing.total == 0

    @given(amounts, rates, st.integers(1, 400), st.integers(1, 400), amounts)
    def test_paying_sooner_or_more_never_costs_more(self, amount, percent, first, later, paid) -> None:
        until = MARCH + 800 * DAY
        rest = max(amount - paid, Decimal(0))
        sooner, late = sorted((first, later))

        def total(days: int, left: Decimal) -> Decimal:
            owed = [OwedSince(MARCH, amount), OwedSince(MARCH + days * DAY, left)]
            return interest_of(owed, currency="EUR", until=until, percent=percent).total

        assert total(sooner, rest) <= total(late, rest) <= total(late, amount)

    @given(amounts, rates, st.integers(1, 300), st.integers(1, 300))
    def test_a_row_that_changes_nothing_changes_nothing(self, amount, percent, cut, more) -> None:
        until = MARCH + (cut + more) * DAY
        whole = interest_of([OwedSince(MARCH, amount)], currency="SEK", until=until, percent=percent)
        owed = [OwedSince(MARCH, amount), OwedSince(MARCH + cut * DAY, amount)]
        assert interest_of(owed, currency="SEK", until=until, percent=percent).total == whole.total

    @given(amounts, st.integers(0, 700))
    def test_one_rate_in_every_half_year_is_one_rate(self, amount: Decimal, days: int) -> None:
        law = law_of("SE", MARCH)
        assert law is not None
        known = [
            ReferenceRate(
                code="RIKSBANK", valid_from=date(year, month, 1), percent=Decimal(2), source="test", verified=True
            )
            for year in (2026, 2027, 2028)
            for month in (1, 7)
        ]
        until = MARCH + days * DAY
        found = interest_by_law([OwedSince(MARCH, amount)], currency="SEK", until=until, row=law, rates=known)
        assert (
            found.total
            == interest_of([OwedSince(MARCH, amount)], currency="SEK", until=until, percent=Decimal(10)).total
        )
        assert sum(one.days for one in found.stretches) == (days + 1 if amount else 0)

    def test_the_refusal_says_which_rate_is_missing(self) -> None:
        law = law_of("SE", MARCH)
        assert law is not None
        with pytest.raises(UnableToReckonInterest) as refused:
            interest_by_law([OwedSince(MARCH, Decimal(1))], currency="SEK", until=MARCH, row=law, rates=RATES)
        assert refused.value.facts == {"rate": "RIKSBANK", "since": date(2026, 1, 1)}
