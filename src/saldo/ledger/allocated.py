"""Reading what settled what, and since when the oldest debt of each party is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask

# An allocation and its undoing name the same two items: together they come to nothing and are left out.
_OF_ITEMS = """
SELECT debit, credit, max("on"), sum(value) FROM ledger_allocation
WHERE company_id = %(company)s AND debit = ANY(%(items)s::text[]) AND "on" <= %(on)s
GROUP BY debit, credit HAVING sum(value) <> 0
UNION
SELECT debit, credit, max("on"), sum(value) FROM ledger_allocation
WHERE company_id = %(company)s AND credit = ANY(%(items)s::text[]) AND "on" <= %(on)s
GROUP BY debit, credit HAVING sum(value) <> 0
ORDER BY 3, 1, 2
"""
_OLDEST = """
SELECT party, currency, min(due_on) FROM ledger_item
WHERE company_id = %(company)s AND account = %(account)s AND party = ANY(%(parties)s::text[]) AND original > 0
    AND issued_on <= %(on)s AND (settled_on IS NULL OR settled_on > %(on)s)
GROUP BY party, currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """So much of the debt ``debit`` was settled by ``credit``; ``on`` is the last day of it."""

    debit: str
    credit: str
    on: date
    value: Decimal


def list_settlements(*, company: CompanyId, items: Collection[str], as_of: date) -> tuple[Settlement, ...]:
    """What these items settle and are settled by on a day, without what was undone by then."""
    if not items:
        return ()
    rows = ask(_OF_ITEMS, {"company": company, "items": list(items), "on": as_of})
    return tuple(Settlement(debit=row[0], credit=row[1], on=row[2], value=row[3]) for row in rows)


def list_oldest_due(
    *, company: CompanyId, parties: Collection[str], as_of: date, account: str = "receivable"
) -> dict[tuple[str, str], date]:
    """By party and currency, the due day of the oldest debt that is open on a day."""
    asked = {"company": company, "account": account, "parties": list(parties), "on": as_of}
    return {(row[0], row[1]): row[2] for row in ask(_OLDEST, asked)}
