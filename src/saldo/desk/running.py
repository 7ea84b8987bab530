"""Imports under way: what waits, what runs and how far it is, what stopped.

The queue knows whether an import waits, runs or stopped; how far it is stands in a small file beside the upload,
written by the import as it goes, since its own transaction shows nothing before it ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from saldo.core.identity import CompanyId
from saldo.desk import figures

TASK = "import-files"
PROGRESS = "progress.json"
_TELL_STOPPED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One upload being imported; ``percent`` None while nobody can say."""

    title: str
    name: str
    percent: int | None
    words: str
    is_waiting: bool = False


def list_running(*, company: CompanyId, landing: Path, now: datetime, task: str = TASK) -> tuple[Running, ...]:
    """Uploads that wait or are being read, oldest first."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status__in=["todo", "doing"], args__company=company)
    return tuple(_running(job.args, job.status, landing, now) for job in jobs.order_by("id")[:20])


def list_stopped(*, company: CompanyId, landing: Path, now: datetime, task: str = TASK) -> tuple[Running, ...]:
    """Imports of the last day that broke off for a reason nobody foresaw."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status="failed", args__company=company)
    recent = jobs.filter(procrastinateevent__at__gte=now - _TELL_STOPPED_FOR).distinct().order_by("-id")[:5]
    return tuple(
        Running(title=_title(names), name=_names(names), percent=None, words=figures.say("pages.imports.stopped"))
        for names in (_files(landing / str(job.args["batch"])) for job in recent)
    )


def _running(args: dict[str, Any], status: str, landing: Path, now: datetime) -> Running:
    folder = landing / str(args["batch"])
    names = _files(folder)
    percent, words = None, figures.say("pages.imports.waiting" if status == "todo" else "pages.imports.working")
    told = read_progress(folder)
    if status == "doing" and told is not None:
        percent, words = _say_progress(told, now)
    return Running(title=_title(names), name=_names(names), percent=percent, words=words, is_waiting=status == "todo")


def read_progress(folder: Path) -> tuple[int, int, datetime] | None:
    """Rows done, rows in all (about), and when it began; None while nothing is told."""
    try:
        told = json.loads((folder / PROGRESS).read_text())
        return int(told["rows"]), int(told["of"]), datetime.fromisoformat(told["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _say_progress(told: tuple[int, int, datetime], now: datetime) -> tuple[int | None, str]:
    rows, of, since = told
    if rows <= 0 or of <= 0:
        return None, figures.say("pages.imports.working")
    spent = max((now - since).total_seconds(), 0)
    left = int(spent * max(of - rows, 0) / rows)
    words = figures.say(
        "pages.imports.rows-done",
        done=figures.number(rows),
        total=figures.number(of),
        left=_say_seconds(left),
    )
    return min(rows * 100 // of, 100), words


def _say_seconds(seconds: int) -> str:
    if seconds < 90:
        return figures.say_many("pages.imports.seconds", max(seconds, 1))
    return figures.say_many("pages.imports.minutes", round(seconds / 60))


def _files(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != PROGRESS)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _title(names: list[str]) -> str:
    return names[0] if len(names) == 1 else figures.say_many("pages.imports.batch", len(names))


def _names(names: list[str]) -> str:
    return ", ".join(names[:3]) if len(names) > 1 else ""
