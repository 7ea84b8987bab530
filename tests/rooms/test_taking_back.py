"""A file that a person took out of the bills comes back only by a decision, and never beside another version."""

from __future__ import annotations

import pytest

from saldo.audit.models import Entry
from saldo.charges import actions, history
from saldo.core.periods import Month
from saldo.core.problems import Refused
from tests.conftest import NOW
from tests.microsoft_files import header, seats
from tests.rooms.importing import MARCH, Postman

APRIL = Month(2026, 4)


def take_out(postman: Postman, place: int) -> None:
    actions.withdraw_delivery(
        company=postman.company, delivery=postman.delivery(place), reason="wrong file", actor="user:1", at=NOW
    )


def take_back(postman: Postman, place: int) -> None:
    actions.take_back_delivery(
        company=postman.company, delivery=postman.delivery(place), reason="right after all", actor="user:1", at=NOW
    )


class TestTakingBack:
    def test_its_lines_count_again_and_the_log_says_why(self, postman: Postman) -> None:
        postman.bring(seats())
        take_out(postman, 1)
        take_back(postman, 1)
        assert postman.amounts() == ["360.00"]
        entry = Entry.objects.latest("id")
        assert (entry.code, entry.actor, entry.facts["reason"]) == (
            "charges.delivery.taken-back",
            "user:1",
            "right after all",
        )

    def test_the_version_that_had_come_back_in_its_place_is_superseded_again(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        postman.bring(seats(seats=11))
        take_out(postman, 2)
        take_back(postman, 2)
        assert postman.states() == ["superseded", "counts"]
        assert postman.amounts() == ["396.00"]
        take_out(postman, 2)
        assert postman.amounts() == ["360.00"]

    def test_a_newer_version_that_counts_keeps_it_out(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        take_out(postman, 1)
        postman.bring(seats(seats=11))
        with pytest.raises(Refused, match="newer-counts"):
            take_back(postman, 1)
        assert postman.states() == ["withdrawn", "counts"]
        take_out(postman, 2)
        take_back(postman, 1)
        assert postman.amounts() == ["360.00"]

    def test_an_estimate_comes_back_behind_the_billed_file(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        take_out(postman, 1)
        postman.bring(seats(seats=12))
        take_back(postman, 1)
        assert postman.states() == ["superseded", "counts"]
        assert postman.amounts(with_estimates=True) == ["432.00"]

    def test_a_header_decides_again_about_the_month_and_the_sum(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring_header(header(billingPeriodStartDate="2026-04-01T00:00:00Z"))
        take_out(postman, 2)
        assert (postman.amounts(month=MARCH), "I7" in postman.checks(1)) == (["360.00"], False)
        take_back(postman, 2)
        assert (postman.amounts(month=APRIL), postman.checks(1)["I7"]) == (["360.00"], (1, 0, 0))

    def test_a_check_that_failed_waits_for_a_decision_again(self, postman: Postman) -> None:
        postman.bring(seats())
        take_out(postman, 1)
        take_back(postman, 1)
        assert history.get_delivery(company=postman.company, delivery=postman.delivery(1)).seen.accepted_because == ""

    def test_only_what_was_taken_out_can_come_back(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        postman.bring(seats(seats=11))
        for place in (1, 2):
            with pytest.raises(Refused, match="not-taken-out"):
                take_back(postman, place)
        with pytest.raises(Refused, match="unknown"):
            actions.take_back_delivery(company=postman.company, delivery=0, reason="x", actor="user:1", at=NOW)
