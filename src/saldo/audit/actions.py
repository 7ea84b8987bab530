"""Sealing the log."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from saldo.audit.models import Entry, Seal
from saldo.audit.queries import list_seals, sealed_entries
from saldo.audit.rules.seal import seal_day
from saldo.core.identity import CompanyId


def seal_days_before(*, company: CompanyId, today: date) -> int:
    """Seal every finished day (UTC) that has entries and no seal yet; returns how many were sealed."""
    seals = list_seals(company=company)
    first = Entry.objects.filter(company=company).order_by("id").values_list("at", flat=True).first()
    if first is None:
        return 0
    before = seals[-1] if seals else None
    day = before.day + timedelta(days=1) if before else first.astimezone(UTC).date()
    made = 0
    while day < today:
        entries = sealed_entries(
            company=company, after=before.last_entry if before else 0, before_at=_midnight_after(day)
        )
        seal = seal_day(day=day, entries=entries, before=before)
        if seal.count:
            Seal.objects.create(
                company=company, day=day, count=seal.count, last_entry=seal.last_entry, digest=seal.digest
            )
            before, made = seal, made + 1
        day += timedelta(days=1)
    return made


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, UTC)
