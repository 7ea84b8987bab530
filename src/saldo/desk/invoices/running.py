"""Drafting and issuing under way: the queue knows what waits and runs, the documents themselves how far it is."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.invoicing.month_pages import count_drafts, list_waves

DRAFT_TASK, ISSUE_TASK = "draft-month", "issue-wave"


def list_running(*, company: CompanyId, month: Month) -> list[dict[str, Any]]:
    """What works on this month now, oldest first."""
    jobs = ProcrastinateJob.objects.filter(
        task_name__in=[DRAFT_TASK, ISSUE_TASK],
        status__in=["todo", "doing"],
        args__company=company,
        args__month=str(month),
    )
    return [_running(job.task_name, company, month) for job in jobs.order_by("id")[:5]]


def _running(task: str, company: CompanyId, month: Month) -> dict[str, Any]:
    if task == DRAFT_TASK:
        done = count_drafts(company=company, month=month).all
        return {"title": figures.say("pages.invoices.drafting"), "words": _count(done), "percent": None}
    wave = next(iter(list_waves(company=company, month=month, limit=1)), None)
    done, of = (wave.issued, wave.count) if wave else (0, 0)
    return {
        "title": figures.say("pages.invoices.issuing"),
        "words": _count(done),
        "percent": done * 100 // of if of else None,
    }


def _count(done: int) -> str:
    return figures.say_many("pages.invoices.so-far", done)
