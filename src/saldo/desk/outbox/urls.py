"""The addresses of the outbox."""

from __future__ import annotations

from django.urls import path

from saldo.desk.outbox import acts, pages

urlpatterns = [
    path("outbox/", pages.outbox, name="outbox"),
    path("outbox/csv/", pages.outbox_csv, name="outbox-csv"),
    path("outbox/xlsx/", pages.outbox_xlsx, name="outbox-xlsx"),
    path("outbox/release/", acts.release, name="outbox-release"),
    path("outbox/<int:message>/", pages.message, name="outbox-message"),
    path("outbox/<int:message>/files/<int:place>/", pages.attachment, name="outbox-attachment"),
    path("outbox/<int:message>/recall/", acts.recall_message, name="outbox-recall"),
    path("outbox/<int:message>/again/", acts.again, name="outbox-again"),
    path("outbox/<int:message>/settle/", acts.settled, name="outbox-settle"),
]
