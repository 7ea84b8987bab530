"""What allauth asks us: nobody signs themselves up, its messages are ours, sign-ins stand in the log."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from saldo.doors.record import note_for_person


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth tells no types
    """Sign-in with the accounts of the installation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("doors.sign-in.wrong"),
        "account_inactive": gettext_lazy("doors.sign-in.wrong"),
        "too_many_login_attempts": gettext_lazy("doors.sign-in.too-many"),
        "rate_limited": gettext_lazy("doors.sign-in.too-many"),
        "incorrect_password": gettext_lazy("doors.again.wrong"),
        "enter_current_password": gettext_lazy("doors.again.wrong"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited on the Users page."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Quiet: the page that follows already shows what happened."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """The same page as for everybody: a stranger learns nothing about who works here."""
        from django.shortcuts import render

        return render(request, "doors/disabled.html", status=403)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down a wrong password where the person is known; strangers leave no trace beyond the throttle."""
        super().authentication_failed(request, **credentials)
        person = get_user_model().objects.filter(email__iexact=credentials.get("email") or "").first()
        if person is not None:
            note_for_person(user=person.pk, code="doors.sign-in.failed")

    def set_password(self, user: Any, password: str) -> None:
        """Write down that a person changed their own."""
        super().set_password(user, password)
        note_for_person(user=user.pk, code="doors.password.set")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Write down who came in."""
        note_for_person(user=user.pk, code="doors.sign-in.done")
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth tells no types
    """Codes from an authenticator app."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("doors.code.wrong"),
    }

    def encrypt(self, text: str) -> str:
        """What makes the codes lies in the database under the installation's key, which is not there."""
        return _under_the_key().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The same, readable again."""
        return _under_the_key().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows above the code."""
        return "Saldo"


@receiver(signals.authentication_failed)
def note_wrong_code(*, user: Any, **said: Any) -> None:
    """Write down a wrong code: whoever sends one knew the password."""
    note_for_person(user=user.pk, code="doors.sign-in.code-failed")


def _under_the_key() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor {settings.SECRET_KEY}".encode()).digest()))
