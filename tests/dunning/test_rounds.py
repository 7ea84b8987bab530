"""The daily round on a real database: the named cases of collections, any number of rounds a day, an outage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from saldo.core.clock import FixedClock
from saldo.dunning import models
from saldo.dunning.actions.agreed import acknowledge
from saldo.dunning.actions.in_flight import record_in_flight, settle_in_flight
from saldo.dunning.actions.rounds import UnableToRunRound
from saldo.flows.dunning_round import dunning_round, preview_round
from saldo.ledger.actions import allocate
from saldo.ledger.rules.allocation import NewAllocation
from saldo.parties.models import Debtor
from saldo.receipts.actions.matching import undo_match
from tests.dunning.collecting import Collecting
from tests.dunning.ladders import DAY, DUE

LATE_3 = DUE + timedelta(days=3)  # Thursday 5 March: the reminder
AFTER_NOTICE = date(2026, 3, 13)  # seven days after it are over
LATE_20 = date(2026, 3, 23)  # the Monday after the twentieth day late
LATE_32 = date(2026, 4, 7)  # the Tuesday after Easter


@pytest.fixture
def house(company) -> Collecting:
    return Collecting(company)


class TestSteps:
    def test_an_invoice_climbs_one_step_at_a_time_and_each_waits_for_its_proof(self, house):
        item = house.invoice("1")
        house.round(LATE_3)
        assert house.steps() == {item: "reminder"}
        house.round(LATE_20)
        assert house.steps() == {item: "reminder"}
        house.proves(LATE_20)
        house.round(LATE_20 + 7 * DAY)
        assert house.steps() == {item: "reminder"}
        house.round(LATE_20 + 8 * DAY)
        assert house.steps() == {item: "final-notice"}

    def test_the_oldest_of_several_is_paid_and_no_stage_is_skipped(self, house):
        """Lessons A 1: notice periods run for each item of its own."""
        old, young = house.invoice("1"), house.invoice("2", due=date(2026, 3, 16))
        house.day(LATE_3)
        house.day(LATE_20)
        assert house.steps() == {old: "final-notice", young: "reminder"}
        house.pays(LATE_20, "1000.00", old)
        house.day(LATE_20 + DAY)
        assert house.steps() == {old: "clear", young: "reminder"}
        for days in range(2, 12):
            house.day(LATE_20 + days * DAY)
        assert house.steps() == {old: "clear", young: "reminder"}
        house.day(LATE_32)
        assert house.steps()[young] == "final-notice"

    def test_almost_all_is_paid_and_the_shown_debt_is_what_is_left(self, house):
        """Lessons A 2: trigger and shown debt use what is left, net of credits."""
        small, large = house.invoice("1"), house.invoice("2")
        house.pays(LATE_3, "960.00", small)
        house.pays(LATE_3, "600.00", large)
        house.day(LATE_3)
        assert house.steps() == {large: "reminder"}
        (notice,) = models.Notice.objects.all()
        assert (notice.owed, notice.items[0]["owed"]) == (Decimal("400.000"), "400.000")

    def test_a_part_payment_keeps_the_item_where_it_is_with_its_history(self, house):
        """Lessons A 3."""
        item = house.invoice("1")
        house.day(LATE_3)
        house.pays(AFTER_NOTICE, "400.00", item)
        house.day(AFTER_NOTICE)
        house.round(AFTER_NOTICE)  # the first of a day leaves alone what cannot move
        standing = house.standing(item)
        assert (standing.step, standing.since, standing.owed) == ("reminder", LATE_3, Decimal("600.000"))
        assert models.Decided.objects.filter(item=item).count() == 1

    def test_two_invoices_share_one_letter_and_its_total_is_right(self, house):
        """Lessons A 9."""
        house.invoice("1", "1000.00")
        house.invoice("2", "234.50")
        house.day(LATE_3)
        (notice,) = models.Notice.objects.all()
        assert notice.owed == Decimal("1234.500")
        assert sum(Decimal(one["owed"]) for one in notice.items) == notice.owed

    def test_reminding_one_invoice_does_not_mark_its_siblings(self, house):
        """Lessons A 15."""
        late, early = house.invoice("1"), house.invoice("2", due=date(2026, 3, 20))
        house.day(LATE_3)
        assert house.steps().get(late) == "reminder"
        assert house.steps().get(early, "clear") == "clear"

    def test_one_currency_does_not_hold_back_another(self, house):
        """Lessons A 17."""
        house.invoice("1")
        house.day(LATE_3)
        euros = house.invoice("2", currency="EUR", due=date(2026, 3, 3))
        house.day(date(2026, 3, 6))
        assert house.steps()[euros] == "reminder"
        assert {row.currency for row in models.Notice.objects.all()} == {"SEK", "EUR"}

    def test_what_was_credited_never_stands_in_a_letter(self, house):
        """Lessons A 18."""
        gone, stays = house.invoice("1"), house.invoice("2")
        credit = house.invoice("3", "-1000.00")
        new = NewAllocation(key="a:1", on=LATE_3, debit=gone, credit=credit, value=Decimal("1000.00"))
        allocate(company=house.company, allocations=[new], by="test", at=house.at(LATE_3))
        house.day(LATE_3)
        (notice,) = models.Notice.objects.all()
        assert [one["item"] for one in notice.items] == [stays]


class TestMoney:
    def test_a_payment_on_its_way_holds_the_day_and_then_it_clears_or_goes_on(self, house):
        """Lessons A 5."""
        item = house.invoice("1")
        asked = {"company": house.company, "by": "user:1", "today": LATE_3, "at": house.at(LATE_3)}
        pending = record_in_flight(debtor="10001", currency="SEK", pending=Decimal("1000.00"), item=item, **asked)
        house.day(LATE_3)
        assert (house.standing(item).step, house.standing(item).because) == ("clear", "payment-pending")
        settle_in_flight(in_flight=pending, arrival="failed", **asked | {"today": LATE_3 + DAY})
        house.day(LATE_3 + DAY)
        assert house.steps() == {item: "reminder"}

    def test_money_without_an_invoice_is_sorted_out_before_anybody_is_written_to(self, house):
        """Lessons A 6."""
        item = house.invoice("1")
        house.pays(LATE_3, "300.00")
        house.day(LATE_3)
        assert house.standing(item).because == "money-unallocated"
        house.day(LATE_3 + 4 * DAY)
        assert house.steps() == {item: "reminder"}
        (notice,) = models.Notice.objects.all()
        assert notice.owed == Decimal("700.000")

    def test_a_returned_payment_begins_again_before_the_last_letter(self, house):
        """Lessons A 11."""
        item = house.invoice("1")
        house.day(LATE_3)
        house.day(LATE_20)
        paid = house.pays(LATE_20 + DAY, "1000.00", item)
        house.day(LATE_20 + DAY)
        assert (house.standing(item).step, house.standing(item).left) == ("clear", "final-notice")
        returned = LATE_20 + 2 * DAY
        undo_match(company=house.company, match=paid, by="user:1", at=house.at(returned))
        house.round(returned)
        assert (house.standing(item).step, house.standing(item).because) == ("reminder", "payment-returned")
        house.day(returned + DAY)
        assert house.steps() == {item: "reminder"}
        house.day(LATE_32)
        assert house.steps() == {item: "final-notice"}

    def test_a_parent_pays_for_its_child(self, house):
        """Lessons A 20: the child's invoice is what is collected, whoever pays it."""
        house.debtor("10002", parent=Debtor.objects.get(company_id=house.company, number="10001"))
        item = house.invoice("1", debtor="10002")
        house.day(LATE_3)
        house.pays(AFTER_NOTICE, "1000.00", item, debtor="10001")
        house.day(AFTER_NOTICE)
        assert house.steps() == {item: "clear"}

    def test_money_that_came_between_two_rounds_of_a_day_counts_in_the_second(self, house):
        item = house.invoice("1")
        house.day(LATE_3)
        house.round(AFTER_NOTICE)
        house.pays(AFTER_NOTICE, "1000.00", item)
        assert house.round(AFTER_NOTICE).cleared == 1
        assert house.steps() == {item: "clear"}
        assert house.standing(item).because == "paid"


