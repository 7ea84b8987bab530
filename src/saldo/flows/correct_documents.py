"""An issued document is taken back or corrected: the customer hears of it by the same mail as of every document.

Above what one person may give back nothing happens yet: a proposal waits for somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning.actions.inheriting import inherit_standing
from saldo.flows.issue_wave import order_mails
from saldo.invoicing.actions.confirming import confirm_correction, propose_cancellation, propose_reissue
from saldo.invoicing.actions.corrected import Corrections
from saldo.invoicing.actions.correcting import cancel_invoice, reissue
from saldo.invoicing.actions.issuing import describe_issued
from saldo.invoicing.backups import newest_backup
from saldo.invoicing.month_pages import was_recalled
from saldo.outbox.queries import list_messages
from saldo.parties.company import company_context
from saldo.ports.world import World

_NEVER_LEFT = ("recalled", "refused")
SECOND_PERSON = "invoicing.credit.needs-second-person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one document: its ``mirror`` and the ``new`` one, or a ``proposal`` that waits for somebody else."""

    number: str
    mirror: str = ""
    new: str = ""
    proposal: int | None = None
    refused: Refused | None = None


def cancel_documents(
    *, company: CompanyId, numbers: Sequence[str], reason: str, by: str, world: World, today: date
) -> tuple[Done, ...]:
    """Take documents back by their mirrors, each in a transaction of its own; one that cannot be stops no other.

    Those above the limit become proposals. The mirrors are mailed.
    """
    return tuple(
        cancel_document(company=company, number=number, reason=reason, by=by, world=world, today=today)
        for number in numbers
    )


def cancel_document(*, company: CompanyId, number: str, reason: str, by: str, world: World, today: date) -> Done:
    """Take one document back, or propose it; a refusal is part of the answer."""
    at = world.clock.now()
    try:
        with company_context(company):
            mirror = cancel_invoice(company=company, number=number, reason=reason, today=today, by=by, at=at)
            _order(company, number, mirror, "", by=by, at=at)
        return Done(number=number, mirror=mirror)
    except Refused as refused:
        if refused.code != SECOND_PERSON:
            return Done(number=number, refused=refused)
    try:
        with company_context(company):
            key = propose_cancellation(company=company, number=number, reason=reason, by=by, at=at)
        return Done(number=number, proposal=key)
    except Refused as refused:
        return Done(number=number, refused=refused)


def correct_document(
    *, company: CompanyId, number: str, corrections: Corrections, reason: str, by: str, world: World, today: date
) -> Done:
    """Correct and reissue a document, or propose it above the limit. Refuses: as `reissue` and `propose_reissue`."""
    at = world.clock.now()
    try:
        with company_context(company):
            mirror, issued = reissue(
                company=company,
                number=number,
                corrections=corrections,
                reason=reason,
                today=today,
                by=by,
                at=at,
                newest_backup=newest_backup(company=company),
            )
            _take_its_place(company, number, issued.number, by=by, today=today, at=at)
            _order(company, number, mirror, issued.number, by=by, at=at)
        return Done(number=number, mirror=mirror, new=issued.number)
    except Refused as refused:
        if refused.code != SECOND_PERSON:
            raise
    with company_context(company):
        key = propose_reissue(
            company=company, number=number, corrections=corrections, reason=reason, today=today, by=by, at=at
        )
    return Done(number=number, proposal=key)


def confirm_proposal(*, company: CompanyId, proposal: int, number: str, by: str, world: World, today: date) -> Done:
    """Do what somebody else proposed for this document. Refuses: as `confirm_correction`."""
    at = world.clock.now()
    with company_context(company):
        mirror, issued = confirm_correction(
            company=company,
            proposal=proposal,
            today=today,
            by=by,
            at=at,
            newest_backup=newest_backup(company=company),
        )
        new = issued.number if issued else ""
        if new:
            _take_its_place(company, number, new, by=by, today=today, at=at)
        _order(company, number, mirror, new, by=by, at=at)
    return Done(number=number, mirror=mirror, new=new)


def _take_its_place(company: CompanyId, number: str, new: str, *, by: str, today: date, at: datetime) -> None:
    """With the same due day the new document goes on in collections where the wrong one stood (practice 9)."""
    old, kept = f"invoice:{number}", f"invoice:{new}"
    inherit_standing(company=company, old=old, new=kept, by=by, today=today, at=at)


def _order(company: CompanyId, number: str, mirror: str, new: str, *, by: str, at: datetime) -> None:
    """Mail the mirror and the new document; the mirror of what was stopped before it left goes to nobody."""
    mails = list_messages(company=company, about=f"invoice:{number}", limit=20)
    has_left = any(one.state not in _NEVER_LEFT for one in mails)
    is_unheard = not has_left and was_recalled(company=company, number=number)
    wanted = ([] if is_unheard else [mirror]) + ([new] if new else [])
    documents = [describe_issued(company=company, number=one) for one in wanted]
    order_mails(company=company, documents=documents, by=by, at=at)
