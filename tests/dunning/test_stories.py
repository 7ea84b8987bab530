"""The story suite of collections: told line by line, every checker after every line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.dunning.ladders import THREE_STEPS
from tests.dunning.policies import ready
from tests.dunning.stories import play


class TestPaying:
    def test_pays_on_the_last_day_and_keeps_access(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-02  expect   F-1 before-due, letters 1
        2026-03-05  expect   F-1 reminder because days-late, letters 2
        2026-03-12  expect   F-1 second-reminder because days-late
        2026-03-23  expect   F-1 formal-notice because days-late
        2026-03-30  expect   F-1 final-notice because days-late, letters 5
        2026-04-08  expect   F-1 final-notice because notice-period
        2026-04-08  paid     12400.00 SEK  for F-1
        2026-04-08  expect   F-1 clear because paid
        2026-12-31  expect   F-1 clear because paid, letters 5
        """
        story = play(self.test_pays_on_the_last_day_and_keeps_access)
        assert not [one for one in story.house.begun if one.step.touches_access]

    def test_pays_a_day_too_late_and_is_released(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-04-09  expect   F-1 suspension because days-late
        2026-04-10  paid     12400.00 SEK  for F-1
        2026-04-10  expect   F-1 clear because paid
        """
        play(self.test_pays_a_day_too_late_and_is_released)

    def test_pays_all_but_a_trifle(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-31  paid     12350.00 SEK  for F-1
        2026-03-31  expect   F-1 clear because under-floor
        2026-12-31  expect   F-1 clear because under-floor, letters 5
        """
        play(self.test_pays_all_but_a_trifle)

    def test_a_parent_pays_for_all_with_one_payment(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-02-15  invoice  F-2  500.00 SEK  due 2026-03-17
        2026-03-20  expect   F-1 second-reminder, F-2 reminder
        2026-03-21  paid     12900.00 SEK  as PARENT
        2026-03-21  expect   F-1 clear because paid, F-2 clear because paid
        """
        play(self.test_a_parent_pays_for_all_with_one_payment)

    def test_a_payment_is_returned_after_access_was_given_back(self) -> None:
        """
        2026-01-31  invoice   F-1  12400.00 SEK  due 2026-03-02
        2026-04-09  expect    F-1 suspension because days-late
        2026-04-20  paid      12400.00 SEK  for F-1  as P-1
        2026-04-20  expect    F-1 clear because paid
        2026-04-28  returned  P-1
        2026-04-28  expect    F-1 formal-notice
        2026-05-04  expect    F-1 formal-notice because notice-period
        2026-05-05  expect    F-1 final-notice because days-late
        2026-05-13  expect    F-1 final-notice because not-the-day
        2026-05-18  expect    F-1 suspension because days-late
        """
        play(self.test_a_payment_is_returned_after_access_was_given_back)

    def test_tax_that_the_customer_withholds_is_never_late(self) -> None:
        """
        2026-01-31  invoice    F-1  10000.00 BRL  due 2026-03-02
        2026-01-31  withholds  F-1  1500.00 BRL
        2026-03-05  expect     F-1 reminder because days-late
        2026-03-06  paid       8500.00 BRL  for F-1
        2026-03-06  expect     F-1 clear because tax-withheld
        2026-12-31  expect     F-1 clear because tax-withheld
        """
        story = play(self.test_tax_that_the_customer_withholds_is_never_late, country="BR")
        assert {one.owed for one in story.house.begun} == {Decimal("8500.00")}


class TestKeptBack:
    def test_a_promise_is_broken_and_the_ladder_goes_on_where_it_stood(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-06  promise  12400.00 SEK  until 2026-03-17
        2026-03-12  expect   F-1 reminder because promise-holds
        2026-03-17  expect   F-1 reminder because promise-holds, letters 2
        2026-03-18  expect   F-1 second-reminder because days-late
        2026-03-26  expect   F-1 second-reminder because notice-period
        2026-03-27  expect   F-1 formal-notice because days-late
        """
        play(self.test_a_promise_is_broken_and_the_ladder_goes_on_where_it_stood)

    def test_a_promise_is_kept(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-06  promise  12400.00 SEK  until 2026-03-17
        2026-03-17  paid     12400.00 SEK  for F-1
        2026-03-17  expect   F-1 clear because paid, letters 2
        """
        play(self.test_a_promise_is_kept)

    def test_one_line_is_disputed_and_the_rest_goes_on(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-01  dispute  F-1  400.00 SEK
        2026-03-05  expect   F-1 reminder because days-late
        2026-03-10  paid     12000.00 SEK  for F-1
        2026-03-31  expect   F-1 reminder because disputed, letters 2
        2026-04-01  agreed   F-1
        2026-04-01  expect   F-1 second-reminder because days-late
        """
        story = play(self.test_one_line_is_disputed_and_the_rest_goes_on)
        assert [one.owed for one in story.house.begun][1:] == [Decimal("12000.00"), Decimal("400.00")]

    def test_a_restructuring_that_was_filed_yesterday(self) -> None:
        """
        2026-01-31  invoice        F-1  12400.00 SEK  due 2026-03-02
        2026-03-30  expect         F-1 final-notice because days-late
        2026-04-07  restructuring
        2026-04-08  expect         F-1 final-notice because insolvency
        2026-04-09  invoice        F-2  800.00 SEK  due 2026-05-09
        2026-05-12  expect         F-1 final-notice because insolvency, F-2 reminder because days-late
        2026-12-31  expect         F-1 final-notice because insolvency
        """
        play(self.test_a_restructuring_that_was_filed_yesterday)

    def test_a_protected_debtor_keeps_access_until_it_is_signed_away(self) -> None:
        """
        2026-01-31  invoice    F-1  12400.00 SEK  due 2026-03-02
        2026-03-01  protected
        2026-04-13  expect     F-1 final-notice because protected
        2026-04-14  protected  no
        2026-04-14  expect     F-1 suspension because days-late
        """
        play(self.test_a_protected_debtor_keeps_access_until_it_is_signed_away)

    def test_bank_data_that_is_too_old_sends_nothing(self) -> None:
        """
        2026-01-31  invoice    F-1  12400.00 SEK  due 2026-03-02
        2026-03-06  bank-data  old
        2026-03-09  expect     F-1 reminder
        2026-03-16  expect     F-1 reminder because bank-data-old
        2026-03-17  bank-data  fresh
        2026-03-17  expect     F-1 second-reminder because days-late
        """
        play(self.test_bank_data_that_is_too_old_sends_nothing)

    def test_a_policy_that_changed_waits_for_a_person(self) -> None:
        """
        2026-01-31  invoice   F-1  12400.00 SEK  due 2026-03-02
        2026-03-06  reviewed  no
        2026-04-30  expect    F-1 reminder because policy-changed, letters 2
        2026-05-01  reviewed  yes
        2026-05-04  expect    F-1 second-reminder because days-late
        """
        play(self.test_a_policy_that_changed_waits_for_a_person)


class TestOutage:
    def test_of_ten_days_is_caught_up_with_one_step(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-11  expect   F-1 reminder, letters 2
        2026-03-12  outage   until 2026-03-23
        2026-03-23  expect   F-1 second-reminder because days-late, letters 3
        2026-03-31  expect   F-1 second-reminder because notice-period, letters 3
        2026-04-01  expect   F-1 formal-notice because days-late, letters 4
        """
        play(self.test_of_ten_days_is_caught_up_with_one_step)

    def test_in_which_it_was_paid_sends_nothing(self) -> None:
        """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-12  outage   until 2026-03-23
        2026-03-20  paid     12400.00 SEK  for F-1
        2026-03-23  expect   F-1 clear because paid, letters 2
        """
        play(self.test_in_which_it_was_paid_sends_nothing)


class TestDays:
    """Due 2 March: the reminder begins with the third day late, at the debtor's own midnight."""

    LOCAL = """
        2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-03-04  expect   F-1 clear because not-yet
        2026-03-05  expect   F-1 reminder, began F-1 reminder {at}
    """

    @pytest.mark.parametrize(
        ("zone", "at"),
        [
            ("Pacific/Tongatapu", "2026-03-04T11:00:00+00:00"),  # UTC+13
            ("Pacific/Honolulu", "2026-03-05T10:00:00+00:00"),  # UTC-10
            ("Europe/Stockholm", "2026-03-04T23:00:00+00:00"),
            ("Asia/Kathmandu", "2026-03-04T19:00:00+00:00"),  # UTC+5:45: the first full hour of the day
        ],
    )
    def test_begin_at_the_debtors_own_midnight(self, zone: str, at: str) -> None:
        play(self.LOCAL.format(at=at), policy=THREE_STEPS, zone=zone)

    @pytest.mark.parametrize(
        ("zone", "due", "on", "at"),
        [
            ("Europe/Stockholm", "2026-03-27", "2026-03-30", "2026-03-29T22:00:00+00:00"),  # a day of 23 hours before
            ("Pacific/Auckland", "2026-04-04", "2026-04-07", "2026-04-06T12:00:00+00:00"),  # and one of 25
            ("America/Sao_Paulo", "2026-10-30", "2026-11-02", "2026-11-02T03:00:00+00:00"),  # no change any more
        ],
    )
    def test_are_whole_days_where_the_clock_changes(self, zone: str, due: str, on: str, at: str) -> None:
        text = f"{due[:8]}01 invoice F-1 12400.00 SEK due {due}\n{on} expect F-1 reminder, began F-1 reminder {at}"
        play(text, policy=THREE_STEPS, zone=zone)

    @pytest.mark.parametrize(
        ("due", "on"),
        [
            ("2028-02-29", "2028-03-03"),
            ("2028-02-28", "2028-03-02"),
            ("2026-02-28", "2026-03-03"),
            ("2026-01-31", "2026-02-03"),
            ("2026-12-31", "2027-01-04"),  # the third is a Sunday
        ],
    )
    def test_count_over_the_29th_of_february_and_the_end_of_months(self, due: str, on: str) -> None:
        text = f"{due} invoice F-1 12400.00 SEK due {due}\n{on} expect F-1 reminder because days-late, letters 1"
        play(text, policy=THREE_STEPS)

    def test_several_runs_a_day_and_a_first_look_that_comes_very_late(self) -> None:
        """
        2026-03-02  outage   until 2026-09-01
        2026-03-02  invoice  F-1  12400.00 SEK  due 2026-03-02
        2026-09-01  expect   F-1 reminder because days-late, letters 1
        2026-09-01  expect   F-1 reminder because days-late, letters 1
        2026-09-01  paid     1.00 SEK  for F-1
        2026-09-07  expect   F-1 reminder because notice-period, letters 1
        2026-09-08  expect   F-1 second-reminder because days-late, letters 2
        """
        play(self.test_several_runs_a_day_and_a_first_look_that_comes_very_late)


@pytest.mark.parametrize("name", ["gentle", "standard", "strict"])
def test_whoever_never_pays_is_told_before_anything_stops(name: str) -> None:
    """
    2026-01-31  invoice  F-1  12400.00 SEK  due 2026-03-02
    2027-03-02  expect   F-1 decision
    """
    text = (test_whoever_never_pays_is_told_before_anything_stops.__doc__ or "").replace(
        "decision", ready(name).steps[-1].code
    )
    story = play(text, policy=ready(name))
    assert [one.step.code for one in story.house.begun] == [step.code for step in ready(name).steps]
