"""Using what Microsoft owes us: a free credit is laid against a chosen document. Nothing here commits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.problems import Refused
from saldo.ledger.queries import OpenItem, find_items
from saldo.ledger.rules import accounts
from saldo.ledger.rules.allocation import NewAllocation
from saldo.payables import models
from saldo.payables.actions.recording import lock, settle, withdraw_approvals
from saldo.payables.queries import PARTY


class UnableToUseCredit(Refused):
    """A credit that cannot settle this document."""


def use_credit(
    *, company: CompanyId, credit: str, document: str, value: Decimal | None = None, on: date, by: str, at: datetime
) -> Decimal:
    """Settle a document with one free credit of Microsoft's, as far as both are open or by ``value``; returns how much.

    ``credit`` is the key of the open item (`pay_queries.list_free_credits`). Approvals of the document are withdrawn:
    what they said yes to was more. Refuses (UnableToUseCredit): payables.credit.unknown, .not-free,
    .nothing-owed, .other-currency, .too-much, .in-a-run.
    """
    lock(company)
    row = models.Payable.objects.filter(company_id=company, document=document.strip().upper()).first()
    keys = [credit, row.item] if row is not None and row.item else [credit]
    items = find_items(company=company, keys=keys)
    free = items.get(credit)
    if free is None or free.account != accounts.MICROSOFT or free.party != PARTY:
        raise UnableToUseCredit(code="payables.credit.unknown", facts={})
    owed = items.get(row.item) if row is not None and row.item else None
    if row is None or owed is None or owed.open >= 0:
        raise UnableToUseCredit(code="payables.credit.nothing-owed", facts={"document": document})
    _refuse_run(row)
    used = _how_much(free, owed, value)
    key = f"{free.key}>{owed.key}@{at.isoformat()}:{free.open}"
    new = NewAllocation(
        key=key, on=max(on, free.issued_on, owed.issued_on), debit=free.key, credit=owed.key, value=used
    )
    settle(company=company, allocation=new, by=by, at=at)
    withdraw_approvals(company=company, document=row.document, at=at)
    facts = {"credit": free.key, "value": amount_text(used, free.currency), "currency": free.currency}
    subject = f"payable:{row.document}"
    log.record(company=company, code="payables.credit.used", actor=by, subject=subject, at=at, facts=facts)
    return used


def _how_much(free: OpenItem, owed: OpenItem, value: Decimal | None) -> Decimal:
    if free.open <= 0:
        raise UnableToUseCredit(code="payables.credit.not-free", facts={"document": free.document})
    if free.currency != owed.currency:
        raise UnableToUseCredit(code="payables.credit.other-currency", facts={"currency": free.currency})
    most = min(free.open, -owed.open)
    used = most if value is None else value
    if not 0 < used <= most:
        facts = {"most": amount_text(most, free.currency), "currency": free.currency}
        raise UnableToUseCredit(code="payables.credit.too-much", facts=facts)
    return used


def _refuse_run(row: models.Payable) -> None:
    """A run pays what was open when it was ordered, so nothing may be taken off meanwhile."""
    held = models.RunLine.objects.filter(
        company_id=row.company_id, document=row.document, run__state__in=("ordered", "handed-over")
    ).order_by("-id")
    for line in held.select_related("run"):
        paid = models.Payment.objects.filter(
            company_id=row.company_id, run=line.run, document=row.document, taken_back_on=None
        )
        if not paid.exists():
            facts = {"document": row.document, "run": line.run.number}
            raise UnableToUseCredit(code="payables.credit.in-a-run", facts=facts)
