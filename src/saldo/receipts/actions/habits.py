"""How files reach us and are read: watched folders, and what the columns of a bank's CSV mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.receipts import models
from saldo.receipts.rules.entries import SheetMapping

_NEEDED = ({"booked_on", "value_on"}, {"value", "money_in"})
_POINTS = (",", ".")


class UnableToMap(Refused):
    """A mapping by which no file could be read."""


def map_sheet(*, company: CompanyId, mapping: SheetMapping, by: str, at: datetime) -> None:
    """Write down how one bank's CSV files are read; the same name again replaces it.

    Refuses (UnableToMap): receipts.csv.mapping-incomplete (no name, no day or no sum, a column that is not in the
    head, a decimal point that is none).
    """
    columns = set(mapping.columns)
    is_whole = all(needed & columns for needed in _NEEDED) and set(mapping.columns.values()) <= set(mapping.head)
    if not (is_whole and mapping.name.strip() and mapping.decimal_point in _POINTS and len(mapping.delimiter) == 1):
        raise UnableToMap(code="receipts.csv.mapping-incomplete", facts={"columns": ", ".join(sorted(columns))})
    habits = ("delimiter", "decimal_point", "day_form", "encoding", "account", "currency")
    models.CsvMapping.objects.update_or_create(
        company_id=company,
        name=mapping.name,
        defaults={
            "head": list(mapping.head),
            "columns": dict(mapping.columns),
            "habits": {name: getattr(mapping, name) for name in habits},
            "made_at": at,
            "made_by": by,
        },
    )
    models.WatchedFolder.objects.filter(company_id=company).update(
        looked_at=None
    )  # what was refused has its turn again
    _note(company, "receipts.csv-mapped", by, at, {"columns": sorted(columns)})


def watch_folder(*, company: CompanyId, account: str, path: str, by: str, at: datetime) -> None:
    """Look for this account's files in a folder from now on; another folder for the same account replaces it."""
    models.WatchedFolder.objects.update_or_create(company_id=company, account=account, defaults={"path": path})
    _note(company, "receipts.folder-watched", by, at, {"account": account})


def stop_watching(*, company: CompanyId, account: str, by: str, at: datetime) -> bool:
    """Look into this account's folder no more; whether there was one."""
    gone, _ = models.WatchedFolder.objects.filter(company_id=company, account=account).delete()
    if gone:
        _note(company, "receipts.folder-left", by, at, {"account": account})
    return bool(gone)


def note_look(*, company: CompanyId, account: str, at: datetime, newest_at: datetime | None) -> None:
    """A folder was looked into; ``newest_at`` is when the newest file taken from it was written, None for no new one.

    No entry in the log: nothing was decided.
    """
    row = models.WatchedFolder.objects.filter(company_id=company, account=account).first()
    if row is None:
        return
    row.looked_at = at
    if newest_at is not None and (row.newest_at is None or row.newest_at < newest_at):
        row.newest_at = newest_at
    row.save(update_fields=["looked_at", "newest_at"])


def _note(company: CompanyId, code: str, by: str, at: datetime, facts: Mapping[str, Any]) -> None:
    record(company=company, code=code, actor=by, subject="receipts:habits", at=at, facts=facts)
