"""The addresses of opening balances and of the shadow month."""

from __future__ import annotations

from django.urls import path

from saldo.desk.opening import acts, pages, shadow

urlpatterns = [
    path("opening/", pages.opening, name="opening"),
    path("opening/take/", acts.take, name="opening-take"),
    path("opening/files/<str:name>/", pages.file, name="opening-file"),
    path("opening/files/<str:name>/csv/", pages.file_csv, name="opening-file-csv"),
    path("opening/files/<str:name>/xlsx/", pages.file_xlsx, name="opening-file-xlsx"),
    path("opening/files/<str:name>/undo/", acts.undo, name="opening-undo"),
    path("shadow/", shadow.shadow, name="shadow"),
    path("shadow/csv/", shadow.shadow_csv, name="shadow-csv"),
    path("shadow/xlsx/", shadow.shadow_xlsx, name="shadow-xlsx"),
]
