"""What others show of our payments: Microsoft's headers and balances, bank entries going out. Nothing commits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from saldo.audit import log
from saldo.charges.microsoft_documents import list_balances
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, add_up
from saldo.ledger.queries import find_items, sum_open
from saldo.ledger.rules import accounts
from saldo.ledger.rules.posting import Entry
from saldo.payables import models
from saldo.payables.actions.payments import book, record_payment
from saldo.payables.actions.recording import lock
from saldo.payables.pay_queries import RunShown, list_runs
from saldo.payables.queries import PARTY, list_payables

_NUMBER = re.compile(r"(?<![0-9A-Z])[DGE][0-9A-Z]{9}(?![0-9A-Z])")


def note_what_microsoft_shows(*, company: CompanyId, today: date, by: str, at: datetime) -> int:
    """After an import: payments that left Microsoft's balance are gone, and payments only Microsoft knows are booked.

    A payment is gone when the header's paid sum holds it, or when a balance said after it is what our books come to.
    Returns how many payments changed.
    """
    lock(company)
    changed = 0
    rows = {row.document: row for row in models.Payable.objects.filter(company_id=company).exclude(item="")}
    ours = _payments_by_document(company)
    for document, payable in rows.items():
        same = [row for row in ours.get(document, ()) if row.currency == payable.currency]
        known = add_up(row.value + row.withheld - row.claimed for row in same)
        if payable.paid_at_microsoft > known:
            changed += _book_what_microsoft_says(payable, payable.paid_at_microsoft - known, today, by=by, at=at)
    return changed + _mark_gone(company, rows, ours, today, by=by, at=at)


def _mark_gone(
    company: CompanyId,
    rows: Mapping[str, models.Payable],
    ours: Mapping[str, Sequence[models.Payment]],
    today: date,
    *,
    by: str,
    at: datetime,
) -> int:
    changed = 0
    agreed = {
        one.currency: one.said_on
        for one in list_balances(company=company)
        if one.balance
        == -sum_open(company=company, account=accounts.MICROSOFT, as_of=one.said_on).get(one.currency, ZERO)
    }
    for document, payments in ours.items():
        shown = rows[document].paid_at_microsoft if document in rows else ZERO
        for row in payments:
            shown -= row.value + row.withheld - row.claimed
            said_on = agreed.get(row.currency)
            if row.gone_on is None and (shown >= 0 or (said_on is not None and said_on >= row.paid_on)):
                row.gone_on = today
                row.save(update_fields=["gone_on"])
                changed += 1
                subject = f"payment:{row.key}"
                facts = {"document": document, "on": today.isoformat()}
                log.record(company=company, code="payables.payment.gone", actor=by, subject=subject, at=at, facts=facts)
    return changed


def match_outgoing(
    *,
    company: CompanyId,
    key: str,
    account: str,
    on: date,
    value: Decimal,
    currency: str,
    text: str,
    by: str,
    at: datetime,
) -> tuple[str, ...]:
    """Recognise money that left one of our accounts as payment to Microsoft; the documents that it paid, or none.

    Certain only: a payment run from this account with exactly this sum, or the documents that its text names, when
    what is open of them is exactly this sum. ``value`` is positive; ``key`` names the bank entry, so that the same
    entry pays once and gives the same answer again.
    """
    lock(company)
    known = models.Payment.objects.filter(company_id=company, key__startswith=f"{key}:", taken_back_on=None)
    if known.exists():
        return tuple(known.order_by("id").values_list("document", flat=True))
    run = next((one for one in list_runs(company=company) if _is_of(one, account, value, currency, company)), None)
    paid = [(line.document, line.value) for line in run.lines] if run else _named(company, on, value, currency, text)
    for document, part in paid:
        record_payment(
            company=company,
            key=f"{key}:{document}",
            document=document,
            account=account,
            paid_on=on,
            value=part,
            run=run.number if run else "",
            by=by,
            at=at,
        )
    return tuple(document for document, _ in paid)


def names_a_document(*, text: str) -> bool:
    """Whether a text holds what looks like a document number of Microsoft's."""
    return _NUMBER.search(text.upper()) is not None


def _named(company: CompanyId, on: date, value: Decimal, currency: str, text: str) -> list[tuple[str, Decimal]]:
    numbers = set(_NUMBER.findall(text.upper()))
    shown = [one for one in list_payables(company=company, today=on) if one.document in numbers and one.open > 0]
    fits = add_up(one.open for one in shown) == value and {one.currency for one in shown} == {currency}
    return [(one.document, one.open) for one in shown] if fits else []


def _is_of(run: RunShown, account: str, value: Decimal, currency: str, company: CompanyId) -> bool:
    if run.state not in ("ordered", "handed-over") or run.account != account or run.total != value:
        return False
    paid = models.Payment.objects.filter(company_id=company, run__number=run.number, taken_back_on=None)
    return run.lines[0].currency == currency and not paid.exists()


def _payments_by_document(company: CompanyId) -> dict[str, list[models.Payment]]:
    found: dict[str, list[models.Payment]] = {}
    for row in models.Payment.objects.filter(company_id=company, taken_back_on=None).order_by("paid_on", "id"):
        found.setdefault(row.document, []).append(row)
    return found


def _book_what_microsoft_says(payable: models.Payable, value: Decimal, today: date, *, by: str, at: datetime) -> int:
    """Settle a document that Microsoft shows as paid and nobody here paid; the bank's side is pending."""
    item = find_items(company=CompanyId(payable.company_id), keys=[payable.item])[payable.item]
    value = min(value, -item.open)
    if value <= 0:
        return 0
    on = max(today, item.issued_on)
    row = models.Payment(
        company_id=payable.company_id,
        key=f"microsoft-says:{payable.document}:{payable.paid_at_microsoft.normalize():f}@{at.isoformat()}",
        document=payable.document,
        paid_on=on,
        currency=payable.currency,
        value=value,
        gone_on=on,
        recorded_at=at,
        recorded_by=by,
    )
    legs = (
        Entry(account=accounts.MICROSOFT, party=PARTY, currency=payable.currency, value=value),
        Entry(account=accounts.PENDING, currency=payable.currency, value=-value),
    )
    book(row, payable, legs, value, by=by, at=at)
    row.save()
    return 1
