"""Claims against Microsoft as dated tasks: opened, filed, settled; and the cancellation windows that the data shows.

A claim never stops a payment (practice 16). Nothing here commits.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from saldo.audit import log
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.problems import Refused
from saldo.payables import models
from saldo.payables.rules.claims import CLAIM_KINDS, ClaimKind

_NEXT = {
    "open": frozenset({"filed", "dropped"}),
    "filed": frozenset({"granted", "refused", "dropped"}),
}


class UnableToClaim(Refused):
    """A claim that cannot be opened or moved as asked."""


def open_claim(
    *,
    company: CompanyId,
    kind: ClaimKind,
    about: str,
    claim_by: date,
    customer: str = "",
    value: Decimal | None = None,
    currency: str = "",
    text: str = "",
    by: str,
    at: datetime,
) -> int:
    """Write down what is to be claimed by which day; `rules.claims` knows the days. Returns its number.

    ``about`` is the document, subscription or incident. The same kind about the same thing that is still open is that
    claim. Refuses (UnableToClaim): payables.claim.unknown-kind, .about-nothing.
    """
    if kind not in CLAIM_KINDS:
        raise UnableToClaim(code="payables.claim.unknown-kind", facts={"kind": kind})
    if not about.strip():
        raise UnableToClaim(code="payables.claim.about-nothing", facts={})
    standing = models.Claim.objects.filter(
        company_id=company, kind=kind, about=about, customer=customer, state__in=("open", "filed")
    ).first()
    if standing is not None:
        return standing.pk
    said = {"claim_by": claim_by, "value": value, "currency": currency, "text": text}
    row = models.Claim.objects.create(
        company_id=company, kind=kind, about=about, customer=customer, opened_at=at, opened_by=by, **said
    )
    facts = {"kind": kind, "about": about, "claim_by": claim_by.isoformat()}
    log.record(company=company, code="payables.claim.opened", actor=by, subject=f"claim:{row.pk}", at=at, facts=facts)
    return row.pk


def move_claim(
    *, company: CompanyId, claim: int, state: str, granted: Decimal | None = None, by: str, at: datetime
) -> None:
    """Say that a claim was filed with Microsoft, granted (how much), refused or dropped.

    Refuses (UnableToClaim): payables.claim.unknown, .not-so (a state that cannot follow).
    """
    row = models.Claim.objects.select_for_update().filter(company_id=company, pk=claim).first()
    if row is None:
        raise UnableToClaim(code="payables.claim.unknown", facts={"claim": claim})
    if state not in _NEXT.get(row.state, frozenset()):
        raise UnableToClaim(code="payables.claim.not-so", facts={"before": row.state, "after": state})
    before, row.state = row.state, state
    if state != "filed":
        row.settled_at, row.settled_by, row.granted = at, by, granted
    row.save()
    facts = {"before": before, "after": state}
    if granted is not None and row.currency:
        facts["granted"] = amount_text(granted, row.currency)
    log.record(company=company, code="payables.claim.moved", actor=by, subject=f"claim:{claim}", at=at, facts=facts)
