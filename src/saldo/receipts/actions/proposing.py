"""Keeping what was proposed for a person to decide, and how much a payment may be short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import minor_digits
from saldo.core.problems import Refused
from saldo.receipts import models
from saldo.receipts.rules.proposals import Proposal


class UnableToAllow(Refused):
    """An allowance that cannot be set."""


def keep_proposals(
    *, company: CompanyId, found: Sequence[tuple[models.BankEntry, Sequence[Proposal]]], at: datetime
) -> None:
    """Write down what entries may settle, in place of what was proposed for them before. Nothing is booked."""
    rows = [
        models.Proposed(
            company_id=company, entry=entry, proposals=[_kept(proposal) for proposal in proposals], made_at=at
        )
        for entry, proposals in found
    ]
    models.Proposed.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["company", "entry"],
        update_fields=["proposals", "made_at"],
    )


def set_fee_allowance(*, company: CompanyId, currency: str, value: Decimal, by: str, at: datetime) -> None:
    """Say how much a payment with a sure reference may be short before a person must look; zero ends it.

    Refuses (UnableToAllow): receipts.allowance.bad-amount.
    """
    if value < 0 or value != round(value, minor_digits(currency)):
        raise UnableToAllow(code="receipts.allowance.bad-amount", facts={"currency": currency, "value": f"{value}"})
    before = models.FeeAllowance.objects.filter(company_id=company, currency=currency).first()
    models.FeeAllowance.objects.update_or_create(
        company_id=company, currency=currency, defaults={"value": value, "set_at": at, "set_by": by}
    )
    facts = {"before": f"{before.value}" if before else None, "after": f"{value}"}
    record(
        company=company, code="receipts.allowance-set", actor=by, subject=f"allowance:{currency}", at=at, facts=facts
    )


def _kept(proposal: Proposal) -> Mapping[str, Any]:
    return {
        "sureness": proposal.sureness,
        "currency": proposal.currency,
        "paid": f"{proposal.paid}",
        "shares": [{"item": share.item, "value": f"{share.value}"} for share in proposal.shares],
        "differences": [
            {"kind": one.kind, "value": f"{one.value}", "debtor": one.debtor} for one in proposal.differences
        ],
        "because": [{"code": one.code, "facts": dict(one.facts)} for one in proposal.because],
    }
