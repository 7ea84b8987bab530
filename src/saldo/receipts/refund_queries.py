"""Reading refunds: what is asked for, agreed to and paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.money import add_up
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
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """A payment file of refunds. ``state``: ordered, captured, handed-over, cancelled; ``refunds`` with their sums."""

    number: str
    account: str
    pay_on: date
    currency: str
    state: str
    file: str
    ordered_at: datetime
    ordered_by: str
    handed_over_at: datetime | None
    handed_over_by: str
    refunds: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """What it pays in all."""
        return add_up(value for _, value in self.refunds)


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


def list_refunds_named(*, company: CompanyId, keys: Iterable[str]) -> dict[str, Refund]:
    """The refunds of these keys; unknown ones are left out."""
    rows = models.Refund.objects.filter(company_id=company, key__in=set(keys))
    return {row.key: Refund(**{name: getattr(row, name) for name in Refund.__slots__}) for row in rows}


def list_orders(*, company: CompanyId, limit: int = 50) -> tuple[RefundOrder, ...]:
    """Payment files of refunds, the newest first."""
    rows = models.RefundOrder.objects.filter(company_id=company).order_by("-id")[:limit]
    return tuple(_order(row) for row in rows)


def find_order(*, company: CompanyId, number: str) -> RefundOrder | None:
    """The payment file of this number, or None."""
    row = models.RefundOrder.objects.filter(company_id=company, number=number).first()
    return _order(row) if row else None


def _order(row: models.RefundOrder) -> RefundOrder:
    same = (name for name in RefundOrder.__slots__ if name != "refunds")
    refunds = tuple((one["refund"], Decimal(one["value"])) for one in row.refunds)
    return RefundOrder(refunds=refunds, **{name: getattr(row, name) for name in same})
