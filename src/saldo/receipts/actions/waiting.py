"""Entries that wait to be matched by themselves: open, money in, and never matched before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from saldo.core.identity import CompanyId
from saldo.receipts import models
from saldo.receipts.actions.matching import MATCHABLE

After = tuple[date, int]
"""Behind which entry a batch begins: its day and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A batch of entries, locked, and where it ends."""

    entries: tuple[models.BankEntry, ...]
    last: After | None


def count_waiting(*, company: CompanyId) -> int:
    """How many entries wait."""
    return _waiting(company).count()


def lock_waiting(*, company: CompanyId, after: After, limit: int) -> Waiting:
    """The next entries by day, nobody else's until the transaction ends; those that somebody holds are passed over."""
    day, number = after
    rows = _waiting(company).filter(Q(booked_on__gt=day) | Q(booked_on=day, id__gt=number))
    rows = rows.order_by("booked_on", "id").select_for_update(skip_locked=True, of=("self",))
    entries = tuple(rows[:limit])
    return Waiting(entries=entries, last=(entries[-1].booked_on, entries[-1].pk) if entries else None)


def _waiting(company: CompanyId) -> QuerySet[models.BankEntry]:
    """A person's decision stands: what was matched once and undone is never matched by itself again."""
    matched = models.Match.objects.filter(company_id=company, entry=OuterRef("pk"))
    rows = models.BankEntry.objects.filter(company_id=company, state="open", kind__in=MATCHABLE, value__gt=0)
    return rows.filter(~Exists(matched))
