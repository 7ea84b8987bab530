"""A machine that dies while notices are written or sent: nothing is lost, and nothing leaves twice."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from saldo.core.clock import FixedClock
from saldo.dunning import models
from saldo.flows.send_messages import send_due
from saldo.outbox.queries import list_messages
from tests.dunning.ladders import DUE
from tests.dunning.telling import Telling
from tests.outbox.post_office import mailbox

LATE_3 = DUE + timedelta(days=3)


class Died(Exception):
    """The machine stopped here."""


@dataclass
class DyingClock:
    """Tells the time so often and not again."""

    at: datetime
    looks: int

    def now(self) -> datetime:
        if self.looks == 0:
            raise Died
        self.looks -= 1
        return self.at


@dataclass
class DyingMail:
    """A mail server's line that breaks before or after the mail is taken."""

    inner: Any
    after: bool

    @property
    def sender(self) -> str:
        return self.inner.sender

    @property
    def limits(self) -> Any:
        return self.inner.limits

    def send(self, mail: Any) -> Any:
        if self.after:
            self.inner.send(mail)
        raise Died


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


def test_killed_while_writing_goes_on_where_it_was(company):
    house = Telling(company)
    for number in range(3):
        debtor = f"2000{number}"
        house.debtor(debtor)
        house.is_known(debtor)
        house.invoice(f"{number}", debtor=debtor)
    house.round(LATE_3)
    alive = house.world
    for looks in range(5):
        house.world = replace(alive, clock=DyingClock(alive.clock.now(), looks))
        with suppress(Died):
            house.write()
    house.world = alive
    house.write()
    assert models.Notice.objects.exclude(told={}).count() == 3
    assert len(list_messages(company=company)) == 3
    with house.with_post():
        house.post_leaves()
    assert len(house.office.mails) == 3


@pytest.mark.parametrize("after", [False, True])
def test_killed_between_order_and_receipt_never_sends_a_second_time_by_itself(company, after):
    house = Telling(company)
    item = house.invoice("1")
    house.round(LATE_3)
    house.write()
    at = house.world.clock.now() + timedelta(hours=2)
    with house.with_post():
        house.world = replace(house.world, clock=FixedClock(at))
        dying = DyingMail(mailbox(house.port, at=at), after)
        with pytest.raises(Died):
            send_due(company=company, world=replace(house.world, mail=dying))
        for _ in range(3):
            house.post_leaves()
    assert len(house.office.mails) == after
    assert house.standing(item).proved_on is None  # nobody knows whether it left: a person does
