"""What a debtor agreed to: a policy version it acknowledged, a clause of its own terms. Without it access stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from saldo.audit.log import record
from saldo.core.identity import LANGUAGES, CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.debtor_items import lock_debtor

How = Literal["page", "signed", "mail", "contract"]
Allows = Literal["fee", "interest", "access"]


class UnableToRecordAgreement(Refused):
    """An acknowledgement or a clause that is not recorded, or not ended, as asked."""


def acknowledge(
    *,
    company: CompanyId,
    debtor: str,
    policy: str,
    version: int,
    language: str,
    said_by: str,
    how: How,
    evidence: str = "",
    on: date,
    by: str,
    at: datetime,
) -> int:
    """Record that a debtor read and accepted a policy version, with the hash of its text; returns the record.

    The same said again by the same person is the same record. Refuses (UnableToFindDebtor): dunning.debtor.unknown;
    (UnableToRecordAgreement): dunning.acknowledgement.unknown-policy, .unknown-language, .unknown-way, .nobody, .later.
    """
    lock_debtor(company=company, debtor=debtor)
    sha256 = _hash_of_published(company, policy, version)
    _check_said(language, said_by, how, on, at)
    said = {"debtor": debtor, "policy": policy, "version": version, "said_by": said_by.strip(), "how": how}
    same = models.Acknowledgement.objects.filter(company_id=company, language=language, **said).first()
    if same is not None:
        return int(same.pk)
    row = models.Acknowledgement.objects.create(
        company_id=company,
        sha256=sha256,
        language=language,
        evidence=evidence,
        on=on,
        recorded_at=at,
        recorded_by=by,
        **said,
    )
    facts = {"policy": policy, "version": version, "sha256": sha256, "language": language, "how": how}
    record(company=company, code="dunning.acknowledged", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    touch(company=company, debtors=[debtor], on=on)
    return int(row.pk)


def _hash_of_published(company: CompanyId, policy: str, version: int) -> str:
    rows = models.PolicyVersion.objects.filter(company_id=company, code=policy, version=version)
    published = rows.values_list("sha256", flat=True).first()
    if published is None:
        _refuse("acknowledgement.unknown-policy", policy=policy, version=version)
    return str(published)


def _check_said(language: str, said_by: str, how: str, on: date, at: datetime) -> None:
    if language not in LANGUAGES:
        _refuse("acknowledgement.unknown-language", language=language[:20])
    if how not in get_args(How):
        _refuse("acknowledgement.unknown-way", how=str(how)[:40])
    if not said_by.strip():
        _refuse("acknowledgement.nobody")
    if (on - at.date()).days > 1:  # a day ahead of us is still today somewhere
        _refuse("acknowledgement.later", on=on.isoformat())


def record_clause(
    *,
    company: CompanyId,
    debtor: str,
    allows: Allows,
    agreed_on: date,
    evidence: str,
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Record what a debtor's own terms allow, and where that stands; returns the clause.

    Refuses (UnableToFindDebtor): dunning.debtor.unknown; (UnableToRecordAgreement): dunning.clause.unknown-kind,
    .evidence-missing, .later, .recorded-already.
    """
    lock_debtor(company=company, debtor=debtor)
    if allows not in get_args(Allows):
        _refuse("clause.unknown-kind", allows=str(allows)[:40])
    if not evidence.strip():
        _refuse("clause.evidence-missing")
    if agreed_on > today:
        _refuse("clause.later", on=agreed_on.isoformat())
    rows = models.Clause.objects.filter(company_id=company, debtor=debtor, allows=allows, ended_on__isnull=True)
    if rows.exists():
        _refuse("clause.recorded-already", allows=allows)
    row = models.Clause.objects.create(
        company_id=company,
        debtor=debtor,
        allows=allows,
        agreed_on=agreed_on,
        evidence=evidence.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    facts = {"clause": row.pk, "allows": allows, "agreed_on": agreed_on.isoformat()}
    record(company=company, code="dunning.clause-recorded", actor=by, subject=f"debtor:{debtor}", at=at, facts=facts)
    touch(company=company, debtors=[debtor], on=today)
    return int(row.pk)


def end_clause(*, company: CompanyId, clause: int, by: str, today: date, at: datetime) -> None:
    """The terms allow it no more. Refuses (UnableToRecordAgreement): dunning.clause.unknown, .ended-already."""
    row = models.Clause.objects.select_for_update().filter(company_id=company, pk=clause).first()
    if row is None:
        raise UnableToRecordAgreement(code="dunning.clause.unknown", facts={"clause": clause})
    if row.ended_on is not None:
        _refuse("clause.ended-already", on=row.ended_on.isoformat())
    row.ended_on, row.ended_by = today, by
    row.save(update_fields=["ended_on", "ended_by"])
    facts = {"clause": clause, "allows": row.allows}
    record(company=company, code="dunning.clause-ended", actor=by, subject=f"debtor:{row.debtor}", at=at, facts=facts)
    touch(company=company, debtors=[row.debtor], on=today)


def _refuse(code: str, **facts: object) -> None:
    raise UnableToRecordAgreement(code=f"dunning.{code}", facts=facts)
