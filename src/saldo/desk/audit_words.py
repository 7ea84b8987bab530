"""The log in words: who, on what, and before → after, with names instead of the ids that the log keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from saldo.audit.queries import Entry
from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.desk.figures import has_words, say
from saldo.desk.row_words import name_file
from saldo.parties.queries import list_names, name_customer_rows

_ASSIGNED = "parties.customer.assigned"
_UNSAID = {"capability"}  # a code of ours; why a page was closed is said by the reason

Names = Mapping[str, str]


def find_names(*, entries: Iterable[Entry], company: CompanyId) -> Names:
    """The names behind everything that entries mention, by how the log writes it: user:7, customer:12."""
    said = {text for entry in entries for text in (entry.actor, entry.subject)}
    said |= {
        f"user:{entry.facts[when]}"
        for entry in entries
        if entry.code == _ASSIGNED
        for when in ("before", "after")
        if entry.facts.get(when) is not None
    }
    people = list_names(users=_numbers(said, "user"))
    customers = name_customer_rows(company=company, rows=_numbers(said, "customer"))
    return {f"user:{user}": name for user, name in people.items()} | {
        f"customer:{row}": name for row, name in customers.items()
    }


def name(text: str, names: Names) -> str:
    """Who or what an entry is about."""
    if text in names:
        return names[text]
    kind, _, number = text.partition(":")
    if kind == "user" and number.isdigit():
        return say("desk.audit.forgotten", number=int(number))
    code = f"desk.audit.kind.{kind}"
    return say(code, number=number) if has_words(code) else text


def changes(entry: Entry, names: Names) -> tuple[str, ...]:
    """Before → after, one line for each thing that changed; other facts as they stand."""
    facts = entry.facts
    if "before" in facts or "after" in facts:
        before, after = facts.get("before"), facts.get("after")
        if isinstance(before, list) or isinstance(after, list):
            return _role_changes(before or [], after or [])
        if entry.code == _ASSIGNED:
            before, after = (who and name(f"user:{who}", names) for who in (before, after))
        return (f"{_value('', before)} → {_value('', after)}",)
    return tuple(f"{_fact_name(fact)}: {_value(fact, value)}" for fact, value in facts.items() if fact not in _UNSAID)


def _numbers(said: Iterable[str], wanted: str) -> list[int]:
    parts = (text.partition(":") for text in said)
    return [int(number) for kind, _, number in parts if kind == wanted and number.isdigit()]


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


def _fact_name(fact: str) -> str:
    code = f"desk.audit.fact.{fact}"
    return say(code) if has_words(code) else fact


def _value(fact: str, value: Any) -> str:
    if isinstance(value, bool):
        return say("desk.audit.yes" if value else "desk.audit.no")
    if isinstance(value, int):
        return figures.number(value)
    if fact == "kind":
        return name_file(value, None)
    for code in (f"doors.refused.{value}", f"desk.audit.value.{value}"):
        if isinstance(value, str) and has_words(code):
            return say(code)
    return "—" if value in (None, "") else str(value)
