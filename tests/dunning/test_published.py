"""Page, forecast and execution come from one artefact: what is told to a debtor is what is done."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saldo.dunning.rules.book import Book, BookItem, BookMoney
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.forecast import HORIZON, forecast
from saldo.dunning.rules.ladder import decide
from saldo.dunning.rules.simulation import replay
from tests.dunning.house import House
from tests.dunning.ladders import DUE, THREE_STEPS, closed, policies
from tests.dunning.lives import FIRST, LENGTH, a_life, possible
from tests.dunning.policies import ready
from tests.dunning.publishing import compare

DECISIONS = 100_000
UNTIL = FIRST + timedelta(days=LENGTH + 40)


class TestPublished:
    @pytest.mark.parametrize("part", range(4))
    def test_a_hundred_thousand_decisions_are_carried_out_as_published(self, part: int) -> None:
        assert compare(decisions=DECISIONS // 4, seed=part) >= DECISIONS // 4


class TestReplay:
    @given(st.integers(0, 10**9), st.data())
    @settings(max_examples=150, deadline=None)
    def test_hopping_from_event_to_event_equals_looking_every_day(self, seed: int, data) -> None:
        policy = data.draw(policies())
        events = a_life(Random(seed))
        house = House(policy=policy, closed=closed)
        checks_nothing(house)
        house.live(events, until=UNTIL)
        hopped = [
            (day.on, item.invoice, item.step) for day in replay(policy, events, until=UNTIL, closed=closed)
            for item in day.entered
        ]  # fmt: skip
        assert sorted(hopped) == sorted((one.on, one.invoice, one.step.code) for one in house.begun)

    @given(st.integers(0, 10**9))
    @settings(max_examples=100, deadline=None)
    def test_each_day_shows_every_item_as_it_stands(self, seed: int) -> None:
        events = a_life(Random(seed))
        policy = ready("standard")
        house = House(policy=policy, closed=closed)
        days = {day.on: day for day in replay(policy, events, until=UNTIL, closed=closed)}
        day = events[0].on
        while day <= UNTIL:
            house.one_day(day, [event for event in events if event.on == day])
            if day in days:
                shown = {item.invoice: item.step for item in days[day].items if item.because != "paid"}
                assert shown == {key: house.standings[key].step for key in house.decisions}
                assert days[day].step == max(
                    (item.step for item in days[day].items), key=lambda code: policy.depth[code], default="clear"
                )
            day += timedelta(days=1)

    @given(st.integers(0, 10**9), st.sampled_from(["gentle", "standard", "strict"]))
    @settings(max_examples=100, deadline=None)
    def test_paying_more_never_leads_to_a_steeper_step(self, seed: int, name: str) -> None:
        """Everything but notices that come back and money that is taken back; every payment names its invoice."""
        random = Random(seed)
        kinds = ("payment", "credit", "dispute", "hold", "promise", "payment-pending", "payment-failed")
        events = a_life(random, kinds=kinds, named=True)
        more = possible(sorted([*events, *extra_payments(random, events)], key=lambda event: event.on))
        policy = ready(name)
        less_paid, more_paid = (House(policy=policy, closed=closed) for _ in range(2))
        day = events[0].on
        while day <= UNTIL:
            for house, life in ((less_paid, events), (more_paid, more)):
                house.one_day(day, [event for event in life if event.on == day])
            for key, standing in more_paid.standings.items():
                assert policy.depth[standing.step] <= policy.depth[less_paid.standings[key].step], (day, key, more)
            day += timedelta(days=1)


def extra_payments(random: Random, events):
    invoice = random.choice([event for event in events if event.type == "invoice"])
    paid = random.choice([invoice.value, Decimal("60.00"), Decimal("0.01")])
    on = invoice.on + timedelta(days=random.randrange(100))
    return [type(invoice)(on=on, type="payment", id="X", value=paid, currency=invoice.currency, invoice=invoice.id)]


def checks_nothing(house: House) -> None:
    """For policies that no check has passed: they may skip, hurry and threaten as they like."""
    house._check_begun = lambda *_: None  # type: ignore[method-assign]


class TestForecast:
    def a_book(self, **others) -> Book:
        item = BookItem(key="F-1", due_on=DUE, currency="SEK", open=Decimal(1000), original=Decimal(1000), **others)
        return Book(items={"F-1": item})

    def test_says_day_hour_step_and_what_moved_it(self) -> None:
        told = forecast(THREE_STEPS, self.a_book(), {}, today=DUE, closed=closed)
        assert [(one.on, one.at.hour, one.step.code, one.items, one.planned_on, one.needs_person) for one in told] == [
            (date(2026, 3, 5), 8, "reminder", ("F-1",), None, False),
            (date(2026, 3, 23), 8, "final-notice", ("F-1",), date(2026, 3, 22), False),
            (date(2026, 4, 7), 9, "suspension", ("F-1",), date(2026, 4, 3), True),
        ]

    def test_a_notice_that_still_waits_for_its_proof_is_supposed_to_be_proved_today(self) -> None:
        """A letter is written before it is handed over, and must say what follows it."""
        standing = Standing(step="final-notice", since=date(2026, 3, 23))
        told = forecast(THREE_STEPS, self.a_book(), {"F-1": standing}, today=date(2026, 3, 25), closed=closed)
        assert [(one.on, one.step.code) for one in told] == [(date(2026, 4, 7), "suspension")]

    def test_a_notice_that_came_back_holds_it(self) -> None:
        standing = Standing(step="final-notice", since=date(2026, 3, 23), notice_failed=True)
        assert forecast(THREE_STEPS, self.a_book(), {"F-1": standing}, today=DUE, closed=closed) == ()

    def test_leaves_the_book_and_the_standings_as_they_are(self) -> None:
        book, standings = self.a_book(), {"F-1": Standing(step="reminder", since=DUE)}
        forecast(THREE_STEPS, book, standings, today=DUE, closed=closed)
        assert book == self.a_book()
        assert standings == {"F-1": Standing(step="reminder", since=DUE)}

    def test_what_is_promised_is_told_from_the_day_after_the_promise(self) -> None:
        book = self.a_book()
        book.promises.append(BookMoney(key="p", currency="SEK", left=Decimal(1000), on=DUE, until=date(2026, 3, 20)))
        told = forecast(THREE_STEPS, book, {}, today=DUE, closed=closed)
        assert [one.on for one in told][:1] == [date(2026, 3, 23)]

    def test_looks_no_further_than_its_horizon(self) -> None:
        far = self.a_book()
        far.items["F-1"].due_on = DUE + HORIZON
        assert forecast(THREE_STEPS, far, {}, today=DUE, closed=closed) == ()

    def test_is_the_ladder_itself(self) -> None:
        told = forecast(THREE_STEPS, self.a_book(), {}, today=DUE, closed=closed)
        first = decide(
            THREE_STEPS, self.a_book().facts_on(told[0].on)["F-1"], Standing(), today=told[0].on, closed=closed
        )
        assert first.enters == told[0].step
