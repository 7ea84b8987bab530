"""The forms of collections: what each asks, with what is likely filled in, and the act that what was said comes to.

An act of a form is run twice: once to see what it changes, taken back at once, and once to stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from saldo.desk import figures
from saldo.desk.collections.said import say_letter
from saldo.desk.collections.subject import Subject
from saldo.desk.fields import Asked, Field
from saldo.dunning.actions.calls import OUTCOMES, record_call
from saldo.dunning.actions.disputes import raise_dispute
from saldo.dunning.actions.holds import place_hold
from saldo.dunning.actions.in_flight import record_in_flight
from saldo.dunning.actions.marks import MarkKind, set_mark
from saldo.dunning.actions.promises import take_promise
from saldo.dunning.of_debtor import NoticeSeen, list_notices_of
from saldo.dunning.rules.holds import allowance_of, last_day_of

Act = Callable[[], int | None]
"""What saving does; gives the number of what was recorded, where it can be taken back."""

_PROMISE_DAYS = 7
_LONG_TEXT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FormKind:
    """One form. ``read`` gives the act, or None when something said cannot be read."""

    name: str
    fields: Callable[[Subject], list[Field]]
    read: Callable[[Asked, Subject], Act | None]
    about: dict[str, str]


def _field(form: str, name: str, value: str = "", **more: Any) -> Field:
    code = f"pages.collections.{form}.{name.replace('_', '-')}"
    hint = f"{code}-hint"
    return Field(
        name=name,
        label=figures.say(code),
        value=value,
        hint=figures.say(hint) if figures.has_words(hint) else "",
        **more,
    )


def _promise_fields(subject: Subject) -> list[Field]:
    until = subject.today + timedelta(days=_PROMISE_DAYS)
    oldest_first = figures.say("pages.collections.oldest-first")
    return [
        _field("promise", "promised", subject.owed, kind="figure", unit=subject.currency),
        _field("promise", "until", until.isoformat(), kind="date"),
        _field("promise", "item", kind="select", choices=subject.choices(everything=oldest_first)),
        _field("promise", "said_by", is_optional=True),
        _field("promise", "note", kind="area", is_optional=True),
    ]


def _read_promise(asked: Asked, subject: Subject) -> Act | None:
    promised, until, item = asked.figure("promised"), asked.day("until"), asked.text("item")
    if promised is None or until is None:
        return None
    return lambda: take_promise(
        company=subject.company,
        debtor=subject.number,
        currency=subject.currency_of(item),
        promised=promised,
        until=until,
        items=[item] if item else [],
        said_by=asked.text("said_by"),
        note=asked.text("note", longest=_LONG_TEXT),
        by=subject.visitor.actor,
        today=subject.today,
        at=subject.at,
    )


def _dispute_fields(subject: Subject) -> list[Field]:
    first = (subject.overdue or subject.items)[:1]
    value = figures.amount(first[0].open, first[0].currency) if first else ""
    return [
        _field("dispute", "item", first[0].item if first else "", kind="select", choices=subject.choices()),
        _field("dispute", "disputed", value, kind="figure", unit=subject.currency),
        _field("dispute", "line", is_optional=True),
        _field("dispute", "reason", kind="area"),
    ]


def _read_dispute(asked: Asked, subject: Subject) -> Act | None:
    disputed = asked.figure("disputed")
    if disputed is None:
        return None
    return lambda: raise_dispute(
        company=subject.company,
        debtor=subject.number,
        item=asked.text("item"),
        disputed=disputed,
        line=asked.text("line"),
        reason=asked.text("reason", longest=_LONG_TEXT),
        by=subject.visitor.actor,
        today=subject.today,
        at=subject.at,
    )


def _hold_fields(subject: Subject) -> list[Field]:
    allowance = allowance_of(subject.visitor.roles)
    last = last_day_of(allowance, today=subject.today, closed=subject.closed)
    usual = last or subject.today + timedelta(days=_PROMISE_DAYS)
    until = _field("hold", "until", usual.isoformat(), kind="date", is_optional=last is None)
    if last is not None:
        latest = figures.say("pages.collections.hold.latest", day=figures.day(last))
        until = Field(name="until", label=until.label, value=until.value, kind="date", hint=latest)
    return [
        _field("hold", "reason"),
        until,
        _field("hold", "item", kind="select", choices=subject.choices(everything=figures.say("pages.collections.all"))),
    ]


def _read_hold(asked: Asked, subject: Subject) -> Act | None:
    until = asked.day("until") if asked.text("until") else None
    if "until" in asked.faults:
        return None
    return lambda: place_hold(
        company=subject.company,
        debtor=subject.number,
        item=asked.text("item"),
        reason=asked.text("reason", longest=_LONG_TEXT),
        until=until,
        roles=subject.visitor.roles,
        country=subject.visitor.company.country,
        by=subject.visitor.actor,
        today=subject.today,
        at=subject.at,
    )


def _mark_fields(subject: Subject) -> list[Field]:
    kinds = tuple((kind, figures.say(f"pages.collections.mark.{kind}")) for kind in ("insolvency", "protected"))
    return [
        _field("mark", "kind", "insolvency", kind="select", choices=kinds),
        _field("mark", "since_on", subject.today.isoformat(), kind="date"),
        _field("mark", "reason", kind="area"),
        _field("mark", "evidence", is_optional=True),
    ]


def _read_mark(asked: Asked, subject: Subject) -> Act | None:
    since_on = asked.day("since_on")
    if since_on is None:
        return None
    return lambda: set_mark(
        company=subject.company,
        debtor=subject.number,
        kind=cast("MarkKind", asked.text("kind")),
        since_on=since_on,
        reason=asked.text("reason", longest=_LONG_TEXT),
        evidence=asked.text("evidence"),
        by=subject.visitor.actor,
        today=subject.today,
        at=subject.at,
    )


def _in_flight_fields(subject: Subject) -> list[Field]:
    oldest_first = figures.say("pages.collections.oldest-first")
    return [
        _field("in-flight", "pending", subject.owed, kind="figure", unit=subject.currency),
        _field("in-flight", "item", kind="select", choices=subject.choices(everything=oldest_first)),
        _field("in-flight", "reference", is_optional=True),
    ]


def _read_in_flight(asked: Asked, subject: Subject) -> Act | None:
    pending, item = asked.figure("pending"), asked.text("item")
    if pending is None:
        return None
    return lambda: record_in_flight(
        company=subject.company,
        debtor=subject.number,
        currency=subject.currency_of(item),
        pending=pending,
        item=item,
        reference=asked.text("reference"),
        by=subject.visitor.actor,
        today=subject.today,
        at=subject.at,
    )


def _call_fields(subject: Subject) -> list[Field]:
    outcomes = tuple((one, figures.say(f"pages.collections.outcome.{one}")) for one in OUTCOMES)
    fields = [
        _field("call", "outcome", "reached", kind="select", choices=outcomes),
        _field("call", "spoken_with", is_optional=True),
        _field("call", "note", kind="area", is_optional=True),
    ]
    spoken = _to_speak_of(subject)
    if spoken:
        none = ("", figures.say("pages.collections.call.no-letter"))
        fields.append(_field("call", "notice", spoken[0][0], kind="select", choices=(none, *spoken)))
    return fields


def _to_speak_of(subject: Subject) -> tuple[tuple[str, str], ...]:
    """The letters that a spoken word would prove."""
    seen = list_notices_of(company=subject.company, debtor=subject.number, limit=20)
    return tuple((one.key, _name(one)) for one in seen if one.proof == "spoken" and one.state == "handed-over")


def _name(one: NoticeSeen) -> str:
    return f"{say_letter(one.letter)}, {figures.day(one.on)}"


def _read_call(asked: Asked, subject: Subject) -> Act | None:
    def act() -> None:
        record_call(
            company=subject.company,
            debtor=subject.number,
            outcome=asked.text("outcome"),
            spoken_with=asked.text("spoken_with"),
            note=asked.text("note", longest=_LONG_TEXT),
            notice=asked.text("notice"),
            on=subject.today,
            by=subject.visitor.actor,
            at=subject.at,
        )

    return act


KINDS = {
    kind.name: kind
    for kind in (
        FormKind(
            name="promise",
            fields=_promise_fields,
            read=_read_promise,
            about={
                "no-amount": "promised",
                "more-than-owed": "promised",
                "too-late": "until",
                "until-past": "until",
                "not-open": "item",
            },
        ),
        FormKind(
            name="dispute",
            fields=_dispute_fields,
            read=_read_dispute,
            about={
                "reason-missing": "reason",
                "no-amount": "disputed",
                "more-than-open": "disputed",
                "not-open": "item",
            },
        ),
        FormKind(
            name="hold",
            fields=_hold_fields,
            read=_read_hold,
            about={"reason-missing": "reason", "until-past": "until", "too-long": "until", "not-open": "item"},
        ),
        FormKind(
            name="mark",
            fields=_mark_fields,
            read=_read_mark,
            about={"reason-missing": "reason", "since-later": "since_on", "unknown-kind": "kind"},
        ),
        FormKind(
            name="in-flight",
            fields=_in_flight_fields,
            read=_read_in_flight,
            about={"no-amount": "pending", "other-currency": "item", "not-open": "item"},
        ),
        FormKind(
            name="call",
            fields=_call_fields,
            read=_read_call,
            about={"nobody-named": "spoken_with", "unknown-outcome": "outcome"},
        ),
    )
}
"""Each form by its name."""
