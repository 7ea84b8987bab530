"""Page: one published version. What customers read, for whom it holds, who has acknowledged it, a debtor's own link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from saldo.core.identity import LANGUAGES
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.policies.choices import name_text
from saldo.desk.policies.overview import tell_chosen
from saldo.doors.gate import gate_everywhere
from saldo.doors.language import NAMES
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.dunning.actions.agreed import acknowledge
from saldo.dunning.actions.assigning import assign_policy
from saldo.dunning.links import VALID_DAYS, DebtorLink, debtor_path, policy_path
from saldo.dunning.publications import (
    Published,
    UnableToNamePolicy,
    count_held,
    count_running,
    get_version,
    list_acknowledged,
    list_chosen,
    list_versions,
    read_version,
)
from saldo.dunning.wording import say_policy
from saldo.parties.debtors import find_debtor, name_debtor, name_debtors
from saldo.parties.queries import list_names

_SHOWN = 100


@gate_everywhere("dunning.read")
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version with its sentences in the reader's language."""
    visitor = get_visitor(request)
    one = _get(visitor, code, number)
    company = visitor.company.id
    chosen = list_chosen(company=company, on=visitor.today)
    known = list_acknowledged(company=company, code=code, version=number)
    names = name_debtors(company=company, numbers=[row.debtor for row in known] or [""])
    versions = list_versions(company=company, code=code)
    now = next((each.version for each in versions if each.starts_on <= visitor.today), None)
    running = count_running(company=company).get((code, number))
    page: dict[str, Any] = {
        "may_edit": visitor.may_everywhere("dunning.policy.edit"),
        "one": one,
        "name": name_text(one.text, code),
        "is_now": now == number,
        "state": _state(one, now, visitor.today),
        "starts_text": figures.day(one.starts_on),
        "published_text": figures.minute(one.published_at),
        "published_by": _person(one.published_by),
        "said": say_policy(read_version(one), figures.language()),
        "held": count_held(company=company, chosen=chosen, on=visitor.today).get(code, 0),
        "running": running,
        "chosen": [row for row in tell_chosen(visitor, chosen) if row["policy"] == code],
        "known": [{"name": names.get(row.debtor, row.debtor), "row": row} for row in known[:_SHOWN]],
        "known_count": len({row.debtor for row in known}),
        "versions": [(each.version, figures.day(each.starts_on), each.version == number) for each in versions],
        "public": [(language, name, _public(visitor, one, language)) for language, name in NAMES.items()],
        "link": _link(request, visitor, one),
        "today": visitor.today.isoformat(),
        "numbers": "\n".join(map(str, range(1, one.text.count("\n") + 2))),
    }
    return render(request, "desk/policies/version.html", {"page": page})


@gate_everywhere("dunning.policy.edit")
@require_POST
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Let the policy hold for a scope from a day on, or take a choice away."""
    visitor = get_visitor(request)
    said = request.POST
    number = list_versions(company=visitor.company.id, code=code)
    try:
        scope: Any = said.get("scope", "company")
        subject = _subject(visitor, scope, said.get("subject", "").strip())
        assign_policy(
            company=visitor.company.id,
            scope=scope,
            subject=subject,
            policy="" if said.get("act") == "end" else code,
            starts_on=_day(said.get("starts_on", ""), visitor.today),
            reason=said.get("reason", "")[:300],
            by=visitor.actor,
            today=visitor.today,
            at=get_world().clock.now(),
        )
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        messages.success(request, figures.say("pages.policies.assigned"))
    return redirect("desk:policy-version", code, number[0].version) if number else redirect("desk:policies")


@gate_everywhere("dunning.policy.edit")
@require_POST
def acknowledged(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Record that a debtor accepted this version on paper, by mail or in a contract."""
    visitor = get_visitor(request)
    said = request.POST
    one = _get(visitor, code, number)
    try:
        debtor = name_debtor(company=visitor.company.id, said=said.get("debtor", "").strip())
        how: Any = said.get("how", "signed")
        acknowledge(
            company=visitor.company.id,
            debtor=debtor.number,
            policy=code,
            version=one.version,
            language=debtor.language if debtor.language in LANGUAGES else "en",
            said_by=said.get("said_by", "")[:120],
            how=how,
            evidence=said.get("evidence", "")[:300],
            on=_day(said.get("on", ""), visitor.today),
            by=visitor.actor,
            at=get_world().clock.now(),
        )
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        messages.success(request, figures.say("pages.policies.recorded", name=debtor.name))
    return redirect("desk:policy-version", code, number)


def _get(visitor: Visitor, code: str, number: int) -> Published:
    try:
        return get_version(company=visitor.company.id, code=code, version=number)
    except UnableToNamePolicy as refused:
        raise Http404(say_refusal(refused)) from None


def _state(one: Published, now: int | None, today: date) -> tuple[str, str]:
    """Its words and the mark before them."""
    if one.starts_on > today:
        return figures.say("pages.policies.state.later"), "wait"
    if one.version == now:
        return figures.say("pages.policies.state.newest"), "ok"
    return figures.say("pages.policies.state.older"), "idle"


def _person(actor: str) -> str:
    number = actor.removeprefix("user:")
    return list_names(users=[int(number)]).get(int(number), actor) if number.isdigit() else actor


def _public(visitor: Visitor, one: Published, language: str) -> str:
    return policy_path(company=visitor.company.id, policy=one.code, version=one.version, language=language)


def _link(request: HttpRequest, visitor: Visitor, one: Published) -> dict[str, str] | None:
    """A debtor's own address of this version, where one was asked for."""
    asked = request.GET.get("debtor", "").strip()
    if not asked:
        return None
    try:
        debtor = find_debtor(company=visitor.company.id, number=asked) or name_debtor(
            company=visitor.company.id, said=asked
        )
    except Refused as refused:
        return {"asked": asked, "fault": say_refusal(refused)}
    until = visitor.today + timedelta(days=VALID_DAYS)
    link = DebtorLink(
        company=visitor.company.id, debtor=debtor.number, policy=one.code, version=one.version, until=until
    )
    language = debtor.language if debtor.language in LANGUAGES else "en"
    href = request.build_absolute_uri(debtor_path(link, language=language))
    return {"asked": asked, "name": debtor.name, "href": href, "until": figures.day(until), "fault": ""}


def _subject(visitor: Visitor, scope: str, said: str) -> str:
    """Whom a scope is about, as the rules name it: a debtor may be said by name."""
    if scope == "company":
        return ""
    if scope == "debtor" and said:
        return name_debtor(company=visitor.company.id, said=said).number
    if scope == "invoice" and said and ":" not in said:
        return f"invoice:{said}"
    return said


def _day(said: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return otherwise
