"""The steps that wait for a person: by debtor, step and currency, the most money first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from saldo.core.identity import CompanyId

_WAITING = """
SELECT c.proposed, c.debtor, coalesce(d.name, c.debtor), c.currency, jsonb_agg(c.item ORDER BY i.due_on)::text,
    sum(i.open), min(i.due_on), min(c.decided_on), min(c.policy), min(c.version),
    count(*) OVER (PARTITION BY c.proposed)
FROM dunning_collected c
JOIN ledger_open_receivable i ON i.company_id = c.company_id AND i.item = c.item
LEFT JOIN parties_debtor d ON d.company_id = c.company_id AND d.number = c.debtor
WHERE c.company_id = %(company)s AND c.proposed <> ''
GROUP BY c.proposed, c.debtor, d.name, c.currency
ORDER BY c.proposed, sum(i.open) DESC, c.debtor LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One debtor's items that wait to be let onto a step; ``of_step`` how many debtors wait for it in all."""

    step: str
    debtor: str
    name: str
    currency: str
    items: tuple[str, ...]
    open: Decimal
    oldest: date
    since: date | None
    policy: str
    version: int
    of_step: int


def list_waiting(*, company: CompanyId, limit: int) -> tuple[Waiting, ...]:
    """Those of each step together."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"company": company, "limit": limit})
        rows = cursor.fetchall()
    return tuple(
        Waiting(
            step=row[0],
            debtor=row[1],
            name=row[2],
            currency=row[3],
            items=tuple(json.loads(row[4])),
            open=row[5],
            oldest=row[6],
            since=row[7],
            policy=row[8],
            version=row[9],
            of_step=row[10],
        )
        for row in rows
    )
