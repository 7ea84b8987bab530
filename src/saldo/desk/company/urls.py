"""The addresses of the company's own settings."""

from __future__ import annotations

from django.urls import path

from saldo.desk.company import accounts, channels, forms, pages

urlpatterns = [
    path("company/", pages.company, name="company-settings"),
    path("company/particulars/", forms.particulars, name="company-particulars"),
    path("company/invoicing/", forms.invoicing, name="company-invoicing"),
    path("company/payables/", forms.payables, name="company-payables"),
    path("company/accounts/new/", accounts.propose, name="bank-account-new"),
    path("company/accounts/<str:code>/approve/", accounts.approve, name="bank-account-approve"),
    path("company/accounts/<str:code>/close/", accounts.close, name="bank-account-close"),
    path("company/channels/<str:kind>/open/", channels.open_way, name="channel-open"),
    path("company/channels/<str:kind>/close/", channels.close_way, name="channel-close"),
    path("company/channels/<str:kind>/cap/", channels.cap, name="channel-cap"),
    path("company/channels/<str:kind>/first-run/", channels.first_run, name="channel-first-run"),
]
