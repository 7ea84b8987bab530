"""Payments to Microsoft as they happened, undone, and those to chase. Nothing here commits.

What only Microsoft's header says was paid settles the document against ``pending``, until a bank entry shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, Money, amount_text
from saldo.ledger.actions import post, reverse, undo_allocation
from saldo.ledger.queries import find_items
from saldo.ledger.rules import accounts
from saldo.ledger.rules.allocation import NewAllocation
from saldo.ledger.rules.posting import Entry, NewItem, Posting
from saldo.parties.debtors import find_bank_account
from saldo.payables import models
from saldo.payables.actions.claiming import open_claim
from saldo.payables.actions.paying import UnableToPay
from saldo.payables.actions.recording import lock, settle
from saldo.payables.queries import PARTY
from saldo.payables.rules.claims import certificate_by


def record_payment(
    *,
    company: CompanyId,
    key: str,
    document: str,
    account: str,
    paid_on: date,
    value: Decimal,
    withheld: Decimal = ZERO,
    certificate: str = "",
    from_bank: Money | None = None,
    run: str = "",
    by: str,
    at: datetime,
) -> None:
    """Book a payment for one document: what left the bank, and the tax withheld; the same key twice is one payment.

    ``value`` in the document's currency; ``from_bank`` what left the account where that has another currency (the
    difference stands on the account ``exchange``). More than is open stays open as our credit. A tax withheld without
    certificate becomes a claim. Refuses (UnableToPay): payables.payment.other-content, .no-amount, .other-currency,
    .unknown-account, payables.run.unknown-document.
    """
    lock(company)
    known = models.Payment.objects.filter(company_id=company, key=key).first()
    if known is not None:
        _refuse_other(known, document.upper(), paid_on, value, withheld)
        return
    payable = _payable(company, document)
    bank = _bank_money(company, account, from_bank or Money(value, payable.currency))
    if value <= 0 or withheld < 0 or bank.value <= 0:
        raise UnableToPay(code="payables.payment.no-amount", facts={"document": payable.document})
    row = _new_row(payable, key=key, paid_on=paid_on, value=value, by=by, at=at)
    row.account, row.withheld, row.certificate = account, withheld, certificate
    row.run = models.PaymentRun.objects.filter(company_id=company, number=run).first() if run else None
    _book_with_bank(row, payable, bank, by=by, at=at)
    _chase_certificate(row, by=by, at=at)
    facts = {"document": payable.document, "value": amount_text(value, payable.currency)}
    log.record(
        company=company, code="payables.payment.recorded", actor=by, subject=f"payment:{key}", at=at, facts=facts
    )


def _new_row(
    payable: models.Payable, *, key: str, paid_on: date, value: Decimal, by: str, at: datetime
) -> models.Payment:
    return models.Payment(
        company_id=payable.company_id,
        key=key,
        document=payable.document,
        currency=payable.currency,
        paid_on=paid_on,
        value=value,
        recorded_at=at,
        recorded_by=by,
    )


def _book_with_bank(row: models.Payment, payable: models.Payable, bank: Money, *, by: str, at: datetime) -> None:
    claimed = _claim_what_microsoft_said(payable, row.value)
    settles = row.value + row.withheld - claimed
    legs = {
        (accounts.MICROSOFT, PARTY): settles,
        (accounts.PENDING, ""): claimed,
        (accounts.WITHHOLDING, ""): -row.withheld,
    }
    book(row, payable, _with_bank(legs, bank, row), settles, by=by, at=at)
    row.save()


def _chase_certificate(row: models.Payment, *, by: str, at: datetime) -> None:
    """A tax withheld without its certificate is a claim with a day."""
    if row.certificate or not row.withheld:
        return
    open_claim(
        company=CompanyId(row.company_id),
        kind="withholding",
        about=row.document,
        claim_by=certificate_by(paid_on=row.paid_on),
        value=row.withheld,
        currency=row.currency,
        by=by,
        at=at,
    )


def take_back_payment(*, company: CompanyId, key: str, on: date, by: str, at: datetime) -> None:
    """Undo a payment by its mirror, so that the document is open again; told twice, once.

    Refuses (UnableToPay): payables.payment.unknown.
    """
    lock(company)
    row = models.Payment.objects.filter(company_id=company, key=key).first()
    if row is None:
        raise UnableToPay(code="payables.payment.unknown", facts={"payment": key})
    if row.taken_back_on is not None:
        return
    posting = f"payment:{key}"
    if row.item and row.allocation:
        undo_allocation(company=company, key=row.allocation, new_key=f"{row.allocation}:undone", on=on, by=by, at=at)
    _unclaim(row)
    reverse(company=company, key=posting, new_key=f"{posting}:taken-back", on=on, by=by, at=at)
    row.taken_back_on = on
    row.save(update_fields=["taken_back_on"])
    facts = {"document": row.document, "on": on.isoformat()}
    log.record(company=company, code="payables.payment.taken-back", actor=by, subject=posting, at=at, facts=facts)


def _payable(company: CompanyId, document: str) -> models.Payable:
    row = models.Payable.objects.filter(company_id=company, document=document.strip().upper()).first()
    if row is None:
        raise UnableToPay(code="payables.run.unknown-document", facts={"document": document})
    return row


def _refuse_other(known: models.Payment, document: str, paid_on: date, value: Decimal, withheld: Decimal) -> None:
    same = (known.document, known.paid_on, known.value, known.withheld) == (document, paid_on, value, withheld)
    if not same or known.taken_back_on is not None:
        raise UnableToPay(code="payables.payment.other-content", facts={"payment": known.key})


def _bank_money(company: CompanyId, account: str, money: Money) -> Money:
    found = find_bank_account(company=company, code=account)
    if found is None or found.owner == PARTY:
        raise UnableToPay(code="payables.payment.unknown-account", facts={"account": account})
    if found.currency != money.currency:
        facts = {"account": account, "currency": found.currency}
        raise UnableToPay(code="payables.payment.other-currency", facts=facts)
    return money


def _claim_what_microsoft_said(payable: models.Payable, value: Decimal) -> Decimal:
    """How much of a payment is what Microsoft told us of before; that much of it is no longer only said."""
    claimed = ZERO
    said = models.Payment.objects.filter(
        company_id=payable.company_id, document=payable.document, account="", taken_back_on=None
    )
    for row in said.order_by("id"):
        part = min(row.value - row.claimed, value - claimed)
        if part > 0:
            row.claimed += part
            row.save(update_fields=["claimed"])
            claimed += part
    return claimed


def _unclaim(row: models.Payment) -> None:
    """What a payment had claimed of what Microsoft said is only said again."""
    company = CompanyId(row.company_id)
    item = find_items(company=company, keys=[row.item]).get(row.item) if row.item else None
    left = (row.value + row.withheld - (item.original if item else ZERO)) if row.account else ZERO
    said = models.Payment.objects.filter(company_id=company, document=row.document, account="", taken_back_on=None)
    for one in said.order_by("-id"):
        part = min(one.claimed, left)
        one.claimed -= part
        one.save(update_fields=["claimed"])
        left -= part


def _with_bank(legs: Mapping[tuple[str, str], Decimal], bank: Money, row: models.Payment) -> tuple[Entry, ...]:
    entries = [
        Entry(account=account, party=party, currency=row.currency, value=value)
        for (account, party), value in legs.items()
        if value
    ]
    if bank.currency != row.currency:
        entries.append(Entry(account=accounts.EXCHANGE, currency=row.currency, value=-row.value))
        entries.append(Entry(account=accounts.EXCHANGE, currency=bank.currency, value=bank.value))
    entries.append(Entry(account=f"{accounts.BANK}:{row.account}", currency=bank.currency, value=-bank.value))
    return tuple(entries)


def book(
    row: models.Payment, payable: models.Payable, entries: tuple[Entry, ...], settles: Decimal, *, by: str, at: datetime
) -> None:
    """Enter a payment into the books and settle the document with it, as far as it is open."""
    company, key = CompanyId(row.company_id), f"payment:{row.key}"
    row.item = key if settles else ""
    item = NewItem(
        key=key,
        account=accounts.MICROSOFT,
        party=PARTY,
        kind="payment",
        document=row.document,
        issued_on=row.paid_on,
        due_on=row.paid_on,
        currency=row.currency,
        original=settles,
    )
    posting = Posting(key=key, on=row.paid_on, code="payables.payment.recorded", document=row.document, entries=entries)
    post(company=company, postings=[(posting, [item] if settles else [])], by=by, at=at)
    owed = find_items(company=company, keys=[payable.item]).get(payable.item) if payable.item else None
    value = min(settles, -owed.open) if owed else ZERO
    if owed is None or value <= 0:
        return
    row.allocation = f"{key}>{owed.key}"
    on = max(row.paid_on, owed.issued_on)
    new = NewAllocation(key=row.allocation, on=on, debit=key, credit=owed.key, value=value)
    settle(company=company, allocation=new, by=by, at=at)
