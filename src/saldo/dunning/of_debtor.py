"""One debtor in collection: where each open item stands and why, what was done about it, what keeps it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.dunning import models

_ITEMS = """
SELECT i.item, i.document, i.kind, i.currency, i.due_on, i.open, coalesce(c.step, 'clear'), c.since, c.proved_on,
    coalesce(c.notice_failed, false), coalesce(c.proposed, ''), coalesce(c.because, ''), coalesce(c.facts::text, '{}'),
    coalesce(c.owed, 0), c.look_again_on, coalesce(c.policy, ''), coalesce(c.version, 0), c.decided_on
FROM ledger_open_receivable i
LEFT JOIN dunning_collected c ON c.company_id = i.company_id AND c.item = i.item
WHERE i.company_id = %s AND i.debtor = %s ORDER BY i.due_on, i.item
"""

_CIRCUMSTANCES = """
SELECT * FROM (
    SELECT 'hold' AS kind, id, item, placed_on AS "on", until,
        CASE WHEN ended_on IS NULL THEN 'running' ELSE 'ended' END AS state, placed_by AS by, reason,
        NULL::numeric AS value, '' AS currency, '{}' AS facts
    FROM dunning_hold WHERE company_id = %(company)s AND debtor = %(debtor)s
    UNION ALL
    SELECT 'promise', id, CASE WHEN jsonb_array_length(items) = 1 THEN items ->> 0 ELSE '' END, taken_on, until,
        CASE state WHEN 'open' THEN 'running' ELSE state END, taken_by, note, promised, currency,
        jsonb_build_object('received', received::text, 'said_by', said_by)::text
    FROM dunning_promise WHERE company_id = %(company)s AND debtor = %(debtor)s
    UNION ALL
    SELECT 'dispute', id, item, raised_on, NULL,
        CASE WHEN closed_on IS NULL THEN 'running' ELSE 'closed-' || coalesce(nullif(outcome, ''), 'ours') END,
        raised_by, reason, disputed, '', jsonb_build_object('line', line)::text
    FROM dunning_dispute WHERE company_id = %(company)s AND debtor = %(debtor)s
    UNION ALL
    SELECT 'mark', id, '', since_on, NULL, CASE WHEN ended_on IS NULL THEN 'running' ELSE 'ended' END, set_by, reason,
        NULL, '', jsonb_build_object('mark', kind, 'evidence', evidence, 'signed_by', signed_by)::text
    FROM dunning_mark WHERE company_id = %(company)s AND debtor = %(debtor)s
    UNION ALL
    SELECT 'in-flight', id, item, since_on, NULL, CASE state WHEN 'pending' THEN 'running' ELSE state END,
        recorded_by, reference, pending, currency, '{}'
    FROM dunning_paymentinflight WHERE company_id = %(company)s AND debtor = %(debtor)s
) AS told ORDER BY state = 'running' DESC, "on" DESC, id DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStanding:
    """One open item, where it stands and why; without a decision yet: step `clear`, because ""."""

    item: str
    document: str
    kind: str
    currency: str
    due_on: date
    open: Decimal
    step: str
    since: date | None
    proved_on: date | None
    notice_failed: bool
    proposed: str
    because: str
    facts: Mapping[str, Any]
    owed: Decimal
    look_again_on: date | None
    policy: str
    version: int
    decided_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """Something that keeps a debtor or an item of it back. ``kind``: hold, promise, dispute, mark, in-flight.

    ``state`` is running, or how it ended; ``facts`` what its kind tells.
    """

    kind: str
    id: int
    item: str
    on: date
    until: date | None
    state: str
    by: str
    reason: str
    value: Decimal | None = None
    currency: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether it still keeps anything back."""
        return self.state == "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSeen:
    """A letter that was ordered; see `models.Notice`."""

    id: int
    key: str
    step: str
    letter: str
    on: date
    currency: str
    owed: Decimal
    items: tuple[str, ...]
    channels: tuple[Mapping[str, Any], ...]
    proof: str
    state: str
    proved_on: date | None
    proved_by: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSeen:
    """Items that came to a step on one day."""

    on: date
    step: str
    before: str
    because: str
    facts: Mapping[str, Any]
    items: tuple[str, ...]
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    """A talk, or the attempt."""

    on: date
    made_at: datetime
    outcome: str
    spoken_with: str
    note: str
    by: str


def list_items_of(*, company: CompanyId, debtor: str) -> tuple[ItemStanding, ...]:
    """Every open item of a debtor, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [company, debtor])
        rows = cursor.fetchall()
    names = tuple(ItemStanding.__dataclass_fields__)
    told = (dict(zip(names, row, strict=True)) for row in rows)
    return tuple(ItemStanding(**one | {"facts": json.loads(one["facts"])}) for one in told)


def list_circumstances(*, company: CompanyId, debtor: str) -> tuple[Circumstance, ...]:
    """Holds, promises, disputes, marks and money on its way, running or ended, what runs and the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_CIRCUMSTANCES, {"company": company, "debtor": debtor})
        rows = cursor.fetchall()
    names = tuple(Circumstance.__dataclass_fields__)
    told = (dict(zip(names, row, strict=True)) for row in rows)
    return tuple(Circumstance(**one | {"facts": json.loads(one["facts"])}) for one in told)


def list_notices_of(*, company: CompanyId, debtor: str, limit: int = 50) -> tuple[NoticeSeen, ...]:
    """The letters to a debtor, newest first."""
    rows = models.Notice.objects.filter(company_id=company, debtor=debtor).order_by("-on", "-id")[:limit]
    return tuple(_notice(row) for row in rows)


def find_notice(*, company: CompanyId, debtor: str, notice: int) -> NoticeSeen | None:
    """The letter of this id to this debtor, or None."""
    row = models.Notice.objects.filter(company_id=company, debtor=debtor, id=notice).first()
    return _notice(row) if row else None


def list_moves_of(*, company: CompanyId, debtor: str, limit: int = 200) -> tuple[MoveSeen, ...]:
    """The decisions that moved items, those of one day and step together, oldest first."""
    rows = models.Decided.objects.filter(company_id=company, debtor=debtor).order_by("-on", "-id")[:limit]
    grouped: dict[tuple[date, str], list[models.Decided]] = {}
    for row in reversed(rows):
        grouped.setdefault((row.on, row.step), []).append(row)
    return tuple(
        MoveSeen(
            on=on,
            step=step,
            before=rows[0].before,
            because=rows[0].because,
            facts=rows[0].facts,
            items=tuple(row.item for row in rows),
            notice=next((row.notice for row in rows if row.notice), ""),
        )
        for (on, step), rows in grouped.items()
    )


def list_calls_of(*, company: CompanyId, debtor: str, limit: int = 50) -> tuple[CallSeen, ...]:
    """The talks with a debtor, newest first."""
    rows = models.Call.objects.filter(company_id=company, debtor=debtor).order_by("-made_at", "-id")[:limit]
    return tuple(
        CallSeen(
            on=row.on,
            made_at=row.made_at,
            outcome=row.outcome,
            spoken_with=row.spoken_with,
            note=row.note,
            by=row.made_by,
        )
        for row in rows
    )


def _notice(row: models.Notice) -> NoticeSeen:
    return NoticeSeen(
        id=row.pk,
        key=row.key,
        step=row.step,
        letter=row.letter,
        on=row.on,
        currency=row.currency,
        owed=row.owed,
        items=tuple(one["item"] for one in row.items),
        channels=tuple(row.channels),
        proof=row.proof,
        state=row.state,
        proved_on=row.proved_on,
        proved_by=row.proved_by,
        evidence=row.evidence,
    )
