"""The addresses that customers open; none of them asks for sign-in."""

from __future__ import annotations

from django.urls import path

from saldo.portal import policy

app_name = "portal"

urlpatterns = [
    path("policy/<str:company>/<slug:code>/<int:version>/<str:language>", policy.policy, name="policy"),
    path(
        "policy/<str:company>/<slug:code>/<int:version>/<str:language>/for/<str:token>",
        policy.own_policy,
        name="own-policy",
    ),
]
