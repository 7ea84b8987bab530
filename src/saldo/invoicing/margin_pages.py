"""Margin by debtor or product, from sums that the database keeps: no view adds up two hundred thousand lines.

Everything here holds cost and stays in the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.periods import Month

By = Literal["debtor", "product"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What is charged for a debtor or product and what it costs, in the documents' currency.

    ``cost`` and ``margin`` are None where Microsoft charges in another currency and no rate was used.
    """

    key: str
    name: str
    currency: str
    lines: int
    net: Decimal
    cost: Decimal | None

    @property
    def margin(self) -> Decimal | None:
        """What is left."""
        return None if self.cost is None else self.net - self.cost

    @property
    def is_negative(self) -> bool:
        """Whether we pay more than we charge; where more was given back than charged, we pay nothing."""
        return self.cost is not None and self.cost > 0 and self.net < self.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTotal:
    """One currency of a month: how many rows there are, how many cost more than they bring, and what all come to.

    Rows without a known cost are ``unknown`` and stay out of ``known``, ``net`` and ``cost``.
    """

    currency: str
    known: int
    unknown: int
    negative: int
    net: Decimal
    cost: Decimal


_KEPT = """
WITH kept AS (
    SELECT key, currency, sum(lines)::bigint AS lines, sum(net) AS net,
        CASE WHEN sum(unknown) = 0 THEN trim_scale(sum(cost)) END AS cost
    FROM invoicing_marginsum WHERE company_id = %(company)s AND month = %(month)s AND by = %(by)s
    GROUP BY 1, 2 HAVING sum(lines) <> 0
)
"""
_ROWS = """
SELECT p.key, n.name, p.currency, p.lines, p.net, p.cost FROM (
    SELECT * FROM kept ORDER BY cost IS NULL, net - cost, key, currency LIMIT %(limit)s OFFSET %(offset)s
) p CROSS JOIN LATERAL (
    SELECT name FROM invoicing_marginsum s WHERE s.company_id = %(company)s AND s.month = %(month)s AND s.by = %(by)s
      AND s.key = p.key AND s.currency = p.currency AND s.lines > 0 ORDER BY s.id DESC LIMIT 1
) n ORDER BY p.cost IS NULL, p.net - p.cost, p.key, p.currency
"""
_TOTALS = """
SELECT currency, count(cost), count(*) - count(cost), count(*) FILTER (WHERE cost > 0 AND net < cost),
    coalesce(sum(net) FILTER (WHERE cost IS NOT NULL), 0), coalesce(sum(cost), 0)
FROM kept GROUP BY 1 ORDER BY 1
"""


def list_margins(
    *, company: CompanyId, month: Month, by: By = "debtor", limit: int | None = None, offset: int = 0
) -> tuple[Margin, ...]:
    """Margin by debtor or by product, drafts included, the worst first; taxes are on neither side."""
    rows = _ask(_ROWS, company, month, by, limit=limit, offset=offset)
    return tuple(Margin(**dict(zip(Margin.__slots__, row, strict=True))) for row in rows)


def total_margins(*, company: CompanyId, month: Month, by: By = "debtor") -> tuple[MarginTotal, ...]:
    """What all rows of `list_margins` come to, by currency."""
    rows = _ask(_TOTALS, company, month, by)
    return tuple(MarginTotal(**dict(zip(MarginTotal.__slots__, row, strict=True))) for row in rows)


# As a view once added them up, line by line: what the kept sums must equal.
_OUT_OF_STEP = """
WITH line AS (
    SELECT i.debtor, l.product_id, i.currency, l.month, l.net,
        CASE WHEN l.cost = 0 THEN 0 WHEN l.cost_currency = i.currency THEN l.cost
            WHEN l.rate <> 1 THEN l.cost * l.rate END AS cost
    FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id WHERE l.company_id = %(company)s
), summed AS (
    SELECT month, CASE WHEN grouping(debtor) = 0 THEN 'debtor' ELSE 'product' END AS by,
        coalesce(debtor, product_id) AS key, currency, count(*) AS lines, sum(net) AS net,
        coalesce(sum(cost), 0) AS cost, count(*) - count(cost) AS unknown
    FROM line GROUP BY GROUPING SETS ((month, currency, debtor), (month, currency, product_id))
), kept AS (
    SELECT month, by, key, currency, sum(lines) AS lines, sum(net) AS net, sum(cost) AS cost, sum(unknown) AS unknown
    FROM invoicing_marginsum WHERE company_id = %(company)s GROUP BY 1, 2, 3, 4 HAVING sum(lines) <> 0
)
SELECT to_char(month, 'YYYY-MM') || ' ' || by || ' ' || key FROM summed FULL JOIN kept USING (month, by, key, currency)
WHERE (summed.lines, summed.net, summed.cost, summed.unknown)
    IS DISTINCT FROM (kept.lines, kept.net, kept.cost, kept.unknown)
ORDER BY 1 LIMIT 5
"""


def find_margins_out_of_step(*, company: CompanyId) -> tuple[str, ...]:
    """Up to five months and keys whose kept margin is not the sum of their lines; none in sound tables."""
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_STEP, {"company": company})
        return tuple(place for (place,) in cursor.fetchall())


def _ask(sql: str, company: CompanyId, month: Month, by: By, **more: int | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_KEPT + sql, {"company": company, "month": month.starts_on, "by": by, **more})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
