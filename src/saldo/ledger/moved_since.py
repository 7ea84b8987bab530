"""Reading whose accounts were moved since some point in the books: whoever looks at them again looks at these."""

from __future__ import annotations

from typing import NamedTuple

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask

_NEWEST = """
SELECT coalesce((SELECT max(id) FROM ledger_posting WHERE company_id = %(company)s), 0),
    coalesce((SELECT max(id) FROM ledger_allocation WHERE company_id = %(company)s), 0)
"""
_MOVED = """
SELECT DISTINCT party FROM ledger_entry
WHERE company_id = %(company)s AND posting_id > %(posting)s AND account = %(account)s AND party <> ''
UNION
SELECT DISTINCT i.party FROM ledger_allocation a
JOIN ledger_item i ON i.company_id = a.company_id AND i.key = a.debit AND i.account = %(account)s
WHERE a.company_id = %(company)s AND a.id > %(allocation)s
"""


class BookPlace(NamedTuple):
    """A place in the books: the newest posting and the newest allocation by then."""

    posting: int = 0
    allocation: int = 0


def newest_place(*, company: CompanyId) -> BookPlace:
    """Where the books of a company end now."""
    return BookPlace._make(ask(_NEWEST, {"company": company})[0])


def list_moved_since(*, company: CompanyId, place: BookPlace, account: str = "receivable") -> frozenset[str]:
    """The parties on whose account anything was posted or settled after a place.

    What was numbered before it and committed later is missed: ask from a place that is older than any transaction.
    """
    asked = {"company": company, "account": account} | place._asdict()
    return frozenset(row[0] for row in ask(_MOVED, asked))
