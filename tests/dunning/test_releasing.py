"""Steps that wait for a person; items under way when their policy changes; what is taken over from the old tool."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.agreed import record_clause
from saldo.dunning.actions.inheriting import inherit_standing
from saldo.dunning.actions.releasing import refuse_steps, release_steps
from saldo.dunning.actions.reviewing import keep_on_version, move_to_version
from saldo.dunning.actions.taking_on import place_on_step
from saldo.dunning.reviews import count_items_to_review, list_items_to_review
from saldo.dunning.rules.policy import CLEAR
from saldo.dunning.rules.review import check_map, is_steeper, suggest_map
from saldo.flows.take_over import give_old_book_back, take_old_book
from saldo.receipts.actions.matching import undo_match
from tests.dunning.collecting import PUBLISHED, Collecting
from tests.dunning.ladders import DAY, DUE, policies

LATE_3 = DUE + 3 * DAY
LATE_20 = date(2026, 3, 23)
LATE_32 = date(2026, 4, 7)
GENTLER = replace(PUBLISHED, steps=PUBLISHED.steps[:2])


@pytest.fixture
def house(company) -> Collecting:
    return Collecting(company)


@pytest.fixture
def item(house) -> str:
    """An invoice whose suspension waits for a person."""
    key = house.invoice("1")
    record_clause(
        company=house.company,
        debtor="10001",
        allows="access",
        agreed_on=DUE,
        evidence="Terms 7.2",
        by="user:1",
        today=DUE,
        at=house.at(DUE),
    )
    for day in (LATE_3, LATE_20, LATE_32):
        house.day(day)
    assert house.standing(key).proposed == "suspension"
    return key


def refused(act, **asked) -> str:
    with pytest.raises(Refused) as refusal:
        act(**asked)
    return refusal.value.code


class TestReleasing:
    def test_released_it_happens_once_and_is_proposed_to_whoever_suspends(self, house, item):
        done = release_steps(look=house.look(LATE_32), items=[item], by="user:2")
        assert (dict(done.carried.moved), done.overtaken) == ({"suspension": 1}, 0)
        (proposal,) = models.SuspensionProposal.objects.all()
        assert (proposal.items, proposal.classes, proposal.made_by) == ([item], ["licences"], "user:2")
        again = {"look": house.look(LATE_32), "items": [item], "by": "user:2"}
        assert refused(release_steps, **again) == "dunning.release.nothing-proposed"

    def test_what_was_paid_meanwhile_is_not_carried_out(self, house, item):
        house.pays(LATE_32, "1000.00", item)
        done = release_steps(look=house.look(LATE_32), items=[item], by="user:2")
        assert done.overtaken == 1
        assert not models.SuspensionProposal.objects.exists()

    def test_a_dispute_raised_meanwhile_keeps_it(self, house, item):
        models.Hold.objects.create(
            company_id=house.company,
            debtor="10001",
            reason="x",
            placed_on=LATE_32,
            placed_at=house.at(LATE_32),
            placed_by="user:3",
        )
        done = release_steps(look=house.look(LATE_32), items=[item], by="user:2")
        assert (done.overtaken, house.standing(item).step) == (1, "final-notice")
        assert house.standing(item).proposed == ""

    def test_refused_it_is_held_with_the_reason_and_comes_up_again_after_the_day(self, house, item):
        asked = {"company": house.company, "items": [item], "by": "user:2", "today": LATE_32, "at": house.at(LATE_32)}
        assert refused(refuse_steps, reason=" ", until=None, **asked) == "dunning.release.reason-missing"
        refuse_steps(reason="They call on Friday", until=LATE_32 + 2 * DAY, **asked)
        house.day(LATE_32)
        assert (house.standing(item).proposed, house.standing(item).because) == ("", "on-hold")
        house.day(date(2026, 4, 13))
        assert house.standing(item).proposed == "suspension"

    def test_paid_after_the_release_the_proposal_goes_and_once_returned_it_is_told_anew(self, house, item):
        """Lessons A 11."""
        release_steps(look=house.look(LATE_32), items=[item], by="user:2")
        paid = house.pays(LATE_32 + DAY, "1000.00", item)
        house.day(LATE_32 + DAY)
        assert models.SuspensionProposal.objects.get().state == "withdrawn"
        undo_match(company=house.company, match=paid, by="user:1", at=house.at(LATE_32 + 2 * DAY))
        house.round(LATE_32 + 2 * DAY)
        assert house.standing(item).step == "reminder"


class TestAPolicyThatChanges:
    """Lessons A 10: an item stays on its version or goes to review, it never jumps."""

    def test_items_under_way_wait_and_new_ones_begin_under_the_new_version(self, house):
        old = house.invoice("1")
        house.day(LATE_3)
        house.publish(GENTLER, version=2, starts_on=LATE_3 + DAY)
        new = house.invoice("2", due=date(2026, 3, 9))
        house.day(LATE_20)
        assert (house.standing(old).step, house.standing(old).because) == ("reminder", "policy-changed")
        assert (house.standing(old).version, house.standing(new).version) == (1, 2)
        shelf = house.look(LATE_20).shelf
        (group,) = count_items_to_review(company=house.company, shelf=shelf)
        assert (group.version, group.now_version, group.step, group.items) == (1, 2, "reminder", 1)
        (row,) = list_items_to_review(company=house.company, shelf=shelf, limit=10)
        assert row.item == old

    def test_kept_it_goes_on_under_its_own(self, house):
        item = house.invoice("1")
        house.day(LATE_3)
        house.publish(GENTLER, version=2, starts_on=LATE_3 + DAY)
        house.day(LATE_20)
        look = house.look(LATE_20)
        assert keep_on_version(look=look, items=[item], by="user:2") == 1
        assert not count_items_to_review(company=house.company, shelf=look.shelf)
        house.round(LATE_20)
        assert (house.standing(item).step, house.standing(item).version) == ("final-notice", 1)

    def test_moved_it_goes_to_the_step_named_and_never_to_a_steeper_one(self, house):
        item = house.invoice("1")
        house.day(LATE_3)
        house.publish(GENTLER, version=2, starts_on=LATE_3 + DAY)
        asked = {"look": house.look(LATE_20), "items": [item], "by": "user:2"}
        assert refused(move_to_version, steps={"reminder": "final-notice"}, **asked) == "dunning.review.steeper"
        assert refused(move_to_version, steps={}, **asked) == "dunning.review.no-step"
        assert refused(move_to_version, steps={"reminder": "none"}, **asked) == "dunning.review.unknown-step"
        assert move_to_version(steps={"reminder": "reminder"}, **asked) == 1
        standing = house.standing(item)
        assert (standing.version, standing.step, standing.proved_on) == (2, "reminder", LATE_3)
        house.round(LATE_20)
        assert house.standing(item).step == "final-notice"

    @given(policies(), policies())
    def test_what_is_suggested_is_never_steeper(self, old, new):
        steps = suggest_map(old=old, new=new)
        assert set(steps) == set(old.step_by_code)
        check_map(steps, old=old, new=new)
        for step in old.steps:
            assert not is_steeper(CLEAR, new, than=step.code, of=old)
            assert not is_steeper(step.code, old, than=step.code, of=old)


HEAD = (
    "debtor,number,kind,issued,due,original,open,currency,dispute_amount,dispute_reason,dispute_since,promise_amount,"
    "promise_until,step,last_notice_on,last_notice"
)


def old_book(house, *rows: str, day: date = LATE_3):
    text = "\n".join([HEAD, *rows]).encode()
    total = sum(Decimal(row.split(",")[6]) for row in rows)
    return take_old_book(
        company=house.company,
        data=text,
        as_of=day,
        today=day,
        controls={"SEK": total},
        by="user:1",
        world=replace(house.world, clock=type(house.world.clock)(house.at(day))),
    )


class TestTakingOver:
    """Practice 11: a dunning item goes on at its step, never from the start, never a jump."""

    def test_an_item_goes_on_at_its_step_and_its_notice_runs_from_the_last_letter(self, house):
        old_book(house, "10001,A-1,invoice,2026-01-01,2026-01-31,1000.00,800.00,SEK,,,,,,Reminder,2026-03-02,Nr 1")
        item = "opening:invoice:A-1"
        assert (house.standing(item).step, house.standing(item).proved_on) == ("reminder", date(2026, 3, 2))
        house.day(LATE_3)
        assert house.notices() == []
        house.day(date(2026, 3, 10))
        assert house.steps() == {item: "final-notice"}

    def test_a_step_that_nobody_knows_waits_for_a_person(self, house):
        old_book(house, "10001,A-1,invoice,2026-01-01,2026-01-31,1000.00,800.00,SEK,,,,,,Inkasso 2,2026-03-02,Nr 1")
        item = "opening:invoice:A-1"
        for day in (LATE_3, LATE_20, LATE_32):
            house.day(day)
        assert (house.steps(), house.notices()) == ({item: "inkasso-2"}, [])
        (task,) = models.Task.objects.all()
        assert (task.kind, task.facts["step"]) == ("review", "inkasso-2")
        place_on_step(look=house.look(LATE_32), item=item, step="reminder", by="user:2")
        assert models.Task.objects.get().done_by == "user:2"
        house.day(LATE_32 + DAY)
        assert house.steps() == {item: "reminder"}
        house.day(date(2026, 4, 15))
        assert house.steps() == {item: "final-notice"}

    def test_taken_over_before_there_is_a_policy_it_goes_on_once_there_is_one(self, company):
        house = Collecting(company, policy=None)
        old_book(house, "10001,A-1,invoice,2026-01-01,2026-01-31,1000.00,800.00,SEK,,,,,,reminder,2026-03-02,Nr 1")
        item = "opening:invoice:A-1"
        house.day(LATE_3)
        house.publish(PUBLISHED)
        house.day(date(2026, 3, 10))
        assert (house.standing(item).step, house.standing(item).policy) == ("final-notice", "three")
        assert [step for _, step, _ in house.notices()] == ["final-notice"]

    def test_disputes_and_promises_come_with_it_and_go_with_it(self, house):
        taken = old_book(
            house,
            "10001,A-1,invoice,2026-01-01,2026-01-31,1000.00,800.00,SEK,800.00,Seats,2026-02-10,,,,,",
            "10001,A-2,invoice,2026-01-01,2026-01-31,500.00,500.00,SEK,,,,500.00,2026-03-12,,,",
        )
        house.day(LATE_3)
        assert {row.item: row.because for row in models.Collected.objects.all()} == {
            "opening:invoice:A-1": "disputed",
            "opening:invoice:A-2": "promise-holds",
        }
        give_old_book_back(company=house.company, name=taken.name, by="user:1", world=house.world, today=LATE_3)
        assert not models.Collected.objects.exists()
        assert not models.Dispute.objects.filter(closed_on__isnull=True).exists()
        assert {row.state for row in models.Promise.objects.all()} == {"withdrawn"}


class TestReissued:
    def test_the_new_document_goes_on_where_the_wrong_one_stood(self, house):
        """Practice 9 and lessons A 23: no second reminder for the same debt, no step skipped."""
        old = house.invoice("1")
        house.day(LATE_3)
        new = house.invoice("2")
        asked = {"company": house.company, "by": "user:1", "today": LATE_3, "at": house.at(LATE_3)}
        assert inherit_standing(old=old, new=new, **asked)
        assert house.steps() == {old: "clear", new: "reminder"}
        assert house.standing(new).proved_on == LATE_3

    def test_another_due_day_begins_anew(self, house):
        old = house.invoice("1")
        house.day(LATE_3)
        new = house.invoice("2", due=LATE_20)
        asked = {"company": house.company, "by": "user:1", "today": LATE_3, "at": house.at(LATE_3)}
        assert not inherit_standing(old=old, new=new, **asked)
        assert house.steps() == {old: "reminder"}
