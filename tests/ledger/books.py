"""What the tests of the books are made of: invoices, receipts, and their posting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.ledger import actions
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, PostedCount, Posting
from tests.conftest import NOW

DAY = date(2026, 3, 2)
Pair = tuple[Posting, tuple[NewItem, ...]]


def invoice(
    number: str, net: str = "100.00", *, party: str = "10001", on: date = DAY, days: int = 30, currency: str = "SEK"
) -> Pair:
    """An invoice with a quarter of tax on top."""
    worth = Decimal(net)
    gross = worth + worth / 4
    entries = (
        Entry(account="receivable", party=party, currency=currency, value=gross),
        Entry(account="sales", party=party, currency=currency, value=-worth),
        Entry(account="tax:SE:25", currency=currency, value=-(worth / 4)),
    )
    posting = Posting(key=f"invoice:{number}", on=on, code="invoicing.issued", document=number, entries=entries)
    item = NewItem(
        key=f"invoice:{number}",
        account="receivable",
        party=party,
        kind="invoice",
        document=number,
        reference=f"RF{number}",
        issued_on=on,
        due_on=on + timedelta(days=days),
        currency=currency,
        original=gross,
    )
    return posting, (item,)


def receipt(number: str, paid: str, *, party: str = "10001", on: date = DAY, currency: str = "SEK") -> Pair:
    """Money of a debtor on the bank account."""
    value = Decimal(paid)
    entries = (
        Entry(account="bank:main", currency=currency, value=value),
        Entry(account="receivable", party=party, currency=currency, value=-value),
    )
    posting = Posting(key=f"receipt:{number}", on=on, code="receipts.booked", document=number, entries=entries)
    item = NewItem(
        key=f"receipt:{number}",
        account="receivable",
        party=party,
        kind="receipt",
        document=number,
        issued_on=on,
        due_on=on,
        currency=currency,
        original=-value,
    )
    return posting, (item,)


def post(company: CompanyId, *pairs: Pair) -> PostedCount:
    """Post as the tests do."""
    return actions.post(company=company, postings=pairs, by="test", at=NOW)


def settle(company: CompanyId, key: str, debit: str, credit: str, value: str, on: date = DAY) -> int:
    """Settle one debt with one credit."""
    return allocate(company, [NewAllocation(key=key, on=on, debit=debit, credit=credit, value=Decimal(value))])


def allocate(company: CompanyId, allocations: Sequence[NewAllocation]) -> int:
    """Allocate as the tests do."""
    return actions.allocate(company=company, allocations=allocations, by="test", at=NOW)
