"""Whose cost changed most from one month to another, found by the database. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from saldo.charges.queries import _counting
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.parties.queries import select_customers

_MOVED = """
WITH charged AS MATERIALIZED (
    SELECT t.customer, sum(t.net) FILTER (WHERE d.month = %s) AS before, sum(t.net) FILTER (WHERE d.month = %s) AS after
    FROM charges_customertotal t JOIN charges_delivery d ON d.id = t.delivery_id
    WHERE {counting} AND d.month = ANY(%s) AND t.company_id = %s AND t.currency = %s GROUP BY 1
), seen AS MATERIALIZED (
    SELECT f.key, f.name, c.before, c.after, abs(coalesce(c.after, 0) - coalesce(c.before, 0)) AS moved
    FROM charged c JOIN ({customers}) f ON f.key = c.customer
)
SELECT s.charged, p.* FROM (SELECT count(after) AS charged FROM seen) s
LEFT JOIN (SELECT key, name, before, after FROM seen WHERE moved <> 0 ORDER BY moved DESC, name, key LIMIT %s) p ON TRUE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A customer and what two months charged it, before tax; ``before`` None: nothing was charged then."""

    key: CustomerId
    name: str
    before: Decimal | None
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What it rose by."""
        return self.after - (self.before or ZERO)


def find_movers(
    *, company: CompanyId, month: Month, currency: str, owner: int | None = None, limit: int
) -> tuple[tuple[Moved, ...], int]:
    """The largest changes since the month before, up or down, and how many customers the month charged.

    Equal changes by name. ``owner`` keeps one sales agent's own customers; those that nobody knows are left out.
    """
    days = [month.plus(-1).starts_on, month.starts_on]
    customers, found = select_customers(company=company, owner=owner)
    counting, counted = _counting(company)
    values = [*days, *counted, days, company, currency, *found, limit]
    with connection.cursor() as cursor:
        cursor.execute(_MOVED.format(counting=counting, customers=customers), values)
        rows = cursor.fetchall()
    moved = tuple(
        Moved(key=CustomerId(key), name=name, before=before, after=after or ZERO)
        for _, key, name, before, after in rows
        if key is not None
    )
    return moved, rows[0][0]
