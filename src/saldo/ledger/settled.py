"""Reading what was settled lately: whoever pays it again is told that it is paid."""

from __future__ import annotations

from datetime import date

from saldo.core.identity import CompanyId
from saldo.ledger import models
from saldo.ledger.queries import OpenItem

_FIELDS = (
    *("key", "account", "party", "kind", "document", "reference", "issued_on", "due_on", "currency"),
    *("original", "open"),
)


def list_settled_items(*, company: CompanyId, account: str = "receivable", since: date) -> tuple[OpenItem, ...]:
    """Items of an account on which nothing is open any more since some day on or after this one."""
    rows = models.Item.objects.filter(company_id=company, account=account, settled_on__gte=since).order_by("id")
    return tuple(OpenItem(**row) for row in rows.values(*_FIELDS))
