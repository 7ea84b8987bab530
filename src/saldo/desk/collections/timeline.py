"""A debtor's way: what happened, where it stands today, and what will happen on which day if nothing arrives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.money import add_up
from saldo.desk import figures
from saldo.desk.collections.said import (
    read_day,
    say_acts,
    say_because,
    say_circumstance,
    say_classes,
    say_document,
    say_step,
)
from saldo.dunning.of_debtor import (
    CallSeen,
    Circumstance,
    ItemStanding,
    MoveSeen,
    NoticeSeen,
    list_calls_of,
    list_circumstances,
    list_items_of,
    list_moves_of,
    list_notices_of,
)
from saldo.dunning.rules.forecast import Ahead
from saldo.dunning.rules.policy import CLEAR

_MOST_PAST = 12
_MOST_DUE = 3
_STATES = {"handed-over": "done", "proved": "done", "failed": "bad", "ordered": "done", "recalled": "done"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the line. ``state``: done, bad, now, future or stop; ``at`` an hour in the debtor's own time."""

    on: date
    state: str
    words: str
    detail: tuple[str, ...] = ()
    at: time | None = None
    said: str = ""
    is_of_collection: bool = True

    @property
    def day_text(self) -> str:
        """The day, with its hour where that counts; or what stands instead of a day."""
        if self.said:
            return self.said
        day = figures.day(self.on, "short")
        return figures.say("pages.collections.day-at", day=day, time=f"{self.at:%H:%M}") if self.at else day


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Everything about one debtor that its line and its cards are drawn from."""

    items: tuple[ItemStanding, ...]
    moves: tuple[MoveSeen, ...]
    notices: tuple[NoticeSeen, ...]
    calls: tuple[CallSeen, ...]
    circumstances: tuple[Circumstance, ...]
    ahead: tuple[Ahead, ...]

    @property
    def running(self) -> tuple[Circumstance, ...]:
        """What keeps it back today."""
        return tuple(one for one in self.circumstances if one.is_running)

    def overdue(self, currency: str, today: date) -> tuple[ItemStanding, ...]:
        """Items of a currency that are late."""
        return tuple(one for one in self.items if one.currency == currency and one.due_on < today)

    def leading(self, currency: str, depth: Mapping[str, int]) -> ItemStanding | None:
        """The item that stands steepest, the oldest of them."""
        mine = [one for one in self.items if one.currency == currency and one.decided_on is not None]
        return max(mine, key=lambda one: (depth.get(one.step, 0), -one.due_on.toordinal()), default=None)


def read_course(*, company: CompanyId, debtor: str, ahead: Sequence[Ahead]) -> Course:
    """Five statements, whatever the debtor's history."""
    return Course(
        items=list_items_of(company=company, debtor=debtor),
        moves=list_moves_of(company=company, debtor=debtor),
        notices=list_notices_of(company=company, debtor=debtor),
        calls=list_calls_of(company=company, debtor=debtor),
        circumstances=list_circumstances(company=company, debtor=debtor),
        ahead=tuple(ahead),
    )


def draw_line(course: Course, *, today: date, currency: str) -> list[Point]:
    """The whole line: past, today, ahead."""
    past = sorted(tell_past(course, today=today, currency=currency), key=lambda point: point.on)
    return [*past[-_MOST_PAST:], tell_today(course, today=today, currency=currency), *tell_ahead(course)]


def tell_past(course: Course, *, today: date, currency: str) -> Iterator[Point]:
    """What happened up to today."""
    yield from _due(course.items, today)
    notices = {one.key: one for one in course.notices}
    for move in course.moves:
        yield _moved(move, notices.get(move.notice), several=len(course.items) > 1)
    for call in course.calls:
        words = figures.say(f"pages.collections.called.{call.outcome}")
        yield Point(on=call.on, state="done", words=words, detail=_filled(call.spoken_with, call.note))
    for one in course.circumstances:
        yield _circumstance(one, currency)


