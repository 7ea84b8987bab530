"""The addresses of what we owe Microsoft."""

from __future__ import annotations

from django.urls import path

from saldo.desk.payables import acts, claims, document, pages, runs

urlpatterns = [
    path("payables/", pages.payables, name="payables"),
    path("payables/csv/", pages.payables_csv, name="payables-csv"),
    path("payables/xlsx/", pages.payables_xlsx, name="payables-xlsx"),
    path("payables/calendar/", pages.calendar, name="payables-calendar"),
    path("payables/claims/", claims.claims, name="payables-claims"),
    path("payables/claims/csv/", claims.claims_csv, name="payables-claims-csv"),
    path("payables/claims/xlsx/", claims.claims_xlsx, name="payables-claims-xlsx"),
    path("payables/claims/open/", claims.claim, name="payables-claim"),
    path("payables/claims/<int:claim>/", claims.move, name="payables-claim-move"),
    path("payables/pay/", runs.choose, name="payables-pay"),
    path("payables/pay/order/", runs.order, name="payables-pay-order"),
    path("payables/runs/<str:number>/", runs.run, name="payables-run"),
    path("payables/runs/<str:number>/file/", runs.run_file, name="payables-run-file"),
    path("payables/runs/<str:number>/hand-over/", runs.hand_over, name="payables-run-hand-over"),
    path("payables/runs/<str:number>/cancel/", runs.cancel, name="payables-run-cancel"),
    path("payables/documents/<str:document>/", document.payable, name="payable"),
    path("payables/documents/<str:document>/approve/", acts.approve, name="payable-approve"),
    path("payables/documents/<str:document>/withdraw/", acts.withdraw, name="payable-withdraw"),
    path("payables/documents/<str:document>/line/", acts.enter_line, name="payable-line"),
    path("payables/documents/<str:document>/read/", acts.read, name="payable-read"),
    path("payables/documents/<str:document>/payment/", acts.pay, name="payable-payment"),
    path("payables/documents/<str:document>/payment-back/", acts.take_payment_back, name="payable-payment-back"),
    path("payables/documents/<str:document>/dispute/", acts.dispute, name="payable-dispute"),
    path("payables/documents/<str:document>/credit/", acts.take_credit, name="payable-credit"),
]
