"""What will happen to a debtor if nothing arrives: the dates that page, letter and desk show, by the same ladder."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, time, timedelta

from saldo.core.workdays import Closed
from saldo.dunning.rules.book import Book
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.policy import Policy, Step
from saldo.dunning.rules.simulation import BookDay, replay

HORIZON = timedelta(days=400)
"""No ladder of thirty steps that passes the check is longer; a step beyond is not told yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One step that will begin: on which day and hour in the debtor's time, for which items.

    ``planned_on``: the day it was to begin when a holiday or weekend moved it, else None.
    """

    on: date
    at: time
    step: Step
    items: tuple[str, ...]
    planned_on: date | None

    @property
    def needs_person(self) -> bool:
        """Whether somebody must release it first; the day is then the earliest."""
        return self.step.release == "person"


def forecast(
    policy: Policy, book: Book, standings: Mapping[str, Standing], *, today: date, closed: Closed
) -> tuple[Ahead, ...]:
    """The steps that will begin from today on if nothing arrives, in order; one entry a day and step.

    It supposes that each notice is proved on the day it leaves, one that left before today and still waits for its
    proof today, and that each release is given on the day it is asked for: nothing comes earlier than told. What a
    person must mend first (a notice that came back) holds the forecast as it holds the ladder.
    """
    proved = {key: _as_proved(policy, standing, today) for key, standing in standings.items()}
    days = replay(policy, (), until=today + HORIZON, closed=closed, book=deepcopy(book), standings=proved, since=today)
    return tuple(ahead for day in days for ahead in _entered_on(policy, day))


def _as_proved(policy: Policy, standing: Standing, today: date) -> Standing:
    waits = standing.step in policy.step_by_code and standing.proved_on is None
    return standing._replace(proved_on=today) if waits else standing


def _entered_on(policy: Policy, day: BookDay) -> list[Ahead]:
    by_step: dict[str, list[str]] = {}
    planned: dict[str, date] = {}
    for item in day.entered:
        assert item.entered is not None
        by_step.setdefault(item.entered.code, []).append(item.invoice)
        planned[item.entered.code] = min(planned.get(item.entered.code, date.max), item.facts["planned_on"])
    found = []
    for code in sorted(by_step, key=lambda code: policy.depth.get(code, 0)):
        step = policy.step_by_code[code]
        hours = policy.access if step.touches_access else policy.sending
        moved_from = planned[code] if planned[code] != day.on else None
        found.append(Ahead(on=day.on, at=hours.opens, step=step, items=tuple(by_step[code]), planned_on=moved_from))
    return found
