"""Cancellations and corrections that wait for a second person. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.invoicing import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody wants done with an issued document. ``act``: cancel, reissue; ``given`` is what it gives back."""

    id: int
    number: str
    act: str
    asked: Mapping[str, Any]
    reason: str
    given: Decimal
    currency: str
    proposed_by: str
    proposed_at: datetime


def list_proposals(*, company: CompanyId, number: str | None = None) -> tuple[Proposal, ...]:
    """Those that wait, oldest first; of one document where it is named."""
    rows = models.Correction.objects.filter(company_id=company, outcome="")
    rows = rows if number is None else rows.filter(number=number)
    return tuple(Proposal(**row) for row in rows.order_by("id").values(*Proposal.__slots__))


def find_proposal(*, company: CompanyId, proposal: int) -> Proposal | None:
    """The waiting proposal of this key, or None."""
    rows = models.Correction.objects.filter(company_id=company, outcome="", id=proposal)
    return next((Proposal(**row) for row in rows.values(*Proposal.__slots__)), None)
