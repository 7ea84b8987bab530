"""Page: policies. Which there are, which version is in force, for whom, who has read it, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.policies.choices import name_text
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.dunning.publications import (
    Chosen,
    Published,
    count_acknowledged,
    count_held,
    count_running,
    list_chosen,
    list_drafts,
    list_versions,
)
from saldo.parties.debtors import name_debtors
from saldo.parties.queries import list_names


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One policy: its version in force, those to come, whom it holds for."""

    name: str
    code: str
    href: str
    version: int
    state: str
    mark: str
    since_text: str
    scopes: tuple[str, ...]
    held: int
    acknowledged: int
    items: int
    older: int


@gate_everywhere("dunning.read")
def policies(request: HttpRequest) -> HttpResponse:
    """Every policy with its newest version, and what is being written."""
    visitor = get_visitor(request)
    company = visitor.company.id
    chosen = list_chosen(company=company, on=visitor.today)
    versions = list_versions(company=company)
    drafts = list_drafts(company=company)
    people = list_names(users=[int(one.edited_by[5:]) for one in drafts if one.edited_by.startswith("user:")])
    page: dict[str, Any] = {
        "may_edit": visitor.may_everywhere("dunning.policy.edit"),
        "rows": _rows(visitor, versions, chosen),
        "chosen": tell_chosen(visitor, chosen),
        "drafts": [
            {
                "name": name_text(one.text, one.code),
                "code": one.code,
                "href": reverse("desk:policy-edit", args=[one.code]),
                "by": people.get(int(one.edited_by[5:]), "") if one.edited_by.startswith("user:") else one.edited_by,
                "at": figures.minute(one.edited_at),
            }
            for one in drafts
        ],
        "has_policy": any(one.scope == "company" and one.starts_on <= visitor.today for one in chosen),
    }
    return render(request, "desk/policies/list.html", {"page": page})


def tell_chosen(visitor: Any, chosen: tuple[Chosen, ...]) -> list[dict[str, Any]]:
    """For whom which policy was chosen, the whole house first."""
    names = name_debtors(
        company=visitor.company.id, numbers=[one.subject for one in chosen if one.scope == "debtor"] or [""]
    )
    order = ("company", "segment", "debtor", "invoice")
    return [
        {
            "scope": one.scope,
            "words": say_scope(one, names),
            "policy": one.policy,
            "day": figures.day(one.starts_on),
            "is_later": one.starts_on > visitor.today,
            "reason": one.reason,
        }
        for one in sorted(chosen, key=lambda one: (order.index(one.scope), one.subject, one.starts_on))
    ]


def say_scope(one: Chosen, names: Any) -> str:
    """Whom a choice is about."""
    if one.scope == "company":
        return figures.say("pages.policies.scope.company")
    subject = names.get(one.subject, one.subject) if one.scope == "debtor" else one.subject.removeprefix("invoice:")
    return figures.say(f"pages.policies.scope.{one.scope}", subject=subject)


def _rows(visitor: Any, versions: tuple[Published, ...], chosen: tuple[Chosen, ...]) -> list[PolicyRow]:
    company = visitor.company.id
    held = count_held(company=company, chosen=chosen, on=visitor.today)
    running = count_running(company=company)
    acknowledged = count_acknowledged(company=company)
    by_code: dict[str, list[Published]] = {}
    for one in versions:
        by_code.setdefault(one.code, []).append(one)
    names = name_debtors(company=company, numbers=[one.subject for one in chosen if one.scope == "debtor"] or [""])
    rows = []
    for code, mine in by_code.items():
        now = next((one for one in mine if one.starts_on <= visitor.today), mine[0])
        is_held = bool(held.get(code))
        later = now.starts_on > visitor.today
        state = "later" if later else "in-force" if is_held else "unused"
        rows.append(
            PolicyRow(
                name=name_text(now.text, code),
                code=code,
                href=reverse("desk:policy-version", args=[code, now.version]),
                version=now.version,
                state=figures.say(f"pages.policies.state.{state}"),
                mark={"later": "wait", "in-force": "ok", "unused": "idle"}[state],
                since_text=figures.day(now.starts_on),
                scopes=tuple(say_scope(one, names) for one in chosen if one.policy == code)[:4],
                held=held.get(code, 0),
                acknowledged=acknowledged.get((code, now.version), 0),
                items=sum(one.items for pin, one in running.items() if pin[0] == code),
                older=len(mine) - 1,
            )
        )
    return sorted(rows, key=lambda row: (-row.held, row.code))
