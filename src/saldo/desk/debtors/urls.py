"""Addresses of debtors: the ageing, one account, its particulars."""

from __future__ import annotations

from django.urls import path

from saldo.desk.debtors import editing, lists, page

urlpatterns = [
    path("debtors/", lists.debtors, name="debtors"),
    path("debtors/ageing.csv", lists.debtors_csv, name="debtors-csv"),
    path("debtors/ageing.xlsx", lists.debtors_xlsx, name="debtors-xlsx"),
    path("debtors/<str:number>/", page.debtor, name="debtor"),
    path("debtors/<str:number>/statement.csv", page.debtor_csv, name="debtor-csv"),
    path("debtors/<str:number>/statement.xlsx", page.debtor_xlsx, name="debtor-xlsx"),
    path("debtors/<str:number>/edit/", editing.edit, name="debtor-edit"),
    path("debtors/<str:number>/tenant/", editing.tenant, name="debtor-tenant"),
]
