"""Claims against Microsoft as dated tasks: opened, filed, settled; and the cancellation windows that the data shows.

A claim never stops a payment (practice 16). Nothing here commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from saldo.audit import log
from saldo.charges.microsoft_documents import list_bought
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.problems import Refused
from saldo.payables import models
from saldo.payables.rules.claims import CLAIM_KINDS, WINDOW_DAYS, ClaimKind, Purchase, Window, open_windows

_NEXT = {
    "open": frozenset({"filed", "dropped"}),
    "filed": frozenset({"granted", "refused", "dropped"}),
}


class UnableToClaim(Refused):
    """A claim that cannot be opened or moved as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimShown:
    """One claim as a dated task; ``days_left`` to its last day, negative when that has gone by."""

    id: int
    kind: str
    about: str
    customer: str
    claim_by: date
    days_left: int
    value: Decimal | None
    currency: str
    text: str
    state: str  # open, filed, granted, refused, dropped
    opened_by: str
    granted: Decimal | None


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
    row = models.Claim.objects.create(
        company_id=company,
        kind=kind,
        about=about,
        customer=customer,
        claim_by=claim_by,
        value=value,
        currency=currency,
        text=text,
        opened_at=at,
        opened_by=by,
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


def list_claims(*, company: CompanyId, today: date, is_settled: bool = False) -> tuple[ClaimShown, ...]:
    """Claims still to be filed or answered, the most urgent first; or those that are settled."""
    states = ("granted", "refused", "dropped") if is_settled else ("open", "filed")
    rows = models.Claim.objects.filter(company_id=company, state__in=states).order_by("claim_by", "id")
    same = ("kind", "about", "customer", "claim_by", "value", "currency", "text", "state", "opened_by", "granted")
    return tuple(
        ClaimShown(id=row.pk, days_left=(row.claim_by - today).days, **{name: getattr(row, name) for name in same})
        for row in rows
    )


def list_windows(*, company: CompanyId, today: date) -> tuple[Window, ...]:
    """The cancellation windows still open, as far as the imported data, estimates included, knows of them."""
    bought = list_bought(company=company, since=today - timedelta(days=WINDOW_DAYS), until=today)
    return open_windows(
        purchases=[
            Purchase(
                subscription=one.subscription,
                customer=one.customer,
                product=one.product,
                charge_type=one.charge_type,
                ordered_on=one.ordered_on,
                charge_starts_on=one.charge_starts_on,
                currency=one.currency,
                amount=one.amount,
            )
            for one in bought
        ],
        today=today,
    )
