"""Who holds and who promises: what each person placed and took in a time, and what became of it (practice 23)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId

_HOLDS = """
SELECT placed_by, count(*),
    count(*) FILTER (WHERE ended_on IS NULL AND (until IS NULL OR until >= %(today)s)),
    count(*) FILTER (WHERE ended_on IS NULL AND until IS NULL),
    coalesce(max(coalesce(ended_on, least(until, %(today)s), %(today)s) - placed_on), 0)
FROM dunning_hold WHERE company_id = %(company)s AND placed_on BETWEEN %(since)s AND %(today)s
    AND (%(reach)s::text[] IS NULL OR debtor = ANY(%(reach)s))
GROUP BY placed_by
"""
_PROMISES = """
SELECT taken_by, count(*), count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'broken'),
    count(*) FILTER (WHERE state = 'open'), coalesce(sum(promised) FILTER (WHERE currency = %(currency)s), 0),
    coalesce(sum(received) FILTER (WHERE currency = %(currency)s), 0)
FROM dunning_promise WHERE company_id = %(company)s AND taken_on BETWEEN %(since)s AND %(today)s
    AND (%(reach)s::text[] IS NULL OR debtor = ANY(%(reach)s))
GROUP BY taken_by
"""
_RUNNING = """
SELECT * FROM (
    SELECT 'hold' AS kind, h.id, h.debtor, h.placed_by AS who, h.placed_on AS since, h.until, h.reason,
        NULL::numeric AS value, '' AS currency FROM dunning_hold h
    WHERE h.company_id = %(company)s AND h.ended_on IS NULL AND (h.until IS NULL OR h.until >= %(today)s)
    UNION ALL
    SELECT 'promise', p.id, p.debtor, p.taken_by, p.taken_on, p.until, p.note, p.promised, p.currency
    FROM dunning_promise p WHERE p.company_id = %(company)s AND p.state = 'open'
) AS running
LEFT JOIN (SELECT number, name FROM parties_debtor WHERE company_id = %(company)s) d ON d.number = running.debtor
WHERE %(reach)s::text[] IS NULL OR debtor = ANY(%(reach)s)
ORDER BY until NULLS LAST, since, kind, id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReport:
    """One person's holds and promises. ``longest`` in days; amounts in the currency asked for."""

    by: str
    holds: int = 0
    holds_running: int = 0
    holds_endless: int = 0
    longest: int = 0
    promises: int = 0
    kept: int = 0
    broken: int = 0
    promises_open: int = 0
    promised: Decimal = Decimal(0)
    received: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A hold or a promise that runs today."""

    kind: str
    id: int
    debtor: str
    by: str
    since: date
    until: date | None
    reason: str
    value: Decimal | None
    currency: str
    name: str


def report_people(
    *, company: CompanyId, since: date, today: date, currency: str, reach: Collection[str] | None
) -> tuple[PersonReport, ...]:
    """What each person placed and took since a day, who most first."""
    values = _values(company, today, reach) | {"since": since, "currency": currency}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, values)
        holds = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_PROMISES, values)
        promises = {row[0]: row[1:] for row in cursor.fetchall()}
    names = ("holds", "holds_running", "holds_endless", "longest")
    others = ("promises", "kept", "broken", "promises_open", "promised", "received")
    found = [
        PersonReport(
            by=by,
            **dict(zip(names, holds[by], strict=True) if by in holds else ()),
            **dict(zip(others, promises[by], strict=True) if by in promises else ()),
        )
        for by in sorted(holds.keys() | promises.keys())
    ]
    return tuple(sorted(found, key=lambda one: -(one.holds + one.promises)))


def list_running(*, company: CompanyId, today: date, reach: Collection[str] | None, limit: int) -> tuple[Running, ...]:
    """Holds and promises that run, those that end first first; without an end last."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, _values(company, today, reach) | {"limit": limit})
        rows = cursor.fetchall()
    names = tuple(Running.__dataclass_fields__)
    return tuple(Running(**dict(zip(names, (*row[:9], row[10] or row[2]), strict=True))) for row in rows)


def _values(company: CompanyId, today: date, reach: Collection[str] | None) -> dict[str, Any]:
    return {"company": company, "today": today, "reach": None if reach is None else sorted(reach)}
