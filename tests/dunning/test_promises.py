"""Promises to pay: within the policy's limits, kept by money, broken by themselves; and what else a debtor says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.disputes import UnableToDispute, close_dispute, raise_dispute
from saldo.dunning.actions.marks import UnableToMark, end_mark, set_mark, sign_mark
from saldo.dunning.actions.promises import take_promise, watch_promises, withdraw_promise
from saldo.dunning.rules.promises import state_of
from saldo.receipts.actions.matching import undo_match
from tests.dunning.collecting import Collecting
from tests.dunning.ladders import DAY, DUE

TODAY = DUE + 3 * DAY
UNTIL = TODAY + 5 * DAY


@pytest.fixture
def house(company) -> Collecting:
    return Collecting(company)


def promise(house, value="1000.00", *, until=UNTIL, items=(), today=TODAY, currency="SEK"):
    return take_promise(
        company=house.company,
        debtor="10001",
        currency=currency,
        promised=Decimal(value),
        until=until,
        items=items,
        said_by="Karin Ek",
        by="user:7",
        today=today,
        at=house.at(today),
    )


def refused(act, *args, **asked) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **asked)
    return refusal.value.code


def asked(house, day=TODAY):
    return {"company": house.company, "by": "user:7", "today": day, "at": house.at(day)}


class TestTaking:
    def test_within_the_policy_and_what_is_owed(self, house):
        house.invoice("1")
        assert refused(promise, house, "1000.01") == "dunning.promise.more-than-owed"
        assert refused(promise, house, "0.00") == "dunning.promise.no-amount"
        assert refused(promise, house, until=TODAY - DAY) == "dunning.promise.until-past"
        assert refused(promise, house, until=TODAY + 15 * DAY) == "dunning.promise.too-late"
        assert refused(promise, house, items=["invoice:9"]) == "dunning.item.not-open"
        assert promise(house)
        assert refused(promise, house) == "dunning.promise.more-than-owed"  # all of it is promised already

    def test_at_most_two_for_an_item(self, house):
        item = house.invoice("1")
        for value in ("100.00", "200.00"):
            promise(house, value, items=[item])
        assert refused(promise, house, "300.00", items=[item]) == "dunning.promise.too-many"

    def test_one_taken_back_the_same_day_was_a_slip(self, house):
        house.invoice("1")
        for _ in range(3):
            withdraw_promise(promise=promise(house), **asked(house))
        assert promise(house)

    def test_nothing_in_another_currency(self, house):
        house.invoice("1")
        assert refused(promise, house, currency="EUR") == "dunning.promise.more-than-owed"


class TestWhatBecomesOfIt:
    def test_nobody_is_chased_while_it_runs_and_the_day_after_it_breaks_by_itself(self, house):
        item = house.invoice("1")
        made = promise(house)
        house.day(TODAY)
        assert (house.standing(item).step, house.standing(item).because) == ("clear", "promise-holds")
        house.day(UNTIL)
        assert models.Promise.objects.get(pk=made).state == "open"
        house.day(UNTIL + DAY)
        assert models.Promise.objects.get(pk=made).state == "broken"
        assert house.steps() == {item: "reminder"}
        (task,) = models.Task.objects.all()
        assert (task.kind, task.debtor, task.facts["because"]) == ("call", "10001", "promise-broken")
        house.round(UNTIL + DAY)
        assert models.Task.objects.count() == 1

    def test_it_is_kept_when_enough_came_in_part_by_part(self, house):
        item = house.invoice("1")
        made = promise(house, "500.00")
        house.pays(TODAY + DAY, "200.00", item)
        house.round(TODAY + DAY)
        assert models.Promise.objects.get(pk=made).received == Decimal("200.000")
        house.pays(TODAY + 2 * DAY, "300.00", item)
        house.round(TODAY + 2 * DAY)
        row = models.Promise.objects.get(pk=made)
        assert (row.state, row.received, row.settled_on) == ("kept", Decimal("500.000"), TODAY + 2 * DAY)

    def test_money_from_before_counts_neither_for_it_nor_against_it(self, house):
        item = house.invoice("1")
        before = house.pays(TODAY - DAY, "100.00", item)
        made = promise(house, "500.00")
        house.pays(TODAY + DAY, "500.00", item)
        undo_match(company=house.company, match=before, by="user:1", at=house.at(TODAY + DAY, hour=11))
        house.round(TODAY + DAY)
        assert models.Promise.objects.get(pk=made).state == "kept"

    def test_money_that_was_taken_back_does_not_keep_it(self, house):
        item = house.invoice("1")
        made = promise(house, "500.00")
        paid = house.pays(TODAY + DAY, "500.00", item)
        undo_match(company=house.company, match=paid, by="user:1", at=house.at(TODAY + DAY, hour=11))
        house.round(TODAY + DAY)
        row = models.Promise.objects.get(pk=made)
        assert (row.state, row.received) == ("open", Decimal(0))

    def test_watched_twice_it_is_the_same(self, house):
        house.invoice("1")
        promise(house)
        look = house.look(UNTIL + DAY)
        assert watch_promises(look=look, by="system").broken == 1
        assert watch_promises(look=look, by="system").broken == 0

    @given(st.decimals(1, 100, places=2), st.decimals(0, 200, places=2), st.dates(date(2026, 1, 1), date(2026, 2, 1)))
    def test_it_is_kept_as_soon_as_enough_came_in_whatever_the_day(self, promised, received, today):
        state = state_of(promised=promised, received=received, until=date(2026, 1, 15), today=today)
        assert (state == "kept") == (received >= promised)
        assert (state == "broken") == (received < promised and today > date(2026, 1, 15))


class TestDisputes:
    def test_the_rest_goes_on_and_is_what_the_letter_asks_for(self, house):
        item = house.invoice("1")
        dispute = raise_dispute(debtor="10001", item=item, disputed=Decimal("400.00"), reason="Seats", **asked(house))
        house.day(TODAY)
        (notice,) = models.Notice.objects.all()
        assert notice.owed == Decimal("600.000")
        close_dispute(dispute=dispute, outcome="ours", **asked(house))
        assert refused(close_dispute, dispute=dispute, outcome="ours", **asked(house)) == (
            "dunning.dispute.closed-already"
        )

    def test_no_more_than_is_open_is_contested(self, house):
        item = house.invoice("1")
        told = {"debtor": "10001", "item": item, "reason": "Seats"} | asked(house)
        raise_dispute(disputed=Decimal("400.00"), **told)
        with pytest.raises(UnableToDispute) as refusal:
            raise_dispute(disputed=Decimal("600.01"), **told)
        assert refusal.value.facts == {"left": "600.00", "currency": "SEK"}
        raise_dispute(disputed=Decimal("600.00"), **told)
        house.day(TODAY)
        assert house.standing(item).because == "disputed"


class TestMarks:
    def test_restructuring_filed_yesterday_keeps_older_debt_and_opens_a_claim(self, house):
        """Practice 19 b: later debt runs."""
        old, new = house.invoice("1"), house.invoice("2", due=date(2026, 3, 20))
        mark = set_mark(debtor="10001", kind="insolvency", since_on=TODAY - DAY, reason="Filed", **asked(house))
        house.day(TODAY)
        house.day(date(2026, 3, 23))
        assert (house.steps().get(old), house.steps()[new]) == ("clear", "reminder")
        (task,) = models.Task.objects.filter(kind="claim")
        assert task.items == [old]
        end_mark(mark=mark, reason="Withdrawn", **asked(house, date(2026, 3, 24)))
        house.day(date(2026, 3, 24))
        assert house.steps()[old] == "reminder"

    def test_protection_is_signed_away_by_somebody_else_and_once(self, house):
        mark = set_mark(debtor="10001", kind="protected", since_on=TODAY, reason="Hospital", **asked(house))
        assert refused(sign_mark, mark=mark, **asked(house)) == "dunning.mark.set-by-same-person"
        other = asked(house) | {"by": "user:1"}
        sign_mark(mark=mark, **other)
        assert refused(sign_mark, mark=mark, **other) == "dunning.mark.signed-already"
        with pytest.raises(UnableToMark):
            set_mark(debtor="10001", kind="protected", since_on=TODAY, reason="Again", **asked(house))
