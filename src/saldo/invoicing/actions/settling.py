"""A credit note settles what is open of the document that it names."""

from __future__ import annotations

from datetime import date, datetime

from saldo.core.identity import CompanyId
from saldo.ledger.actions import allocate
from saldo.ledger.queries import find_item
from saldo.ledger.rules.allocation import NewAllocation


def settle_credit(*, company: CompanyId, number: str, credits: str, today: date, by: str, at: datetime) -> None:
    """Settle what is open of a document with the credit note that names it; without one the credit stays open."""
    credit = find_item(company=company, key=f"credit-note:{number}")
    debt = find_item(company=company, key=f"invoice:{credits}") if credits else None
    if credit is None or debt is None or credit.open >= 0 or debt.open <= 0:
        return
    if (credit.party, credit.currency) != (debt.party, debt.currency):
        return
    one = NewAllocation(
        key=f"credit-note:{number}",
        on=max(today, credit.issued_on, debt.issued_on),
        debit=debt.key,
        credit=credit.key,
        value=min(-credit.open, debt.open),
    )
    allocate(company=company, allocations=[one], by=by, at=at)
