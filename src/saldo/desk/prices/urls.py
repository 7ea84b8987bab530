"""The addresses of prices and of what is agreed with each debtor."""

from __future__ import annotations

from django.urls import path

from saldo.desk.prices import choice, debtor, debtor_forms, rule, rule_form, rules, sheet, what_if

urlpatterns = [
    path("prices/", rules.prices, name="prices"),
    path("prices/csv/", rules.prices_csv, name="prices-csv"),
    path("prices/xlsx/", rules.prices_xlsx, name="prices-xlsx"),
    path("prices/new/", rule_form.new, name="price-new"),
    path("prices/which/", choice.choose, name="price-choice"),
    path("prices/what-if/", what_if.what_if, name="price-what-if"),
    path("prices/sheet/", sheet.sheet, name="price-sheet"),
    path("prices/sheet/take/", sheet.take, name="price-sheet-take"),
    path("prices/rules/<str:code>/", rule.rule, name="price-rule"),
    path("prices/rules/<str:code>/change/", rule_form.change, name="price-change"),
    path("prices/rules/<str:code>/end/", rule_form.end, name="price-end"),
    path("prices/agreements/", debtor.debtors, name="price-debtors"),
    path("prices/agreements/<str:number>/", debtor.agreements, name="price-debtor"),
    path("prices/agreements/<str:number>/terms/", debtor_forms.terms, name="price-debtor-terms"),
    path("prices/agreements/<str:number>/tax/", debtor_forms.tax, name="price-debtor-tax"),
    path("prices/agreements/<str:number>/fee/", debtor_forms.fee, name="price-debtor-fee"),
    path("prices/agreements/<str:number>/fee-end/", debtor_forms.end_fee, name="price-debtor-fee-end"),
]
