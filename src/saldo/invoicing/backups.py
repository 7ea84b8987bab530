"""When the installation was last backed up, as the log of the company tells it."""

from __future__ import annotations

from datetime import datetime

from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId

_TAKEN = "server.backup.taken"


def newest_backup(*, company: CompanyId) -> datetime | None:
    """When the newest backup was taken; None where none ever was. What issuing asks for (ADR 0022)."""
    found = list_entries(company=company, code=_TAKEN, limit=1)
    return found[0].at if found else None
