"""Reading policies as people see them: drafts and versions, for whom each holds, who has acknowledged it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.rules.policy import CLEAR, Policy

Pin = tuple[str, int]

_SEGMENTS = "SELECT segment, count(*) FROM parties_debtor WHERE company_id = %s AND is_active GROUP BY segment"
_CHOSEN = "SELECT segment FROM parties_debtor WHERE company_id = %s AND is_active AND number = %s"


class UnableToNamePolicy(Refused):
    """No version of this code and number was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published version; its text never changes."""

    code: str
    version: int
    text: str
    sha256: str
    starts_on: date
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text that is being written."""

    code: str
    text: str
    edited_at: datetime
    edited_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """For whom a policy was chosen from a day on."""

    scope: str
    subject: str
    policy: str
    starts_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A debtor has read and accepted a version."""

    debtor: str
    policy: str
    version: int
    sha256: str
    language: str
    said_by: str
    how: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How many items stand on a step of a version, and of how many debtors."""

    items: int
    debtors: int


def list_versions(*, company: CompanyId, code: str = "") -> tuple[Published, ...]:
    """Every published version by code, the newest first."""
    rows = models.PolicyVersion.objects.filter(company_id=company)
    rows = rows.filter(code=code) if code else rows
    return tuple(_published(row) for row in rows.order_by("code", "-version"))


def get_version(*, company: CompanyId, code: str, version: int) -> Published:
    """One published version; refuses (UnableToNamePolicy): dunning.policy.unknown."""
    row = models.PolicyVersion.objects.filter(company_id=company, code=code, version=version).first()
    if row is None:
        raise UnableToNamePolicy(code="dunning.policy.unknown", facts={"policy": f"{code} {version}"})
    return _published(row)


def read_version(published: Published) -> Policy:
    """The policy that a published text says; only what can be read is ever published."""
    policy = read_policy(published.text)
    if not isinstance(policy, Policy):
        raise UnableToNamePolicy(code="dunning.policy.unreadable", facts={"line": policy[0].line})
    return policy


def list_drafts(*, company: CompanyId) -> tuple[Draft, ...]:
    """Every text that is being written, by code."""
    rows = models.PolicyDraft.objects.filter(company_id=company).order_by("code")
    return tuple(Draft(code=row.code, text=row.text, edited_at=row.edited_at, edited_by=row.edited_by) for row in rows)


def find_draft(*, company: CompanyId, code: str) -> Draft | None:
    """The text of a policy that is being written, if any."""
    return next((one for one in list_drafts(company=company) if one.code == code), None)


def list_chosen(*, company: CompanyId, on: date) -> tuple[Chosen, ...]:
    """For whom which policy holds on a day and later: per subject the choice in force, and those still to come."""
    rows = models.Assignment.objects.filter(company_id=company).order_by("starts_on", "id")
    now: dict[tuple[str, str], Chosen] = {}
    later: list[Chosen] = []
    for row in rows:
        chosen = Chosen(
            scope=row.scope, subject=row.subject, policy=row.policy, starts_on=row.starts_on, reason=row.reason
        )
        if row.starts_on <= on:
            now[row.scope, row.subject] = chosen
        else:
            later.append(chosen)
    return tuple(one for one in (*now.values(), *later) if one.policy)


def count_running(*, company: CompanyId) -> Mapping[Pin, Running]:
    """Items that stand on a step, and their debtors, by the version they are pinned to."""
    rows = (
        models.Collected.objects.filter(company_id=company, version__isnull=False)
        .exclude(step=CLEAR)
        .values("policy", "version")
        .annotate(items=Count("item"), debtors=Count("debtor", distinct=True))
        .values_list("policy", "version", "items", "debtors")
    )
    return {(policy, version): Running(items=items, debtors=debtors) for policy, version, items, debtors in rows}


def count_held(*, company: CompanyId, chosen: Iterable[Chosen], on: date) -> Mapping[str, int]:
    """How many active debtors each policy holds for on a day, by debtor < segment < company; invoices apart."""
    current = {(one.scope, one.subject): one.policy for one in chosen if one.starts_on <= on}
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS, [company])
        by_segment: dict[str, int] = dict(cursor.fetchall())
        whole = current.get(("company", ""), "")
        counts: dict[str, int] = {}
        for segment, number in by_segment.items():
            policy = current.get(("segment", segment), whole) if segment else whole
            counts[policy] = counts.get(policy, 0) + number
        for (scope, subject), policy in current.items():
            if scope != "debtor":
                continue
            cursor.execute(_CHOSEN, [company, subject])
            found = cursor.fetchone()
            if found is not None:
                otherwise = current.get(("segment", found[0]), whole) if found[0] else whole
                counts[otherwise] -= 1
                counts[policy] = counts.get(policy, 0) + 1
    return {policy: number for policy, number in counts.items() if policy and number}


def count_acknowledged(*, company: CompanyId) -> Mapping[Pin, int]:
    """How many debtors have acknowledged each version."""
    rows = (
        models.Acknowledgement.objects.filter(company_id=company)
        .values("policy", "version")
        .annotate(debtors=Count("debtor", distinct=True))
        .values_list("policy", "version", "debtors")
    )
    return {(policy, version): debtors for policy, version, debtors in rows}


def list_acknowledged(*, company: CompanyId, code: str, version: int) -> tuple[Acknowledged, ...]:
    """Who has acknowledged a version, the newest first."""
    rows = models.Acknowledgement.objects.filter(company_id=company, policy=code, version=version)
    return tuple(_acknowledged(row) for row in rows.order_by("-on", "debtor"))


def find_acknowledged(*, company: CompanyId, debtor: str, code: str, version: int) -> Acknowledged | None:
    """A debtor's own acknowledgement of a version, if there is one."""
    rows = models.Acknowledgement.objects.filter(company_id=company, debtor=debtor, policy=code, version=version)
    row = rows.order_by("-on").first()
    return _acknowledged(row) if row is not None else None


def _acknowledged(row: models.Acknowledgement) -> Acknowledged:
    return Acknowledged(
        debtor=row.debtor,
        policy=row.policy,
        version=row.version,
        sha256=row.sha256,
        language=row.language,
        said_by=row.said_by,
        how=row.how,
        on=row.on,
    )


def _published(row: models.PolicyVersion) -> Published:
    return Published(
        code=row.code,
        version=row.version,
        text=row.text,
        sha256=row.sha256,
        starts_on=row.starts_on,
        published_at=row.published_at,
        published_by=row.published_by,
    )
