"""The addresses of the desk: one list for each page module."""

from __future__ import annotations

from django.urls import path

from saldo.desk import audit, charge_urls, home, palette, preferences, users
from saldo.desk.cash import urls as cash_urls
from saldo.desk.collections import urls as collection_urls
from saldo.desk.company import urls as company_urls
from saldo.desk.debtors import urls as debtor_urls
from saldo.desk.invoices import urls as invoice_urls
from saldo.desk.margin import urls as margin_urls
from saldo.desk.opening import urls as opening_urls
from saldo.desk.outbox import urls as outbox_urls
from saldo.desk.payables import urls as payable_urls
from saldo.desk.policies import urls as policy_urls
from saldo.desk.prices import urls as price_urls
from saldo.desk.receipts import urls as receipt_urls

app_name = "desk"

HOME = [path("", home.start, name="start"), path("home/", home.home, name="home")]
PEOPLE = [
    path("users/", users.users, name="users"),
    path("users/invite/", users.invite, name="user-invite"),
    path("users/<int:user>/", users.user, name="user"),
    path("users/<int:user>/disable/", users.disable, name="user-disable"),
    path("users/<int:user>/enable/", users.enable, name="user-enable"),
    path("users/<int:user>/link/", users.link, name="user-link"),
]
AUDIT = [path("audit/", audit.audit, name="audit")]
OWN = [
    path("settings/", preferences.settings, name="settings"),
    path("settings/theme/", preferences.theme, name="theme"),
    path("settings/language/", preferences.language, name="language"),
    path("settings/company/", preferences.company, name="company"),
    path("palette/", palette.palette, name="palette"),
]

urlpatterns = [
    *HOME,
    *charge_urls.urlpatterns,
    *payable_urls.urlpatterns,
    *invoice_urls.urlpatterns,
    *price_urls.urlpatterns,
    *receipt_urls.urlpatterns,
    *debtor_urls.urlpatterns,
    *collection_urls.urlpatterns,
    *policy_urls.urlpatterns,
    *margin_urls.urlpatterns,
    *cash_urls.urlpatterns,
    *outbox_urls.urlpatterns,
    *opening_urls.urlpatterns,
    *company_urls.urlpatterns,
    *PEOPLE,
    *AUDIT,
    *OWN,
]
