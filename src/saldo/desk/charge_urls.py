"""The addresses of imports, customers and comparisons."""

from __future__ import annotations

from django.urls import path

from saldo.desk import bill, compare, customer, customers, daily, import_acts, imports, rows

# A legacy file may name a customer by nothing but a name, and a name may hold a slash: hence path, longest first.
CUSTOMERS = [
    path("customers/", customers.customers, name="customers"),
    path("customers/<path:key>/bills/<str:month>/daily/", daily.daily, name="customer-daily"),
    path("customers/<path:key>/bills/<str:month>/", bill.bill, name="customer-bill"),
    path("customers/<path:key>/", customer.customer, name="customer"),
]
COMPARE = [
    path("compare/", customers.choose, name="compare"),
    path("compare/<path:key>/evidence/", compare.evidence, name="compare-evidence"),
    path("compare/<path:key>/csv/", compare.compare_csv, name="compare-csv"),
    path("compare/<path:key>/xlsx/", compare.compare_xlsx, name="compare-xlsx"),
    path("compare/<path:key>/", compare.compare, name="compare-months"),
]
IMPORTS = [
    path("imports/", imports.imports, name="imports"),
    path("imports/upload/", import_acts.upload, name="import-upload"),
    path("imports/progress/", imports.progress, name="import-progress"),
    path("imports/<int:delivery>/accept/", import_acts.accept, name="import-accept"),
    path("imports/<int:delivery>/refuse/", import_acts.refuse, name="import-refuse"),
    path("imports/<int:delivery>/take-back/", import_acts.take_back, name="import-take-back"),
    path("imports/rows/<str:file>/<int:row>/", rows.row, name="import-row"),
    path("imports/rows/<str:file>/<int:row>/as-sent/", rows.original, name="import-original"),
]

urlpatterns = [*CUSTOMERS, *COMPARE, *IMPORTS]
