"""The checker reasons with whole boxes; here every kind of facts is tried by running `decide`, and both must agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from saldo.dunning.rules.check import check
from saldo.dunning.rules.check_access import is_final_notice
from saldo.dunning.rules.conditions import Seen
from saldo.dunning.rules.facts import BEGINNING, Facts
from saldo.dunning.rules.harm import Harm, Ways, harm_of, is_no_worse
from saldo.dunning.rules.ladder import decide, moved
from saldo.dunning.rules.policy import CLEAR, Hours, Policy, Step
from tests.dunning.policies import TODAY, a_condition, cells, decided, open_calendar, small_policies

NOTICE_FAULTS = {"untold", "one-channel", "unproved", "notice-short"}
EVERY_DAY = Hours(weekdays=tuple(range(7)))
LAWS: list[Callable[[Policy], None]] = []


def found(policy: Policy) -> set[tuple[str, str]]:
    return {(one.code.rpartition(".")[2], one.step) for one in check(policy, on=TODAY, country="SE")}


def entered(policy: Policy, seen: Seen, at: str) -> str | None:
    step = decided(policy, seen, at).enters
    return step.code if step is not None else None


def places(policy: Policy) -> list[str]:
    return [CLEAR, *(step.code for step in policy.steps)]


def law(check_it: Callable[[Policy], None]) -> Callable[[Policy], None]:
    LAWS.append(check_it)
    return check_it


@law
def two_at_once_is_found_exactly_where_the_order_of_writing_decides(policy: Policy) -> None:
    backwards = replace(policy, steps=tuple(reversed(policy.steps)))
    hanging = any(
        entered(policy, seen, at) != entered(backwards, seen, at) for at in places(policy) for seen in cells(policy)
    )
    assert any(code == "two-at-once" for code, _ in found(policy)) == hanging


@law
def a_step_that_no_facts_enter_is_found(policy: Policy) -> None:
    """The other way round the checker knows more: the conditions of the way, and how long it takes."""
    verdict = found(policy)
    assume(not any(code == "two-at-once" for code, _ in verdict))
    seen_entered = {entered(policy, seen, at) for at in places(policy) for seen in cells(policy)}
    for step in policy.steps:
        if step.code not in seen_entered:
            assert ("never-entered", step.code) in verdict


@law
def paying_worsens_is_found_exactly_where_two_amounts_show_it(policy: Policy) -> None:
    verdict = found(policy)
    assume(not any(code == "two-at-once" for code, _ in verdict))
    shown: set[str] = set()
    for at in places(policy):
        by_text: dict[tuple, list[Seen]] = {}
        for seen in cells(policy):
            by_text.setdefault((seen.days_late, seen.segment, seen.currency), []).append(seen)
        for alike in by_text.values():
            shown |= worse_among(policy, alike, at)
    assert {step for code, step in verdict if code == "paying-worsens"} == shown


def worse_among(policy: Policy, alike: list[Seen], at: str) -> set[str]:
    """Steps entered by somebody who owes no more than another, who is not as badly off."""
    ways = Ways(policy)
    steps = policy.step_by_code
    worse: set[str] = set()
    answers = [(seen, entered(policy, seen, at)) for seen in alike]
    for paid, one in answers:
        if one is None or one in worse:
            continue
        for unpaid, other in answers:
            is_less = all(mine <= its for mine, its in zip(paid[1:4], unpaid[1:4], strict=True))
            if is_less and other != one and (other is None or not ways.is_milder(steps[one], steps[other])):
                worse.add(one)
                break
    return worse


@law
def no_way_at_all_leads_to_access_without_its_notice(policy: Policy) -> None:
    """Every way that `decide` can be made to go, whatever the facts do in between."""
    verdict = found(policy)
    assume(not any(code in ("two-at-once", "skippable", "never-entered") for code, _ in verdict))
    every = list(cells(policy))
    edges = {at: {entered(policy, seen, at) for seen in every} - {None} for at in places(policy)}
    waiting, seen_states, bare = [(CLEAR, False)], set(), set()
    while waiting:
        at, told = waiting.pop()
        for code in edges[at]:
            step = policy.step_by_code[code]
            if step.touches_access and not told:
                bare.add(code)
            state = (code, told or is_final_notice(step))
            if state not in seen_states:
                seen_states.add(state)
                waiting.append(state)
    assert {step for code, step in verdict if code.removeprefix("access-") in NOTICE_FAULTS} == bare


class TestCheckerAndDecideAgree:
    @pytest.mark.parametrize("holds", LAWS, ids=lambda one: one.__name__)
    def test_on_a_few_policies(self, holds: Callable[[Policy], None]) -> None:
        tried(holds, 25)

    @pytest.mark.laws
    @pytest.mark.parametrize("holds", LAWS, ids=lambda one: one.__name__)
    def test_on_many_policies(self, holds: Callable[[Policy], None]) -> None:
        tried(holds, 1500)


def tried(holds: Callable[[Policy], None], examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(small_policies())
    def each(policy: Policy) -> None:
        holds(policy)

    each()


@st.composite
def branching(draw) -> Policy:
    """A ladder that forks by amount at one or two steps: the only way in which paying can matter."""
    policy = draw(small_policies())
    first = replace(policy.steps[0], when=(a_condition("days-late >= 1"),), follows=(CLEAR,))
    forks = []
    for place, step in enumerate(policy.steps[1:]):
        side = "owed < 20" if place % 2 else "owed >= 20"
        late = a_condition(f"days-late >= {draw(st.integers(2, 9))}")
        code = first.code if place < 2 else forks[place - 2].code
        when = (late, a_condition(side)) if place < 2 else (late,)
        forks.append(replace(step, follows=(code,), when=when))
    return replace(policy, steps=(first, *forks), sending=EVERY_DAY, access=EVERY_DAY, floor={})


class TestWhoPaysIsNeverWorseOff:
    """Two items from the same day on, of which one pays something: what the checker proves, day by day."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(branching(), st.lists(st.tuples(st.integers(0, 40), st.sampled_from([2, 5, 10, 13])), max_size=3))
    def test_every_day(self, policy: Policy, payments: list[tuple[int, int]]) -> None:
        assume(not any(code in ("paying-worsens", "two-at-once") for code, _ in found(policy)))
        unpaid = dict.fromkeys(range(60), Decimal(25))
        paid = {
            day: max(Decimal(0), 25 - sum((Decimal(by) for on, by in payments if on <= day), Decimal(0)))
            for day in unpaid
        }
        for with_payment, without in zip(days_of(policy, paid), days_of(policy, unpaid), strict=True):
            assert is_no_worse(with_payment, without)

    def test_some_of_these_policies_fork_and_are_sound(self) -> None:
        kept = []

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(branching())
        def each(policy: Policy) -> None:
            if not any(code in ("paying-worsens", "two-at-once") for code, _ in found(policy)):
                kept.append(len(policy.following[policy.steps[0].code]))

        each()
        assert kept.count(2) >= 5


def days_of(policy: Policy, owed: dict[int, Decimal]) -> list[Harm]:
    """All that has been done to an item by the end of each day; every proof comes on the day itself."""
    done: dict[str, Decimal] = {}
    days, standing = [], BEGINNING
    for late, amount in owed.items():
        today = TODAY + timedelta(days=late)
        facts = Facts(due_on=TODAY, currency="SEK", open=amount, debtor_owed=amount)
        decision = decide(policy, facts, standing, today=today, closed=open_calendar)
        standing = moved(decision, standing, today=today)
        if decision.enters is not None:
            standing = standing._replace(proved_on=today)
            add(done, decision.enters)
        days.append(dict(done))
    return days


def add(done: dict[str, Decimal], step: Step) -> None:
    for kind, amount in harm_of(step).items():
        before = done.get(kind, Decimal(0))
        done[kind] = before + amount if kind.startswith("fee:") else max(before, amount)
