"""Reading items for allocation under a lock, and writing what allocations did to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from saldo.core.identity import CompanyId
from saldo.ledger.booking import array_text, ask
from saldo.ledger.rules.allocation import NewAllocation, Side

# In the order of their ids, so that two batches over the same items wait for each other and never in a ring.
_LOCK = """
SELECT id, key, account, party, currency, issued_on, open FROM ledger_item
WHERE company_id = %s AND key = ANY(%s::text[]) ORDER BY id FOR UPDATE
"""
_TOUCHED = """
SELECT item, max("on"), max("on") FILTER (WHERE value < 0) FROM (
    SELECT debit AS item, "on", value FROM ledger_allocation
    WHERE company_id = %(company)s AND debit = ANY(%(keys)s::text[])
    UNION ALL
    SELECT credit, "on", value FROM ledger_allocation WHERE company_id = %(company)s AND credit = ANY(%(keys)s::text[])
) AS moves GROUP BY item
"""
_INSERT = """
INSERT INTO ledger_allocation
    (company_id, key, "on", debit, credit, currency, value, reversal_of, made_at, made_by)
SELECT %(company)s, key, "on", debit, credit, currency, value, reversal_of, %(at)s, %(by)s
FROM unnest(%(key)s::text[], %(on)s::date[], %(debit)s::text[], %(credit)s::text[], %(currency)s::text[],
            %(value)s::numeric[], %(reversal_of)s::text[])
    WITH ORDINALITY AS given(key, "on", debit, credit, currency, value, reversal_of, place)
ORDER BY place
"""
_MOVE = """
UPDATE ledger_item SET open = moved.open, settled_on = NULLIF(moved.settled_on, '')::date
FROM unnest(%(key)s::text[], %(open)s::numeric[], %(settled_on)s::text[]) AS moved(key, open, settled_on)
WHERE company_id = %(company)s AND ledger_item.key = moved.key
"""
_FIND = """
SELECT key, "on", debit, credit, value, reversal_of, currency FROM ledger_allocation
WHERE company_id = %s AND (key = ANY(%s::text[]) OR (reversal_of <> '' AND reversal_of = ANY(%s::text[])))
"""


def lock_sides(company: CompanyId, keys: Iterable[str]) -> dict[str, Side]:
    """The items of these keys, nobody else's until the transaction ends; unknown ones are missing."""
    asked = array_text(sorted(set(keys)))
    rows = ask(_LOCK, (company, asked))
    moves = {row[0]: row[1:] for row in ask(_TOUCHED, {"company": company, "keys": asked})}
    return {
        row[1]: Side(
            key=row[1],
            account=row[2],
            party=row[3],
            currency=row[4],
            issued_on=row[5],
            open=row[6],
            touched_on=moves.get(row[1], (None, None))[0],
            undone_on=moves.get(row[1], (None, None))[1],
        )
        for row in rows
    }


def lock_reversal(company: CompanyId, posting: str) -> None:
    """One who takes a posting back at a time, until the transaction ends: the second finds it taken back."""
    ask("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (company, f"ledger.reverse {posting}"))


def find_allocations(
    company: CompanyId, keys: Sequence[str]
) -> tuple[dict[str, tuple[NewAllocation, str]], dict[str, str]]:
    """Allocations of these keys, each with what it mirrors; and by key those that mirror one of them."""
    rows = ask(_FIND, (company, array_text(keys), array_text(keys)))
    found = {
        row[0]: (NewAllocation(key=row[0], on=row[1], debit=row[2], credit=row[3], value=row[4]), row[5])
        for row in rows
    }
    return found, {row[5]: row[0] for row in rows if row[5]}


def write_allocations(
    *,
    company: CompanyId,
    allocations: Sequence[tuple[NewAllocation, str]],
    sides: Iterable[Side],
    by: str,
    at: datetime,
    reversal_of: str = "",
) -> None:
    """Insert allocations (each with its currency) and move the items they touched."""
    made = [allocation for allocation, _ in allocations]
    values: dict[str, Any] = {
        "key": array_text([allocation.key for allocation in made]),
        "on": array_text([allocation.on.isoformat() for allocation in made]),
        "debit": array_text([allocation.debit for allocation in made]),
        "credit": array_text([allocation.credit for allocation in made]),
        "currency": array_text([currency for _, currency in allocations]),
        "value": array_text([str(allocation.value) for allocation in made]),
        "reversal_of": array_text([reversal_of] * len(made)),
    }
    ask(_INSERT, values | {"company": company, "by": by, "at": at})
    _move(company, sides)


def _move(company: CompanyId, sides: Iterable[Side]) -> None:
    moved = list(sides)
    columns = {
        "key": array_text([side.key for side in moved]),
        "open": array_text([str(side.open) for side in moved]),
        "settled_on": array_text([side.settled_on.isoformat() if side.settled_on else "" for side in moved]),
    }
    ask(_MOVE, columns | {"company": company})
