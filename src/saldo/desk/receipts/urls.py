"""Addresses of receipts: the match screen and its acts, bank files, columns, refunds."""

from __future__ import annotations

from django.urls import path

from saldo.desk.receipts import acts, columns, files, pages, refund_files, refunds

urlpatterns = [
    path("receipts/", pages.receipts, name="receipts"),
    path("receipts/preview/", pages.preview, name="receipts-preview"),
    path("receipts/receipts.csv", pages.receipts_csv, name="receipts-csv"),
    path("receipts/receipts.xlsx", pages.receipts_xlsx, name="receipts-xlsx"),
    path("receipts/book/", acts.book, name="receipts-book"),
    path("receipts/undo/", acts.undo, name="receipts-undo"),
    path("receipts/set-aside/", acts.aside, name="receipts-aside"),
    path("receipts/take-up/", acts.take_up_again, name="receipts-take-up"),
    path("receipts/hold/", acts.hold, name="receipts-hold"),
    path("receipts/taken-back/", acts.taken_back, name="receipts-taken-back"),
    path("receipts/part-taken-back/", acts.part_taken_back, name="receipts-part-taken-back"),
    path("receipts/refund-left/", acts.refund_left, name="receipts-refund-left"),
    path("receipts/files/", files.files, name="receipts-files"),
    path("receipts/files/upload/", files.upload, name="receipts-upload"),
    path("receipts/files/progress/", files.progress, name="receipts-files-progress"),
    path("receipts/files/watch/", files.watch, name="receipts-watch"),
    path("receipts/files/leave/", files.leave, name="receipts-leave"),
    path("receipts/files/<str:sha256>/columns/", columns.columns, name="receipts-columns"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/propose/", refunds.propose, name="refund-propose"),
    path("refunds/approve/", refunds.approve, name="refund-approve"),
    path("refunds/withdraw/", refunds.withdraw, name="refund-withdraw"),
    path("refunds/order/", refund_files.order, name="refund-order"),
    path("refunds/files/<str:number>/pain.001.xml", refund_files.file, name="refund-file"),
    path("refunds/files/<str:number>/handed-over/", refund_files.hand_over, name="refund-hand-over"),
    path("refunds/files/<str:number>/cancel/", refund_files.cancel, name="refund-order-cancel"),
]
