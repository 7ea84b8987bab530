"""Pages of a published policy: for everybody without sign-in, and for one debtor by its own signed address.

Everything is said from the published text itself. The page steps into the company that its address names and reads
nothing of it but published versions and what stands on its own papers; the debtor's own page also that debtor's days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from allauth.core.internal import ratelimit  # the public one leaves GET alone
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from saldo.core.identity import LANGUAGES
from saldo.core.problems import Refused
from saldo.core.written import write_day, write_number
from saldo.doors.language import NAMES, current
from saldo.doors.words import say
from saldo.doors.world import get_world
from saldo.dunning.actions.agreed import acknowledge
from saldo.dunning.forecasts import forecast_of
from saldo.dunning.links import DebtorLink, debtor_path, policy_path, read_token
from saldo.dunning.publications import (
    Published,
    UnableToNamePolicy,
    find_acknowledged,
    get_version,
    list_versions,
    read_version,
)
from saldo.dunning.rules.example import a_due_day
from saldo.dunning.rules.policy import Policy
from saldo.dunning.step_words import title_of
from saldo.dunning.wording import sample_amount, sample_book, say_policy, say_sample
from saldo.flows.dunning_look import look_of
from saldo.parties.calendars import calendar_of
from saldo.parties.company import company_context
from saldo.parties.debtors import Particulars, find_debtor, get_particulars
from saldo.parties.queries import Company, list_companies

_CACHED = "public, max-age=3600"
_LONGEST_NAME = 120


def _throttled(view: Any) -> Any:
    """As many askings a minute from one address as sign-in allows for pages; more is 429."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **said: Any) -> HttpResponse:
        if not ratelimit.consume(request, app="allauth.account", action="public_page", limit_get=True):
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        answer: HttpResponse = view(request, *args, **said)
        return answer

    return asked


@_throttled
@require_safe
def policy(request: HttpRequest, company: str, code: str, version: int, language: str) -> HttpResponse:
    """A published version in one language, for whoever has its address."""
    house = _house(company, language)
    with translation.override(language.lower()), company_context(house.id):
        published = _published(house, code, version)
        page = _page(house, published, language)
        tag = f'"{published.sha256[:32]}-{language}-{len(page["versions"])}"'
        if request.headers.get("If-None-Match") == tag:
            return _kept(HttpResponseNotModified(), tag)
        return _kept(render(request, "portal/policy.html", _context(page, language)), tag)


@_throttled
@require_http_methods(["GET", "HEAD", "POST"])
def own_policy(request: HttpRequest, company: str, code: str, version: int, language: str, token: str) -> HttpResponse:
    """The same with one debtor's own days, and the place where it acknowledges."""
    house = _house(company, language)
    today = get_world().clock.now().astimezone(ZoneInfo(house.zone)).date()
    link = read_token(token, today=today)
    if link is None or (link.company, link.policy, link.version) != (house.id, code, version):
        raise Http404
    with translation.override(language.lower()), company_context(house.id):
        published = _published(house, code, version)
        fault = _acknowledge(request, link, language, today) if request.method == "POST" else ""
        if request.method == "POST" and not fault:
            answer: HttpResponse = redirect(f"{request.path}#acknowledged")
        else:
            page = _page(house, published, language) | _own(request, house, link, language, fault)
            answer = render(request, "portal/policy.html", _context(page, language))
    answer["Cache-Control"] = "no-store, private"
    return answer


def _house(said: str, language: str) -> Company:
    """The company that an address names, by its number or the letters of its name."""
    if language not in LANGUAGES:
        raise Http404
    for one in list_companies():
        if said == str(one.id) or said == slugify(one.name):
            return one
    raise Http404


def _published(house: Company, code: str, version: int) -> Published:
    try:
        return get_version(company=house.id, code=code, version=version)
    except UnableToNamePolicy:
        raise Http404 from None


def _kept(answer: HttpResponse, tag: str) -> HttpResponse:
    answer["Cache-Control"] = _CACHED
    answer["ETag"] = tag
    return answer


