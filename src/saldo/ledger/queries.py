"""Reading the books: open items, balances, postings, on any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.ledger import models
from saldo.ledger.booking import ask, known_items
from saldo.ledger.rules.posting import Entry, NewItem, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """Something open, as it stands on the day asked for; ``original`` and ``open`` are signed as on the account."""

    key: str
    account: str
    party: str
    kind: str
    document: str
    reference: str
    issued_on: date
    due_on: date
    currency: str
    original: Decimal
    open: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account amounts to: debit positive, credit negative."""

    account: str
    party: str
    currency: str
    value: Decimal


_ITEM = "key, account, party, kind, document, reference, issued_on, due_on, currency, original"
# As of a day: today's rest, with what was allocated after that day put back. A settled item is looked at only when it
# was settled after the day.
OPEN_ON = """
SELECT item.*, item.open + CASE WHEN item.original < 0 THEN -1 ELSE 1 END * coalesce(later.value, 0) AS open_then
FROM (
    SELECT * FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s AND settled_on IS NULL
        AND issued_on <= %(on)s AND (%(party)s::text IS NULL OR party = %(party)s)
    UNION ALL
    SELECT * FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s AND settled_on > %(on)s
        AND issued_on <= %(on)s AND (%(party)s::text IS NULL OR party = %(party)s)
) AS item
LEFT JOIN (
    SELECT side.item, sum(side.value) AS value FROM (
        SELECT debit AS item, value FROM ledger_allocation WHERE company_id = %(company)s AND "on" > %(on)s
        UNION ALL
        SELECT credit, value FROM ledger_allocation WHERE company_id = %(company)s AND "on" > %(on)s
    ) AS side GROUP BY side.item
) AS later ON later.item = item.key
"""
_LIST_ON = f"SELECT {_ITEM}, open_then FROM ({OPEN_ON}) AS held WHERE open_then <> 0 ORDER BY due_on, key"
_LIST_NOW = f"""
SELECT {_ITEM}, open FROM ledger_item WHERE company_id = %(company)s AND account = %(account)s
    AND settled_on IS NULL AND (%(party)s::text IS NULL OR party = %(party)s) AND open <> 0 ORDER BY due_on, key
"""
_FIND = f"SELECT {_ITEM}, open FROM ledger_item WHERE company_id = %s AND key = ANY(%s::text[])"
_SUM = f"SELECT currency, sum(open_then) FROM ({OPEN_ON}) AS held GROUP BY currency HAVING sum(open_then) <> 0"
_BALANCES = """
SELECT account, '', currency, sum(value) FROM ledger_entry WHERE company_id = %(company)s AND "on" <= %(on)s
GROUP BY account, currency HAVING sum(value) <> 0 ORDER BY account, currency
"""
_BALANCES_OF_KIND = """
SELECT account, '', currency, sum(value) FROM ledger_entry
WHERE company_id = %(company)s AND "on" <= %(on)s AND (account = %(kind)s OR account LIKE %(kind)s || ':%%')
GROUP BY account, currency HAVING sum(value) <> 0 ORDER BY account, currency
"""
_BALANCES_OF_PARTIES = """
SELECT account, party, currency, sum(value) FROM ledger_entry
WHERE company_id = %(company)s AND "on" <= %(on)s AND account = %(account)s
GROUP BY account, party, currency HAVING sum(value) <> 0 ORDER BY party, currency
"""
_LEGS = """
SELECT account, party, currency, value FROM ledger_entry WHERE company_id = %s AND posting_id = %s ORDER BY id
"""
# By way of the account and party of its legs: items are found by these, and no index by posting has to be kept.
_OF_POSTING = """
SELECT key FROM ledger_item WHERE company_id = %s AND (account, party) IN (
    SELECT account, party FROM ledger_entry
    WHERE company_id = %s AND posting_id = (SELECT id FROM ledger_posting WHERE company_id = %s AND key = %s)
) AND posting = %s ORDER BY id
"""


def list_open_items(
    *, company: CompanyId, account: str = "receivable", party: str | None = None, as_of: date | None = None
) -> tuple[OpenItem, ...]:
    """Items with something open, by due date; without a day those open now, whatever their dates."""
    parameters = {"company": company, "account": account, "party": party, "on": as_of}
    return tuple(_as_open(row) for row in ask(_LIST_ON if as_of else _LIST_NOW, parameters))


def find_item(*, company: CompanyId, key: str) -> OpenItem | None:
    """The item of this key as it stands now, settled ones too; None when there is none."""
    rows = ask(_FIND, (company, [key]))
    return _as_open(rows[0]) if rows else None


def find_items(*, company: CompanyId, keys: Iterable[str]) -> dict[str, OpenItem]:
    """Items by key as they stand now; unknown ones are missing."""
    return {row[0]: _as_open(row) for row in ask(_FIND, (company, list(keys)))}


def list_open_among(*, company: CompanyId, keys: Iterable[str]) -> dict[str, Decimal]:
    """What is open now of these items, by key."""
    return {key: item.open for key, item in find_items(company=company, keys=keys).items()}


def sum_open(
    *, company: CompanyId, account: str = "receivable", as_of: date, party: str | None = None
) -> dict[str, Decimal]:
    """What is open on a day, by currency, signed as on the account."""
    return dict(ask(_SUM, {"company": company, "account": account, "party": party, "on": as_of}))


def balances(*, company: CompanyId, on: date, kind: str = "") -> tuple[Balance, ...]:
    """What each account (of a ``kind``) amounts to at the end of a day, all parties together, where not nothing."""
    return _as_balances(ask(_BALANCES_OF_KIND if kind else _BALANCES, {"company": company, "on": on, "kind": kind}))


def balances_of_parties(*, company: CompanyId, on: date, account: str = "receivable") -> tuple[Balance, ...]:
    """What one account amounts to at the end of a day, party by party; those that come to nothing are left out."""
    return _as_balances(ask(_BALANCES_OF_PARTIES, {"company": company, "on": on, "account": account}))


def _as_balances(rows: Sequence[Sequence[Any]]) -> tuple[Balance, ...]:
    return tuple(Balance(account=row[0], party=row[1], currency=row[2], value=row[3]) for row in rows)


def find_posting(*, company: CompanyId, key: str) -> Posting | None:
    """A posting with its legs, or None."""
    row = models.Posting.objects.filter(company_id=company, key=key).first()
    if row is None:
        return None
    legs = ask(_LEGS, (company, row.pk))
    return Posting(
        key=row.key,
        on=row.on,
        code=row.code,
        document=row.document,
        reversal_of=row.reversal_of,
        entries=tuple(Entry(account=leg[0], party=leg[1], currency=leg[2], value=leg[3]) for leg in legs),
    )


def items_of_posting(*, company: CompanyId, posting: str) -> tuple[NewItem, ...]:
    """The items that a posting opened, as they were made."""
    keys = [row[0] for row in ask(_OF_POSTING, (company, company, company, posting, posting))]
    found = known_items(company, keys)
    return tuple(found[key][0] for key in keys)


def _as_open(row: Sequence[Any]) -> OpenItem:
    return OpenItem(
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
        open=row[10],
    )
