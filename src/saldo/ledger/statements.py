"""The statement of one party on one account, for any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask
from saldo.ledger.rules.statement import CurrencyStatement, Move, tell

_OPENING = """
SELECT currency, sum(value) FROM ledger_entry
WHERE company_id = %(company)s AND account = %(account)s AND party = %(party)s AND "on" < %(since)s
GROUP BY currency
"""
_MOVES = """
SELECT p."on", p.key, p.code, p.document, p.reversal_of, e.currency, sum(e.value) FROM ledger_entry e
JOIN ledger_posting p ON p.id = e.posting_id
WHERE e.company_id = %(company)s AND e.account = %(account)s AND e.party = %(party)s
    AND e."on" >= %(since)s AND e."on" <= %(until)s
GROUP BY p.id, e.currency ORDER BY p."on", p.id, e.currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A party's statement from a day to a day, both included, currency by currency."""

    party: str
    since: date
    until: date
    currencies: tuple[CurrencyStatement, ...]


def statement_of(
    *, company: CompanyId, party: str, since: date = date.min, until: date, account: str = "receivable"
) -> Statement:
    """Opening, movements with the balance after each, closing; without ``since`` from the first day on.

    Closing is always that of ``until``: a ``since`` after it only leaves no movement to tell.
    """
    since = since if since <= until else until + timedelta(days=1)
    asked = {"company": company, "account": account, "party": party, "since": since, "until": until}
    openings = dict(ask(_OPENING, asked))
    moves = (
        Move(on=row[0], key=row[1], code=row[2], document=row[3], reversal_of=row[4], currency=row[5], value=row[6])
        for row in ask(_MOVES, asked)
    )
    return Statement(party=party, since=since, until=until, currencies=tell(openings, moves))
