"""All addresses of the web application."""

from __future__ import annotations

from django.urls import path

from saldo.server.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
]
