"""Writing postings with their entries and items: one statement, so that the database sees all legs at once.

Arrays go in as parameters of a prepared statement; PostgreSQL takes no COPY under row-level security.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import connection

from saldo.core.identity import CompanyId
from saldo.ledger.rules.posting import NewItem, Posting

_FEW = 20
Pair = tuple[Posting, Sequence[NewItem]]
Batch = Sequence[Pair]

# One question for all that must be known beforehand: with postings coming singly each costs as much as writing them.
_STANDING = """
SELECT 1, key, digest, NULL::date FROM ledger_posting WHERE company_id = %(company)s AND key = ANY(%(keys)s::text[])
UNION ALL
SELECT 2, key, '', NULL FROM ledger_item WHERE company_id = %(company)s AND key = ANY(%(items)s::text[])
UNION ALL
(SELECT 3, '', '', ends_before FROM ledger_closedperiod WHERE company_id = %(company)s ORDER BY id DESC LIMIT 1)
"""
_KNOWN_ITEMS = """
SELECT key, account, party, kind, document, reference, issued_on, due_on, currency, original, posting
FROM ledger_item WHERE company_id = %s AND key = ANY(%s::text[])
"""
_CLOSED = "SELECT ends_before FROM ledger_closedperiod WHERE company_id = %s ORDER BY id DESC LIMIT 1"
# Writes all or nothing: where anything of the batch stands in the way, nothing is written and the caller looks why.
_WRITE = """
WITH way AS MATERIALIZED (
    SELECT NOT EXISTS (SELECT 1 FROM ledger_posting WHERE company_id = %(company)s AND key = ANY(%(p_key)s::text[]))
       AND NOT EXISTS (SELECT 1 FROM ledger_item WHERE company_id = %(company)s AND key = ANY(%(i_key)s::text[]))
       AND coalesce((SELECT ends_before <= %(first)s::date FROM ledger_closedperiod WHERE company_id = %(company)s
                     ORDER BY id DESC LIMIT 1), true) AS is_free
), header AS (
    INSERT INTO ledger_posting
        (company_id, key, "on", code, document, reversal_of, posted_at, posted_by, digest)
    SELECT %(company)s, key, "on", code, document, reversal_of, %(at)s, %(by)s, digest
    FROM unnest(%(p_key)s::text[], %(p_on)s::date[], %(p_code)s::text[], %(p_document)s::text[],
                %(p_reversal_of)s::text[], %(p_digest)s::text[])
        WITH ORDINALITY AS given(key, "on", code, document, reversal_of, digest, place)
    WHERE (SELECT is_free FROM way)
    ORDER BY place
    ON CONFLICT (company_id, key) DO NOTHING
    RETURNING id, key, "on"
), legs AS (
    INSERT INTO ledger_entry (company_id, posting_id, account, party, "on", currency, value)
    SELECT %(company)s, header.id, account, party, header."on", currency, value
    FROM unnest(%(e_posting)s::text[], %(e_account)s::text[], %(e_party)s::text[], %(e_currency)s::text[],
                %(e_value)s::numeric[]) AS given(posting, account, party, currency, value)
    JOIN header ON header.key = given.posting
), items AS (
    INSERT INTO ledger_item (company_id, key, account, party, kind, document, reference, issued_on, due_on,
                             currency, original, open, settled_on, posting)
    SELECT %(company)s, given.key, account, party, kind, document, reference, issued_on, due_on,
           currency, original, original, CASE WHEN original = 0 THEN issued_on END, posting
    FROM unnest(%(i_posting)s::text[], %(i_key)s::text[], %(i_account)s::text[], %(i_party)s::text[],
                %(i_kind)s::text[], %(i_document)s::text[], %(i_reference)s::text[], %(i_issued_on)s::date[],
                %(i_due_on)s::date[], %(i_currency)s::text[], %(i_original)s::numeric[])
        AS given(posting, key, account, party, kind, document, reference, issued_on, due_on, currency, original)
    JOIN header ON header.key = given.posting
)
SELECT key FROM header
"""


def ask(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement, planned for these very values."""
    return _ask(statement, parameters, prepare=False)


