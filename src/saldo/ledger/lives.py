"""Reading how long what was owed to us stayed open: for whoever runs rules over the past."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from saldo.core.identity import CompanyId
from saldo.ledger import models


class ItemLife(NamedTuple):
    """One debit of a debtor, from its issue until nothing was left of it; None: something still is."""

    key: str
    party: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    original: Decimal
    settled_on: date | None


def list_receivable_lives(*, company: CompanyId, since: date) -> tuple[ItemLife, ...]:
    """The debits of all debtors that were issued on or after a day, in the order of their entry."""
    rows = models.Item.objects.filter(company_id=company, account="receivable", original__gt=0, issued_on__gte=since)
    fields = ItemLife._fields
    return tuple(ItemLife(*row) for row in rows.order_by("id").values_list(*fields).iterator(chunk_size=5000))
