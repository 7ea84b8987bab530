"""Holds: who may keep whom from being chased for how long, and that a hold does it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.audit.queries import list_entries
from saldo.dunning import models
from saldo.dunning.actions.holds import end_hold, place_hold
from saldo.dunning.debtor_items import UnableToFindDebtor
from saldo.dunning.rules.holds import SHORT_WORKDAYS, UnableToHold, allowance_of, check_hold, last_day_of
from saldo.parties.rules.roles import Role
from tests.dunning.collecting import Collecting
from tests.dunning.ladders import DAY, DUE, closed

TODAY = DUE + 3 * DAY  # Thursday 5 March 2026
FIVE_WORKDAYS = date(2026, 3, 12)


@pytest.fixture
def house(company) -> Collecting:
    return Collecting(company)


def hold(house, *roles, item="", until=FIVE_WORKDAYS, today=TODAY, reason="Invoice is being looked at"):
    return place_hold(
        company=house.company,
        debtor="10001",
        item=item,
        reason=reason,
        until=until,
        roles=roles,
        country="SE",
        by="user:7",
        today=today,
        at=house.at(today),
    )


def refused(house, *roles, **asked) -> str:
    with pytest.raises((UnableToHold, UnableToFindDebtor)) as refusal:
        hold(house, *roles, **asked)
    return refusal.value.code


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.HELPDESK_AGENT, Role.SALES_AGENT])
    def test_five_working_days_and_no_longer(self, house, role):
        """Practice 23."""
        assert refused(house, role, until=FIVE_WORKDAYS + DAY) == "dunning.hold.too-long"
        assert refused(house, role, until=None) == "dunning.hold.too-long"
        assert hold(house, role)

    @pytest.mark.parametrize("role", [Role.BILLING_ADMIN, Role.GLOBAL_ADMIN])
    def test_as_long_as_they_want_also_without_an_end(self, house, role):
        assert hold(house, role, until=None)
        assert hold(house, Role.HELPDESK_AGENT, role, until=date(2027, 1, 1))

    def test_once_an_item_whoever_held_it_before(self, house):
        item, other = house.invoice("1"), house.invoice("2")
        hold(house, Role.HELPDESK_AGENT, item=item)
        assert refused(house, Role.SALES_AGENT, item=item) == "dunning.hold.held-before"
        assert refused(house, Role.HELPDESK_AGENT) == "dunning.hold.held-before"
        assert hold(house, Role.HELPDESK_AGENT, item=other)
        assert hold(house, Role.BILLING_ADMIN, item=item)

    def test_a_hold_of_the_whole_debtor_counts_for_what_was_there_and_not_for_what_comes(self, house):
        item = house.invoice("1")
        hold(house, Role.HELPDESK_AGENT)
        assert refused(house, Role.HELPDESK_AGENT, item=item) == "dunning.hold.held-before"
        later = models.Hold.objects.get()
        later.placed_on = date(2026, 1, 7)
        later.save()
        assert hold(house, Role.HELPDESK_AGENT, item=item)

    def test_what_is_wrong_is_refused(self, house):
        house.invoice("1")
        assert refused(house, Role.BILLING_ADMIN, reason="  ") == "dunning.hold.reason-missing"
        assert refused(house, Role.BILLING_ADMIN, until=TODAY - DAY) == "dunning.hold.until-past"
        assert refused(house, Role.BILLING_ADMIN, item="invoice:none") == "dunning.item.not-open"

    @given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(-3, 20), st.sets(st.sampled_from(list(Role))))
    def test_whoever_may_hold_longer_may_hold_shorter(self, today, days, roles):
        allowance = allowance_of(roles)
        last = last_day_of(allowance, today=today, closed=closed)
        until = today + timedelta(days=days)
        asked = {"reason": "x", "today": today, "closed": closed, "was_held": False}
        if days < 0 or (last is not None and until > last):
            with pytest.raises(UnableToHold):
                check_hold(allowance, until=until, **asked)
        else:
            check_hold(allowance, until=until, **asked)
        assert last is None or last >= today + timedelta(days=SHORT_WORKDAYS)


class TestWhatItDoes:
    def test_nobody_is_chased_until_the_day_after_its_last(self, house):
        item = house.invoice("1")
        hold(house, Role.HELPDESK_AGENT)
        house.day(TODAY)
        assert (house.standing(item).step, house.standing(item).because) == ("clear", "on-hold")
        house.day(FIVE_WORKDAYS)
        assert house.steps() == {item: "clear"}
        house.day(FIVE_WORKDAYS + DAY)
        assert house.steps() == {item: "reminder"}

    def test_an_item_on_hold_lets_the_others_go_on(self, house):
        held, other = house.invoice("1"), house.invoice("2")
        hold(house, Role.HELPDESK_AGENT, item=held)
        house.day(TODAY)
        assert house.steps() == {held: "clear", other: "reminder"}

    def test_ended_by_hand_it_goes_on_the_same_day(self, house):
        item = house.invoice("1")
        placed = hold(house, Role.BILLING_ADMIN, until=None)
        house.day(TODAY)
        end_hold(company=house.company, hold=placed, by="user:8", today=TODAY, at=house.at(TODAY))
        house.day(TODAY)
        assert house.steps() == {item: "reminder"}
        with pytest.raises(UnableToHold) as refusal:
            end_hold(company=house.company, hold=placed, by="user:8", today=TODAY, at=house.at(TODAY))
        assert refusal.value.code == "dunning.hold.ended-already"

    def test_every_act_stands_in_the_log_without_a_name(self, house):
        placed = hold(house, Role.BILLING_ADMIN, until=None)
        end_hold(company=house.company, hold=placed, by="user:8", today=TODAY, at=house.at(TODAY))
        codes = [one.code for one in list_entries(company=house.company, limit=10)]
        assert {"dunning.hold-placed", "dunning.hold-ended"} <= set(codes)
