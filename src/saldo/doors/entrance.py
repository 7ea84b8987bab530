"""Pages before and around sign-in that allauth does not have: the invitation, the language, doors that stay shut."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import get_user_model, login
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import (
    base36_to_int,
    int_to_base36,
    url_has_allowed_host_and_scheme,
)
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from saldo.core.identity import LANGUAGES
from saldo.doors.language import COOKIE
from saldo.doors.record import note_for_person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_A_YEAR = 365 * 24 * 3600


def invitation_address(request: HttpRequest, *, user: int) -> str:
    """The address where this person sets their password; it works once, for three days."""
    person = get_user_model().objects.get(pk=user)
    token = default_token_generator.make_token(person)
    return request.build_absolute_uri(reverse("invitation", args=[int_to_base36(person.pk), token]))


@never_cache
@sensitive_post_parameters()
def invitation(request: HttpRequest, person: str, token: str) -> HttpResponse:
    """Set the password behind an invitation, come in, go on to the second factor."""
    user = _invited(person)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "doors/invitation_over.html", status=410)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        note_for_person(user=user.pk, code="doors.password.set")
        if is_mfa_enabled(user):  # a new password does not open the second lock
            return redirect("account_login")
        login(request, user, backend=BACKEND)
        # They typed this password a moment ago: the second factor need not ask for it again.
        record_authentication(request, user, method="password", reauthenticated=True)
        return redirect("mfa_activate_totp")
    return render(request, "doors/invitation.html", {"form": form, "person": user})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language of somebody who is not signed in yet."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("account_login")
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in LANGUAGES:
        response.set_cookie(
            COOKIE, language, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def closed(request: HttpRequest) -> HttpResponse:
    """A page that allauth would have and Saldo does not."""
    raise Http404


class _WrittenDown:
    """A page of allauth's whose act, once done, stands in the log."""

    code: str
    request: HttpRequest

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Let allauth do it, then write it down."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # the page beside us has it
        note_for_person(user=cast("int", self.request.user.pk), code=self.code)
        return response


class SecondFactorOn(_WrittenDown, ActivateTOTPView):  # type: ignore[misc]  # allauth tells no types
    """Turn the second factor on, after a right code."""

    code = "doors.second-factor.on"


class SecondFactorOff(_WrittenDown, DeactivateTOTPView):  # type: ignore[misc]  # allauth tells no types
    """Turn the second factor off."""

    code = "doors.second-factor.off"


class NewRecoveryCodes(_WrittenDown, GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth tells no types
    """Make new recovery codes in place of those that were left."""

    code = "doors.recovery-codes.new"


def _invited(said: str) -> Any:
    try:
        number = base36_to_int(said)
    except ValueError:
        return None
    return get_user_model().objects.filter(pk=number, is_active=True).first()
