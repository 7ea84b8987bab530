"""How debtors have paid: which invoices money has settled, and when; what is to be expected of them. Reads only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask

_YEAR = timedelta(days=365)
# Debts that money settled, by what was allocated of it and not undone.
_SETTLED = """
SELECT i.party, i.due_on, i.settled_on, i.key FROM ledger_item i JOIN (
    SELECT debit FROM ledger_allocation WHERE company_id = %(company)s AND credit LIKE 'receipt:%%'
    GROUP BY debit HAVING sum(value) > 0
) paid ON paid.debit = i.key
WHERE i.company_id = %(company)s AND i.account = 'receivable' AND i.original > 0
  AND i.settled_on BETWEEN %(since)s AND %(on)s
"""
# The middle of each debtor's days late, the later of two; all together, where party is null, for who has too few.
_EXPECTED = f"""
WITH habit AS MATERIALIZED (
    SELECT party, count(*) AS settled, (array_agg(late ORDER BY late))[count(*) / 2 + 1] AS late
    FROM (SELECT s.party, s.settled_on - s.due_on AS late FROM ({_SETTLED}) s) d
    GROUP BY GROUPING SETS ((party), ())
)
SELECT coalesce(own.late, (SELECT late FROM habit WHERE party IS NULL), 0) AS days, i.due_on, i.currency, sum(i.open)
FROM ledger_item i LEFT JOIN habit own ON own.party = i.party AND own.settled >= %(fewest)s
WHERE i.company_id = %(company)s AND i.account = 'receivable' AND i.settled_on IS NULL AND i.issued_on <= %(on)s
GROUP BY 1, 2, 3 ORDER BY 3, 2, 1
"""


def sum_expected(*, company: CompanyId, on: date, fewest: int) -> tuple[tuple[int, date, str, Decimal], ...]:
    """Days late by habit, due day, currency, and what is open now of everything with these; credits take off from it.

    A debtor's habit is that of the debts that money settled in the 365 days before; whoever has fewer than ``fewest``
    of them is taken to pay as all debtors together do, and on the due day where nothing was ever settled.
    """
    asked = {"company": company, "since": on - _YEAR, "on": on, "fewest": fewest}
    return tuple(ask(_EXPECTED, asked))


def list_settled(*, company: CompanyId, on: date) -> tuple[tuple[str, date, date], ...]:
    """Debtor, due day and day settled of every debt that money settled in the 365 days before.

    Credits settle none, nor does money whose match was undone.
    """
    rows = ask(f"{_SETTLED} ORDER BY i.party, i.due_on, i.key", {"company": company, "since": on - _YEAR, "on": on})
    return tuple(row[:3] for row in rows)
