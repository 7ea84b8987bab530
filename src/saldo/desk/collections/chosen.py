"""The debtor that is looked at: its line, what is overdue, why it stands on this step, what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from saldo.desk import figures
from saldo.desk.collections.asked import Ground, name_policy
from saldo.desk.collections.said import mark_of, say_conditions, say_items, say_reason, say_step
from saldo.desk.collections.timeline import Course, Point, draw_line, overdue_of, read_course
from saldo.desk.paging import address
from saldo.doors.visitor import Visitor
from saldo.dunning.forecasts import Foreseen, foresee
from saldo.dunning.looking import Seen
from saldo.dunning.of_debtor import ItemStanding
from saldo.dunning.rules.ladder import owed_on
from saldo.dunning.rules.policy import CLEAR, Policy
from saldo.dunning.standings import HELD, ON_HOLD
from saldo.parties.debtors import Debtor, find_debtor

_NOTHING = Foreseen(seen={}, ahead=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One line of why an item stands where it does."""

    words: str
    value: str
    is_figure: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Something that may be done about a debtor."""

    words: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One debtor as board and calls show it."""

    number: str
    name: str
    href: str
    step: str
    mark: str
    currency: str
    overdue: str
    overdue_items: str
    because: str
    waits: bool
    line: tuple[Point, ...]
    why: tuple[Why, ...]
    doings: tuple[Doing, ...]
    course: Course
    debtor: Debtor


def choose(ground: Ground, number: str, *, back: str = "", foreseen: Foreseen | None = None) -> Chosen | None:
    """The debtor of this number with all that is known; None where nobody has it. ``foreseen``: if read already."""
    company, today = ground.visitor.company.id, ground.visitor.today
    debtor = find_debtor(company=company, number=number)
    if debtor is None:
        return None
    known = foreseen or foresee(look=ground.look, debtors=[number]).get(number, _NOTHING)
    course = read_course(company=company, debtor=number, ahead=known.ahead)
    mine = {one.currency for one in course.items}
    currency = ground.currency if ground.currency in mine or not mine else min(mine)
    leading = _leading(ground, course, currency)
    fresh = known.seen
    policy = ground.policy_of(leading.policy, leading.version) if leading else ground.usual_policy
    code = ON_HOLD if leading is not None and _is_all_held(course, currency) else leading.step if leading else CLEAR
    late = course.overdue(currency, today)
    return Chosen(
        number=number,
        name=debtor.name,
        href=reverse("desk:debtor", args=[number]),
        step=say_step(code),
        mark=mark_of(code, policy),
        currency=currency,
        overdue=figures.amount(overdue_of(late), currency),
        overdue_items=say_items(late),
        because=_reason(leading, fresh) if leading else "",
        waits=bool(leading and leading.proposed),
        line=tuple(draw_line(course, today=today, currency=currency)),
        why=tuple(_why(ground, leading, policy, fresh)) if leading else (),
        doings=tuple(doings(ground.visitor, number, back=back)),
        course=course,
        debtor=debtor,
    )


def doings(visitor: Visitor, number: str, *, back: str = "") -> list[Doing]:
    """What this person may do about a debtor; a missing right is no item."""
    known = (
        ("promise", "dunning.promise", "calendar-check"),
        ("dispute", "dunning.dispute", "scale"),
        ("hold", "dunning.hold", "player-pause"),
        ("call", "dunning.call", "phone"),
        ("in-flight", "dunning.promise", "clock-dollar"),
        ("mark", "dunning.mark", "shield"),
    )
    return [
        Doing(
            words=figures.say(f"pages.collections.do.{name}"),
            href=address(reverse(f"desk:collections-{name}", args=[number]), {"back": back or None}),
            icon=icon,
        )
        for name, capability, icon in known
        if visitor.may(capability)
    ]


def _leading(ground: Ground, course: Course, currency: str) -> ItemStanding | None:
    shelf = ground.shelf
    depth = {code: place for policy in shelf.by_pin.values() for code, place in policy.depth.items()}
    return course.leading(currency, depth)


def _is_all_held(course: Course, currency: str) -> bool:
    mine = [one for one in course.items if one.currency == currency and (one.step != CLEAR or one.because in HELD)]
    return bool(mine) and all(one.because in HELD for one in mine)


def _reason(item: ItemStanding, fresh: Mapping[str, Seen]) -> str:
    seen = fresh.get(item.item)
    return say_reason(seen.decision.because, seen.decision.facts) if seen else say_reason(item.because, item.facts)


def _why(ground: Ground, item: ItemStanding, policy: Policy | None, fresh: Mapping[str, Seen]) -> list[Why]:
    days = (ground.visitor.today - item.due_on).days
    step = policy.step_by_code.get(item.step) if policy else None
    rows = [
        Why(words=_why_words("days-late"), value=_say_days(days)),
        Why(words=_why_words("net"), value=figures.amount(_owed(item, fresh), item.currency), is_figure=True),
    ]
    if step is not None and (conditions := say_conditions(step, item.currency)):
        rows.append(Why(words=_why_words("begins"), value=conditions))
    reason = _reason(item, fresh)
    if reason:
        rows.append(Why(words=_why_words("now"), value=reason))
    bank = ground.look.bank_at
    rows.append(Why(words=_why_words("bank"), value=figures.minute(bank) if bank else _why_words("no-bank")))
    if item.since is not None and item.step != CLEAR:
        rows.append(Why(words=_why_words("looked"), value=figures.day(item.since)))
    if policy is not None:
        rows.append(Why(words=_why_words("rule"), value=_commas(say_step(item.step), name_policy(policy))))
    return rows


def _owed(item: ItemStanding, fresh: Mapping[str, Seen]) -> Decimal:
    seen = fresh.get(item.item)
    return owed_on(seen.facts, seen.today) if seen else item.owed


def _say_days(days: int) -> str:
    if days <= 0:
        return figures.say("pages.collections.not-late")
    return figures.say_many("pages.collections.why.days", days)


def _commas(*told: str) -> str:
    return figures.say("pages.collections.comma").join(told)


def _why_words(name: str) -> str:
    return figures.say(f"pages.collections.why.{name}")
