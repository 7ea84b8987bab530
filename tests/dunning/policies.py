"""Builders of policies for tests, and small random ones whose facts can be tried one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

from hypothesis import strategies as st

from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.rules.conditions import Seen
from saldo.dunning.rules.facts import BEGINNING, Facts, Standing
from saldo.dunning.rules.ladder import Decision, decide
from saldo.dunning.rules.policy import CLEAR, Act, Condition, NoticePeriod, Policy, Step

READY = Path(__file__).resolve().parents[2] / "src" / "saldo" / "dunning" / "ready"
TODAY = date(2026, 11, 24)  # a Tuesday
NAMES = {language: "Policy" for language in ("en", "sv", "zh-Hans", "pt-BR", "es")}
LONG_AGO = TODAY - timedelta(days=400)


def ready_text(name: str) -> str:
    return ready_policy(name)


def ready(name: str) -> Policy:
    policy = read_policy(ready_text(name))
    assert isinstance(policy, Policy), policy
    return policy


def a_policy(*steps: Step, **others) -> Policy:
    return Policy(code="tried", names=NAMES, steps=steps, **others)


def a_condition(text: str) -> Condition:
    fact, comparison, constant = text.split(" ")
    if fact in ("days-late", "items"):
        return Condition(fact, comparison, int(constant))
    return Condition(fact, comparison, Decimal(constant) if "owed" in fact else constant)


def a_step(code: str, *when: str, follows=CLEAR, acts: tuple[Act, ...] = (), **others) -> Step:
    before = (follows,) if isinstance(follows, str) else tuple(follows)
    others.setdefault("proof", "handed-over" if any(act.letter for act in acts) else "none")
    return Step(code=code, follows=before, when=tuple(map(a_condition, when)), acts=acts, **others)


def mail(letter: str) -> Act:
    return Act(kind="mail", letter=letter)


def on_paper(letter: str) -> Act:
    return Act(kind="letter", letter=letter)


def changed(policy: Policy, code: str, **others) -> Policy:
    """The policy with one step changed."""
    return replace(policy, steps=tuple(replace(one, **others) if one.code == code else one for one in policy.steps))


FINAL = a_step(
    "final",
    "days-late >= 3",
    acts=(mail("final-notice"), on_paper("final-notice")),
    notice=NoticePeriod(5, in_workdays=True),
)


def open_calendar(day: date) -> bool:
    return False


def decided(policy: Policy, seen: Seen, at: str) -> Decision:
    """What is decided today of an item that has stood at a step for long, proved and its notice over."""
    standing = BEGINNING if at == CLEAR else Standing(step=at, since=LONG_AGO, proved_on=LONG_AGO)
    facts = Facts(
        due_on=TODAY - timedelta(days=seen.days_late),
        currency=seen.currency,
        open=seen.owed,
        debtor_owed=seen.debtor_owed,
        items=seen.items,
        segment=seen.segment,
    )
    lasting = replace(policy, notice_holds_days=(TODAY - LONG_AGO).days)
    return decide(lasting, facts, standing, today=TODAY, closed=open_calendar)


def cells(policy: Policy) -> Iterator[Seen]:
    """Facts of every kind that the policy can tell apart: each constant, one unit below it and one above."""
    said = {fact: {one.constant for step in policy.steps for one in step.when if one.fact == fact} for fact in FACTS}
    days = sorted({0, 1} | {value + by for value in said["days-late"] for by in (-1, 0, 1)})
    unit = Decimal("0.01")
    floors = set(policy.floor.values())
    owed = sorted({value + by for value in said["owed"] | floors | {unit} for by in (-unit, 0, unit)})
    debtor_owed = sorted({*owed, *(value + by for value in said["debtor-owed"] for by in (-unit, 0, unit))})
    items = sorted({1} | {value + by for value in said["items"] for by in (-1, 0, 1)})
    segments = sorted(said["segment"] | {""})
    currencies = sorted(said["currency"] | set(policy.floor) | {"CHF"})
    for seen in product(days, owed, debtor_owed, items, segments, currencies):
        if 0 < seen[1] <= seen[2] and seen[3] >= 1:
            yield Seen(*seen)


FACTS = ("days-late", "owed", "debtor-owed", "items", "segment", "currency")
_ACTS = (
    (mail("reminder"),),
    (mail("reminder"), Act(kind="call")),
    (mail("formal-notice"),),
    (mail("final-notice"), on_paper("final-notice")),
    (Act(kind="propose-suspension", classes=("licences",)),),
    (Act(kind="fee", net={"SEK": Decimal(60)}), mail("reminder")),
    (Act(kind="call"),),
)

conditions = st.one_of(
    st.builds(
        lambda comparison, days: a_condition(f"days-late {comparison} {days}"),
        st.sampled_from([">=", ">=", ">=", ">", "<=", "<", "="]),
        st.integers(-2, 4),
    ),
    st.builds(
        lambda fact, comparison, amount: a_condition(f"{fact} {comparison} {amount}"),
        st.sampled_from(["owed", "owed", "debtor-owed"]),
        st.sampled_from(["<", "<=", "=", ">=", ">"]),
        st.sampled_from(["10", "10.01", "20"]),
    ),
    st.builds(
        lambda comparison, items: a_condition(f"items {comparison} {items}"),
        st.sampled_from(["<", "<=", "=", ">=", ">"]),
        st.integers(1, 2),
    ),
    st.sampled_from([a_condition("segment = public"), a_condition("currency = SEK"), a_condition("currency = EUR")]),
)


@st.composite
def small_policies(draw) -> Policy:
    """Two to five steps in a tree, now and then one that follows several, with any conditions at all."""
    steps: list[Step] = []
    for place in range(draw(st.integers(2, 5))):
        codes = [CLEAR, *(step.code for step in steps)]
        follows = (draw(st.sampled_from([*codes, codes[-1], codes[-1]])),)
        if place and draw(st.integers(0, 4)) == 0:
            follows = tuple(dict.fromkeys((*follows, draw(st.sampled_from(codes)))))
        acts = draw(st.sampled_from(_ACTS))
        steps.append(
            Step(
                code=f"s{place}",
                follows=follows,
                when=tuple(draw(st.lists(conditions, max_size=2))),
                acts=acts,
                proof=draw(st.sampled_from(["none", "handed-over"])),
                notice=draw(st.sampled_from([NoticePeriod(), NoticePeriod(5), NoticePeriod(5, in_workdays=True)])),
                release=draw(st.sampled_from(["automatic", "person"])),
            )
        )
    return a_policy(*steps, floor=draw(st.sampled_from([{}, {"SEK": Decimal(10)}])))
