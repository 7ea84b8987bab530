"""Reading postings as the seals read them, and finding what was changed behind our back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import psycopg
from django.db import connection

from saldo.core.identity import CompanyId
from saldo.ledger import models
from saldo.ledger.booking import ask
from saldo.ledger.rules.seal import DaySeal, SealedPosting, seal_day

_PAGE = 5000
_CHUNK = 500 if psycopg.capabilities.has_stream_chunked() else 1
# Legs come as one value of their posting, so that each is looked up by its index, whatever statistics say.
_READ = """
SELECT p.id, p.posted_at::text, p.posted_by, p.digest, p.key, p."on", p.code, p.document, p.reversal_of,
       coalesce((SELECT array_agg(ARRAY[e.account, e.party, e.currency, e.value::text] ORDER BY e.id)
                 FROM ledger_entry e WHERE e.company_id = %(company)s AND e.posting_id = p.id), '{}'::text[])
FROM ledger_posting p WHERE p.company_id = %(company)s AND p.id > %(after)s
    AND (%(until)s::bigint IS NULL OR p.id <= %(until)s) ORDER BY p.id LIMIT %(page)s::bigint
"""
_LAST_BEFORE = """
SELECT max(id) FROM ledger_posting WHERE company_id = %s AND id > %s AND posted_at < %s
"""
# What is open of an item is its original without what was allocated of it; kept beside it, so that it can be looked up.
_OUT_OF_STEP = """
SELECT item.key FROM ledger_item item LEFT JOIN (
    SELECT debit AS key, -value AS value FROM ledger_allocation WHERE company_id = %(company)s
    UNION ALL
    SELECT credit, value FROM ledger_allocation WHERE company_id = %(company)s
) AS move ON move.key = item.key
WHERE item.company_id = %(company)s
GROUP BY item.id HAVING item.open <> item.original + coalesce(sum(move.value), 0) ORDER BY item.id LIMIT 5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """Whether the books still give their seals; else ``broken_on`` is the first day that does not.

    ``changed`` is the key of the first posting of that day which is no longer as it was posted; empty when one is
    missing or came later.
    """

    state: Literal["intact", "broken", "no-seal-yet"]
    sealed_until: date | None = None
    broken_on: date | None = None
    changed: str = ""


def verify_seals(*, company: CompanyId) -> SealState:
    """Compute every seal again from the postings and their legs, and compare; postings after the last seal too."""
    before: DaySeal | None = None
    for seal in list_seals(company=company):
        changed: list[str] = []
        postings = stream_postings(company=company, after=before.last_posting if before else 0, until=seal.last_posting)
        if seal_day(day=seal.day, postings=_watched(postings, changed), before=before) != seal or changed:
            return SealState(state="broken", broken_on=seal.day, changed=next(iter(changed), ""))
        before = seal
    rest = read_postings(company=company, after=before.last_posting if before else 0, until=None)
    changed_later = next((sealed for sealed in rest if not sealed.is_as_posted), None)
    if changed_later:
        on = changed_later.posted_at.astimezone(UTC).date()
        return SealState(state="broken", broken_on=on, changed=changed_later.key)
    return SealState(state="intact", sealed_until=before.day) if before else SealState(state="no-seal-yet")


def find_items_out_of_step(*, company: CompanyId) -> tuple[str, ...]:
    """Keys of up to five items whose open amount is not what their allocations leave; none in sound books."""
    return tuple(row[0] for row in ask(_OUT_OF_STEP, {"company": company}))


def list_seals(*, company: CompanyId) -> tuple[DaySeal, ...]:
    """All seals, oldest first."""
    rows = models.DaySeal.objects.filter(company_id=company).order_by("day")
    return tuple(
        DaySeal(
            day=row.day, postings=row.postings, last_posting=row.last_posting, sums=dict(row.sums), digest=row.digest
        )
        for row in rows
    )


def last_posting_before(*, company: CompanyId, after: int, before_at: datetime) -> int:
    """The last posting written before an instant, of those after another; that other when there is none.

    A posting that was begun before midnight and written after it takes those written in between along.
    """
    found: int | None = ask(_LAST_BEFORE, (company, after, before_at))[0][0]
    return found or after


def read_postings(*, company: CompanyId, after: int, until: int | None) -> Iterator[SealedPosting]:
    """Postings in the order of their writing, page by page."""
    while True:
        rows = ask(_READ, {"company": company, "after": after, "until": until, "page": _PAGE})
        if not rows:
            return
        yield from map(SealedPosting._make, rows)
        after = rows[-1][0]


def stream_postings(*, company: CompanyId, after: int, until: int) -> Iterator[SealedPosting]:
    """Postings in the order of their writing, while the database is still looking for the next ones.

    For who reads them to the end and asks the database nothing meanwhile: until then its connection is taken.
    """
    connection.ensure_connection()
    asked = {"company": company, "after": after, "until": until, "page": None}
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield from map(SealedPosting._make, cursor.stream(_READ, asked, size=_CHUNK))


def _watched(postings: Iterator[SealedPosting], changed: list[str]) -> Iterator[SealedPosting]:
    for sealed in postings:
        if not sealed.is_as_posted:
            changed.append(sealed.key)
        yield sealed
