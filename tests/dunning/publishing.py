"""What is published to a debtor against what is carried out, over random lives: not one day may differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from saldo.dunning.rules.events import Event
from saldo.dunning.rules.forecast import forecast
from saldo.dunning.rules.policy import Policy
from tests.dunning.house import DAY, House
from tests.dunning.ladders import THREE_STEPS, closed
from tests.dunning.lives import LENGTH, a_life
from tests.dunning.policies import ready

POLICIES = (ready("gentle"), ready("standard"), ready("strict"), THREE_STEPS)
AFTERWARDS = timedelta(days=40)
Told = set[tuple[date, str, str]]


def compare(*, decisions: int, seed: int) -> int:
    """Lead random lives until so many decisions were carried out, each as published; returns how many they were."""
    random = Random(seed)
    done = 0
    while done < decisions:
        done += compare_one(random.choice(POLICIES), a_life(random))
    return done


def compare_one(policy: Policy, events: Sequence[Event]) -> int:
    """One life: on each day on which something arrives it is published anew, and carried out until the next."""
    house = House(policy=policy, closed=closed)
    published: Told = set()
    day = events[0].on
    until = day + timedelta(days=LENGTH) + AFTERWARDS
    while day <= until:
        arrived = [event for event in events if event.on == day]
        for event in arrived:
            house.arrive(event)
        if arrived:
            published = publish(house, day)
        begun = {(one.on, one.step.code, one.invoice) for one in house.look(day)}
        assert begun == {told for told in published if told[0] == day}, (policy.code, day, begun, events)
        bounced = [event for event in arrived if event.type == "notice-failed"]
        for event in bounced:
            house.bounce(event)
        if bounced:
            published = publish(house, day + DAY)
        day += DAY
    return house.decided


def publish(house: House, today: date) -> Told:
    """The forecast as a debtor's page shows it: days, steps and invoices."""
    told = forecast(house.policy, house.book, house.standings, today=today, closed=house.closed)
    return {(ahead.on, ahead.step.code, item) for ahead in told for item in ahead.items}
