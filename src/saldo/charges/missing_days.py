"""Which documents bill usage whose days nobody brought: their customers cannot be shown what a meter was used for."""

from __future__ import annotations

from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId, MicrosoftInvoiceId
from saldo.core.periods import Month

DAYS_MISSING = "charges.usage.days-missing"

_DOCUMENTS = """
SELECT DISTINCT upper(d.document) AS number FROM charges_delivery d
WHERE d.company_id = %(company)s AND d.month = %(month)s AND d.state = 'counts' AND NOT d.is_estimated
  AND d.document <> '' AND d.kind = ANY(%(billed)s) AND EXISTS (
    SELECT FROM charges_line l WHERE l.company_id = d.company_id AND l.delivery_id = d.id AND l.category = 'usage'
      AND l.amount <> 0 AND lower(l.publisher) IN ('', 'microsoft', 'microsoft corporation'))
  AND NOT EXISTS (
    SELECT FROM charges_delivery x WHERE x.company_id = d.company_id AND upper(x.document) = upper(d.document)
      AND x.state = 'counts' AND x.kind = ANY(%(daily)s))
ORDER BY number
"""


def list_documents_without_days(*, company: CompanyId, month: Month) -> tuple[MicrosoftInvoiceId, ...]:
    """Documents of a month that bill usage and have no daily usage that counts, by number."""
    facts: dict[str, Any] = {
        "company": company,
        "month": month.starts_on,
        "billed": ["nce-reconciliation", "legacy-usage"],
        "daily": ["nce-daily-usage", "legacy-usage-daily"],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DOCUMENTS, facts)
        return tuple(MicrosoftInvoiceId(number) for (number,) in cursor.fetchall())
