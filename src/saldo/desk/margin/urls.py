"""The addresses of margin and leaks."""

from __future__ import annotations

from django.urls import path

from saldo.desk.margin import leaks, pages

urlpatterns = [
    path("margin/", pages.margin, name="margin"),
    path("margin/csv/", pages.margin_csv, name="margin-csv"),
    path("margin/xlsx/", pages.margin_xlsx, name="margin-xlsx"),
    path("margin/leaks/", leaks.leaks, name="margin-leaks"),
    path("margin/leaks/csv/", leaks.leaks_csv, name="margin-leaks-csv"),
    path("margin/leaks/xlsx/", leaks.leaks_xlsx, name="margin-leaks-xlsx"),
]
