"""What an act would change in a debtor's forecast: it is done, looked at, and taken back before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from saldo.desk import figures
from saldo.desk.collections.forms import Act
from saldo.desk.collections.said import say_step
from saldo.desk.collections.subject import Subject
from saldo.dunning.forecasts import forecast_of
from saldo.dunning.rules.forecast import Ahead

_MOST_DAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of the forecast, its days before and after; ``touches`` access."""

    words: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    is_changed: bool
    touches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What saving would change, in a sentence and day by day."""

    words: str
    changes: tuple[Change, ...]
    is_only_now: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether any day moves."""
        return any(one.is_changed for one in self.changes)


def see(subject: Subject, act: Act) -> Preview:
    """The forecast without and with the act. Whatever the act refuses, this refuses."""
    before = forecast_of(look=subject.look, debtor=subject.number)
    with transaction.atomic():
        act()
        after = forecast_of(look=subject.look, debtor=subject.number)
        transaction.set_rollback(True)
    return compare(before, after)


def see_now(subject: Subject) -> Preview:
    """The forecast as it is: what an act would be compared with."""
    now = forecast_of(look=subject.look, debtor=subject.number)
    return Preview(words=figures.say("pages.collections.forecast-now"), changes=_changes(now, now), is_only_now=True)


def compare(before: Sequence[Ahead], after: Sequence[Ahead]) -> Preview:
    """Two forecasts, step by step."""
    changes = _changes(before, after)
    return Preview(words=_say(changes, after), changes=changes)


def _changes(before: Sequence[Ahead], after: Sequence[Ahead]) -> tuple[Change, ...]:
    codes = dict.fromkeys(one.step.code for one in (*before, *after))
    return tuple(_change(code, before, after) for code in codes)


def _change(code: str, before: Iterable[Ahead], after: Iterable[Ahead]) -> Change:
    then = [one for one in before if one.step.code == code]
    now = [one for one in after if one.step.code == code]
    step = (now or then)[0].step
    return Change(
        words=say_step(code),
        before=_say_days(then),
        after=_say_days(now),
        is_changed=[(one.on, one.at) for one in then] != [(one.on, one.at) for one in now],
        touches=step.touches_access,
    )


def _say_days(told: Sequence[Ahead]) -> tuple[str, ...]:
    days: list[date] = list(dict.fromkeys(one.on for one in told))
    if not days:
        return (figures.say("pages.collections.not-planned"),)
    return tuple(figures.day(day, "short") for day in days[:_MOST_DAYS])


def _say(changes: Sequence[Change], after: Sequence[Ahead]) -> str:
    if not any(one.is_changed for one in changes):
        return figures.say("pages.collections.changes-nothing")
    if not after:
        return figures.say("pages.collections.nothing-more")
    moved = sum(one.is_changed for one in changes)
    first = figures.day(min(one.on for one in after))
    return figures.say_many("pages.collections.changes", moved, day=first)
