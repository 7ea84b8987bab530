"""The work for people who call and for those who mend what keeps a ladder waiting: tasks by day, then by amount."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.dunning import models

_TASKS = """
FROM (
    SELECT kind, debtor, currency, min(id) AS id, array_agg(key ORDER BY due_on, id) AS keys, min(due_on) AS due_on,
        (array_agg(facts ORDER BY due_on DESC, id DESC))[1] AS facts
    FROM (SELECT *, coalesce(nullif(facts ->> 'currency', ''), %(usual)s) AS currency FROM dunning_task
          WHERE company_id = %(company)s AND done_at IS NULL AND (%(kind)s = '' OR kind = %(kind)s)
              AND (%(reach)s::text[] IS NULL OR debtor = ANY(%(reach)s))) AS open_task
    GROUP BY kind, debtor, currency
) AS t
LEFT JOIN parties_debtor d ON d.company_id = %(company)s AND d.number = t.debtor
LEFT JOIN LATERAL (
    SELECT sum(i.open) AS overdue, min(i.due_on) AS oldest FROM ledger_open_receivable i
    WHERE i.company_id = %(company)s AND i.debtor = t.debtor AND i.due_on < %(today)s AND i.currency = t.currency
) o ON true
"""
_PAGE = f"""
SELECT t.id, t.keys, t.kind, t.debtor, coalesce(d.name, t.debtor), t.facts::text, t.due_on,
    coalesce(o.overdue, 0), o.oldest, t.currency {_TASKS}
ORDER BY t.due_on, coalesce(o.overdue, 0) DESC, t.id LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT = """
SELECT t.kind, count(DISTINCT (t.debtor, t.facts ->> 'currency')),
    count(DISTINCT (t.debtor, t.facts ->> 'currency')) FILTER (WHERE t.due_on <= %(today)s)
FROM dunning_task t
WHERE t.company_id = %(company)s AND t.done_at IS NULL AND (%(reach)s::text[] IS NULL OR t.debtor = ANY(%(reach)s))
GROUP BY t.kind
"""
_NOTICES_FAILED = """
SELECT count(*) FROM dunning_notice n WHERE n.company_id = %(company)s AND n.state = 'failed'
    AND EXISTS (SELECT 1 FROM dunning_collected c WHERE c.company_id = n.company_id AND c.debtor = n.debtor
                AND c.step = n.step AND c.notice_failed)
"""
_LATE = """
SELECT count(DISTINCT c.debtor), count(DISTINCT c.debtor) FILTER (WHERE c.proposed <> '')
FROM dunning_collected c
JOIN ledger_open_receivable i ON i.company_id = c.company_id AND i.item = c.item
WHERE c.company_id = %(company)s AND (c.step <> 'clear' OR c.proposed <> '') AND i.due_on < %(today)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    """The open tasks of one kind about one debtor and currency: one piece of work. ``id`` is the oldest's.

    ``overdue`` is what the debtor has not paid in that currency, ``oldest`` since when; ``facts`` are the newest's.
    """

    id: int
    keys: tuple[str, ...]
    kind: str
    debtor: str
    name: str
    facts: Mapping[str, Any]
    due_on: date
    overdue: Decimal
    oldest: date | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """How many tasks of a kind are open, and how many of them are due today or before."""

    open: int
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionToday:
    """What a morning looks at: debtors late in collection, calls due, letters that came back, releases waiting."""

    late: int
    calls: int
    failed: int
    releases: int

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to see to."""
        return not (self.late or self.calls or self.failed or self.releases)


def list_tasks(
    *,
    company: CompanyId,
    today: date,
    usual: str,
    reach: Collection[str] | None,
    kind: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[TaskSeen, ...]:
    """Open tasks, what is due first, the most money first. ``usual`` is the currency of tasks that name none."""
    values = _values(company, today, reach) | {"usual": usual, "kind": kind, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, values)
        return tuple(map(_task, cursor.fetchall()))


def count_tasks(*, company: CompanyId, today: date, reach: Collection[str] | None) -> dict[str, TaskCount]:
    """How many tasks are open, by kind."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _values(company, today, reach))
        return {kind: TaskCount(open=count, due=due) for kind, count, due in cursor.fetchall()}


def find_task(*, company: CompanyId, task: int, today: date, usual: str) -> TaskSeen | None:
    """The open task of this id; None when it is done, or nobody's."""
    row = models.Task.objects.filter(company_id=company, id=task, done_at__isnull=True).first()
    if row is None:
        return None
    found = list_tasks(company=company, today=today, usual=usual, reach=[row.debtor], limit=500)
    return next((one for one in found if row.key in one.keys), None)


def list_tasks_of(*, company: CompanyId, debtor: str, today: date, usual: str) -> tuple[TaskSeen, ...]:
    """The open tasks about one debtor."""
    return list_tasks(company=company, today=today, usual=usual, reach=[debtor], limit=100)


def count_today(*, company: CompanyId, today: date) -> CollectionToday:
    """The four counts of the home page."""
    values: dict[str, Any] = {"company": company, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(_LATE, values)
        late, releases = cursor.fetchone()
        cursor.execute(_NOTICES_FAILED, values)
        failed = cursor.fetchone()[0]
    calls = models.Task.objects.filter(company_id=company, kind="call", done_at__isnull=True, due_on__lte=today)
    due = calls.values("debtor").distinct().count()
    return CollectionToday(late=late, calls=due, failed=failed, releases=releases)


def _values(company: CompanyId, today: date, reach: Collection[str] | None) -> dict[str, Any]:
    return {"company": company, "today": today, "reach": None if reach is None else sorted(reach)}


def _task(row: Sequence[Any]) -> TaskSeen:
    told = dict(zip(TaskSeen.__dataclass_fields__, row, strict=True))
    return TaskSeen(**told | {"keys": tuple(told["keys"]), "facts": json.loads(told["facts"])})
