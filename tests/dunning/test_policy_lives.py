"""What the checker promises, watched: items live through payments, holds, outages and returned payments, day by day.

Nothing here looks into the checker: only at what `decide` does under policies that passed it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest

from saldo.core.workdays import is_workday
from saldo.dunning.rules.facts import BEGINNING, Facts
from saldo.dunning.rules.ladder import decide, moved
from saldo.dunning.rules.policy import CLEAR, Policy, Step
from tests.dunning.harmless import harmless
from tests.dunning.policies import open_calendar, ready

DAY = timedelta(days=1)
DUE = date(2026, 12, 28)
POLICIES = [ready("gentle"), ready("standard"), ready("strict")]
SOUND = [*POLICIES, *harmless(POLICIES, seed=5, count=40)]


class Entry(NamedTuple):
    on: date
    step: Step


class Life(NamedTuple):
    """What happens to one item: when it is first looked at, what is open each day, on which days nobody looks."""

    seed: int

    def entries(self, policy: Policy, *, days: int = 400) -> list[list[Entry]]:
        """The steps entered, anew after each time that a payment was returned."""
        random = Random(self.seed)
        owed = Decimal(random.choice([60, 150, 700, 2000]))
        first = random.choice([-30, -5, 0, 4, 30, 200])
        outage = range(random.randrange(0, 100), random.randrange(100, 200)) if random.random() < 0.5 else range(0)
        paid, back = random.randrange(5, 150), random.randrange(150, 250)
        returns = random.random() < 0.5
        climbs: list[list[Entry]] = [[]]
        standing = BEGINNING
        for late in range(first, days):
            today = DUE + late * DAY
            if returns and late == back:
                climbs.append([])
            if late in outage or random.random() < 0.1:
                continue
            is_open = not returns or not paid <= late < back
            facts = Facts(
                due_on=DUE,
                currency="SEK",
                open=owed if is_open else Decimal(0),
                debtor_owed=owed,
                items=random.randrange(1, 4),
                reopened_on=DUE + back * DAY if returns and late >= back else None,
                held_until=today + 9 * DAY if random.random() < 0.01 else None,
            )
            decision = decide(policy, facts, standing, today=today, closed=open_calendar)
            standing = moved(decision, standing, today=today)
            if decision.because == "notice-too-old":  # back to that letter: the way up is climbed from there
                climbs[-1] = climbs[-1][: [entry.step for entry in climbs[-1]].index(decision.enters)]
            if decision.enters is not None:
                climbs[-1].append(Entry(today, decision.enters))
            if standing.step != CLEAR and standing.proved_on is None and random.random() < 0.5:
                standing = standing._replace(proved_on=today)
        return climbs


def lives(policy: Policy) -> list[list[Entry]]:
    return [climb for seed in range(40) for climb in Life(seed).entries(policy)]


@pytest.fixture(scope="module", params=SOUND)
def climbs(request) -> list[list[Entry]]:
    return lives(request.param)


def workdays_between(first: date, last: date) -> int:
    return sum(is_workday(first + n * DAY, closed=open_calendar) for n in range(1, (last - first).days))


class TestWhatIsPromised:
    def test_access_is_touched_only_after_its_final_notice_in_this_very_climb(self, climbs) -> None:
        for climb in climbs:
            for at, entry in enumerate(climb):
                if entry.step.touches_access:
                    finals = [
                        one
                        for one in climb[:at]
                        if {act.kind for act in one.step.acts if act.letter == "final-notice"} == {"mail", "letter"}
                    ]
                    assert finals
                    assert workdays_between(finals[-1].on, entry.on) >= 5
                    assert entry.on.weekday() < 4

    def test_nothing_but_a_letter_before_due_until_it_is_late_and_none_of_those_after(self, climbs) -> None:
        for entry in (entry for climb in climbs for entry in climb):
            letters = {act.letter for act in entry.step.acts}
            assert (letters == {"before-due"}) is (entry.on <= DUE)

    def test_letters_leave_days_between_them_however_late_an_item_is_seen(self, climbs) -> None:
        for climb in climbs:
            told = [entry.on for entry in climb if entry.step.tells and entry.on > DUE]
            assert all(later - sooner > 2 * DAY for sooner, later in pairwise(told))

    def test_no_step_comes_twice_in_one_climb_and_none_out_of_its_order(self, climbs) -> None:
        for climb in climbs:
            codes = [entry.step.code for entry in climb]
            assert len(set(codes)) == len(codes)
            for sooner, later in pairwise(climb):
                assert sooner.step.code in later.step.follows

    def test_there_is_something_to_watch(self) -> None:
        """Lives that lose access, also after a payment that was returned, and lives that are first seen very late."""
        every = [Life(seed).entries(ready("strict")) for seed in range(40)]
        lost = [[any(one.step.touches_access for one in climb) for climb in climbs] for climbs in every]
        assert sum(climbs[0] for climbs in lost) >= 5
        assert sum(len(climbs) == 2 and climbs[1] for climbs in lost) >= 5
        assert sum(bool(climbs[0]) and climbs[0][0].on > DUE + 25 * DAY for climbs in every) >= 3


class TestWhoIsSeenLate:
    @pytest.mark.parametrize("policy", SOUND)
    def test_ends_where_everybody_ends(self, policy: Policy) -> None:
        ends = set()
        for first in (-30, -6, 0, 9, 45, 300):
            standing = BEGINNING
            for late in range(first, 900):
                today = DUE + late * DAY
                facts = Facts(due_on=DUE, currency="EUR", open=Decimal(1000), debtor_owed=Decimal(1000))
                standing = moved(
                    decide(policy, facts, standing, today=today, closed=open_calendar), standing, today=today
                )
                if standing.step != CLEAR and standing.proved_on is None:
                    standing = standing._replace(proved_on=today)
            ends.add(standing.step)
        assert len(ends) == 1
        assert ends != {CLEAR}
