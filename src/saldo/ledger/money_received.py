"""Reading what money came in for parties since some instant: whether somebody kept their word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from saldo.core.identity import CompanyId
from saldo.ledger.booking import ask

# Whatever takes back money from before the instant counts no more than that money did.
_RECEIVED = """
SELECT asked.key, -sum(e.value)
FROM unnest(%(keys)s::text[], %(parties)s::text[], %(currencies)s::text[], %(since)s::timestamptz[])
    AS asked (key, party, currency, since)
JOIN ledger_entry e ON e.company_id = %(company)s AND e.account = 'receivable' AND e.party = asked.party
    AND e.currency = asked.currency
JOIN ledger_posting p ON p.id = e.posting_id AND p.company_id = %(company)s
WHERE p.posted_at > asked.since AND p.code = ANY(%(codes)s::text[]) AND NOT EXISTS (
    SELECT 1 FROM ledger_posting first
    WHERE first.company_id = %(company)s AND p.reversal_of <> '' AND first.key = p.reversal_of
        AND first.posted_at <= asked.since
)
GROUP BY asked.key
"""


class AskedMoney(NamedTuple):
    """Whose money in which currency is asked for, and since when; ``key`` is the asker's own name for it."""

    key: str
    party: str
    currency: str
    since: datetime


def sum_received(*, company: CompanyId, asked: Collection[AskedMoney], codes: Collection[str]) -> Mapping[str, Decimal]:
    """By key, what postings of these codes took off each party's account since then; where nothing came, missing."""
    if not asked:
        return {}
    keys, parties, currencies, since = (list(column) for column in zip(*asked, strict=True))
    values = {"company": company, "keys": keys, "parties": parties, "currencies": currencies, "since": since}
    return dict(ask(_RECEIVED, values | {"codes": list(codes)}))
