"""Payment files of refunds: approved ones go out of one of our accounts on a day. Nothing here talks to a bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import add_up, amount_text
from saldo.core.workdays import is_workday
from saldo.parties.calendars import calendar_of
from saldo.parties.debtors import OWN, BankAccount, find_bank_account, get_particulars
from saldo.receipts import models
from saldo.receipts.actions.matching import lock_matching
from saldo.receipts.actions.refunding import UnableToRefund
from saldo.receipts.refund_queries import RefundOrder, find_order
from saldo.receipts.rules.payees import is_iban


def order_refunds(
    *,
    company: CompanyId,
    refunds: Sequence[str],
    account: str,
    pay_on: date,
    by: str,
    at: datetime,
    today: date,
) -> RefundOrder:
    """Write down that approved refunds shall be paid from one of our accounts on a day; each is in one order only.

    Refuses (UnableToRefund): receipts.refund-order.nothing, .past, .not-a-workday, .account-not-usable,
    .several-currencies, .in-another, receipts.refund.unknown, .not-approved, .waiting, .bad-iban.
    """
    lock_matching(company=company)
    rows = [_payable(company, key, pay_on) for key in dict.fromkeys(refunds)]
    currency = _currency(rows)
    _check_day(company, pay_on, today)
    paying_account(company=company, code=account, on=pay_on)
    order = models.RefundOrder.objects.create(
        company_id=company,
        number=_next_number(company, today),
        account=account,
        pay_on=pay_on,
        currency=currency,
        refunds=[{"refund": row.key, "value": f"{row.value}"} for row in rows],
        ordered_at=at,
        ordered_by=by,
    )
    for row in rows:
        row.order = order.number
    models.Refund.objects.bulk_update(rows, ["order"])
    total = amount_text(add_up(row.value for row in rows), order.currency)
    facts = {"refunds": [row.key for row in rows], "total": total, "pay_on": pay_on.isoformat()}
    _log(company, "ordered", order.number, by, at, facts)
    return _shown(company, order.number)


def keep_file(*, company: CompanyId, number: str, sha256: str, is_rehearsal: bool, by: str, at: datetime) -> None:
    """Remember an order's file; in a rehearsal it is captured, and its refunds may go into another order."""
    row = _row(company, number)
    row.file = sha256
    if is_rehearsal:
        row.state = "captured"
        models.Refund.objects.filter(company_id=company, order=number).update(order="")
        _log(company, "captured", number, by, at, {"file": sha256})
    row.save(update_fields=["file", "state"])


def hand_over(*, company: CompanyId, number: str, by: str, at: datetime) -> RefundOrder:
    """Say that the bank has the file; told twice, once. Refuses (UnableToRefund): receipts.refund-order.not-so."""
    row = _row(company, number)
    if row.state != "handed-over":
        if row.state != "ordered" or not row.file:
            raise UnableToRefund(code="receipts.refund-order.not-so", facts={"order": number, "state": row.state})
        row.state, row.handed_over_at, row.handed_over_by = "handed-over", at, by
        row.save(update_fields=["state", "handed_over_at", "handed_over_by"])
        _log(company, "handed-over", number, by, at, {"file": row.file})
    return _shown(company, number)


def cancel_order(*, company: CompanyId, number: str, by: str, at: datetime) -> None:
    """Give an order up before the bank has it, so that its refunds may go into another.

    Refuses (UnableToRefund): receipts.refund-order.not-so.
    """
    row = _row(company, number)
    if row.state not in ("ordered", "captured"):
        raise UnableToRefund(code="receipts.refund-order.not-so", facts={"order": number, "state": row.state})
    row.state = "cancelled"
    row.save(update_fields=["state"])
    models.Refund.objects.filter(company_id=company, order=number).update(order="")
    _log(company, "cancelled", number, by, at, {})


def paying_account(*, company: CompanyId, code: str, on: date) -> BankAccount:
    """One of our accounts, usable on the day. Refuses (UnableToRefund): receipts.refund-order.account-not-usable."""
    found = find_bank_account(company=company, code=code)
    if found is None or found.owner != OWN or not found.is_usable_on(on):
        raise UnableToRefund(code="receipts.refund-order.account-not-usable", facts={"account": code})
    return found


def _payable(company: CompanyId, key: str, pay_on: date) -> models.Refund:
    row = models.Refund.objects.select_for_update().filter(company_id=company, key=key).first()
    if row is None:
        raise UnableToRefund(code="receipts.refund.unknown", facts={"refund": key})
    facts = {"refund": key, "state": row.state, "order": row.order, "seen": row.payee_account}
    if row.state != "approved":
        raise UnableToRefund(code="receipts.refund.not-approved", facts=facts)
    if row.order:
        raise UnableToRefund(code="receipts.refund-order.in-another", facts=facts)
    if row.payable_from is None or pay_on < row.payable_from:
        until = row.payable_from.isoformat() if row.payable_from else ""
        raise UnableToRefund(code="receipts.refund.waiting", facts=facts | {"payable_from": until})
    if row.payee_account[:2].isalpha() and not is_iban(row.payee_account):  # approved before they were checked
        raise UnableToRefund(code="receipts.refund.bad-iban", facts=facts)
    return row


def _currency(rows: Sequence[models.Refund]) -> str:
    currencies = sorted({row.currency for row in rows})
    if not currencies:
        raise UnableToRefund(code="receipts.refund-order.nothing")
    if len(currencies) > 1:
        raise UnableToRefund(code="receipts.refund-order.several-currencies", facts={"seen": ", ".join(currencies)})
    return currencies[0]


def _check_day(company: CompanyId, pay_on: date, today: date) -> None:
    facts = {"pay_on": pay_on.isoformat()}
    if pay_on < today:
        raise UnableToRefund(code="receipts.refund-order.past", facts=facts)
    if not is_workday(pay_on, closed=calendar_of(get_particulars(company=company).country)):
        raise UnableToRefund(code="receipts.refund-order.not-a-workday", facts=facts)


def _next_number(company: CompanyId, today: date) -> str:
    """R2026-0001; under the lock of the caller, so that no two are alike."""
    start = f"R{today.year}-"
    of_year = models.RefundOrder.objects.filter(company_id=company, number__startswith=start)
    last = of_year.aggregate(last=Max("number"))["last"]
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


def _row(company: CompanyId, number: str) -> models.RefundOrder:
    row = models.RefundOrder.objects.select_for_update().filter(company_id=company, number=number).first()
    if row is None:
        raise UnableToRefund(code="receipts.refund-order.unknown", facts={"order": number})
    return row


def _shown(company: CompanyId, number: str) -> RefundOrder:
    found = find_order(company=company, number=number)
    if found is None:
        raise UnableToRefund(code="receipts.refund-order.unknown", facts={"order": number})
    return found


def _log(company: CompanyId, what: str, number: str, by: str, at: datetime, facts: Mapping[str, object]) -> None:
    code = f"receipts.refund-order.{what}"
    record(company=company, code=code, actor=by, subject=f"refund-order:{number}", at=at, facts=facts)
