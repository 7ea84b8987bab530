"""Does a month add up? What Microsoft's invoices say beside what the lines of the same documents come to.

Reads only. Invoices include tax, so the lines are summed with theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.periods import Month

_LINE_KINDS = ("nce-reconciliation", "legacy-license", "legacy-usage")

_BALANCE = """
WITH lines AS (
    SELECT upper(d.document) AS number, sum(coalesce(d.gross, d.total)) AS gross
    FROM charges_delivery d
    WHERE d.company_id = %(company)s AND d.state = 'counts' AND d.kind = ANY(%(kinds)s) AND NOT d.is_estimated
      AND d.month = %(month)s AND d.currency = %(currency)s
    GROUP BY 1
), invoices AS (
    SELECT DISTINCT ON (upper(h.number)) upper(h.number) AS number, h.total
    FROM charges_microsoftinvoice h JOIN charges_delivery d ON d.id = h.delivery_id
    WHERE h.company_id = %(company)s AND d.state = 'counts' AND h.currency = %(currency)s
      AND (d.month = %(month)s OR upper(h.number) IN (SELECT number FROM lines))
    ORDER BY upper(h.number), d.id DESC
)
SELECT coalesce(sum(i.total), 0), coalesce(sum(l.gross), 0),
       coalesce(sum(l.gross) FILTER (WHERE i.number IS NOT NULL), 0),
       count(i.number), count(*) FILTER (WHERE i.number IS NULL)
FROM lines l FULL JOIN invoices i USING (number)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBalance:
    """One month in one currency, with tax; ``documents_without_invoice`` are left out of ``missing``."""

    on_invoices: Decimal
    on_lines: Decimal
    missing: Decimal
    invoices: int
    documents_without_invoice: int

    @property
    def adds_up(self) -> bool:
        """Whether every document has its invoice and nothing is missing in the lines, or too much."""
        return not self.missing and not self.documents_without_invoice and self.invoices > 0


def balance_month(*, company: CompanyId, month: Month, currency: str) -> MonthBalance:
    """Microsoft's invoices of a month against the lines that count for it."""
    facts: dict[str, Any] = {
        "company": company,
        "kinds": list(_LINE_KINDS),
        "month": month.starts_on,
        "currency": currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, facts)
        invoiced, on_lines, matched, invoices, without = cursor.fetchone()
    return MonthBalance(
        on_invoices=invoiced,
        on_lines=on_lines,
        missing=invoiced - matched,
        invoices=invoices,
        documents_without_invoice=without,
    )
