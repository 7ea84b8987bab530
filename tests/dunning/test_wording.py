"""A policy in words: everything its language can say has words in five languages, and its dates are the ladder's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from saldo.core.identity import LANGUAGES
from saldo.core.written import write_day
from saldo.dunning.rules.check import check
from saldo.dunning.rules.facts import BEGINNING, Facts
from saldo.dunning.rules.ladder import decide, moved
from saldo.dunning.rules.policy import (
    ACTS,
    COMPARISONS,
    LETTERS,
    PRODUCT_CLASSES,
    PROOFS,
    Act,
    Condition,
    NoticePeriod,
    Policy,
)
from saldo.dunning.step_words import say_act, say_condition, say_step
from saldo.dunning.wording import sample_amount, sample_book, say_policy, say_sample
from saldo.parties.calendars import calendar_of
from tests.dunning.policies import a_policy, a_step, mail, ready

CONDITIONS = [
    *(Condition(fact, each, Decimal(50)) for fact in ("owed", "debtor-owed") for each in COMPARISONS),
    *(Condition("items", each, 2) for each in COMPARISONS),
    Condition("segment", "=", "care"),
    Condition("currency", "=", "SEK"),
]


def every_act() -> list[Act]:
    told = [Act(kind=kind, letter=letter) for kind in ("mail", "letter") for letter in LETTERS]
    special = {
        "fee": Act(kind="fee", net={"SEK": Decimal(60)}),
        "interest": Act(kind="interest", yearly_percent=Decimal(8)),
        "propose-suspension": Act(kind="propose-suspension", classes=PRODUCT_CLASSES),
    }
    return told + [special.get(kind, Act(kind=kind)) for kind in ACTS if kind not in ("mail", "letter")]


def is_said(text: str) -> bool:
    return bool(text) and "dunning." not in text and "%(" not in text


@pytest.mark.parametrize("language", LANGUAGES)
class TestEverything:
    def test_a_policy_can_say_has_words(self, language: str) -> None:
        with translation.override(language.lower()):
            assert all(is_said(say_condition(one, lang=language)) for one in CONDITIONS)
            assert all(is_said(say_act(one, lang=language)) for one in every_act())
            for act in every_act():
                for proof in PROOFS:
                    for notice in (NoticePeriod(), NoticePeriod(1), NoticePeriod(5, in_workdays=True)):
                        for release in ("automatic", "person"):
                            step = a_step("one", acts=(act,), proof=proof, notice=notice, release=release)
                            said = say_step(a_policy(step), step, lang=language)
                            assert all(map(is_said, (said.title, *said.when, *said.does, *said.then)))

    @pytest.mark.parametrize("days", ["= 0", ">= 1", "> 3", "<= -1", "< -4", "= -2"])
    def test_about_days_has_words(self, language: str, days: str) -> None:
        step = a_step("one", f"days-late {days}", acts=(mail("reminder"),))
        with translation.override(language.lower()):
            assert all(map(is_said, say_step(a_policy(step), step, lang=language).when))

    @pytest.mark.parametrize("code", ["gentle", "standard", "strict"])
    def test_of_a_ready_policy_has_words(self, language: str, code: str) -> None:
        said = say_policy(ready(code), language)
        assert [one.code for one in said.classes] == list(PRODUCT_CLASSES)
        texts = [words for _, words in (*said.rules, *said.objecting)]
        assert all(map(is_said, (*texts, *(words for one in said.classes for words in one.sentences))))


class TestProducts:
    def test_that_microsoft_cannot_stop_say_what_is_done_instead(self) -> None:
        by_code = {one.code: one for one in say_policy(ready("standard"), "en").classes}
        for code in ("software", "reservations", "saas"):
            assert not by_code[code].can_stop
            assert by_code[code].sentences[0] == "Microsoft offers no way to stop it."
            assert len(by_code[code].sentences) > 1
        assert by_code["licences"].can_stop
        assert not by_code["azure"].can_stop

    def test_of_a_policy_that_only_writes_are_never_stopped(self) -> None:
        said = say_policy(ready("gentle"), "en")
        assert not any(one.can_stop for one in said.classes)
        assert dict(said.rules)["access"] == "This policy never stops access to anything."


def lived_through(policy: Policy, due_on: date, value: Decimal) -> list[tuple[date, str]]:
    """The steps of one invoice that nobody pays, found by asking on every single day, proofs on the day itself."""
    closed, standing = calendar_of("SE"), BEGINNING
    found, today = [], due_on - timedelta(days=60)
    while today < due_on + timedelta(days=330):
        late = today > due_on
        facts = Facts(
            due_on=due_on, currency="SEK", open=value, debtor_owed=value if late else Decimal(0), items=int(late)
        )
        decision = decide(policy, facts, standing, today=today, closed=closed)
        standing = moved(decision, standing, today=today)
        if decision.enters is not None:
            found.append((today, decision.enters.code))
            standing = standing._replace(proved_on=standing.proved_on or today)
        today += timedelta(days=1)
    return found


@st.composite
def sound_policies(draw: st.DrawFn) -> Policy:
    """A ready policy cut short somewhere, with other days, notices and hours, as far as the check lets it be."""
    policy = ready(draw(st.sampled_from(["gentle", "standard", "strict"])))
    later, steps = 0, []
    for step in policy.steps[: draw(st.integers(2, len(policy.steps)))]:
        later += draw(st.integers(0, 6)) if steps else 0
        when = tuple(
            replace(one, constant=int(one.constant) + later) if one.fact == "days-late" and later else one
            for one in step.when
        )
        notice = replace(step.notice, count=step.notice.count + draw(st.integers(0, 5))) if step.tells else step.notice
        steps.append(replace(step, when=when, notice=notice))
    days = tuple(sorted(draw(st.sets(st.integers(0, 4), min_size=1))))
    found = replace(policy, steps=tuple(steps), sending=replace(policy.sending, weekdays=days))
    assume(not check(found, on=date(2026, 5, 12), country="SE"))
    return found


class TestDates:
    @given(policy=sound_policies(), due_on=st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    @settings(deadline=None, max_examples=40)
    def test_promised_on_the_page_are_those_that_are_lived_through(self, policy: Policy, due_on: date) -> None:
        self.compare(policy, due_on)

    @pytest.mark.parametrize("code", ["gentle", "standard", "strict"])
    @pytest.mark.parametrize("due_on", [date(2026, 3, 13), date(2026, 5, 29), date(2026, 12, 20)])
    def test_of_ready_policies_are_those_that_are_lived_through(self, code: str, due_on: date) -> None:
        self.compare(ready(code), due_on)

    def compare(self, policy: Policy, due_on: date) -> None:
        told = say_sample(
            policy,
            "en",
            book=sample_book(policy, due_on=due_on, currency="SEK"),
            today=due_on - timedelta(days=60),
            closed=calendar_of("SE"),
        )
        until = due_on + timedelta(days=330)
        assert [(one.on, one.step) for one in told if one.on < until] == lived_through(
            policy, due_on, sample_amount(policy)
        )
        assert all(one.on_text == write_day(one.on, "en") for one in told)
