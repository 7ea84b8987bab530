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


def sum_credited(*, company: CompanyId, number: str, with_waiting: bool = True) -> dict[str, Decimal]:
    """What persons gave back of a document, tax included, by notes that wait or stand; positive, in its currency."""
    rows = models.Invoice.objects.filter(company_id=company, kind="credit-note", origin="person")
    rows = rows.filter(mirrors=number) if with_waiting else rows.filter(mirrors=number).exclude(number="")
    cancelled = models.Invoice.objects.filter(company_id=company, kind="cancellation").values("mirrors")
    sums: dict[str, Decimal] = {}
    for mirrors, gross in rows.exclude(number__in=cancelled).values_list("mirrors", "gross"):
        sums[mirrors] = sums.get(mirrors, Decimal(0)) - gross
    return sums
