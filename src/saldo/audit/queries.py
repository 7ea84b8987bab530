"""Reading the log, as plain frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from saldo.audit import models
from saldo.audit.rules.seal import DaySeal, SealedEntry, seal_day
from saldo.core.identity import CompanyId

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act: who, what, on whom, when, with the values before and after in ``facts``."""

    number: int
    at: datetime
    actor: str
    code: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """Whether every sealed day still gives its seal; ``broken_on`` is the first day that does not."""

    state: Literal["intact", "broken", "no-seal-yet"]
    sealed_until: date | None = None
    broken_on: date | None = None


def list_entries(
    *,
    company: CompanyId,
    actor: str = "",
    subject: str = "",
    code: str = "",
    day: date | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> tuple[Entry, ...]:
    """Acts, newest first; ``code`` matches its beginning, ``day`` is one in the time zone in force."""
    rows = _matching(company, actor=actor, subject=subject, code=code, day=day)
    return tuple(
        Entry(number=row.pk, at=row.at, actor=row.actor, code=row.code, subject=row.subject, facts=row.facts)
        for row in rows.order_by("-id")[offset : offset + limit]
    )


def count_entries(
    *, company: CompanyId, actor: str = "", subject: str = "", code: str = "", day: date | None = None
) -> int:
    """How many acts `list_entries` would list in all."""
    found: int = _matching(company, actor=actor, subject=subject, code=code, day=day).count()
    return found


def list_seals(*, company: CompanyId) -> tuple[DaySeal, ...]:
    """All seals, oldest first."""
    rows = models.Seal.objects.filter(company=company).order_by("day")
    return tuple(DaySeal(day=row.day, count=row.count, last_entry=row.last_entry, digest=row.digest) for row in rows)


def sealed_entries(*, company: CompanyId, after: int, before_at: datetime) -> Iterator[SealedEntry]:
    """The acts after an entry up to the last one before an instant, in the order in which they were written.

    An act that was begun before midnight and written after it takes those written in between along.
    """
    rows = models.Entry.objects.filter(company=company, id__gt=after)
    last = rows.filter(at__lt=before_at).order_by("id").values_list("id", flat=True).last()
    return _as_sealed(rows.filter(id__lte=last or after).order_by("id"))


def check_chain(*, company: CompanyId) -> ChainState:
    """Compute every seal again and compare."""
    before: DaySeal | None = None
    for seal in list_seals(company=company):
        rows = models.Entry.objects.filter(
            company=company, id__gt=before.last_entry if before else 0, id__lte=seal.last_entry
        ).order_by("id")
        if seal_day(day=seal.day, entries=_as_sealed(rows), before=before) != seal:
            return ChainState(state="broken", broken_on=seal.day)
        before = seal
    return ChainState(state="intact", sealed_until=before.day) if before else ChainState(state="no-seal-yet")


def _as_sealed(rows: Any) -> Iterator[SealedEntry]:
    for row in rows.iterator(chunk_size=2000):
        yield SealedEntry(
            number=row.pk, at=row.at, actor=row.actor, code=row.code, subject=row.subject, facts=row.facts
        )


def _matching(company: CompanyId, *, actor: str, subject: str, code: str, day: date | None) -> Any:
    rows = models.Entry.objects.filter(company=company)
    if actor:
        rows = rows.filter(actor=actor)
    if subject:
        rows = rows.filter(subject=subject)
    if code:
        rows = rows.filter(code__startswith=code)
    return rows.filter(at__date=day) if day else rows
