"""How debtors have paid: which invoices money has settled, and when. Reads only."""

from __future__ import annotations

from datetime import date, timedelta

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask

_YEAR = timedelta(days=365)
_SETTLED = """
SELECT i.party, i.due_on, i.settled_on FROM ledger_item i
WHERE i.company_id = %(company)s AND i.account = 'receivable' AND i.original > 0
  AND i.settled_on BETWEEN %(since)s AND %(on)s
  AND (SELECT sum(a.value) FROM ledger_allocation a WHERE a.company_id = i.company_id AND a.debit = i.key
       AND a.credit LIKE 'receipt:%%') > 0
ORDER BY i.party, i.due_on, i.key
"""


def list_settled(*, company: CompanyId, on: date) -> tuple[tuple[str, date, date], ...]:
    """Debtor, due day and day settled of every debt that money settled in the 365 days before.

    Credits settle none, nor does money whose match was undone.
    """
    return tuple(ask(_SETTLED, {"company": company, "since": on - _YEAR, "on": on}))  # type: ignore[arg-type]
