"""Money that came in and waits on the match screen: whoever may have sent it is not chased until it is matched."""

from __future__ import annotations

from datetime import date

from django.db import connection

from saldo.core.identity import CompanyId

_MAY_SETTLE = """
SELECT share ->> 'item', min(e.booked_on)
FROM receipts_proposed p
JOIN receipts_bankentry e ON e.id = p.entry_id AND e.company_id = p.company_id
CROSS JOIN LATERAL jsonb_array_elements(p.proposals) AS proposal
CROSS JOIN LATERAL jsonb_array_elements(proposal -> 'shares') AS share
WHERE p.company_id = %s AND e.state IN ('open', 'pending') AND e.value > 0
GROUP BY 1
"""


def list_items_that_money_may_settle(*, company: CompanyId) -> dict[str, date]:
    """The items that an entry nobody matched yet may settle, each with the day on which the oldest was booked."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_SETTLE, [company])
        return dict(cursor.fetchall())
