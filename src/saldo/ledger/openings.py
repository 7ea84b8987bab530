"""Reading what was taken over from the old book: its items, what the old tool knew of them, and each file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from saldo.core.identity import CompanyId
from saldo.ledger import models


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """One item of the old book, taken over; ``item`` is its key in the books, where its money stands.

    ``open`` is what was open when it was taken over. Dispute, promise, step and last notice are the old tool's.
    """

    take_over: str
    row: int
    item: str
    debtor: str
    number: str
    kind: str
    as_of: date
    currency: str
    original: Decimal
    open: Decimal
    dispute_amount: Decimal | None
    dispute_reason: str
    dispute_since: date | None
    promise_amount: Decimal | None
    promise_until: date | None
    step: str
    last_notice_on: date | None
    last_notice: str
    digest: str
    taken_at: datetime
    taken_by: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """One file that was taken over: how many items, what they came to, and whether it was given back since."""

    name: str
    as_of: date
    items: int
    disputed: int
    promised: int
    at_step: int
    sums: Mapping[str, Decimal]
    taken_at: datetime
    taken_by: str
    undone_at: datetime | None
    undone_by: str


def list_taken_over(
    *,
    company: CompanyId,
    take_over: str | None = None,
    debtor: str | None = None,
    with_undone: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[TakenOver, ...]:
    """Items taken over, as their file lists them; of one file or one debtor where named."""
    rows = _rows(company, with_undone)
    if take_over is not None:
        rows = rows.filter(take_over=take_over)
    if debtor is not None:
        rows = rows.filter(debtor=debtor)
    found = rows.order_by("id")[offset : None if limit is None else offset + limit]
    return tuple(TakenOver(**row) for row in found.values(*TakenOver.__slots__))


def find_taken_over(*, company: CompanyId, item: str) -> TakenOver | None:
    """What the old tool knew of an item in the books; None for one that was not taken over."""
    row = models.OpeningItem.objects.filter(company_id=company, item=item).values(*TakenOver.__slots__).first()
    return TakenOver(**row) if row else None


def list_standing(*, company: CompanyId, numbers: Iterable[str]) -> dict[tuple[str, str], TakenOver]:
    """By kind and number, what stands taken over of these numbers."""
    rows = _rows(company, with_undone=False).filter(number__in=list(numbers)).values(*TakenOver.__slots__)
    return {(row["kind"], row["number"]): TakenOver(**row) for row in rows}


def count_undone(*, company: CompanyId, numbers: Iterable[str]) -> dict[tuple[str, str], int]:
    """By kind and number, how often each was taken over and given back."""
    rows = models.OpeningItem.objects.filter(company_id=company, number__in=list(numbers), undone_at__isnull=False)
    return {(r["kind"], r["number"]): r["times"] for r in rows.values("kind", "number").annotate(times=Count("id"))}


def list_take_overs(*, company: CompanyId) -> tuple[TakeOver, ...]:
    """The files taken over, the newest first."""
    rows = models.OpeningItem.objects.filter(company_id=company)
    sums: dict[str, dict[str, Decimal]] = {}
    for row in rows.values("take_over", "currency").annotate(value=Sum("open")).order_by("currency"):
        sums.setdefault(row["take_over"], {})[row["currency"]] = row["value"]
    files = rows.values("take_over").annotate(
        first=Min("id"),
        day=Min("as_of"),
        items=Count("id"),
        disputed=Count("id", filter=Q(dispute_amount__isnull=False)),
        promised=Count("id", filter=Q(promise_amount__isnull=False)),
        at_step=Count("id", filter=~Q(step="")),
        at=Min("taken_at"),
        by=Min("taken_by"),
        gone_at=Max("undone_at"),
        gone_by=Max("undone_by"),
    )
    return tuple(
        TakeOver(
            name=row["take_over"],
            as_of=row["day"],
            **{name: row[name] for name in ("items", "disputed", "promised", "at_step")},
            sums=sums[row["take_over"]],
            taken_at=row["at"],
            taken_by=row["by"],
            undone_at=row["gone_at"],
            undone_by=row["gone_by"],
        )
        for row in files.order_by("-first")
    )


def count_settled(*, company: CompanyId, take_over: str) -> int:
    """How many items of one file something has settled since; counted without reading them."""
    now = models.Item.objects.filter(company_id=company, key=OuterRef("item")).values("open")
    rows = _rows(company, with_undone=False).filter(take_over=take_over).annotate(now=Subquery(now))
    return rows.exclude(now=F("open")).count()


def _rows(company: CompanyId, with_undone: bool) -> QuerySet[models.OpeningItem]:
    rows = models.OpeningItem.objects.filter(company_id=company)
    return rows if with_undone else rows.filter(undone_at__isnull=True)
