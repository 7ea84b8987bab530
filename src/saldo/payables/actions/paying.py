"""Paying Microsoft: payment runs of approved documents, payments as they happened, and whether Microsoft shows them.

Nothing here commits, and nothing talks to a bank: a run is a file that a person hands over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.money import add_up, amount_text
from saldo.core.problems import Refused
from saldo.core.workdays import any_closed, is_workday
from saldo.parties.calendars import calendar_of
from saldo.parties.debtors import BankAccount, find_bank_account, list_bank_accounts
from saldo.payables import models
from saldo.payables.actions.recording import lock
from saldo.payables.pay_queries import RunShown, get_run
from saldo.payables.queries import PARTY, PayableShown, get_own_company, get_settings, list_payables


class UnableToPay(Refused):
    """A payment run, or a payment, that cannot be as asked."""


def order_run(
    *,
    company: CompanyId,
    documents: Sequence[str],
    account: str,
    pay_on: date,
    by: str,
    at: datetime,
    today: date,
) -> RunShown:
    """Write down that what is open of these approved documents shall be paid from one of our accounts on a day.

    Refuses (UnableToPay): payables.run.nothing, .past, .not-a-workday (of our bank), .account-not-usable (ours or
    Microsoft's, on that day), .unknown-document, .not-approved, .does-not-tie-out, .nothing-owed, .in-another-run,
    .several-currencies.
    """
    lock(company)
    _check_day(company, pay_on, today)
    shown = {one.document: one for one in list_payables(company=company, today=today)}
    wanted = [_wanted(number, shown) for number in dict.fromkeys(documents)]
    if not wanted:
        raise UnableToPay(code="payables.run.nothing", facts={})
    currencies = sorted({one.currency for one in wanted})
    if len(currencies) > 1:
        raise UnableToPay(code="payables.run.several-currencies", facts={"currencies": ", ".join(currencies)})
    own_account(company=company, code=account, on=pay_on)
    payee_account(company=company, currency=currencies[0], on=pay_on)
    run = models.PaymentRun.objects.create(
        company_id=company,
        number=_next_number(company, today),
        account=account,
        pay_on=pay_on,
        ordered_at=at,
        ordered_by=by,
    )
    _write_lines(run, wanted)
    total = amount_text(add_up(one.open for one in wanted), currencies[0])
    facts = {"documents": [one.document for one in wanted], "total": total, "pay_on": pay_on.isoformat()}
    _log(company, "payables.run.ordered", run.number, by, at, facts)
    return get_run(company=company, number=run.number)


def keep_file(*, company: CompanyId, number: str, sha256: str, is_rehearsal: bool, by: str, at: datetime) -> None:
    """Remember the file of a run; in a rehearsal it is captured, and never handed over."""
    row = _row(company, number)
    row.file = sha256
    if is_rehearsal:
        row.state = "captured"
        _log(company, "payables.run.captured", number, by, at, {"file": sha256})
    row.save(update_fields=["file", "state"])


def hand_over(*, company: CompanyId, number: str, by: str, at: datetime) -> RunShown:
    """Say that the file was given to the bank; told twice, once. Refuses (UnableToPay): payables.run.not-so."""
    row = _row(company, number)
    if row.state == "handed-over":
        return get_run(company=company, number=number)
    if row.state != "ordered" or not row.file:
        raise UnableToPay(code="payables.run.not-so", facts={"run": number, "state": row.state})
    row.state, row.handed_over_at, row.handed_over_by = "handed-over", at, by
    row.save(update_fields=["state", "handed_over_at", "handed_over_by"])
    _log(company, "payables.run.handed-over", number, by, at, {"file": row.file})
    return get_run(company=company, number=number)


def cancel_run(*, company: CompanyId, number: str, by: str, at: datetime) -> None:
    """Give a run up, so that its documents may go into another. Refuses (UnableToPay): payables.run.not-so."""
    row = _row(company, number)
    if row.state not in ("ordered", "captured"):
        raise UnableToPay(code="payables.run.not-so", facts={"run": number, "state": row.state})
    row.state = "cancelled"
    row.save(update_fields=["state"])
    _log(company, "payables.run.cancelled", number, by, at, {})


def own_account(*, company: CompanyId, code: str, on: date) -> BankAccount:
    """One of our accounts, usable on the day. Refuses (UnableToPay): payables.run.account-not-usable."""
    found = find_bank_account(company=company, code=code)
    if found is None or found.owner == PARTY or not found.is_usable_on(on):
        raise UnableToPay(code="payables.run.account-not-usable", facts={"account": code})
    return found


def payee_account(*, company: CompanyId, currency: str, on: date) -> BankAccount:
    """Microsoft's account for a currency, usable on the day. Refuses (UnableToPay): payables.run.account-not-usable."""
    found = list_bank_accounts(company=company, owner=PARTY, usable_on=on)
    fitting = [one for one in found if one.currency == currency]
    if not fitting:
        raise UnableToPay(code="payables.run.account-not-usable", facts={"account": f"{PARTY} {currency}"})
    return fitting[-1]


def _write_lines(run: models.PaymentRun, wanted: Sequence[PayableShown]) -> None:
    models.RunLine.objects.bulk_create(
        models.RunLine(company_id=run.company_id, run=run, document=one.document, currency=one.currency, value=one.open)
        for one in wanted
    )


def _check_day(company: CompanyId, pay_on: date, today: date) -> None:
    country = get_own_company(company=company).country
    if pay_on < today:
        raise UnableToPay(code="payables.run.past", facts={"pay_on": pay_on.isoformat()})
    both = any_closed(calendar_of(country), calendar_of(get_settings(company=company).microsoft_country))
    if not is_workday(pay_on, closed=both):
        raise UnableToPay(code="payables.run.not-a-workday", facts={"pay_on": pay_on.isoformat()})


def _wanted(number: str, shown: Mapping[str, PayableShown]) -> PayableShown:
    one = shown.get(number.strip().upper())
    if one is None:
        raise UnableToPay(code="payables.run.unknown-document", facts={"document": number})
    tests = {
        "payables.run.nothing-owed": one.open <= 0,
        "payables.run.does-not-tie-out": not one.tie_out.ties,
        "payables.run.not-approved": not one.is_approved,
        "payables.run.in-another-run": bool(one.run),
    }
    for code, is_wrong in tests.items():
        if is_wrong:
            raise UnableToPay(code=code, facts={"document": one.document, "run": one.run})
    return one


def _next_number(company: CompanyId, today: date) -> str:
    """P2026-0001; under the lock of the caller, so that no two are alike."""
    start = f"P{today.year}-"
    of_year = models.PaymentRun.objects.filter(company_id=company, number__startswith=start)
    last = of_year.aggregate(last=Max("number"))["last"]
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


def _row(company: CompanyId, number: str) -> models.PaymentRun:
    row = models.PaymentRun.objects.select_for_update().filter(company_id=company, number=number).first()
    if row is None:
        raise UnableToPay(code="payables.run.unknown", facts={"run": number})
    return row


def _log(company: CompanyId, code: str, number: str, by: str, at: datetime, facts: Mapping[str, object]) -> None:
    log.record(company=company, code=code, actor=by, subject=f"payment-run:{number}", at=at, facts=facts)
