"""The addresses of the month, of review, of issued documents and of the lines nobody pays yet."""

from __future__ import annotations

from django.urls import path

from saldo.desk.invoices import (
    correcting,
    customer,
    document,
    downloads,
    issued,
    issuing,
    month,
    proposals,
    queue,
    review,
    wave,
)

urlpatterns = [
    path("invoices/", month.invoices, name="invoices"),
    path("invoices/draft/", issuing.draft, name="invoices-draft"),
    path("invoices/mark/", issuing.mark, name="invoices-mark"),
    path("invoices/issue/", issuing.issue, name="invoices-issue"),
    path("invoices/waves/", month.waves, name="invoices-waves"),
    path("invoices/waves/<int:wave>/", wave.wave, name="invoices-wave"),
    path("invoices/waves/<int:wave>/cancel/", wave.cancel, name="invoices-wave-cancel"),
    path("invoices/proposals/", proposals.proposals, name="invoices-proposals"),
    path("invoices/proposals/<int:proposal>/", proposals.decide, name="invoices-proposal"),
    path("invoices/waves/<int:wave>/recall/", issuing.recall, name="invoices-recall"),
    path("invoices/drafts/<int:draft>/", review.review, name="invoices-review"),
    path("invoices/drafts/<int:draft>/credit/", correcting.credit_act, name="invoices-credit-act"),
    path("invoices/lines/", queue.queue, name="invoices-queue"),
    path("invoices/lines/csv/", queue.queue_csv, name="invoices-queue-csv"),
    path("invoices/lines/xlsx/", queue.queue_xlsx, name="invoices-queue-xlsx"),
    path("invoices/lines/decide/", queue.decide, name="invoices-decide"),
    path("invoices/of/<path:key>/", customer.why_changed, name="invoices-why"),
    path("invoices/issued/", issued.issued, name="invoices-issued"),
    path("invoices/issued/csv/", issued.issued_csv, name="invoices-issued-csv"),
    path("invoices/issued/xlsx/", issued.issued_xlsx, name="invoices-issued-xlsx"),
    path("invoices/issued/<str:number>/", document.invoice, name="invoice"),
    path("invoices/issued/<str:number>/pdf/", downloads.pdf, name="invoice-pdf"),
    path("invoices/issued/<str:number>/ubl/", downloads.ubl, name="invoice-ubl"),
    path("invoices/issued/<str:number>/cancel/", correcting.cancel, name="invoice-cancel"),
    path("invoices/issued/<str:number>/correct/", correcting.correct, name="invoice-correct"),
    path("invoices/issued/<str:number>/credit/", correcting.credit, name="invoice-credit"),
    path("invoices/issued/<str:number>/authority/", correcting.authority, name="invoice-authority"),
]