def _context(page: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the template knows: nothing of who happens to be signed in."""
    return {"page": page, "lang": language, "visitor": None, "theme": "auto", "partner": page["seller"]}


def _page(house: Company, published: Published, language: str) -> dict[str, Any]:
    read = read_version(published)
    versions = list_versions(company=house.id, code=published.code)
    due_on = a_due_day(published.starts_on)
    papers = _papers(house)
    later = next((one for one in versions if one.version == published.version + 1), None)
    return {
        "said": say_policy(read, language),
        "published": published,
        "seller": papers.legal_name or house.name,
        "email": papers.email,
        "phone": papers.phone,
        "starts": write_day(published.starts_on, language),
        "replaced": write_day(later.starts_on, language) if later is not None else "",
        "sample": _sample(read, house, due_on, language),
        "due": write_day(due_on, language),
        "amount": f"{_plain(read)} {house.currency}",
        "languages": [(code, name, _path(house, published, code), code == language) for code, name in NAMES.items()],
        "versions": [
            (one.version, write_day(one.starts_on, language), _path(house, one, language), one == published)
            for one in versions
        ],
    }


def _plain(policy: Policy) -> str:
    return write_number(sample_amount(policy), current())


def _sample(policy: Policy, house: Company, due_on: date, language: str) -> Any:
    """The days of an invented invoice, by the same forecast that every debtor gets."""
    return say_sample(
        policy,
        language,
        book=sample_book(policy, due_on=due_on, currency=house.currency),
        today=date.fromordinal(due_on.toordinal() - 60),
        closed=calendar_of(policy.jurisdiction or house.country),
    )


def _papers(house: Company) -> Particulars:
    return get_particulars(company=house.id)


def _path(house: Company, published: Published, language: str) -> str:
    return policy_path(company=house.id, policy=published.code, version=published.version, language=language)


def _own(request: HttpRequest, house: Company, link: DebtorLink, language: str, fault: str) -> dict[str, Any]:
    """What only this debtor sees: its name, its days, what it acknowledged."""
    debtor = find_debtor(company=house.id, number=link.debtor)
    if debtor is None:
        raise Http404
    known = find_acknowledged(company=house.id, debtor=link.debtor, code=link.policy, version=link.version)
    ahead = forecast_of(look=look_of(company=house.id, world=get_world()), debtor=link.debtor)
    return {
        "debtor": debtor.name,
        "ahead": [
            {
                "on_text": write_day(one.on, language),
                "at": f"{one.at:%H:%M}",
                "title": title_of(one.step),
                "items": ", ".join(key.partition(":")[2] or key for key in one.items[:5]),
                "more": len(one.items) - 5 if len(one.items) > 5 else 0,
                "planned_text": write_day(one.planned_on, language) if one.planned_on else "",
                "touches_access": one.step.touches_access,
                "needs_person": one.needs_person,
            }
            for one in ahead
        ],
        "known": known,
        "known_on": write_day(known.on, language) if known else "",
        "fault": fault,
        "name": request.POST.get("name", "")[:_LONGEST_NAME],
        "languages": [(code, name, debtor_path(link, language=code), code == language) for code, name in NAMES.items()],
        "is_own": True,
    }


def _acknowledge(request: HttpRequest, link: DebtorLink, language: str, today: date) -> str:
    """Write down who acknowledged; the words of what is wrong, or nothing."""
    name = " ".join(request.POST.get("name", "").split())
    if not name or len(name) > _LONGEST_NAME:
        return say("portal.policy.no-name")
    if request.POST.get("agrees") != "yes":
        return say("portal.policy.not-ticked")
    try:
        acknowledge(
            company=link.company,
            debtor=link.debtor,
            policy=link.policy,
            version=link.version,
            language=language,
            said_by=name,
            how="page",
            evidence="",
            on=today,
            by=f"debtor:{link.debtor}",
            at=get_world().clock.now(),
        )
    except Refused as refused:
        return say(refused.code, **refused.facts)
    return ""
