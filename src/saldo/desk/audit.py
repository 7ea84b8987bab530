"""Page: who did what, on whom, from which value to which; and whether the log still holds together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saldo.audit.queries import Entry, check_chain, count_entries, list_entries
from saldo.desk.paging import PAGE_SIZE, Window, address, read_page
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.words import has_words, say
from saldo.parties.queries import list_names, list_people
from saldo.parties.rules.roles import Reach

OWN_AREA = "parties.person"
"""What a User management admin's log begins with: people, nothing of money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One act as the page writes it."""

    at: datetime
    actor: str
    what: str
    code: str
    subject: str
    changes: tuple[str, ...]


@gate("audit.read")
def audit(request: HttpRequest) -> HttpResponse:
    """The log, newest first, filtered by person, subject and day."""
    visitor = get_visitor(request)
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("actor", "subject", "day")}
    day = _day(asked["day"])
    wanted: dict[str, Any] = {
        "company": visitor.company.id,
        "actor": asked["actor"],
        "subject": asked["subject"],
        "code": OWN_AREA if visitor.reach("audit.read") is Reach.OWN_AREA else "",
        "day": day,
    }
    window = Window(number=read_page(request.GET.get("page", "1")), total=count_entries(**wanted))
    entries = list_entries(**wanted, offset=window.offset, limit=PAGE_SIZE)
    context = {
        "rows": _rows(entries),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "has_bad_day": bool(asked["day"]) and day is None,
        "people": _people(visitor),
        "chain": check_chain(company=visitor.company.id),
        "window": window,
        "previous": address(request.path, asked | {"page": window.previous}) if window.previous else "",
        "next": address(request.path, asked | {"page": window.next}) if window.next else "",
    }
    return render(request, "desk/audit.html", context)


def _people(visitor: Visitor) -> list[tuple[str, str]]:
    people = list_people(company=visitor.company.id)
    return [(f"user:{person.id}", person.name or person.email) for person in people]


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _rows(entries: tuple[Entry, ...]) -> list[Row]:
    users = {_user(text) for entry in entries for text in (entry.actor, entry.subject)} - {None}
    names = list_names(users=[user for user in users if user is not None])
    return [
        Row(
            at=entry.at,
            actor=_name(entry.actor, names),
            what=say(entry.code, **_plain(entry.facts)) if has_words(entry.code) else entry.code,
            code=entry.code,
            subject=_name(entry.subject, names) if entry.subject != entry.actor else "",
            changes=changes(entry.facts),
        )
        for entry in entries
    ]


def changes(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Before → after, one line for each thing that changed; other facts as they stand."""
    if "before" in facts or "after" in facts:
        before, after = facts.get("before"), facts.get("after")
        if isinstance(before, list) or isinstance(after, list):
            return _role_changes(before or [], after or [])
        return (f"{_value(before)} → {_value(after)}",)
    return tuple(f"{_fact_name(name)}: {_value(value)}" for name, value in facts.items())


def _role_changes(before: list[Any], after: list[Any]) -> tuple[str, ...]:
    old = {role["role"]: role for role in before}
    new = {role["role"]: role for role in after}
    lines = []
    for role in dict.fromkeys([*old, *new]):
        if old.get(role) != new.get(role):
            lines.append(f"{say(f'doors.role.{role}')}: {_scope(old.get(role))} → {_scope(new.get(role))}")
    return tuple(lines)


def _scope(grant: Mapping[str, str] | None) -> str:
    if grant is None:
        return say("desk.audit.none")
    parts = [say(f"desk.scope.{grant['scope']}"), grant.get("of", "")]
    if grant.get("until"):
        parts.append(say("desk.audit.ends-before", day=grant["until"]))
    return ", ".join(part for part in parts if part)


def _fact_name(name: str) -> str:
    code = f"desk.audit.fact.{name}"
    return say(code) if has_words(code) else name


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return say("desk.audit.yes" if value else "desk.audit.no")
    for code in (f"doors.refused.{value}", f"desk.audit.value.{value}"):
        if isinstance(value, str) and has_words(code):
            return say(code)
    return "—" if value in (None, "") else str(value)


def _plain(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


def _user(text: str) -> int | None:
    kind, _, number = text.partition(":")
    return int(number) if kind == "user" and number.isdigit() else None


def _name(text: str, names: Mapping[int, str]) -> str:
    user = _user(text)
    if user is not None:
        return names.get(user, say("desk.audit.forgotten", number=user))
    kind, _, number = text.partition(":")
    code = f"desk.audit.kind.{kind}"
    return say(code, number=number) if has_words(code) else text
