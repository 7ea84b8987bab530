"""The addresses around sign-in. Names that allauth asks for stay its own."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path
from django.views.generic import RedirectView

from saldo.doors import entrance

urlpatterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/language/", entrance.choose_language, name="choose_language"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", RedirectView.as_view(pattern_name="desk:settings"), name="mfa_index"),
    path("second-factor/on/", entrance.SecondFactorOn.as_view(), name="mfa_activate_totp"),
    path("second-factor/off/", entrance.SecondFactorOff.as_view(), name="mfa_deactivate_totp"),
    path("second-factor/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/recovery/new/", entrance.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("invitation/<slug:person>/<str:token>/", entrance.invitation, name="invitation"),
    path("closed/sign-up/", entrance.closed, name="account_signup"),
    path("closed/password/", entrance.closed, name="account_reset_password"),
    path("closed/password/set/", entrance.closed, name="account_set_password"),
    path("closed/inactive/", entrance.closed, name="account_inactive"),
]
