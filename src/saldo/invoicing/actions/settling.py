"""A credit note settles what is open of the document that it names."""

from __future__ import annotations

from datetime import date, datetime

from saldo.core.identity import CompanyId
from saldo.ledger.actions import allocate
from saldo.ledger.queries import find_item
from saldo.ledger.rules.allocation import NewAllocation


def settle_items(*, company: CompanyId, debit: str, credit: str, key: str, today: date, by: str, at: datetime) -> None:
    """Settle one open item with another as far as both are open, where they are of one debtor and currency."""
    owed, given = find_item(company=company, key=debit), find_item(company=company, key=credit)
    if owed is None or given is None or owed.open <= 0 or given.open >= 0:
        return
    if (owed.party, owed.currency) != (given.party, given.currency):
        return
    on = max(today, owed.issued_on, given.issued_on)
    value = min(owed.open, -given.open)
    one = NewAllocation(key=key, on=on, debit=debit, credit=credit, value=value)
    allocate(company=company, allocations=[one], by=by, at=at)


def settle_credit(*, company: CompanyId, number: str, credits: str, today: date, by: str, at: datetime) -> None:
    """Settle what is open of a document with the credit note that names it; without one the credit stays open."""
    if credits:
        key = f"credit-note:{number}"
        for debit, name in debits_of(credits, key):
            settle_items(company=company, debit=debit, credit=key, key=name, today=today, by=by, at=at)


def debits_of(number: str, key: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The items in which a document may be open, each with a name for its settlement: its own, or the one that an
    authority's document made due."""
    return (f"invoice:{number}", key), (f"authority:{number}", f"{key}:authority")
