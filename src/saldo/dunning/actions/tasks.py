"""Work for people: opened by what happens, finished by whoever did it, and never done twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models


class UnableToFinish(Refused):
    """A task that is not there, or was done."""


def open_task(
    *,
    company: CompanyId,
    key: str,
    kind: str,
    debtor: str,
    due_on: date,
    at: datetime,
    items: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Put a task on the worklist; the same ``key`` is the same task (False), whether it was done or not."""
    _, is_new = models.Task.objects.get_or_create(
        company_id=company,
        key=key,
        defaults={
            "kind": kind,
            "debtor": debtor,
            "items": list(items),
            "facts": dict(facts or {}),
            "due_on": due_on,
            "opened_at": at,
        },
    )
    return is_new


def finish_task(*, company: CompanyId, key: str, outcome: str, by: str, at: datetime) -> None:
    """Say that a task was done, and what came of it. Refuses (UnableToFinish): dunning.task.unknown, .done-already."""
    row = models.Task.objects.select_for_update().filter(company_id=company, key=key).first()
    if row is None:
        raise UnableToFinish(code="dunning.task.unknown", facts={"task": key})
    if row.done_at is not None:
        raise UnableToFinish(code="dunning.task.done-already", facts={"task": key})
    row.done_at, row.done_by, row.outcome = at, by, outcome
    row.save(update_fields=["done_at", "done_by", "outcome"])
    facts = {"kind": row.kind, "debtor": row.debtor}
    record(company=company, code="dunning.task-done", actor=by, subject=f"task:{key}", at=at, facts=facts)


def drop_task(*, company: CompanyId, key: str, outcome: str, by: str, at: datetime) -> bool:
    """Finish a task that has no reason any more, if it is still open; returns whether it was."""
    rows = models.Task.objects.filter(company_id=company, key=key, done_at__isnull=True)
    return bool(rows.update(done_at=at, done_by=by, outcome=outcome))
