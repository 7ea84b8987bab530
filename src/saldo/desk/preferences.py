"""Pages: how a person wants their desk. Their own matter, so the gate asks for nothing but sign-in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from saldo.core.identity import LANGUAGES
from saldo.doors.gate import SIGNED_IN, gate
from saldo.doors.middleware import COMPANY
from saldo.doors.visitor import get_visitor
from saldo.doors.words import say
from saldo.parties.people import save_settings

THEMES = ("system", "light", "dark")


@gate(SIGNED_IN)
def settings(request: HttpRequest) -> HttpResponse:
    """Language, theme, single keys, second factor, password."""
    if request.method == "POST":
        _save(
            request,
            language=request.POST.get("language", ""),
            theme=request.POST.get("theme", ""),
            has_single_keys="single_keys" in request.POST,
        )
        with translation.override(request.POST.get("language", "en").lower()):
            messages.success(request, say("desk.settings.saved"))
        return redirect("desk:settings")
    factor = Authenticator.objects.filter(user_id=get_visitor(request).user, type=Authenticator.Type.TOTP).exists()
    return render(
        request, "desk/settings.html", {"themes": THEMES, "person": request.user, "has_second_factor": factor}
    )


@require_POST
@gate(SIGNED_IN)
def theme(request: HttpRequest) -> HttpResponse:
    """The button in the top bar: light or dark."""
    _save(request, theme=request.POST.get("theme", ""))
    return _back(request)


@require_POST
@gate(SIGNED_IN)
def language(request: HttpRequest) -> HttpResponse:
    """The menu in the top bar."""
    _save(request, language=request.POST.get("language", ""))
    return _back(request)


@require_POST
@gate(SIGNED_IN)
def company(request: HttpRequest) -> HttpResponse:
    """Go over to another of the person's companies; anything else stays where it is."""
    wanted = request.POST.get("company", "")
    if wanted in {str(company.id) for company in get_visitor(request).companies}:
        request.session[COMPANY] = int(wanted)
    return redirect("desk:start")


def _save(request: HttpRequest, **said: Any) -> None:
    """Keep what was said; words that are no choice leave the setting as it was."""
    person: Any = request.user
    if said.get("language") not in LANGUAGES:
        said.pop("language", None)
    if said.get("theme") not in THEMES:
        said.pop("theme", None)
    now = {"language": person.language, "theme": person.theme, "has_single_keys": person.has_single_keys}
    save_settings(user=get_visitor(request).user, **(now | said))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(reverse("desk:settings"))
