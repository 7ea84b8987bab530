"""The one way to write into the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_record(%s, %s, %s, %s, %s, %s)",
            [company, at, actor, code, subject, json.dumps(dict(facts or {}))],
        )
