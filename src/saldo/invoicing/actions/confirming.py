"""Cancelling and correcting above one person's limit: one proposes, another confirms; the first never does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import amount_text
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.invoicing.actions.copies import UnableToCorrect, check_not_credited
from saldo.invoicing.actions.corrected import Corrections, preview_reissue
from saldo.invoicing.actions.correcting import cancel_invoice, check_cancelling, reissue, weigh_cancellation
from saldo.invoicing.actions.issuing import IssuedDocument
from saldo.invoicing.actions.series import lock_series
from saldo.invoicing.queries import find_cancellation
from saldo.parties.rules.approvals import find_approval_refusal


class UnableToConfirm(Refused):
    """A proposal that this person may not decide, or that waits no longer."""


def propose_cancellation(*, company: CompanyId, number: str, reason: str, by: str, at: datetime) -> int:
    """Propose to take a document back; returns the proposal's key. Proposed again it is the same proposal.

    Refuses: as `cancel_invoice`, but for the second person; (UnableToConfirm): invoicing.proposal.another-waits.
    """
    lock_series(company)
    found = check_cancelling(company=company, number=number, reason=reason)
    if find_cancellation(company=company, number=number) is not None:
        raise UnableToCorrect(code="invoicing.correction.cancelled-already", facts={"number": number})
    check_not_credited(company=company, found=found)
    given = weigh_cancellation(company=company, found=found)
    return _propose(company, number, "cancel", {}, reason, given, found.currency, by=by, at=at)


def propose_reissue(
    *, company: CompanyId, number: str, corrections: Corrections, reason: str, today: date, by: str, at: datetime
) -> int:
    """Propose to correct and reissue a document; returns the proposal's key.

    Refuses: as `reissue`, but for the second person; (UnableToConfirm): invoicing.proposal.another-waits.
    """
    lock_series(company)
    check_cancelling(company=company, number=number, reason=reason)
    seen = preview_reissue(company=company, number=number, corrections=corrections, today=today, at=at)
    asked = {
        "buyer": dict(corrections.buyer),
        "purchase_order": corrections.purchase_order,
        "nets": {f"{place}": f"{net}" for place, net in sorted(corrections.nets.items())},
        "keeps_due_day": corrections.keeps_due_day,
    }
    return _propose(company, number, "reissue", asked, reason, seen.given, seen.currency, by=by, at=at)


def confirm_correction(
    *,
    company: CompanyId,
    proposal: int,
    today: date,
    by: str,
    at: datetime,
    newest_backup: datetime | None = None,
) -> tuple[str, IssuedDocument | None]:
    """Do what somebody else proposed: the mirror's number, and the new document of a reissue.

    Refuses (UnableToConfirm): invoicing.proposal.unknown, parties.approval.own, .not-a-person; and as `cancel_invoice`
    and `reissue`.
    """
    row = _get(company, proposal)
    if refusal := find_approval_refusal(proposed_by=row.proposed_by, approved_by=by):
        raise UnableToConfirm(code=refusal, facts={"number": row.number})
    who: dict[str, Any] = {"today": today, "by": by, "at": at, "proposed_by": row.proposed_by}
    asked: dict[str, Any] = {"company": company, "number": row.number, "reason": row.reason}
    if row.act == "cancel":
        mirror, issued = cancel_invoice(**asked, **who), None
    else:
        wanted = corrections_of(row.asked)
        mirror, issued = reissue(**asked, **who, corrections=wanted, newest_backup=newest_backup)
    models.Correction.objects.filter(company_id=company, id=row.pk).update(outcome="done", decided_by=by, decided_at=at)
    facts = {"mirror": mirror, "new": issued.number if issued else "", "proposed_by": row.proposed_by}
    record(
        company=company,
        code="invoicing.correction-confirmed",
        actor=by,
        subject=f"invoice:{row.number}",
        at=at,
        facts=facts,
    )
    return mirror, issued


def withdraw_correction(*, company: CompanyId, proposal: int, by: str, at: datetime) -> str:
    """Take a proposal back, one's own or somebody else's; returns the document's number. Nothing was done yet.

    Refuses (UnableToConfirm): invoicing.proposal.unknown.
    """
    row = _get(company, proposal)
    models.Correction.objects.filter(company_id=company, id=row.pk).update(
        outcome="withdrawn", decided_by=by, decided_at=at
    )
    record(company=company, code="invoicing.correction-withdrawn", actor=by, subject=f"invoice:{row.number}", at=at)
    return str(row.number)


def corrections_of(asked: Mapping[str, Any]) -> Corrections:
    """What a proposal asks for, as it was proposed."""
    return Corrections(
        buyer=dict(asked["buyer"]),
        purchase_order=asked["purchase_order"],
        nets={int(place): Decimal(net) for place, net in asked["nets"].items()},
        keeps_due_day=bool(asked["keeps_due_day"]),
    )


def _get(company: CompanyId, proposal: int) -> models.Correction:
    lock_series(company)
    row = models.Correction.objects.select_for_update().filter(company_id=company, id=proposal, outcome="").first()
    if row is None:
        raise UnableToConfirm(code="invoicing.proposal.unknown", facts={"proposal": proposal})
    return row


def _propose(
    company: CompanyId,
    number: str,
    act: str,
    asked: Mapping[str, Any],
    reason: str,
    given: Decimal,
    currency: str,
    *,
    by: str,
    at: datetime,
) -> int:
    waiting = models.Correction.objects.filter(company_id=company, number=number, outcome="").first()
    wanted = (act, dict(asked), reason.strip(), by)
    if waiting is not None:
        if (waiting.act, waiting.asked, waiting.reason, waiting.proposed_by) == wanted:
            return int(waiting.pk)
        raise UnableToConfirm(code="invoicing.proposal.another-waits", facts={"number": number})
    row = models.Correction.objects.create(
        company_id=company,
        number=number,
        act=act,
        asked=dict(asked),
        reason=reason.strip(),
        given=given,
        currency=currency,
        proposed_by=by,
        proposed_at=at,
    )
    facts = {"act": act, "given": amount_text(given, currency), "currency": currency}
    record(
        company=company, code="invoicing.correction-proposed", actor=by, subject=f"invoice:{number}", at=at, facts=facts
    )
    return int(row.pk)
