"""Reading refunds: what is asked for, agreed to and paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.receipts import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money to be sent back out of a credit. ``state``: proposed, approved, paid, withdrawn."""

    key: str
    item: str
    debtor: str
    currency: str
    value: Decimal
    payee: str
    payee_account: str
    reason: str
    state: str
    proposed_at: datetime
    proposed_by: str
    approved_at: datetime | None
    approved_by: str
    payable_from: date | None
    entry: str


def list_refunds(
    *, company: CompanyId, states: Iterable[str] | None = None, limit: int | None = None, offset: int = 0
) -> tuple[Refund, ...]:
    """Refunds, the newest first; in these states where named."""
    rows = models.Refund.objects.filter(company_id=company).order_by("-id")
    if states is not None:
        rows = rows.filter(state__in=set(states))
    found = rows[offset : None if limit is None else offset + limit]
    return tuple(Refund(**{name: getattr(row, name) for name in Refund.__slots__}) for row in found)


def count_refunds(*, company: CompanyId) -> int:
    """How many there ever were."""
    return models.Refund.objects.filter(company_id=company).count()
