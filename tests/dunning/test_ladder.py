"""The ladder decides one item: the laws that hold for any policy, and the cases that other products got wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.dunning.rules.facts import BEGINNING, Facts, Standing
from saldo.dunning.rules.ladder import Decision, decide, moved, owed_on
from saldo.dunning.rules.policy import CLEAR, Policy
from tests.dunning.ladders import (
    DAY,
    DUE,
    THREE_STEPS,
    an_item,
    climb,
    closed,
    items,
    policies,
    standings,
)

LATE = DUE + timedelta(days=40)
AT_FINAL_NOTICE = Standing(step="final-notice", since=date(2026, 3, 23), proved_on=date(2026, 3, 23))


def steps_of(*, since: date = DUE, until: date = LATE + timedelta(days=60), **facts: object) -> list[tuple[date, str]]:
    climbed = climb(THREE_STEPS, an_item(**facts), since=since, until=until)
    return [(day, decision.step) for day, decision in climbed]


def decided(facts: Facts, standing: Standing = BEGINNING, *, on: date = LATE) -> Decision:
    return decide(THREE_STEPS, facts, standing, today=on, closed=closed)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Policy, Facts, Standing, date]:
    policy = draw(policies())
    today = DUE + timedelta(days=draw(st.integers(-15, 80)))
    return policy, draw(items()), draw(standings(policy)), today


class TestLaws:
    @given(cases())
    def test_every_item_gets_one_decision_and_the_same_again(self, case: tuple[Policy, Facts, Standing, date]) -> None:
        policy, facts, standing, today = case
        first = decide(policy, facts, standing, today=today, closed=closed)
        assert first == decide(policy, facts, standing, today=today, closed=closed)
        assert first.because
        assert first.step == (first.enters.code if first.enters else first.step)

    @given(cases())
    def test_a_second_look_on_the_same_day_moves_nothing(self, case: tuple[Policy, Facts, Standing, date]) -> None:
        policy, facts, standing, today = case
        after = moved(decide(policy, facts, standing, today=today, closed=closed), standing, today=today)
        again = decide(policy, facts, after, today=today, closed=closed)
        assert again.enters is None
        assert moved(again, after, today=today).step == after.step

    @given(cases())
    def test_only_a_step_that_follows_is_entered(self, case: tuple[Policy, Facts, Standing, date]) -> None:
        policy, facts, standing, today = case
        decision = decide(policy, facts, standing, today=today, closed=closed)
        if decision.enters is None or facts.reopened_on is not None:
            return
        if decision.because == "notice-too-old":
            assert decision.enters in policy.path_to(standing.step)
        else:
            assert standing.step in decision.enters.follows

    @given(cases())
    def test_full_payment_clears_from_everywhere(self, case: tuple[Policy, Facts, Standing, date]) -> None:
        policy, facts, standing, today = case
        decision = decide(policy, facts._replace(open=Decimal(0)), standing, today=today, closed=closed)
        assert (decision.step, decision.because) == (CLEAR, "paid")

    @given(cases())
    def test_looking_only_on_the_named_days_equals_looking_every_day(
        self, case: tuple[Policy, Facts, Standing, date]
    ) -> None:
        policy, facts, standing, today = case
        until = today + timedelta(days=100)

        def seen(every_day: bool) -> list[tuple[date, str, bool]]:
            climbed = climb(policy, facts, since=today, until=until, standing=standing, every_day=every_day)
            return [(day, decision.step, decision.enters is not None) for day, decision in climbed]

        assert seen(every_day=False) == seen(every_day=True)

    @given(cases(), st.integers(1, 20))
    def test_an_outage_is_caught_up_with_one_decision(
        self, case: tuple[Policy, Facts, Standing, date], days: int
    ) -> None:
        policy, facts, standing, today = case
        entered = [
            decision.step
            for _, decision in climb(policy, facts, since=today, until=today + DAY, standing=standing)
            if decision.enters
        ]
        late = today + timedelta(days=days)
        caught_up = [
            decision.step
            for _, decision in climb(policy, facts, since=late, until=late + DAY, standing=standing)
            if decision.enters
        ]
        assert len(entered) <= 1
        assert len(caught_up) <= 1

    @given(cases(), st.sampled_from(["held_until", "insolvent", "disputed", "pending"]))
    def test_what_keeps_an_item_back_enters_no_step(
        self, case: tuple[Policy, Facts, Standing, date], what: str
    ) -> None:
        policy, facts, standing, today = case
        kept = {"held_until": date.max, "insolvent": True, "disputed": facts.open, "pending": facts.open}
        decision = decide(policy, facts._replace(**{what: kept[what]}), standing, today=today, closed=closed)
        assert decision.enters is None

    @given(items(), st.integers(-15, 80))
    def test_what_may_be_asked_for_is_never_below_nothing_nor_above_what_is_open(self, facts: Facts, days: int) -> None:
        owed = owed_on(facts, DUE + timedelta(days=days))
        assert 0 <= owed <= facts.open


class TestTheWayUp:
    def test_moves_a_step_that_falls_on_a_day_off_and_says_so(self) -> None:
        assert steps_of() == [
            (date(2026, 3, 5), "reminder"),
            (date(2026, 3, 23), "final-notice"),  # the 22nd is a Sunday
            (date(2026, 4, 7), "suspension"),  # the 3rd is Good Friday, the 6th Easter Monday
        ]

    def test_access_is_never_touched_on_a_friday_or_the_day_before_a_holiday(self) -> None:
        due = date(2026, 3, 30)  # 32 days later is the first of May, a holiday
        entered = [day for day, step in steps_of(due_on=due, since=due) if step == "suspension"]
        assert entered == [date(2026, 5, 4)]

    def test_an_item_seen_very_late_begins_at_the_beginning(self) -> None:
        """Lessons A 21: four levels in four runs of one day."""
        assert steps_of(since=DUE + timedelta(days=300), until=DUE + timedelta(days=400)) == [
            (date(2026, 12, 28), "reminder"),
            (date(2027, 1, 5), "final-notice"),
            (date(2027, 1, 13), "suspension"),
        ]

    def test_waits_until_the_notice_is_proved(self) -> None:
        """Lessons A 16: the counter moves only when the message was really handed over."""
        waits = decided(an_item(), Standing(step="reminder", since=date(2026, 3, 5)))
        assert (waits.step, waits.because, waits.look_again_on) == ("reminder", "proof-missing", None)

    def test_waits_where_a_notice_came_back(self) -> None:
        """Lessons A 22."""
        bounced = Standing(step="reminder", since=date(2026, 3, 5), proved_on=date(2026, 3, 5), notice_failed=True)
        assert decided(an_item(), bounced).because == "notice-failed"

    def test_old_bank_data_sends_nothing(self) -> None:
        kept = decided(an_item(bank_is_old=True))
        assert (kept.enters, kept.because, kept.look_again_on) == (None, "bank-data-old", LATE + DAY)

    def test_a_protected_debtor_keeps_access_until_a_global_admin_signs(self) -> None:
        kept = decided(an_item(protected=True), AT_FINAL_NOTICE, on=date(2026, 4, 13))
        assert (kept.step, kept.because) == ("final-notice", "protected")

    def test_a_final_notice_of_long_ago_is_sent_again_before_access_stops(self) -> None:
        """A hold of months lies between: who was told in March is told anew in June."""
        again = decided(an_item(), AT_FINAL_NOTICE, on=date(2026, 6, 4))
        assert (again.step, again.because) == ("final-notice", "notice-too-old")
        after = moved(again, AT_FINAL_NOTICE, today=date(2026, 6, 4))
        assert after == Standing(step="final-notice", since=date(2026, 6, 4))

    def test_access_needs_agreed_terms(self) -> None:
        kept = decided(an_item(may_touch_access=False), AT_FINAL_NOTICE, on=date(2026, 4, 13))
        assert (kept.step, kept.because) == ("final-notice", "access-not-agreed")


class TestMoney:
    def test_decides_on_what_is_left_net_of_credits(self) -> None:
        """Lessons A 2: 99 % is paid."""
        assert decided(an_item(open=Decimal("10.00"))).because == "under-floor"
        assert decided(an_item(credit=Decimal("960.00"))).because == "credits-cover"

    def test_a_part_payment_keeps_the_item_where_it_stands(self) -> None:
        """Lessons A 3."""
        kept = decided(an_item(open=Decimal("80.00")), AT_FINAL_NOTICE, on=date(2026, 3, 24))
        assert kept.step == "final-notice"

    def test_tax_that_the_customer_keeps_back_is_never_late(self) -> None:
        assert decided(an_item(open=Decimal("150.00"), withheld=Decimal("150.00"))).because == "tax-withheld"

    def test_fees_alone_are_left_where_the_policy_leaves_them(self) -> None:
        """Lessons A 8."""
        assert decided(an_item(is_fee=True)).because == "only-fees"

    def test_a_payment_that_is_pending_on_the_day_keeps_it_back(self) -> None:
        """Lessons A 5."""
        kept = decided(an_item(pending=Decimal("1000.00")), AT_FINAL_NOTICE, on=date(2026, 4, 13))
        assert (kept.step, kept.because) == ("final-notice", "payment-pending")

    def test_money_without_an_invoice_keeps_letters_back_for_the_days_of_triage(self) -> None:
        """Lessons A 6."""
        since = LATE - DAY
        kept = decided(an_item(unallocated_since=since))
        assert (kept.because, kept.look_again_on) == ("money-unallocated", since + timedelta(days=3))
        assert (
            decided(an_item(unallocated_since=since - timedelta(days=9)), on=date(2026, 4, 13)).because == "days-late"
        )

    def test_only_what_nobody_promised_or_disputes_goes_on(self) -> None:
        facts = an_item(promised=Decimal("500.00"), promise_until=LATE + DAY, disputed=Decimal("100.00"))
        assert decided(facts, on=LATE + timedelta(days=2)).facts["owed"] == Decimal("900.00")
        assert decided(facts, on=date(2026, 4, 13)).facts["owed"] == Decimal("900.00")
        assert owed_on(facts, LATE) == Decimal("400.00")

    def test_a_promise_breaks_by_itself(self) -> None:
        facts = an_item(promised=Decimal("1000.00"), promise_until=LATE)
        kept = decided(facts)
        assert (kept.because, kept.look_again_on) == ("promise-holds", LATE + DAY)
        assert decided(facts, on=date(2026, 4, 13)).because == "days-late"

    @pytest.mark.parametrize(
        ("left", "goes_back_to"),
        [("suspension", "reminder"), ("final-notice", "reminder"), ("reminder", CLEAR)],
    )
    def test_a_returned_payment_goes_back_before_the_last_letter(self, left: str, goes_back_to: str) -> None:
        """Lessons A 11: the customer is told again, and the days of the letter run anew."""
        on = date(2026, 4, 8)
        standing = Standing(since=date(2026, 4, 1), left=left)
        facts = an_item(reopened_on=on)
        decision = decide(THREE_STEPS, facts, standing, today=on, closed=closed)
        if goes_back_to == CLEAR:
            assert decision.step == "reminder"  # nothing ran there: it is sent again at once
            return
        assert (decision.step, decision.because) == (goes_back_to, "payment-returned")
        climbed = climb(THREE_STEPS, facts, since=on, until=on + timedelta(days=40), standing=standing)
        assert [(day, one.step) for day, one in climbed] == [
            (on, "reminder"),
            (date(2026, 4, 16), "final-notice"),
            (date(2026, 4, 27), "suspension"),
        ]