class TestAnyNumberOfRounds:
    def test_many_rounds_a_day_do_what_one_does(self, house):
        """Lessons A 21: four runs of one day send one letter."""
        items = [house.invoice(str(number), debtor="10001") for number in range(3)]
        for _ in range(4):
            house.day(LATE_3)
        for _ in range(3):
            house.round(LATE_3, full=True)
        assert house.steps() == dict.fromkeys(items, "reminder")
        assert house.notices() == [("10001", "reminder", LATE_3.isoformat())]
        assert models.Decided.objects.count() == 3

    def test_an_item_seen_very_late_gets_one_letter_in_each_notice_period(self, house):
        """Lessons A 21: it begins at the beginning."""
        house.invoice("1", due=date(2025, 9, 1))
        day = LATE_3
        while day <= LATE_3 + 30 * DAY:
            house.day(day)
            day += DAY
        days = [date.fromisoformat(on) for _, _, on in house.notices()]
        assert [step for _, step, _ in house.notices()] == ["reminder", "final-notice"]
        assert days[1] - days[0] == timedelta(days=8)

    def test_after_an_outage_of_ten_days_one_decision_is_made_and_none_is_left_out(self, house):
        """Lessons A 4: never a burst, never silence."""
        first, second = house.invoice("1"), house.invoice("2", due=date(2026, 3, 9))
        house.day(LATE_3)
        house.day(LATE_3 + 11 * DAY)
        assert house.notices() == [
            ("10001", "reminder", LATE_3.isoformat()),
            ("10001", "reminder", (LATE_3 + 11 * DAY).isoformat()),
        ]
        assert house.steps() == {first: "reminder", second: "reminder"}

    def test_days_only_go_forward(self, house):
        """Lessons A 7."""
        house.day(LATE_3)
        with pytest.raises(UnableToRunRound) as refused:
            house.round(LATE_3 - DAY)
        assert refused.value.code == "dunning.round.day-before-the-last"

    def test_a_dry_run_says_the_same_and_writes_nothing(self, house):
        house.invoice("1")
        house.invoice("2", "40.00")
        house.hears_of_bank(LATE_3)
        house.at(LATE_3)
        before = counts()
        ahead = preview_round(company=house.company, world=house.world, today=LATE_3)
        assert counts() == before
        done = house.round(LATE_3)
        assert [(one.item, one.step) for one in ahead] == list(house.steps().items())
        assert done.moved == {"reminder": 1}

    @pytest.mark.parametrize(
        ("zone", "hour"),
        [("Pacific/Auckland", 12), ("Pacific/Honolulu", 11), ("Europe/Stockholm", 23)],
        ids=["before-ours", "after-ours", "ours"],
    )
    def test_each_debtor_has_its_own_midnight(self, house, zone, hour):
        """Lessons A 7: the reminder's day begins in the customer's own zone, at UTC+13 and UTC-10 alike."""
        house.debtor("10002", zone=zone, country="")
        item = house.invoice("1", debtor="10002")
        midnight = datetime(2026, 3, 4, tzinfo=UTC)  # the day before the reminder's
        steps = []
        for hours in range(0, 48):
            at = midnight + timedelta(hours=hours)
            house.hears_of_bank(at.date())
            house.world = replace(house.world, clock=FixedClock(at))
            dunning_round(company=house.company, world=house.world, by="system")
            steps.append(house.steps().get(item, "clear"))
        assert steps.index("reminder") == {"Pacific/Auckland": 11, "Pacific/Honolulu": 34, "Europe/Stockholm": 23}[zone]


class TestAccess:
    def test_a_suspension_waits_for_a_person_and_for_agreed_terms(self, house):
        item = house.invoice("1")
        house.day(LATE_3)
        house.day(LATE_20)
        house.day(LATE_32)
        assert (house.standing(item).step, house.standing(item).because) == ("final-notice", "access-not-agreed")
        acknowledge(
            company=house.company,
            debtor="10001",
            policy="three",
            version=1,
            language="sv",
            said_by="Karin Ek",
            how="signed",
            on=LATE_32,
            by="user:1",
            at=house.at(LATE_32),
        )
        done = house.round(LATE_32)
        assert (done.proposed, house.standing(item).proposed) == (1, "suspension")
        assert house.standing(item).step == "final-notice"
        assert not models.SuspensionProposal.objects.exists()


def counts() -> dict[str, int]:
    """How many rows each table of this room has."""
    return {name: getattr(models, name).objects.count() for name in models.__all__}
