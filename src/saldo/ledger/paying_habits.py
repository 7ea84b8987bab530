"""How debtors have paid: which invoices money has settled, and when. Reads only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask

_YEAR = timedelta(days=365)
_SETTLED = """
SELECT i.party, i.due_on, i.settled_on FROM ledger_item i
WHERE i.company_id = %(company)s AND i.account = 'receivable' AND i.original > 0
  AND i.settled_on BETWEEN %(since)s AND %(on)s
  AND (SELECT sum(a.value) FROM ledger_allocation a WHERE a.company_id = i.company_id AND a.debit = i.key
       AND a.credit LIKE 'receipt:%%') > 0
"""
_LATE = f"""
SELECT party, count(*), (array_agg(late ORDER BY late))[count(*) / 2 + 1]
FROM (SELECT s.party, s.settled_on - s.due_on AS late FROM ({_SETTLED}) s) d
GROUP BY GROUPING SETS ((party), ()) ORDER BY party NULLS FIRST
"""
_DUE = """
SELECT party, due_on, currency, sum(open) FROM ledger_item
WHERE company_id = %(company)s AND account = 'receivable' AND settled_on IS NULL AND issued_on <= %(on)s
GROUP BY party, due_on, currency ORDER BY currency, due_on, party
"""


def list_lateness(*, company: CompanyId, on: date) -> tuple[tuple[str, int, int], ...]:
    """Debtor, how many debts money settled in the 365 days before, and how many days late the middle one was.

    The later of two middles. All debtors together come first, under ``""``; nothing where nothing was settled.
    """
    rows = ask(_LATE, {"company": company, "since": on - _YEAR, "on": on})
    return tuple((party or "", count, late) for party, count, late in rows if count)


def list_due(*, company: CompanyId, today: date) -> tuple[tuple[str, date, str, Decimal], ...]:
    """Debtor, due day, currency and what is open now of everything due on that day; credits take off from it."""
    return tuple(ask(_DUE, {"company": company, "on": today}))


def list_settled(*, company: CompanyId, on: date) -> tuple[tuple[str, date, date], ...]:
    """Debtor, due day and day settled of every debt that money settled in the 365 days before.

    Credits settle none, nor does money whose match was undone.
    """
    return tuple(
        ask(f"{_SETTLED} ORDER BY i.party, i.due_on, i.key", {"company": company, "since": on - _YEAR, "on": on})
    )
