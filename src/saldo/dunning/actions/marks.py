"""Marks on a debtor: insolvency, which keeps older debt from being collected, and protection of its access."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.debtor_items import list_debtor_items, lock_debtor

MarkKind = Literal["insolvency", "protected"]


class UnableToMark(Refused):
    """A mark that is not set, signed or ended as asked."""


def set_mark(
    *,
    company: CompanyId,
    debtor: str,
    kind: MarkKind,
    since_on: date,
    reason: str,
    evidence: str = "",
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Mark a debtor; returns the mark. Insolvency covers debt due up to ``since_on``, opens a claim for a person and
    takes back what was proposed against its access (practice 19 b).

    Refuses (UnableToFindDebtor): dunning.debtor.unknown; (UnableToMark): dunning.mark.unknown-kind, .reason-missing,
    .since-later (than today), .marked-already.
    """
    lock_debtor(company=company, debtor=debtor)
    _check(company, debtor, kind, since_on, reason, today)
    row = models.Mark.objects.create(
        company_id=company,
        debtor=debtor,
        kind=kind,
        since_on=since_on,
        reason=reason.strip(),
        evidence=evidence,
        set_at=at,
        set_by=by,
    )
    facts = {"mark": row.pk, "kind": kind, "since_on": since_on.isoformat()}
    record(company=company, code="dunning.mark-set", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    if kind == "insolvency":
        _open_claim(company, row, today, at)
        _withdraw_proposals(company, row, by, at)
    touch(company=company, debtors=[debtor], on=today)
    return int(row.pk)


def sign_mark(*, company: CompanyId, mark: int, by: str, today: date, at: datetime) -> None:
    """A Global admin lets the access of a protected debtor be affected all the same (capability dunning.mark.sign).

    Refuses (UnableToMark): dunning.mark.unknown, .ended-already, .not-to-sign (only protection is signed),
    .signed-already, .set-by-same-person.
    """
    row = _standing(company, mark)
    if row.kind != "protected":
        raise UnableToMark(code="dunning.mark.not-to-sign", facts={"mark": mark})
    if row.signed_by:
        raise UnableToMark(code="dunning.mark.signed-already", facts={"mark": mark})
    if row.set_by == by:
        raise UnableToMark(code="dunning.mark.set-by-same-person", facts={"mark": mark})
    row.signed_at, row.signed_by = at, by
    row.save(update_fields=["signed_at", "signed_by"])
    facts = {"mark": mark, "kind": row.kind}
    record(company=company, code="dunning.mark-signed", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts)
    touch(company=company, debtors=[row.debtor], on=today)


def end_mark(*, company: CompanyId, mark: int, reason: str, by: str, today: date, at: datetime) -> None:
    """The mark holds no more. Refuses (UnableToMark): dunning.mark.unknown, .ended-already, .reason-missing."""
    row = _standing(company, mark)
    if not reason.strip():
        raise UnableToMark(code="dunning.mark.reason-missing")
    row.ended_on, row.ended_by = today, by
    row.save(update_fields=["ended_on", "ended_by"])
    facts = {"mark": mark, "kind": row.kind, "reason": reason.strip()[:500]}
    record(company=company, code="dunning.mark-ended", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts)
    touch(company=company, debtors=[row.debtor], on=today)


def _check(company: CompanyId, debtor: str, kind: str, since_on: date, reason: str, today: date) -> None:
    if kind not in get_args(MarkKind):
        raise UnableToMark(code="dunning.mark.unknown-kind", facts={"kind": str(kind)[:40]})
    if not reason.strip():
        raise UnableToMark(code="dunning.mark.reason-missing")
    if since_on > today:
        raise UnableToMark(code="dunning.mark.since-later", facts={"since": since_on.isoformat()})
    rows = models.Mark.objects.filter(company_id=company, debtor=debtor, kind=kind, ended_on__isnull=True)
    if rows.exists():
        raise UnableToMark(code="dunning.mark.marked-already", facts={"debtor": debtor, "kind": kind})


def _standing(company: CompanyId, mark: int) -> models.Mark:
    row = models.Mark.objects.select_for_update().filter(company_id=company, pk=mark).first()
    if row is None:
        raise UnableToMark(code="dunning.mark.unknown", facts={"mark": mark})
    if row.ended_on is not None:
        raise UnableToMark(code="dunning.mark.ended-already", facts={"on": row.ended_on.isoformat()})
    return row


def _open_claim(company: CompanyId, row: models.Mark, today: date, at: datetime) -> None:
    covered = [one for one in list_debtor_items(company=company, debtor=row.debtor) if one.due_on <= row.since_on]
    models.Task.objects.get_or_create(
        company_id=company,
        key=f"claim:{row.debtor}:{row.pk}",
        defaults={
            "kind": "claim",
            "debtor": row.debtor,
            "items": [one.item for one in covered],
            "facts": {"since_on": row.since_on.isoformat(), "mark": row.pk},
            "due_on": today,
            "opened_at": at,
        },
    )


def _withdraw_proposals(company: CompanyId, row: models.Mark, by: str, at: datetime) -> None:
    proposals = models.SuspensionProposal.objects.filter(company_id=company, debtor=row.debtor, state="proposed")
    gone = proposals.update(state="withdrawn", because="insolvency", settled_at=at, settled_by=by)
    if gone:
        subject, facts = f"debtor:{row.debtor}", {"count": gone, "because": "insolvency"}
        record(company=company, code="dunning.proposal-withdrawn", actor=by, subject=subject, at=at, facts=facts)
