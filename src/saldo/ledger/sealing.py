"""Sealing the books, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from saldo.core.identity import CompanyId
from saldo.ledger import models
from saldo.ledger.rules.seal import DaySeal, seal_day
from saldo.ledger.seals import last_posting_before, list_seals, stream_postings


def seal_days_before(*, company: CompanyId, today: date) -> int:
    """Seal every finished day (UTC, by when it was posted) that has postings and no seal yet; returns how many."""
    seals = list_seals(company=company)
    before = seals[-1] if seals else None
    made = 0
    for day in _days_to_seal(company, before, today):
        after = before.last_posting if before else 0
        midnight = datetime.combine(day + timedelta(days=1), time.min, UTC)
        until = last_posting_before(company=company, after=after, before_at=midnight)
        if until == after:
            continue
        seal = seal_day(day=day, postings=stream_postings(company=company, after=after, until=until), before=before)
        models.DaySeal.objects.create(
            company_id=company,
            day=day,
            postings=seal.postings,
            last_posting=seal.last_posting,
            sums=dict(seal.sums),
            digest=seal.digest,
        )
        before, made = seal, made + 1
    return made


def _days_to_seal(company: CompanyId, before: DaySeal | None, today: date) -> list[date]:
    first = models.Posting.objects.filter(company_id=company, id__gt=before.last_posting if before else 0)
    at = first.order_by("id").values_list("posted_at", flat=True).first()
    if at is None:
        return []
    start = max(at.astimezone(UTC).date(), before.day + timedelta(days=1)) if before else at.astimezone(UTC).date()
    return [start + timedelta(days=number) for number in range((today - start).days)]
