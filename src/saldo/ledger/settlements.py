"""What settled an item: each allocation against it with the item on its other side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from saldo.core.identity import CompanyId
from saldo.ledger import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Part of an item that another one settled; ``value`` is negative where that was undone."""

    on: date
    other: str  # key of the item on the other side
    kind: str  # of that item: receipt, credit-note, bank-fee …
    document: str
    currency: str
    value: Decimal


def list_settlements(*, company: CompanyId, keys: Sequence[str]) -> tuple[Settlement, ...]:
    """What settled these items of the same document, oldest first; moves among them are left out."""
    rows = models.Allocation.objects.filter(company_id=company).filter(Q(debit__in=keys) | Q(credit__in=keys))
    found = [(row, row.credit if row.debit in keys else row.debit) for row in rows.order_by("on", "id")]
    items = models.Item.objects.filter(company_id=company, key__in=[key for _, key in found])
    others = {item.key: item for item in items}
    return tuple(
        Settlement(
            on=row.on,
            other=key,
            kind=others[key].kind if key in others else "",
            document=others[key].document if key in others else "",
            currency=row.currency,
            value=row.value,
        )
        for row, key in found
    )
