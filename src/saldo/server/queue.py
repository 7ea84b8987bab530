"""The queue of background work: procrastinate on the same PostgreSQL, so that a rolled-back request leaves no job."""

from __future__ import annotations

from procrastinate.contrib.django import app


class PostgresQueue:
    """Leaves tasks in PostgreSQL, inside the transaction of whoever asks."""

    def enqueue(self, task: str, **arguments: object) -> int:
        """Leave one task by its name; its arguments must be JSON values."""
        number: int = app.configure_task(task, allow_unknown=False).defer(**arguments)  # type: ignore[arg-type]
        return number
