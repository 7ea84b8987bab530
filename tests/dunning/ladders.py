"""Policies and items for the tests of collections, and a ladder climbed day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from saldo.core.workdays import Closed
from saldo.dunning.rules.facts import BEGINNING, Facts, Standing
from saldo.dunning.rules.ladder import Decision, decide, moved
from saldo.dunning.rules.policy import CLEAR, Act, Condition, NoticePeriod, Policy, Step

DAY = timedelta(days=1)
DUE = date(2026, 3, 2)  # a Monday
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14)})

THREE_STEPS = Policy(
    code="three",
    floor={"SEK": Decimal(50)},
    steps=(
        Step(
            code="reminder",
            when=(Condition("days-late", ">=", 3),),
            acts=(Act(kind="mail", letter="reminder"),),
            notice=NoticePeriod(7),
        ),
        Step(
            code="final-notice",
            follows=("reminder",),
            when=(Condition("days-late", ">=", 20), Condition("owed", ">=", Decimal(100))),
            acts=(Act(kind="mail", letter="final-notice"), Act(kind="letter", letter="final-notice")),
            notice=NoticePeriod(5, in_workdays=True),
        ),
        Step(
            code="suspension",
            follows=("final-notice",),
            when=(Condition("days-late", ">=", 32),),
            acts=(Act(kind="propose-suspension", classes=("licences",)),),
            proof="none",
            release="person",
        ),
    ),
)


def closed(day: date) -> bool:
    """Easter and two days of May 2026, and the first of every January."""
    return day in EASTER or (day.month, day.day) == (1, 1)


def an_item(**facts: Any) -> Facts:
    """An open item of 1,000.00 SEK, due on the second of March 2026."""
    return Facts(**({"due_on": DUE, "currency": "SEK", "open": Decimal("1000.00")} | facts))


def proved(standing: Standing, on: date) -> Standing:
    """The proof that its step waits for came."""
    return standing._replace(proved_on=on)


def climb(
    policy: Policy,
    facts: Facts,
    *,
    since: date,
    until: date,
    standing: Standing = BEGINNING,
    every_day: bool = True,
    off: Closed = closed,
) -> Iterator[tuple[date, Decision]]:
    """Each decision that moves an item if nothing arrives and every proof comes on the day it was sent.

    Not ``every_day``: only on the days that the decisions themselves name, and on the day after a proof.
    """
    day = since
    while day < until:
        decision = decide(policy, facts, standing, today=day, closed=off)
        after = moved(decision, standing, today=day)
        if after != standing:
            yield day, decision
        arrived = decision.enters is not None and after.proved_on is None
        standing = proved(after, day) if arrived else after
        if every_day or arrived:
            day += DAY
        elif decision.look_again_on is None:
            return
        else:
            assert decision.look_again_on > day, decision
            day = decision.look_again_on


def _conditions() -> st.SearchStrategy[Condition]:
    comparison = st.sampled_from(["<", "<=", "=", ">=", ">"])
    return st.one_of(
        st.builds(Condition, st.just("days-late"), comparison, st.integers(-10, 60)),
        st.builds(Condition, st.sampled_from(["owed", "debtor-owed"]), comparison, st.sampled_from(_AMOUNTS)),
        st.builds(Condition, st.just("items"), comparison, st.integers(0, 3)),
        st.builds(Condition, st.just("segment"), st.just("="), st.sampled_from(["", "public"])),
    )


_AMOUNTS = [Decimal(amount) for amount in (0, 50, 100, 500, 1000)]
_ACTS = [
    (Act(kind="mail", letter="reminder"),),
    (Act(kind="mail", letter="final-notice"), Act(kind="letter", letter="final-notice")),
    (Act(kind="call"),),
    (Act(kind="propose-suspension", classes=("licences",)),),
]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy of up to five steps, sound or not: `decide` must stand all of them."""
    steps: list[Step] = []
    for place in range(draw(st.integers(0, 5))):
        before = draw(st.sampled_from([CLEAR, *(step.code for step in steps)]))
        steps.append(
            Step(
                code=f"step-{place}",
                follows=(before,),
                when=tuple(draw(st.lists(_conditions(), max_size=3))),
                acts=draw(st.sampled_from(_ACTS)),
                proof=draw(st.sampled_from(["none", "handed-over"])),
                notice=NoticePeriod(draw(st.integers(0, 10)), draw(st.booleans())),
            )
        )
    return Policy(code="any", floor={"SEK": draw(st.sampled_from(_AMOUNTS))}, steps=tuple(steps))


def _days(first: int, last: int) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda days: DUE + timedelta(days=days))


@st.composite
def items(draw: st.DrawFn) -> Facts:
    """Any item of the books, with anything that may keep it back."""
    part = st.sampled_from([Decimal(0), Decimal(0), Decimal(200), Decimal(950)])
    until = draw(st.none() | _days(-5, 60))
    return an_item(
        open=draw(st.sampled_from([Decimal(0), Decimal("0.01"), *_AMOUNTS, Decimal("1000.01")])),
        credit=draw(part),
        withheld=draw(part),
        disputed=draw(part),
        pending=draw(part),
        promised=draw(part) if until else Decimal(0),
        promise_until=until,
        debtor_owed=draw(st.sampled_from(_AMOUNTS)),
        items=draw(st.integers(1, 3)),
        segment=draw(st.sampled_from(["", "public"])),
        is_fee=draw(st.booleans()),
        held_until=draw(st.none() | _days(-5, 60) | st.just(date.max)),
        unallocated_since=draw(st.none() | _days(-5, 60)),
        insolvent=draw(st.sampled_from([False, False, False, True])),
        protected=draw(st.booleans()),
        may_touch_access=draw(st.booleans()),
        reopened_on=draw(st.none() | _days(-5, 60)),
    )


@st.composite
def standings(draw: st.DrawFn, policy: Policy) -> Standing:
    """Any place an item can stand at in a policy."""
    step = draw(st.sampled_from([CLEAR, *(step.code for step in policy.steps)]))
    since = draw(_days(-10, 50))
    if step == CLEAR:
        return Standing(left=draw(st.sampled_from(["", *(step.code for step in policy.steps)])))
    proved_on = draw(st.none() | st.just(since) | st.just(since + DAY))
    return Standing(step=step, since=since, proved_on=proved_on, notice_failed=draw(st.booleans()))
