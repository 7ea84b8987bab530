"""Reading who may pay: every debtor by number, with its name and who stands above it, and nothing else of it."""

from __future__ import annotations

from typing import NamedTuple

from saldo.core.identity import CompanyId
from saldo.parties import models


class NamedDebtor(NamedTuple):
    """A debtor as a payment may name it; ``parent`` is a number, or empty."""

    number: str
    name: str
    parent: str


def list_named_debtors(*, company: CompanyId) -> tuple[NamedDebtor, ...]:
    """All debtors by number; a company has tens of thousands, and each is three short texts here."""
    rows = models.Debtor.objects.filter(company_id=company).order_by("number")
    found = rows.values_list("number", "name", "parent__number")
    return tuple(NamedDebtor(number, name, parent or "") for number, name, parent in found)
