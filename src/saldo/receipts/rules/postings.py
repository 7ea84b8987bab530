"""How money that came in stands in the books before anybody knows whose it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from saldo.ledger.rules.accounts import BANK, BANK_FEES, PENDING, UNALLOCATED
from saldo.ledger.rules.posting import Entry, Posting

_NOT_A_CUSTOMERS = {"fee": "receipts.entry.bank-fee", "interest": "receipts.entry.interest"}


def set_aside_because(kind: str) -> str:
    """Why an entry of this kind is no customer's money, empty when it may be."""
    return _NOT_A_CUSTOMERS.get(kind, "")


def coming_in(
    *, entry: str, account: str, kind: str, is_pending: bool, on: date, currency: str, value: Decimal
) -> Posting:
    """The bank's account against nobody's money yet; fees and interest against the bank's fees.

    What the bank has not booked stands on pending instead of the bank's account.
    """
    debit = PENDING if is_pending else f"{BANK}:{account}"
    credit = BANK_FEES if set_aside_because(kind) else UNALLOCATED
    return _posting(f"{entry}:in", "receipts.received", entry, on, (debit, credit), currency, value)


def cleared(*, entry: str, account: str, on: date, currency: str, value: Decimal) -> Posting:
    """What was pending is booked by the bank."""
    legs = (f"{BANK}:{account}", PENDING)
    return _posting(f"{entry}:cleared", "receipts.cleared", entry, on, legs, currency, value)


def _posting(
    key: str, code: str, document: str, on: date, legs: tuple[str, str], currency: str, value: Decimal
) -> Posting:
    debit, credit = legs
    return Posting(
        key=key,
        on=on,
        code=code,
        document=document,
        entries=(
            Entry(account=debit, currency=currency, value=value),
            Entry(account=credit, currency=currency, value=-value),
        ),
    )
