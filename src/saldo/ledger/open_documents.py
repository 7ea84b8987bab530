"""Which documents are open: for lists that show one state only and page through the documents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from saldo.core.identity import CompanyId
from saldo.ledger import models


def list_open_documents(
    *,
    company: CompanyId,
    account: str = "receivable",
    due_before: date | None = None,
    parties: Sequence[str] | None = None,
) -> list[str]:
    """The numbers of documents of which something is open today, in no order; only those due before a day if given."""
    rows = models.Item.objects.filter(company_id=company, account=account, settled_on__isnull=True)
    rows = rows.exclude(document="")
    if due_before is not None:
        rows = rows.filter(due_on__lt=due_before)
    if parties is not None:
        rows = rows.filter(party__in=parties)
    return list(rows.values_list("document", flat=True))
