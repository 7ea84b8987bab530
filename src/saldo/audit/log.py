"""The one way to write into the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saldo.audit.models import Entry
from saldo.core.identity import CompanyId

SYSTEM = "system"
COMMAND = "command"


def person(user: int) -> str:
    """The actor or subject text of a person."""
    return f"user:{user}"


def record(
    *, company: CompanyId, code: str, actor: str, subject: str, at: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Write down one act, inside the transaction that does it.

    ``code`` is dotted and public; ``facts`` hold ids and values before and after, never names or addresses.
    """
    Entry.objects.create(company=company, at=at, actor=actor, code=code, subject=subject, facts=dict(facts or {}))
