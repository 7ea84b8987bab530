"""Whether what is kept beside a document is what its customers come to."""

from __future__ import annotations

from django.db import connection

from saldo.core.identity import CompanyId

_OUT_OF_STEP = """
WITH customers AS (
    SELECT delivery_id, currency, sum(lines) AS lines, sum(net) AS net FROM charges_customertotal
    WHERE company_id = %(company)s GROUP BY 1, 2
), kept AS (
    SELECT delivery_id, currency, lines, net FROM charges_deliverytotal WHERE company_id = %(company)s
), wrong AS (
    SELECT DISTINCT delivery_id FROM customers FULL JOIN kept USING (delivery_id, currency)
    WHERE (customers.lines, customers.net) IS DISTINCT FROM (kept.lines, kept.net)
)
SELECT coalesce(nullif(d.document, ''), d.id::text) FROM wrong JOIN charges_delivery d ON d.id = wrong.delivery_id
ORDER BY d.id LIMIT 5
"""


def find_totals_out_of_step(*, company: CompanyId) -> tuple[str, ...]:
    """Up to five documents whose kept total is not the sum of their customers; none in a sound catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_STEP, {"company": company})
        return tuple(document for (document,) in cursor.fetchall())
