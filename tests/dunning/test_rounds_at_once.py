"""Two rounds at the same moment, and a round that is cut off between its batches: everything happens once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from saldo.dunning import models
from saldo.dunning.actions import moving
from saldo.flows import dunning_round as flow
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from tests.conftest import NOW
from tests.dunning.collecting import Collecting
from tests.dunning.ladders import DUE

LATE_3 = DUE + timedelta(days=3)


@pytest.fixture
def house(own_database: str) -> Collecting:
    """Ten debtors with three late invoices each."""
    company = found_company(name="Fjordlys", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
    house = Collecting(company)
    with company_context(company):
        for debtor in range(10):
            number = f"2000{debtor}"
            house.debtor(number)
            for place in range(3):
                house.invoice(f"{debtor}-{place}", debtor=number)
        house.hears_of_bank(LATE_3)
    house.at(LATE_3)
    return house


def run(house: Collecting) -> object:
    return flow.dunning_round(company=house.company, world=house.world, by="system", today=LATE_3, full=True)


def check_once(house: Collecting) -> None:
    with company_context(house.company):
        assert models.Collected.objects.filter(step="reminder").count() == 30
        assert models.Decided.objects.count() == 30
        assert models.Notice.objects.count() == 10
        assert {len(row.items) for row in models.Notice.objects.all()} == {3}


class TestAtOnce:
    def test_two_rounds_at_once_do_everything_once(self, house, monkeypatch):
        monkeypatch.setattr(flow, "BATCH", 6)
        gate, faults = threading.Barrier(2), []

        def one() -> None:
            try:
                gate.wait(10)
                run(house)
            except BaseException as fault:
                faults.append(fault)
            finally:
                connection.close()

        both = [threading.Thread(target=one) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(60)
        assert not faults
        check_once(house)

    def test_cut_off_between_two_batches_the_next_round_does_the_rest(self, house, monkeypatch):
        monkeypatch.setattr(flow, "BATCH", 6)
        done = []

        def cut(**asked):
            if len(done) == 2:
                raise KeyboardInterrupt
            done.append(asked)
            return moving.move_items(**asked)

        monkeypatch.setattr(flow, "move_items", cut)
        with pytest.raises(KeyboardInterrupt):
            run(house)
        with company_context(house.company):
            assert models.Decided.objects.count() == 12
            assert not models.Round.objects.exists()
        monkeypatch.setattr(flow, "move_items", moving.move_items)
        run(house)
        check_once(house)
