"""Reading the sums before tax of issued documents: what a debtor withholds counts from them (practice 15)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.invoicing import models


def list_nets(*, company: CompanyId, debtors: Iterable[str]) -> dict[str, Decimal]:
    """By number, the net of every document issued to these debtors."""
    rows = models.Invoice.objects.filter(company_id=company, debtor__in=set(debtors)).exclude(number="")
    return dict(rows.values_list("number", "net"))
