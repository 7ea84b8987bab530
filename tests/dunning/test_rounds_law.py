"""Laws of the round: the sieve keeps nothing back that moves, short and long way agree, decisions can be made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.dunning import models
from saldo.dunning.actions.moving import as_json
from saldo.dunning.actions.rounds import find_moves
from saldo.dunning.candidates import due, of_debtors, sieve
from saldo.dunning.looking import Look, look_at, look_at_books
from saldo.dunning.policies import PolicyShelf
from saldo.dunning.rules.conditions import days_between
from saldo.dunning.rules.facts import Facts, Standing
from saldo.dunning.rules.ladder import decide
from saldo.dunning.rules.policy import CLEAR, Act, Condition, Hours, NoticePeriod, Policy, Step
from saldo.parties.calendars import calendar_of
from saldo.parties.company import undone_context
from tests.dunning.collecting import Collecting
from tests.dunning.ladders import DUE, policies, standings

_DAYS = {"due_on", "promise_until", "more_late_on", "held_until", "unallocated_since", "reopened_on"}
_AMOUNTS = {"open", "credit", "withheld", "disputed", "pending", "promised", "debtor_owed"}
LAWS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def a_look(house: Collecting, policy: Policy, today: date) -> Look:
    """The house looks by this policy, sound or not, and has heard of its bank."""
    pin = ("any", 1)
    shelf = PolicyShelf(
        by_pin={pin: replace(policy, code="any", version=1)}, in_force={"any": pin}, chosen={("company", ""): "any"}
    )
    return replace(house.look(today), shelf=shelf, bank_at=house.at(today))


@st.composite
def ladders(draw: st.DrawFn) -> Policy:
    """A policy as people write it: each step later than the one before, with its notice."""
    steps, late, before = [], -5, CLEAR
    for place in range(draw(st.integers(1, 4))):
        late += draw(st.integers(0, 9))
        notice = NoticePeriod(draw(st.integers(0, 8)), draw(st.booleans()))
        when = (Condition("days-late", draw(st.sampled_from([">=", ">", "="])), late),)
        code = f"step-{place}"
        steps.append(Step(code=code, follows=(before,), when=when, acts=_MAIL, proof="handed-over", notice=notice))
        before = code
    return Policy(
        code="any", floor={"SEK": Decimal(50)}, sending=Hours(weekdays=(0, 1, 2, 3, 4, 5, 6)), steps=tuple(steps)
    )


_MAIL = (Act(kind="mail", letter="reminder"),)


Row = tuple[str, str, date, Standing | None]
_DEBTORS = st.sampled_from(["10001", "10002", "10003"])
_VALUES = st.sampled_from(["1000.00", "1000.00", "100.00", "50.01", "50.00"])


@st.composite
def climbing(draw: st.DrawFn) -> tuple[Policy, date, list[Row]]:
    """Items on the step before one whose day comes within the days after the one drawn."""
    policy = draw(ladders())
    lates = {step.code: days_between(step)[0] for step in policy.steps}
    rows: list[Row] = []
    for _ in range(draw(st.integers(2, 6))):
        due_on = DUE + timedelta(days=draw(st.integers(-2, 2)))
        step = draw(st.sampled_from([CLEAR, *lates][:-1]))
        since = due_on + timedelta(days=lates.get(step, 0))
        standing = Standing(step=step, since=since, proved_on=since) if step != CLEAR else None
        rows.append((draw(_DEBTORS), draw(_VALUES), due_on, standing))
    return policy, DUE + timedelta(days=draw(st.sampled_from(list(lates.values()))) - 3), rows


@st.composite
def anything(draw: st.DrawFn) -> tuple[Policy, date, list[Row]]:
    """Any policy, any day, any items, each anywhere in its ladder or nowhere yet."""
    policy = draw(policies())
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 6))):
        due_on = DUE + timedelta(days=draw(st.integers(-12, 12)))
        rows.append((draw(_DEBTORS), draw(_VALUES), due_on, draw(st.none() | standings(policy))))
    return policy, DUE + timedelta(days=draw(st.integers(-12, 40))), rows


books = st.one_of(climbing(), anything())


def put(house: Collecting, rows: list[Row]) -> list[str]:
    for number in ("10002", "10003"):
        house.debtor(number)
    keys = []
    for number, (debtor, value, due_on, standing) in enumerate(rows):
        keys.append(house.invoice(str(number), value, debtor=debtor, due=due_on))
        if standing is not None:
            models.Collected.objects.create(
                company_id=house.company,
                item=keys[-1],
                debtor=debtor,
                currency="SEK",
                policy="any",
                version=1,
                look_again_on=None,
                **standing._asdict(),
            )
    return keys


class TestTheSieve:
    @settings(LAWS, max_examples=100)
    @given(books)
    def test_what_it_keeps_back_stays_where_it_is(self, company, book):
        policy, first, rows = book
        with undone_context(company):
            house = Collecting(company, policy=None)
            put(house, rows)
            look = a_look(house, policy, DUE)
            everything = of_debtors(company=company, debtors=["10001", "10002", "10003"])
            for today in (first + timedelta(days=days) for days in range(8)):
                on_that_day = replace(look, day_of=lambda zone, today=today: today)
                moving = {one.item.item for one in look_at(on_that_day, everything) if one.moves}
                through = {one.item for one in sieve(company=company, shelf=look.shelf, today=today)}
                assert moving <= through, today

    @LAWS
    @given(books)
    def test_the_short_way_and_the_whole_book_decide_alike(self, company, book):
        policy, today, rows = book
        with undone_context(company):
            house = Collecting(company, policy=None)
            put(house, rows)
            look = a_look(house, policy, today)
            everything = of_debtors(company=company, debtors=["10001", "10002", "10003"])
            short = {one.item.item: one.decision for one in look_at(look, everything)}
            long = {one.item.item: one.decision for one in look_at_books(look, ["10001", "10002", "10003"])}
            assert short == long

    @LAWS
    @given(books)
    def test_on_the_days_that_were_named_everything_is_found_that_a_full_look_finds(self, company, book):
        """What is due by its own day to look again moves as it would if all were looked at."""
        policy, today, rows = book
        with undone_context(company):
            house = Collecting(company, policy=None)
            put(house, rows)
            look = a_look(house, policy, today)
            everything = of_debtors(company=company, debtors=["10001", "10002", "10003"])
            for one in look_at(look, everything):
                kept = {"because": one.decision.because, "look_again_on": one.decision.look_again_on}
                where = {"company_id": company, "item": one.item.item}
                told = {"debtor": one.item.debtor, "currency": "SEK", "policy": "any", "version": 1}
                if not one.moves:
                    models.Collected.objects.update_or_create(**where, defaults=told | kept)
            later = a_look(house, policy, today + timedelta(days=9))
            unmoved = [
                one
                for one in of_debtors(company=company, debtors=["10001", "10002", "10003"])
                if one.look_again_on is not None
            ]
            moving = {one.item.item for one in look_at(later, unmoved) if one.moves}
            day = today + timedelta(days=9)
            found = {one.item for one in due(company=company, shelf=later.shelf, today=day, since=date.min)}
            assert moving <= found

    def test_both_kinds_of_round_find_the_same_moves(self, company):
        house = Collecting(company)
        for number in range(4):
            house.invoice(str(number), due=DUE + timedelta(days=number))
        house.hears_of_bank(DUE + timedelta(days=4))
        look = house.look(DUE + timedelta(days=4))
        full, quick = (
            {one.item.item for one in find_moves(look=look, on=DUE + timedelta(days=4), full=full) if one.moves}
            for full in (True, False)
        )
        assert full == quick == {"invoice:0", "invoice:1"}


class TestDecisions:
    def test_each_can_be_made_again_from_what_was_kept_of_it(self, company):
        """Back-test and audit: from the facts on file the policy of that day decides the same."""
        house = Collecting(company)
        first, second = house.invoice("1"), house.invoice("2", "640.00", due=DUE + timedelta(days=7))
        day = DUE
        while day <= DUE + timedelta(days=45):
            if day == DUE + timedelta(days=12):
                house.pays(day, "250.00", second)
            house.day(day)
            day += timedelta(days=1)
        house.pays(day, "1000.00", first)
        house.day(day)
        rows = list(models.Decided.objects.filter(company_id=company).order_by("id"))
        assert {row.step for row in rows} >= {"reminder", "final-notice"}
        shelf = house.look(day).shelf
        for row in rows:
            facts = Facts(**{name: _read(name, value) for name, value in row.known["facts"].items()})
            decision = decide(
                shelf.by_pin[row.policy, row.version],
                facts,
                Standing(**_standing(row.known["standing"])),
                today=row.on,
                closed=calendar_of("SE"),
            )
            assert (decision.step, decision.because) == (row.step, row.because)
            assert json.loads(as_json(decision.facts)) == row.facts


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    return Decimal(value) if name in _AMOUNTS else value


def _standing(kept: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in ("since", "proved_on")}
    return {**kept, **days}
