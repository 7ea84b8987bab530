"""When a day has ended its log is sealed, in every company, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from saldo.audit import log, queries
from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.flows.day_ended import day_ended
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.ports.world import World
from tests.conftest import NOW


class NoQueue:
    """Nothing is left for later by the end of a day."""

    def enqueue(self, task: str, **arguments: object) -> int:
        raise AssertionError(task)


def at(moment: datetime) -> World:
    return World(clock=FixedClock(moment), queue=NoQueue())


def two_companies_with_an_act() -> list[CompanyId]:
    made = []
    for name in ("Fjordlys Cloud AB", "Havsbris Moln AB"):
        company = found_company(name=name, country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
        with company_context(company):
            log.record(company=company, code="test.happened", actor=log.SYSTEM, subject="test:1", at=NOW)
        made.append(company)
    return made


def seals_of(company: CompanyId) -> int:
    with company_context(company):
        return len(queries.list_seals(company=company))


class TestDayEnded:
    def test_every_company_gets_its_seal_and_only_one(self, db: None) -> None:
        companies = two_companies_with_an_act()
        assert day_ended(world=at(NOW + timedelta(days=1))) == 2
        assert day_ended(world=at(NOW + timedelta(days=1))) == 0
        assert [seals_of(company) for company in companies] == [1, 1]

    def test_just_after_midnight_the_day_still_waits_for_what_is_being_written(self, db: None) -> None:
        two_companies_with_an_act()
        midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
        assert day_ended(world=at(midnight + timedelta(hours=5))) == 0
        assert day_ended(world=at(midnight + timedelta(hours=7))) == 2
