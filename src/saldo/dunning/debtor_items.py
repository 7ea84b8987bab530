"""One debtor's open items as the books have them, for whoever records something about them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused

_OPEN = """
SELECT item, document, kind, currency, issued_on, due_on, open FROM ledger_open_receivable
WHERE company_id = %s AND debtor = %s ORDER BY due_on, item
"""
_COUNTRY = "SELECT coalesce(country, '') FROM parties_debtor WHERE company_id = %s AND number = %s"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('dunning.debtor:' || %s), %s)"


class UnableToFindDebtor(Refused):
    """A debtor, or an open item of it, that is not there."""


class DebtorItem(NamedTuple):
    """An open item of a debtor; ``open`` before credits that nobody has allocated."""

    item: str
    document: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    open: Decimal


def lock_debtor(*, company: CompanyId, debtor: str) -> str:
    """One who records something about a debtor at a time, until the transaction ends; gives the debtor's country.

    Refuses (UnableToFindDebtor): dunning.debtor.unknown.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRY, [company, debtor])
        row = cursor.fetchone()
        if row is None:
            raise UnableToFindDebtor(code="dunning.debtor.unknown", facts={"debtor": debtor})
        cursor.execute(_LOCK, [debtor, company])
    return str(row[0])


def list_debtor_items(*, company: CompanyId, debtor: str) -> tuple[DebtorItem, ...]:
    """What is open of a debtor, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [company, debtor])
        return tuple(map(DebtorItem._make, cursor.fetchall()))


def get_debtor_item(*, company: CompanyId, debtor: str, item: str) -> DebtorItem:
    """An open item of a debtor. Refuses (UnableToFindDebtor): dunning.item.not-open."""
    for one in list_debtor_items(company=company, debtor=debtor):
        if one.item == item:
            return one
    raise UnableToFindDebtor(code="dunning.item.not-open", facts={"debtor": debtor, "item": item})
