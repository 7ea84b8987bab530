"""A table that a person takes away, as CSV or XLSX."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse

from saldo.desk.exports import Sheet, write_csv, write_xlsx

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(sheet: Sheet, name: str, form: Literal["csv", "xlsx"]) -> HttpResponse:
    """The answer that carries the table under this file name."""
    body, media = (write_csv(sheet), "text/csv; charset=utf-8") if form == "csv" else (write_xlsx(sheet), _XLSX)
    return HttpResponse(
        body, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    )
