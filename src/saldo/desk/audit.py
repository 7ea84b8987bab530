"""Page: who did what, on whom, from which value to which; and whether the log still holds together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saldo.audit.queries import Entry, check_chain, count_entries, list_entries
from saldo.core.identity import CompanyId
from saldo.desk.audit_words import changes, find_names, name
from saldo.desk.paging import PAGE_SIZE, Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.words import has_words, say
from saldo.parties.queries import list_people
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


@gate_everywhere("audit.read")
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
        "rows": _rows(entries, visitor.company.id),
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


def _rows(entries: tuple[Entry, ...], company: CompanyId) -> list[Row]:
    names = find_names(entries=entries, company=company)
    return [
        Row(
            at=entry.at,
            actor=name(entry.actor, names),
            what=say(entry.code, **_plain(entry.facts)) if has_words(entry.code) else entry.code,
            code=entry.code,
            subject=name(entry.subject, names) if entry.subject != entry.actor else "",
            changes=changes(entry, names),
        )
        for entry in entries
    ]


def _plain(facts: Mapping[str, Any]) -> dict[str, str]:
    return {fact: str(value) for fact, value in facts.items()}