def ask_prepared(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement that PostgreSQL keeps prepared; Django itself would write every value into its text."""
    return _ask(statement, parameters, prepare=True)


def _ask(statement: str, parameters: Sequence[Any] | Mapping[str, Any], *, prepare: bool) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters, prepare=prepare)
        return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in the books of a batch: postings (key and digest), keys of items, and how far they are closed."""

    digests: Mapping[str, str]
    items: frozenset[str]
    closed_before: date | None


def look_up(company: CompanyId, batch: Batch) -> Standing:
    """What of a batch stands in the books already."""
    keys = array_text([posting.key for posting, _ in batch])
    items = array_text([item.key for _, made in batch for item in made])
    rows = ask_prepared(_STANDING, {"company": company, "keys": keys, "items": items})
    return Standing(
        digests={key: digest for kind, key, digest, _ in rows if kind == 1},
        items=frozenset(key for kind, key, _, _ in rows if kind == 2),
        closed_before=next((day for kind, _, _, day in rows if kind == 3), None),
    )


def known_items(company: CompanyId, keys: Iterable[str]) -> dict[str, tuple[NewItem, str]]:
    """Items by key as they were made, each with the key of its posting."""
    asked = list(keys)
    rows = ask_prepared(_KNOWN_ITEMS, (company, array_text(asked))) if asked else []
    return {row[0]: (_as_item(row), row[10]) for row in rows}


def closed_before(company: CompanyId) -> date | None:
    """The day before which the books are closed, None while they never were."""
    rows = ask_prepared(_CLOSED, (company,))
    return rows[0][0] if rows else None


def write_postings(
    *, company: CompanyId, batch: Batch, digests: Mapping[str, str], by: str, at: datetime
) -> frozenset[str]:
    """Insert postings with entries and items; returns the keys that were written.

    None is where one of them, or an item, stands there already, or one falls into a closed period; fewer than asked
    where another transaction was quicker with some.
    """
    columns = _posting_columns(batch, digests) | _entry_columns(batch) | _item_columns(batch)
    facts = {"company": company, "by": by, "at": at, "first": min(posting.on for posting, _ in batch)}
    run = ask_prepared if len(batch) <= _FEW else ask  # a plan for few would look for each header in all of many
    return frozenset(row[0] for row in run(_WRITE, columns | facts))


def array_text(values: Sequence[str]) -> str:
    """A text array as PostgreSQL writes it; one text instead of thousands, which psycopg would look at one by one."""
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * max(len(values) - 1, 0):
        joined = '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return '{"' + joined + '"}' if values else "{}"


def _posting_columns(batch: Batch, digests: Mapping[str, str]) -> dict[str, str]:
    postings = [posting for posting, _ in batch]
    return {
        "p_key": array_text([posting.key for posting in postings]),
        "p_on": array_text([posting.on.isoformat() for posting in postings]),
        "p_code": array_text([posting.code for posting in postings]),
        "p_document": array_text([posting.document for posting in postings]),
        "p_reversal_of": array_text([posting.reversal_of for posting in postings]),
        "p_digest": array_text([digests[posting.key] for posting in postings]),
    }


def _entry_columns(batch: Batch) -> dict[str, str]:
    legs = [(posting.key, entry) for posting, _ in batch for entry in posting.entries]
    return {
        "e_posting": array_text([key for key, _ in legs]),
        "e_account": array_text([entry.account for _, entry in legs]),
        "e_party": array_text([entry.party for _, entry in legs]),
        "e_currency": array_text([entry.currency for _, entry in legs]),
        "e_value": array_text([str(entry.value) for _, entry in legs]),
    }


def _item_columns(batch: Batch) -> dict[str, str]:
    items = [(posting.key, item) for posting, made in batch for item in made]
    return {
        "i_posting": array_text([key for key, _ in items]),
        "i_key": array_text([item.key for _, item in items]),
        "i_account": array_text([item.account for _, item in items]),
        "i_party": array_text([item.party for _, item in items]),
        "i_kind": array_text([item.kind for _, item in items]),
        "i_document": array_text([item.document for _, item in items]),
        "i_reference": array_text([item.reference for _, item in items]),
        "i_issued_on": array_text([item.issued_on.isoformat() for _, item in items]),
        "i_due_on": array_text([item.due_on.isoformat() for _, item in items]),
        "i_currency": array_text([item.currency for _, item in items]),
        "i_original": array_text([str(item.original) for _, item in items]),
    }


def _as_item(row: Sequence[Any]) -> NewItem:
    return NewItem(
        key=row[0],
        account=row[1],
        party=row[2],
        kind=row[3],
        document=row[4],
        reference=row[5],
        issued_on=row[6],
        due_on=row[7],
        currency=row[8],
        original=row[9],
    )