def _due(items: Iterable[ItemStanding], today: date) -> Iterator[Point]:
    late = [one for one in items if one.due_on < today]
    for one in late[:_MOST_DUE]:
        what = say_document(one.kind, one.document, one.item)
        amount = f"{figures.amount(one.open, one.currency)} {one.currency}"
        words = figures.say("pages.collections.fell-due", what=what)
        yield Point(on=one.due_on, state="done", words=words, detail=(amount,), is_of_collection=False)
    if len(late) > _MOST_DUE:
        rest = len(late) - _MOST_DUE
        words = figures.say_many("pages.collections.more-fell-due", rest)
        yield Point(on=late[-1].due_on, state="done", words=words, is_of_collection=False)


def _moved(move: MoveSeen, notice: NoticeSeen | None, *, several: bool) -> Point:
    if move.step == CLEAR:
        words = figures.say("pages.collections.cleared")
        return Point(on=move.on, state="done", words=words, detail=_filled(say_because(move.because)))
    words, state = say_step(move.step), "done"
    if notice is not None:
        words = figures.say(f"pages.collections.notice.{notice.state}", step=say_step(move.step))
        state = _STATES.get(notice.state, "done")
    planned = read_day(move.facts.get("planned_on"))
    detail = _say_planned(planned) if planned is not None and planned < move.on else ""
    return Point(
        on=move.on, state=state, words=words, detail=_filled(_say_which(move.items) if several else "", detail)
    )


def _say_which(items: Sequence[str]) -> str:
    """Which invoices it was about; more than three are counted."""
    if len(items) > 3:
        return figures.say_many("pages.collections.items", len(items))
    return figures.say("pages.collections.comma").join(item.partition(":")[2] or item for item in items)


def _circumstance(one: Circumstance, currency: str) -> Point:
    words = say_circumstance(one, currency)
    ended = "" if one.is_running else figures.say(f"pages.collections.ended.{one.state}")
    return Point(
        on=one.on, state="bad" if one.state == "broken" else "done", words=words, detail=_filled(ended, one.reason)
    )


def tell_today(course: Course, *, today: date, currency: str) -> Point:
    """How late it is, and what keeps it back."""
    late = course.overdue(currency, today)
    days = (today - late[0].due_on).days if late else 0
    words = figures.say_many("pages.collections.late", days) if late else figures.say("pages.collections.not-late")
    kept = [say_circumstance(one, currency) for one in course.running]
    told = kept or [figures.say("pages.collections.nothing-keeps")]
    return Point(
        on=today,
        state="now",
        words=words,
        detail=tuple(told),
        said=figures.say("pages.collections.today", day=figures.day(today, "short")),
    )


def tell_ahead(course: Course) -> list[Point]:
    """The steps that will begin, and at the end how access comes back."""
    ahead, several = course.ahead, len(course.items) > 1
    points = [_ahead(one, several=several) for one in ahead]
    if any(one.step.touches_access for one in ahead):
        words = figures.say("pages.collections.comes-back")
        last = ahead[-1].on
        points.append(Point(on=last, state="future", words=words, said=figures.say("pages.collections.within-minutes")))
    return points


def _ahead(one: Ahead, *, several: bool) -> Point:
    touches = one.step.touches_access
    classes = say_classes(one.step)
    words = say_step(one.step.code)
    if classes:
        words = figures.say("pages.collections.access-stops", what=classes)
    detail = _filled(
        _say_which(one.items) if several else "",
        "" if classes else say_acts(one.step),
        _say_planned(one.planned_on) if one.planned_on else "",
        figures.say("pages.collections.needs-two" if touches else "pages.collections.needs-person")
        if one.needs_person or touches
        else "",
    )
    at = one.at if touches else None
    return Point(on=one.on, state="stop" if touches else "future", words=words, detail=detail, at=at)


def _say_planned(day: date) -> str:
    return figures.say("pages.collections.planned", day=figures.day(day, "short"))


def _filled(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def overdue_of(items: Iterable[ItemStanding]) -> Decimal:
    """What they come to."""
    return add_up(one.open for one in items)
