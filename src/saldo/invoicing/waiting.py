"""What waits in invoicing, counted for the first page. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from saldo.core.identity import CompanyId
from saldo.invoicing import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Drafts that were not issued, and lines of Microsoft's that are held or that nobody knows how to bill."""

    drafts: int
    lines: int


def count_waiting(*, company: CompanyId) -> Waiting:
    """Two counts, by indexes alone."""
    lines = models.Line.objects.filter(company_id=company, invoice=None, bucket__in=("held", "unmatched"))
    return Waiting(
        drafts=models.Invoice.objects.filter(company_id=company, number="").count(),
        lines=lines.count(),
    )
