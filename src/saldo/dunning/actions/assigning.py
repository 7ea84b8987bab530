"""Choosing which policy holds for whom: the company, a segment, a debtor, one item. Chosen anew, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.touching import touch
from saldo.dunning.debtor_items import lock_debtor

AssignmentScope = Literal["company", "segment", "debtor", "invoice"]


class UnableToAssign(Refused):
    """A policy that is not chosen as asked."""


def assign_policy(
    *,
    company: CompanyId,
    scope: AssignmentScope,
    subject: str = "",
    policy: str,
    starts_on: date,
    reason: str = "",
    by: str,
    today: date,
    at: datetime,
) -> None:
    """Let a published policy hold for a scope from a day on; ``policy`` "" takes the choice of that scope away.

    ``subject`` is the segment, the debtor's number or the item's key. Items under way stay on their version until a
    person reviewed them (lessons A 10). Refuses (UnableToAssign): dunning.assignment.unknown-scope, .no-subject,
    .unknown-policy, .unknown-item, .in-the-past; (UnableToFindDebtor): dunning.debtor.unknown.
    """
    _check_scope(scope, subject)
    if starts_on < today:
        raise UnableToAssign(code="dunning.assignment.in-the-past", facts={"starts_on": starts_on.isoformat()})
    if policy and not models.PolicyVersion.objects.filter(company_id=company, code=policy).exists():
        raise UnableToAssign(code="dunning.assignment.unknown-policy", facts={"policy": policy})
    debtor = _debtor_of(company, scope, subject)
    models.Assignment.objects.create(
        company_id=company,
        scope=scope,
        subject=subject,
        policy=policy,
        starts_on=starts_on,
        reason=reason.strip(),
        made_at=at,
        made_by=by,
    )
    facts = {"scope": scope, "subject": subject, "policy": policy, "starts_on": starts_on.isoformat()}
    record(company=company, code="dunning.policy-assigned", actor=by, subject=f"policy:{policy}", at=at, facts=facts)
    if debtor:
        touch(company=company, debtors=[debtor], on=starts_on)


def _check_scope(scope: str, subject: str) -> None:
    if scope not in get_args(AssignmentScope):
        raise UnableToAssign(code="dunning.assignment.unknown-scope", facts={"scope": str(scope)[:40]})
    if (scope == "company") == bool(subject):
        raise UnableToAssign(code="dunning.assignment.no-subject", facts={"scope": scope})


def _debtor_of(company: CompanyId, scope: str, subject: str) -> str:
    """Whom the choice is about, where it is about one; the whole house is looked at again by the next day's round."""
    if scope == "debtor":
        lock_debtor(company=company, debtor=subject)
        return subject
    if scope != "invoice":
        return ""
    found = models.Collected.objects.filter(company_id=company, item=subject).values_list("debtor", flat=True).first()
    if found is None:
        raise UnableToAssign(code="dunning.assignment.unknown-item", facts={"item": subject})
    return str(found)
