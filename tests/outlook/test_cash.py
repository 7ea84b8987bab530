"""The money ahead, exactly: nothing appears or is lost, and the day on which it is shortest has a name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saldo.outlook.rules.cash import (
    CashAhead,
    Expected,
    Habit,
    Leaving,
    expect_on,
    look_ahead,
    read_habits,
)

TODAY = date(2026, 5, 12)
ON_TIME = {"": Habit(days_late=0, based_on=0, is_own=False)}


def coming(value: int | Decimal, due: date, *, party: str = "10001", currency: str = "SEK") -> Expected:
    return Expected(key=f"invoice:{party}:{due}", party=party, due_on=due, currency=currency, value=Decimal(value))


def going(value: int | Decimal, on: date, *, currency: str = "SEK") -> Leaving:
    return Leaving(document="G000000001", pay_on=on, currency=currency, value=Decimal(value))


def look(*, start: int = 0, expected=(), leaving=(), habits=ON_TIME) -> CashAhead:
    (one,) = look_ahead(today=TODAY, start={"SEK": Decimal(start)}, expected=expected, leaving=leaving, habits=habits)
    return one


class TestHabits:
    def test_a_habit_is_the_later_middle_of_what_was_settled(self) -> None:
        due = date(2026, 1, 31)
        late = [("10001", due, due + timedelta(days=days)) for days in (2, 30, 4, 6)]
        habits = read_habits(settled=[*late, ("10002", due, due)])
        assert habits["10001"] == Habit(days_late=6, based_on=4, is_own=True)
        assert habits[""] == Habit(days_late=4, based_on=5, is_own=False)
        assert "10002" not in habits  # one item tells nothing

    def test_nobody_has_paid_yet(self) -> None:
        assert read_habits(settled=[]) == ON_TIME

    def test_who_pays_early_is_expected_early_and_who_is_later_than_ever_not_today(self) -> None:
        early, late = Habit(days_late=-5, based_on=9, is_own=True), Habit(days_late=10, based_on=9, is_own=True)
        assert expect_on(due_on=date(2026, 5, 30), habit=early, today=TODAY) == date(2026, 5, 25)
        assert expect_on(due_on=date(2026, 5, 10), habit=late, today=TODAY) == date(2026, 5, 20)
        assert expect_on(due_on=date(2026, 3, 1), habit=late, today=TODAY) == date(2026, 5, 22)
        assert expect_on(due_on=date(2026, 3, 1), habit=early, today=TODAY) == date(2026, 5, 13)


class TestLowestPoint:
    def test_microsoft_leaves_before_the_slow_debtor_pays(self) -> None:
        slow = {"10001": Habit(days_late=12, based_on=5, is_own=True)} | ON_TIME
        one = look(
            start=100, expected=[coming(500, date(2026, 5, 20))], leaving=[going(400, date(2026, 5, 26))], habits=slow
        )
        assert (one.lowest, one.lowest_on, one.gap) == (Decimal(-300), date(2026, 5, 26), Decimal(300))
        assert (one.lowest_by_due_day, one.lowest_by_due_day_on) == (Decimal(100), TODAY)
        assert [(day.on, day.balance) for day in one.days] == [
            (TODAY, Decimal(100)),
            (date(2026, 5, 20), Decimal(100)),  # due, but not yet expected
            (date(2026, 5, 26), Decimal(-300)),
            (date(2026, 6, 1), Decimal(200)),
        ]

    def test_what_should_have_left_leaves_today(self) -> None:
        one = look(start=100, leaving=[going(150, date(2026, 4, 1))])
        assert (one.lowest_on, one.gap) == (TODAY, Decimal(50))

    def test_each_currency_stands_by_itself(self) -> None:
        sek, usd = look_ahead(
            today=TODAY,
            start={"SEK": Decimal(1000)},
            expected=[],
            leaving=[going(10, TODAY, currency="USD")],
            habits=ON_TIME,
        )
        assert ((sek.currency, sek.gap), (usd.currency, usd.gap)) == (("SEK", 0), ("USD", Decimal(10)))


CENTS = st.decimals(min_value=-10000, max_value=10000, places=2)
DAYS = st.dates(date(2025, 11, 1), date(2027, 2, 1))
PARTIES = st.sampled_from(["10001", "10002", "10003"])
ITEMS = st.lists(
    st.builds(lambda value, due, party: coming(value, due, party=party), CENTS, DAYS, PARTIES), max_size=20
)
OUT = st.lists(st.builds(going, CENTS, DAYS), max_size=10)
HABITS = st.dictionaries(
    PARTIES, st.builds(Habit, days_late=st.integers(-40, 90), based_on=st.integers(3, 9), is_own=st.just(True))
)


class TestLaws:
    @given(CENTS, ITEMS, OUT, HABITS)
    def test_what_is_expected_is_what_is_open_and_the_end_is_the_sum(self, start, items, out, habits) -> None:
        (one,) = look_ahead(today=TODAY, start={"SEK": start}, expected=items, leaving=out, habits=ON_TIME | habits)
        open_items = sum((item.value for item in items), Decimal(0))
        owed = sum((item.value for item in out), Decimal(0))
        assert (one.expected, one.owed) == (open_items, owed)
        assert sum((day.by_habit for day in one.days), Decimal(0)) == open_items
        assert sum((day.by_due_day for day in one.days), Decimal(0)) == open_items
        assert one.days[-1].balance == one.days[-1].balance_by_due_day == start + open_items - owed
        assert one.lowest == min(day.balance for day in one.days)
        assert one.gap == max(-one.lowest, Decimal(0))
        assert [day.on for day in one.days] == sorted({day.on for day in one.days})
        assert one.days[0].on == TODAY

    @given(CENTS, ITEMS, OUT, HABITS)
    def test_shifting_nobody_changes_no_total(self, start, items, out, habits) -> None:
        def total(habits) -> Decimal:
            (one,) = look_ahead(today=TODAY, start={"SEK": start}, expected=items, leaving=out, habits=habits)
            return one.days[-1].balance

        assert total(ON_TIME | habits) == total(ON_TIME)
