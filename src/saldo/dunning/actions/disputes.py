"""Raising and closing disputes: the debtor contests an amount of one item, the rest of it goes on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from django.db.models import Sum

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.debtor_items import get_debtor_item, lock_debtor

Outcome = Literal["ours", "theirs", "partly"]
"""Who was right."""


class UnableToDispute(Refused):
    """A dispute that is not recorded, or not closed, as asked."""


def raise_dispute(
    *,
    company: CompanyId,
    debtor: str,
    item: str,
    disputed: Decimal,
    reason: str,
    line: str = "",
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Record that a debtor contests an amount of an open item, with the line it is about; returns the dispute.

    Refuses (UnableToFindDebtor): dunning.debtor.unknown, dunning.item.not-open; (UnableToDispute):
    dunning.dispute.reason-missing, .no-amount, .more-than-open (with what is open and not contested yet).
    """
    lock_debtor(company=company, debtor=debtor)
    _check(company, debtor, item, disputed, reason)
    row = models.Dispute.objects.create(
        company_id=company,
        debtor=debtor,
        item=item,
        disputed=disputed,
        line=line,
        reason=reason.strip(),
        raised_on=today,
        raised_at=at,
        raised_by=by,
    )
    told = {"dispute": row.pk, "item": item, "disputed": f"{disputed:f}", "line": line}
    record(company=company, code="dunning.dispute-raised", actor=by, subject=f"debtor:{debtor}", at=at, facts=told)
    touch(company=company, debtors=[debtor], on=today)
    return int(row.pk)


def _check(company: CompanyId, debtor: str, item: str, disputed: Decimal, reason: str) -> None:
    found = get_debtor_item(company=company, debtor=debtor, item=item)
    if not reason.strip():
        raise UnableToDispute(code="dunning.dispute.reason-missing")
    if disputed <= 0:
        raise UnableToDispute(code="dunning.dispute.no-amount")
    rows = models.Dispute.objects.filter(company_id=company, item=item, closed_on__isnull=True)
    left = found.open - (rows.aggregate(value=Sum("disputed"))["value"] or Decimal(0))
    if disputed > left:
        facts = {"left": amount_text(max(left, Decimal(0)), found.currency), "currency": found.currency}
        raise UnableToDispute(code="dunning.dispute.more-than-open", facts=facts)


def close_dispute(*, company: CompanyId, dispute: int, outcome: Outcome, by: str, today: date, at: datetime) -> None:
    """Say who was right; what is theirs is credited by a credit note, which this does not write.

    Refuses (UnableToDispute): dunning.dispute.unknown, .closed-already, .unknown-outcome.
    """
    if outcome not in get_args(Outcome):
        raise UnableToDispute(code="dunning.dispute.unknown-outcome", facts={"outcome": str(outcome)[:40]})
    row = models.Dispute.objects.select_for_update().filter(company_id=company, pk=dispute).first()
    if row is None:
        raise UnableToDispute(code="dunning.dispute.unknown", facts={"dispute": dispute})
    if row.closed_on is not None:
        raise UnableToDispute(code="dunning.dispute.closed-already", facts={"on": row.closed_on.isoformat()})
    row.closed_on, row.closed_by, row.outcome = today, by, outcome
    row.save(update_fields=["closed_on", "closed_by", "outcome"])
    facts = {"dispute": dispute, "item": row.item, "outcome": outcome}
    record(company=company, code="dunning.dispute-closed", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts)
    touch(company=company, debtors=[row.debtor], on=today)
