"""A bank's entry that pays Microsoft settles what we owe, and stands in the books once; undone, it is open again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.parties.company import company_context
from saldo.payables.actions.payments import take_back_payment
from saldo.payables.actions.shown_paid import match_outgoing, names_a_document
from saldo.payables.pay_queries import list_payments, list_unpaid_runs
from saldo.receipts.actions.going_out import pass_on, take_again
from saldo.receipts.queries import BankEntry, find_entry, list_going_out

PAID = "receipts.entry.paid-microsoft"


def settle_from_bank(*, company: CompanyId, by: str, at: datetime) -> int:
    """Let every open entry that certainly pays Microsoft pay it; returns how many did.

    Certain: a payment run's exact sum from its account, or documents that the text names with exactly what is open.
    Each entry is its own transaction; one that cannot be booked (closed period, unknown account) waits for a person.
    """
    with company_context(company):
        runs = {(run.account, run.total, run.lines[0].currency) for run in list_unpaid_runs(company=company)}
        waiting = [one for one in list_going_out(company=company) if _may_pay(one, runs)]
    paid = 0
    for entry in waiting:
        with suppress(Refused), company_context(company):
            paid += _pay(company, entry, by, at)
    return paid


def take_back(*, company: CompanyId, key: str, on: date, by: str, at: datetime) -> None:
    """Undo a payment to Microsoft. What its bank entry paid is undone as a whole, and the entry is open again."""
    with company_context(company):
        entry = find_entry(company=company, key=key.rpartition(":")[0])
        if entry is None or entry.because != PAID:
            take_back_payment(company=company, key=key, on=on, by=by, at=at)
            return
        for one in list_payments(company=company):
            if one.key.startswith(f"{entry.key}:"):
                take_back_payment(company=company, key=one.key, on=on, by=by, at=at)
        take_again(company=company, entry=entry.key, because=PAID, by=by, at=at)


def _may_pay(entry: BankEntry, runs: set[tuple[str, Decimal, str]]) -> bool:
    return (entry.account, -entry.value, entry.currency) in runs or names_a_document(text=_text(entry))


def _pay(company: CompanyId, entry: BankEntry, by: str, at: datetime) -> int:
    documents = match_outgoing(
        company=company,
        key=entry.key,
        account=entry.account,
        on=entry.booked_on,
        value=-entry.value,
        currency=entry.currency,
        text=_text(entry),
        by=by,
        at=at,
    )
    if documents:
        pass_on(company=company, entry=entry.key, because=PAID, by=by, at=at)
    return 1 if documents else 0


def _text(entry: BankEntry) -> str:
    return " ".join((entry.text, *entry.references))
