"""The addresses of the cash ahead."""

from __future__ import annotations

from django.urls import path

from saldo.desk.cash import pages

urlpatterns = [
    path("cash/", pages.cash, name="cash"),
    path("cash/csv/", pages.cash_csv, name="cash-csv"),
    path("cash/xlsx/", pages.cash_xlsx, name="cash-xlsx"),
]
