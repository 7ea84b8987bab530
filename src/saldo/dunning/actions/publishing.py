"""Writing a policy and publishing it: only what `check` proves is ever published, and then never changed."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.formats.policy_text import lines_of, read_policy
from saldo.dunning.rules.check import check
from saldo.dunning.rules.finding import Finding, with_lines
from saldo.dunning.rules.policy import Policy, hash_of
from saldo.parties.rules.approvals import find_approval_refusal

LONGEST = 64 * 1024
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class UnableToPublish(Refused):
    """A policy that may not be written or published as it is; ``findings`` are what the check found, with lines."""

    def __init__(self, *, code: str, facts: dict[str, Any] | None = None, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(code=code, facts=facts)
        self.findings = findings


def save_policy_draft(*, company: CompanyId, code: str, text: str, by: str, at: datetime) -> bool:
    """Keep a text that is being written, byte for byte, sound or not; False where it is what is kept already.

    Whoever saves the same text again did not edit it. Refuses (UnableToPublish): dunning.policy.too-long,
    dunning.text.bad-code.
    """
    if len(text.encode()) > LONGEST:
        raise UnableToPublish(code="dunning.policy.too-long")
    if not _CODE.fullmatch(code):
        raise UnableToPublish(code="dunning.text.bad-code")
    drafts = models.PolicyDraft.objects.select_for_update().filter(company_id=company, code=code)
    if drafts.filter(text=text).exists():
        return False
    models.PolicyDraft.objects.update_or_create(
        company_id=company, code=code, defaults={"text": text, "edited_at": at, "edited_by": by}
    )
    _note(company, code, "dunning.policy.draft-saved", by, at, sha256=hash_of(text))
    return True


def drop_policy_draft(*, company: CompanyId, code: str, by: str, at: datetime) -> bool:
    """Throw a draft away; False where there is none."""
    dropped, _ = models.PolicyDraft.objects.filter(company_id=company, code=code).delete()
    if dropped:
        _note(company, code, "dunning.policy.draft-dropped", by, at)
    return bool(dropped)


def publish_policy(
    *,
    company: CompanyId,
    code: str,
    text: str,
    starts_on: date,
    country: str,
    today: date,
    by: str,
    at: datetime,
) -> int:
    """Publish the draft whose text this is, in force from a day on; returns its version.

    ``country`` is the company's, whose law counts where the policy names none; the law is that of ``starts_on``.
    Running items of another version go to review by themselves (`looking`). Refuses (UnableToPublish), all as
    dunning.policy.…: no-draft, draft-changed, unreadable, other-code, refuted (with the findings), same-text,
    starts-in-past, second-person and not-a-person where the policy touches access.
    """
    draft = models.PolicyDraft.objects.select_for_update().filter(company_id=company, code=code).first()
    if draft is None:
        raise UnableToPublish(code="dunning.policy.no-draft", facts={"policy": code})
    if draft.text != text:
        raise UnableToPublish(code="dunning.policy.draft-changed")
    policy = _proved(text, code=code, on=starts_on, country=country)
    _check_person(policy, editor=draft.edited_by, publisher=by)
    latest = models.PolicyVersion.objects.filter(company_id=company, code=code).order_by("-version").first()
    if starts_on < today or (latest is not None and starts_on < latest.starts_on):
        raise UnableToPublish(code="dunning.policy.starts-in-past", facts={"starts_on": starts_on.isoformat()})
    if latest is not None and latest.text == text:
        raise UnableToPublish(code="dunning.policy.same-text", facts={"version": latest.version})
    version = latest.version + 1 if latest is not None else 1
    told = {"version": version, "sha256": hash_of(text), "starts_on": starts_on}
    models.PolicyVersion.objects.create(
        company_id=company, code=code, text=text, published_at=at, published_by=by, **told
    )
    draft.delete()
    facts = told | {"starts_on": starts_on.isoformat(), "edited_by": draft.edited_by}
    _note(company, code, "dunning.policy.published", by, at, **facts)
    return version


def needs_second_person(policy: Policy) -> bool:
    """Whether a policy stops or ends anything, so that who wrote it last may not publish it."""
    return any(step.touches_access for step in policy.steps)


def _proved(text: str, *, code: str, on: date, country: str) -> Policy:
    policy = read_policy(text)
    if not isinstance(policy, Policy):
        raise UnableToPublish(code="dunning.policy.unreadable", facts={"line": policy[0].line})
    if policy.code != code:
        raise UnableToPublish(code="dunning.policy.other-code", facts={"found": policy.code, "policy": code})
    findings = with_lines(check(policy, on=on, country=country), lines_of(text))
    if findings:
        raise UnableToPublish(code="dunning.policy.refuted", facts={"count": len(findings)}, findings=findings)
    return policy


def _check_person(policy: Policy, *, editor: str, publisher: str) -> None:
    if not needs_second_person(policy):
        return
    refusal = find_approval_refusal(proposed_by=editor, approved_by=publisher)
    if refusal == "parties.approval.own":
        raise UnableToPublish(code="dunning.policy.second-person")
    if refusal is not None:
        raise UnableToPublish(code="dunning.policy.not-a-person")


def _note(company: CompanyId, code: str, what: str, by: str, at: datetime, **facts: Any) -> None:
    record(company=company, code=what, actor=by, subject=f"policy:{code}", at=at, facts={"policy": code, **facts})
