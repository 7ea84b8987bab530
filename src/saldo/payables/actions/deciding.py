"""Deciding about what we owe Microsoft: approvals, named lines, what a document says, settings. Nothing commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, amount_text, minor_unit
from saldo.core.problems import Refused
from saldo.parties.debtors import list_bank_accounts
from saldo.payables import models
from saldo.payables.actions.recording import lock, withdraw_approvals
from saldo.payables.queries import PARTY, PayableShown, get_payable, get_settings
from saldo.payables.rules.approval import object_to


class UnableToApprove(Refused):
    """This person may not say yes to this document now."""


class UnableToEnter(Refused):
    """What a person entered about a document cannot be right."""


def approve(*, company: CompanyId, document: str, by: str, at: datetime, today: date) -> PayableShown:
    """Say yes to paying a document; returns it as it stands then, perhaps still short of a second person.

    Refuses (UnableToApprove): payables.approval.nothing-owed, .twice, .named-line-by-same, .no-payee-account,
    payables.tie-out.rest, .no-rows, .no-document, parties.approval.not-a-person;
    (UnableToFind): payables.document.unknown.
    """
    lock(company)
    shown = get_payable(company=company, document=document, today=today)
    if shown.open <= 0:
        raise UnableToApprove(code="payables.approval.nothing-owed", facts={"document": shown.document})
    payee = list_bank_accounts(company=company, owner=PARTY, usable_on=today)
    objection = object_to(
        person=by,
        approvals=[one.by for one in shown.approvals],
        namers=[line.by for line in shown.named_lines],
        tie_out=shown.tie_out,
        has_payee=any(account.currency == shown.currency for account in payee),
    )
    if objection is not None:
        raise UnableToApprove(code=objection.code, facts={"document": shown.document} | objection.facts)
    models.Approval.objects.create(company_id=company, document=shown.document, approved_by=by, approved_at=at)
    facts = {"open": amount_text(shown.open, shown.currency), "currency": shown.currency}
    _log(company, "payables.document.approved", shown.document, by, at, facts)
    return get_payable(company=company, document=document, today=today)


def withdraw(*, company: CompanyId, document: str, by: str, at: datetime, today: date) -> None:
    """Take back one's own yes. Refuses (UnableToApprove): payables.approval.none-of-yours, .in-a-run."""
    lock(company)
    shown = get_payable(company=company, document=document, today=today)
    if shown.run:
        facts = {"document": shown.document, "run": shown.run}
        raise UnableToApprove(code="payables.approval.in-a-run", facts=facts)
    given = models.Approval.objects.filter(
        company_id=company, document=shown.document, approved_by=by, withdrawn_at=None
    )
    if not given.update(withdrawn_at=at):
        raise UnableToApprove(code="payables.approval.none-of-yours", facts={"document": shown.document})
    _log(company, "payables.approval.withdrawn", shown.document, by, at, {})


def name_line(
    *, company: CompanyId, document: str, name: str, net: Decimal, by: str, at: datetime, today: date
) -> PayableShown:
    """Enter an amount that the document shows and its files do not (practice 17); approvals given before are withdrawn.

    ``net`` before tax, a credit negative; an amount entered wrongly is taken back by its opposite.
    Refuses (UnableToEnter): payables.line.nameless, .no-amount, .finer-than-its-currency.
    """
    lock(company)
    shown = get_payable(company=company, document=document, today=today)
    if not name.strip():
        raise UnableToEnter(code="payables.line.nameless", facts={"document": shown.document})
    if not net:
        raise UnableToEnter(code="payables.line.no-amount", facts={"document": shown.document})
    _refuse_too_fine(net, shown.currency, shown.document)
    models.NamedLine.objects.create(
        company_id=company, document=shown.document, name=name.strip(), net=net, entered_at=at, entered_by=by
    )
    withdraw_approvals(company=company, document=shown.document, at=at)
    facts = {"net": amount_text(net, shown.currency), "currency": shown.currency}
    _log(company, "payables.line.named", shown.document, by, at, facts)
    return get_payable(company=company, document=document, today=today)


def read_document(
    *,
    company: CompanyId,
    document: str,
    currency: str,
    total: Decimal,
    tax: Decimal,
    invoiced_on: date,
    due_on: date,
    by: str,
    at: datetime,
) -> None:
    """Note what a person, or Microsoft's newer interface, reads on a document: its due day, its sum and its tax.

    The flow records the documents again afterwards; a header that was imported keeps the last word on the total.
    Refuses (UnableToEnter): payables.document.due-before-invoice, .tax-beyond-total, .other-currency,
    payables.line.finer-than-its-currency.
    """
    lock(company)
    number = document.strip().upper()
    row = models.Payable.objects.filter(company_id=company, document=number).first()
    if due_on < invoiced_on:
        raise UnableToEnter(code="payables.document.due-before-invoice", facts={"document": number})
    if row is not None and row.currency != currency:
        facts = {"document": number, "currency": row.currency}
        raise UnableToEnter(code="payables.document.other-currency", facts=facts)
    _check_sums(number, currency, total, tax)
    row = row or models.Payable(
        company_id=company, document=number, kind="invoice", currency=currency, gross=ZERO, source="person", seen_at=at
    )
    if row.pk is None:
        row.invoiced_on, row.due_on = invoiced_on, due_on
    row.printed_invoiced_on, row.printed_due_on, row.printed_total = invoiced_on, due_on, total
    row.printed_tax = tax
    row.save()
    read = {"total": amount_text(total, currency), "tax": amount_text(tax, currency), "due_on": due_on.isoformat()}
    _log(company, "payables.document.read", number, by, at, read)


def set_settings(
    *,
    company: CompanyId,
    two_people_above: Decimal,
    bank_lead_days: int,
    microsoft_country: str = "IE",
    by: str,
    at: datetime,
) -> None:
    """Say above which amount two people approve, and how long the bank takes.

    Refuses (UnableToEnter): payables.settings.out-of-range (a limit below 0, more than 10 days, no country).
    """
    country = microsoft_country.strip().upper()
    if two_people_above < 0 or not 0 <= bank_lead_days <= 10 or len(country) != 2:
        raise UnableToEnter(code="payables.settings.out-of-range", facts={})
    before = get_settings(company=company)
    after = {"two_people_above": two_people_above, "bank_lead_days": bank_lead_days, "microsoft_country": country}
    models.PayablesSettings.objects.update_or_create(company_id=company, defaults=after)
    facts = {
        "before": f"{before.two_people_above.normalize():f} / {before.bank_lead_days} / {before.microsoft_country}",
        "after": f"{two_people_above.normalize():f} / {bank_lead_days} / {country}",
    }
    log.record(
        company=company, code="payables.settings.set", actor=by, subject=f"company:{company}", at=at, facts=facts
    )


def _check_sums(document: str, currency: str, total: Decimal, tax: Decimal) -> None:
    if abs(tax) > abs(total) or tax * total < 0:
        raise UnableToEnter(code="payables.document.tax-beyond-total", facts={"document": document})
    for value in (total, tax):
        _refuse_too_fine(value, currency, document)


def _refuse_too_fine(value: Decimal, currency: str, document: str) -> None:
    if value != value.quantize(minor_unit(currency)):
        facts = {"document": document, "currency": currency}
        raise UnableToEnter(code="payables.line.finer-than-its-currency", facts=facts)


def _log(company: CompanyId, code: str, document: str, by: str, at: datetime, facts: Mapping[str, object]) -> None:
    log.record(company=company, code=code, actor=by, subject=f"payable:{document}", at=at, facts=facts)
