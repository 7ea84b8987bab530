"""Reading what came back: items that money had settled and that are open again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Max

from saldo.core.identity import CompanyId
from saldo.ledger import models


def list_reopened(*, company: CompanyId, items: Collection[str]) -> dict[str, date]:
    """Of these items those of which a settlement was taken back, with the newest day on which that happened."""
    rows = models.Allocation.objects.filter(company_id=company, debit__in=items).exclude(reversal_of="")
    return dict(rows.values("debit").annotate(newest=Max("on")).values_list("debit", "newest"))
