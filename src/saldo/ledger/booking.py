"""Writing postings with their entries and items: one statement, so that the database sees all legs at once (ADR 0023).

Columns go in as arrays; PostgreSQL takes no COPY under row-level security.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import connection

from saldo.core.identity import CompanyId
from saldo.ledger.rules.posting import NewItem, Posting

Pair = tuple[Posting, Sequence[NewItem]]
Batch = Sequence[Pair]

# One question for all that must be known beforehand. Each key is looked up by itself: nothing but the unique index can
# answer that, whatever is known of a young table; a list of keys may be held against every row of the company.
_STANDING = """
SELECT 1, given.key, found.digest, NULL::date FROM unnest(%(keys)s::text[]) AS given(key), LATERAL (
    SELECT digest FROM ledger_posting p WHERE p.company_id = %(company)s AND p.key = given.key OFFSET 0
) AS found
UNION ALL
SELECT 2, given.key, '', NULL FROM unnest(%(items)s::text[]) AS given(key), LATERAL (
    SELECT 1 FROM ledger_item i WHERE i.company_id = %(company)s AND i.key = given.key OFFSET 0
) AS found
UNION ALL
(SELECT 3, '', '', ends_before FROM ledger_closedperiod WHERE company_id = %(company)s ORDER BY id DESC LIMIT 1)
"""
_KNOWN_ITEMS = """
SELECT found.* FROM unnest(%(keys)s::text[]) AS given(key), LATERAL (
    SELECT key, account, party, kind, document, reference, issued_on, due_on, currency, original, posting
    FROM ledger_item i WHERE i.company_id = %(company)s AND i.key = given.key OFFSET 0
) AS found
"""
_CLOSED = "SELECT ends_before FROM ledger_closedperiod WHERE company_id = %s ORDER BY id DESC LIMIT 1"
_COLUMNS = (
    *("p_key", "p_on", "p_code", "p_document", "p_reversal_of", "p_digest"),
    *("e_place", "e_account", "e_party", "e_currency", "e_value"),
    *("i_posting", "i_key", "i_account", "i_party", "i_kind", "i_document"),
    *("i_reference", "i_issued_on", "i_due_on", "i_currency", "i_original"),
)
_ENTER = "SELECT ledger_enter(%s, %s, %s, %s, " + "%s, " * len(_COLUMNS) + "%s)"


def ask(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement whose values travel beside it; Django itself would write them into its text."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters)
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
    rows = ask(_STANDING, {"company": company, "keys": keys, "items": items})
    return Standing(
        digests={key: digest for kind, key, digest, _ in rows if kind == 1},
        items=frozenset(key for kind, key, _, _ in rows if kind == 2),
        closed_before=next((day for kind, _, _, day in rows if kind == 3), None),
    )


def known_items(company: CompanyId, keys: Iterable[str]) -> dict[str, tuple[NewItem, str]]:
    """Items by key as they were made, each with the key of its posting."""
    asked = list(keys)
    rows = ask(_KNOWN_ITEMS, {"company": company, "keys": array_text(asked)}) if asked else []
    return {row[0]: (_as_item(row), row[10]) for row in rows}


def closed_before(company: CompanyId) -> date | None:
    """The day before which the books are closed, None while they never were."""
    rows = ask(_CLOSED, (company,))
    return rows[0][0] if rows else None


def write_postings(
    *, company: CompanyId, batch: Batch, digests: Mapping[str, str], by: str, at: datetime, facts: Mapping[str, Any]
) -> bool:
    """Insert postings with entries and items, and the act with its facts into the log; says whether that was done.

    Nothing of it is where one of them, or an item, stands there already, or one falls into a closed period.
    """
    columns = (*_posting_columns(batch, digests), *_entry_columns(batch), *_item_columns(batch))
    first = min([posting.on for posting, _ in batch])
    ((done,),) = ask(_ENTER, (company, by, at, first, *columns, json.dumps(facts)))
    return bool(done)


def array_text(values: Sequence[str]) -> str:
    """A text array as PostgreSQL writes it; one text instead of thousands, which psycopg would look at one by one."""
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * max(len(values) - 1, 0):
        joined = '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return '{"' + joined + '"}' if values else "{}"


def _posting_columns(batch: Batch, digests: Mapping[str, str]) -> Iterable[str]:
    postings = [posting for posting, _ in batch]
    yield array_text([posting.key for posting in postings])
    yield array_text([posting.on.isoformat() for posting in postings])
    yield array_text([posting.code for posting in postings])
    yield array_text([posting.document for posting in postings])
    yield array_text([posting.reversal_of for posting in postings])
    yield array_text([digests[posting.key] for posting in postings])


def _entry_columns(batch: Batch) -> Iterable[str]:
    legs = [entry for posting, _ in batch for entry in posting.entries]
    yield array_text([f"{place}" for place, (posting, _) in enumerate(batch, start=1) for _ in posting.entries])
    yield array_text([entry.account for entry in legs])
    yield array_text([entry.party for entry in legs])
    yield array_text([entry.currency for entry in legs])
    yield array_text([str(entry.value) for entry in legs])


def _item_columns(batch: Batch) -> Iterable[str]:
    items = [item for _, made in batch for item in made]
    yield array_text([posting.key for posting, made in batch for _ in made])
    yield array_text([item.key for item in items])
    yield array_text([item.account for item in items])
    yield array_text([item.party for item in items])
    yield array_text([item.kind for item in items])
    yield array_text([item.document for item in items])
    yield array_text([item.reference for item in items])
    yield array_text([item.issued_on.isoformat() for item in items])
    yield array_text([item.due_on.isoformat() for item in items])
    yield array_text([item.currency for item in items])
    yield array_text([str(item.original) for item in items])


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
