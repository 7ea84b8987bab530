"""Page: one row as Microsoft sent it. The only place, with the file's details, where Microsoft's field names appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.charges.drill_down import get_original_row
from saldo.charges.history import find_place
from saldo.core.identity import CustomerId, FileId
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.paging import address
from saldo.desk.row_words import name_file
from saldo.doors.gate import gate
from saldo.doors.visitor import COST, Visitor, get_visitor
from saldo.parties.queries import find_customer_owner


@gate("buy.line.read")
def row(request: HttpRequest, file: str, row: int) -> HttpResponse:
    """The row with every field, and the file it stands in."""
    cells = _cells(request, file, row)
    place = find_place(company=get_visitor(request).company.id, file=FileId(file))
    if place is None:
        raise Http404(figures.say("pages.problem.no-row"))
    delivery, part = place
    sees_files = get_visitor(request).may_everywhere("buy.invoice.read")
    page = {
        "row": figures.number(row),
        "cells": cells,
        "name": part.name,
        "imports_href": reverse("desk:imports") if sees_files else "",
        "file_href": address(reverse("desk:imports"), {"delivery": delivery.id}) if sees_files else "",
        "file_words": name_file(delivery.kind, delivery.month, is_estimated=delivery.is_estimated),
    }
    return render(request, "desk/customers/row.html", {"page": page})


@gate("buy.line.read")
def original(request: HttpRequest, file: str, row: int) -> HttpResponse:
    """The fields alone, for the fold in the evidence drawer."""
    return render(request, "desk/customers/raw.html", {"cells": _cells(request, file, row)})


def _is_own(visitor: Visitor, cells: Mapping[str, str]) -> bool:
    """Whether the row is about one of the person's own customers; one that names none is nobody's."""
    said = next((value for name, value in cells.items() if name.casefold() == "customerid"), "")
    owner = find_customer_owner(company=visitor.company.id, key=CustomerId(str(said).lower()))
    return owner is not None and owner.user == visitor.owner_to_show(COST)


def _cells(request: HttpRequest, file: str, row: int) -> list[dict[str, Any]]:
    visitor = get_visitor(request)
    try:
        found: Mapping[str, str] = get_original_row(company=visitor.company.id, file=FileId(file), row=row)
    except Refused:
        raise Http404(figures.say("pages.problem.no-row")) from None
    if not (visitor.may_everywhere(COST) or _is_own(visitor, found)):
        raise Http404(figures.say("pages.problem.no-row"))
    return [{"name": name, "value": value} for name, value in found.items() if value not in {None, ""}]
