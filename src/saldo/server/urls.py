"""All addresses of the web application."""

from __future__ import annotations

from django.urls import include, path

from saldo.server.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("saldo.doors.urls")),
    path("", include("saldo.portal.urls")),
    path("", include("saldo.desk.urls")),
]
