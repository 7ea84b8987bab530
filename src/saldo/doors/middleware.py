"""What every request passes: headers that allow nothing foreign, the reader's language, the company's rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from saldo.core.identity import LANGUAGES, CompanyId
from saldo.doors.language import language_of
from saldo.doors.visitor import Visitor
from saldo.doors.world import get_world
from saldo.parties.company import company_context, person_context
from saldo.parties.queries import Company, list_companies_of, list_grants_of
from saldo.parties.rules.roles import Grant

Next = Callable[[HttpRequest], HttpResponseBase]
COMPANY = "company"
"""Where the session keeps the chosen company."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class Headers:
    """Every answer says what a browser may load: this address only, nothing inline, in no frame."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers to whatever was answered."""
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store, private")
        return response


class Language:
    """The person's saved language; before sign-in the one chosen on the page, else the browser's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in that language, and say so."""
        language = language_of(request)
        request.language = language  # type: ignore[attr-defined]  # one of LANGUAGES, as pages and filters want it
        with translation.override(language.lower()):
            response = self.get_response(request)
        response.setdefault("Content-Language", language if language in LANGUAGES else "en")
        return response


class NoNul:
    """PostgreSQL holds no NUL in a text, so nothing of ours has one: whoever sends it asks for what is not there."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the form may be read only once the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Look at the address, its question and the form."""
        said = [request.path, *_texts(request.GET), *_texts(request.POST)]
        if any("\0" in text for text in said):
            raise Http404


def _texts(form: QueryDict) -> list[str]:
    return [text for name, values in form.lists() for text in (name, *values)]


class _Undo(Exception):
    """Leaves the transaction of a request that failed half-way."""


class CompanyRows:
    """A signed-in request runs in one transaction that sees exactly the rows of one company.

    A view that fails undoes everything it wrote. A page that is not there, or was denied, keeps what the gate wrote.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the company, make the visitor, open the transaction."""
        visitor = make_visitor(request)
        request.visitor = visitor  # type: ignore[attr-defined]  # read through saldo.doors.visitor
        if visitor is None:
            return self.get_response(request)
        answers: list[HttpResponseBase] = []
        try:
            with timezone.override(ZoneInfo(visitor.company.zone)), company_context(visitor.company.id):
                answers.append(self.get_response(request))
                if getattr(request, "has_failed", False):
                    raise _Undo
        except _Undo:
            pass
        return answers[0]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Remember that a view failed: Django has turned the exception into an answer before we see it."""
        if not isinstance(exception, (Http404, PermissionDenied)):
            request.has_failed = True  # type: ignore[attr-defined]


def make_visitor(request: HttpRequest) -> Visitor | None:
    """Who asks, in the company of their session or else the first open one; None without sign-in or any role."""
    user = request.user
    if not user.is_authenticated or user.pk is None:
        return None
    with person_context(user.pk):
        grants = list_grants_of(user=user.pk)
    companies = list_companies_of(grants=grants)
    if not companies:
        return None
    now = get_world().clock.now()
    company = _chosen(companies, request.session.get(COMPANY)) or _first_open(companies, grants, now)
    return Visitor(
        user=user.pk,
        name=user.name,
        email=user.email,
        company=company,
        companies=companies,
        grants=grants,
        today=_today(company, now),
    )


def _chosen(companies: tuple[Company, ...], said: object) -> Company | None:
    wanted = CompanyId(said) if isinstance(said, int) else None
    return next((company for company in companies if company.id == wanted), None)


def _first_open(companies: tuple[Company, ...], grants: tuple[Grant, ...], now: datetime) -> Company:
    """The first in which a role of theirs has not ended; where all have, the first, which then says so."""

    def is_open(company: Company) -> bool:
        today = _today(company, now)
        here = (grant.ends_before for grant in grants if grant.company == company.id)
        return any(ends_before is None or today < ends_before for ends_before in here)

    return next(filter(is_open, companies), companies[0])


def _today(company: Company, now: datetime) -> date:
    return now.astimezone(ZoneInfo(company.zone)).date()
