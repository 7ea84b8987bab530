"""What a letter says will happen, and on which day, is what the rounds then do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from saldo.dunning import models
from saldo.dunning.forecasts import forecast_of
from saldo.parties.company import company_context
from tests.dunning.collecting import PUBLISHED
from tests.dunning.ladders import DAY, DUE
from tests.dunning.telling import ANNA, Telling

LATE_3 = DUE + timedelta(days=3)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


@pytest.fixture
def house(company) -> Telling:
    house = Telling(company)
    models.Clause.objects.create(
        company_id=company,
        debtor="10001",
        allows="access",
        agreed_on=date(2026, 1, 2),
        evidence="contract 7",
        recorded_at=house.at(date(2026, 1, 2)),
        recorded_by=ANNA,
    )
    return house


def told(house: Telling) -> list[tuple[str, str]]:
    """Day and kind of everything that the newest letter says will happen."""
    return [(one["on"], one["letter"] or one["kind"]) for one in house.notice().told["ahead"]]


def test_each_letter_names_the_days_on_which_the_rounds_then_act(house):
    item = house.invoice("1")
    house.tell(LATE_3)
    promised = told(house)
    assert [kind for _, kind in promised] == ["final-notice", "access"]
    begun, day = [], LATE_3
    while day < date(2026, 5, 1):
        day += DAY
        house.day(day)
        house.write()
        standing = house.standing(item)
        if standing.proposed and not any(kind == "access" for _, kind in begun):
            begun.append((day.isoformat(), "access"))
        if standing.since == day:
            begun.append((day.isoformat(), standing.step))
    assert begun == promised
    assert told(house) == promised[1:]


def test_who_has_not_agreed_to_it_is_not_told_that_access_stops(house):
    models.Clause.objects.all().delete()
    house.invoice("1")
    house.tell(LATE_3)
    assert [kind for _, kind in told(house)] == ["final-notice"]


def test_nothing_is_forecast_for_who_owes_nothing(house):
    with company_context(house.company):
        assert forecast_of(look=house.look(LATE_3), debtor="10001") == ()


def test_two_ladders_of_one_debtor_are_told_beside_each_other(house):
    first, second = house.invoice("1"), house.invoice("2")
    house.publish(replace(PUBLISHED, code="other", steps=PUBLISHED.steps[:1]))
    house.assign("three")
    models.Assignment.objects.create(
        company_id=house.company,
        scope="invoice",
        subject=second,
        policy="other",
        starts_on=date(2026, 1, 1),
        made_at=house.at(date(2026, 1, 1)),
        made_by=ANNA,
    )
    with company_context(house.company):
        ahead = forecast_of(look=house.look(LATE_3), debtor="10001")
    assert {(one.step.code, one.items) for one in ahead} == {
        ("reminder", (first,)),
        ("reminder", (second,)),
        ("final-notice", (first,)),
        ("suspension", (first,)),
    }
