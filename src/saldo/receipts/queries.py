"""Reading what came in: bank files, their entries, watched folders and how CSV files are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from saldo.core.identity import CompanyId
from saldo.receipts import models
from saldo.receipts.rules.entries import SheetMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """One file from a bank and what became of it; ``refused`` is empty when it was taken."""

    sha256: str
    name: str
    format: str
    entries: int
    booked: int
    duplicates: int
    warnings: tuple[dict[str, Any], ...]
    refused: str
    received_at: datetime
    received_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One movement on one of our accounts; ``value`` is signed, ``file`` the sha256 it first came with."""

    key: str
    file: str
    place: str
    account: str
    booked_on: date
    value_on: date
    currency: str
    value: Decimal
    fee: Decimal
    original_currency: str
    original_value: Decimal | None
    payer: str
    payer_account: str
    references: tuple[str, ...]
    text: str
    bank_reference: str
    kind: str
    state: str
    because: str
    settles_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFolder:
    """Where the files of one account arrive, when it was last looked into, and the age of the newest file taken."""

    account: str
    path: str
    looked_at: datetime | None
    newest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestFile:
    """How fresh one account is: when its newest file came, and the last day it tells of."""

    account: str
    received_at: datetime
    booked_until: date


def list_files(*, company: CompanyId, limit: int = 100, offset: int = 0) -> tuple[BankFile, ...]:
    """The newest files first."""
    rows = models.BankFile.objects.filter(company_id=company).order_by("-received_at", "-id")[offset : offset + limit]
    return tuple(_file(row) for row in rows)


def find_file(*, company: CompanyId, sha256: str) -> BankFile | None:
    """The file of this content, or None."""
    row = models.BankFile.objects.filter(company_id=company, sha256=sha256).first()
    return _file(row) if row else None


def list_entries(
    *,
    company: CompanyId,
    state: str | None = None,
    keys: Iterable[str] | None = None,
    account: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    newest_first: bool = False,
) -> tuple[BankEntry, ...]:
    """Entries by day, then in the order of their files; ``keys`` keeps only these."""
    rows = models.BankEntry.objects.filter(company_id=company).select_related("file")
    if state is not None:
        rows = rows.filter(state=state)
    if keys is not None:
        rows = rows.filter(key__in=set(keys))
    if account is not None:
        rows = rows.filter(account=account)
    order = ("-booked_on", "-id") if newest_first else ("booked_on", "id")
    rows = rows.order_by(*order)[offset : None if limit is None else offset + limit]
    return tuple(_entry(row) for row in rows)


def list_going_out(*, company: CompanyId) -> tuple[BankEntry, ...]:
    """Open entries of money that left an account and is no fee or return, by day."""
    rows = models.BankEntry.objects.filter(company_id=company, state="open", value__lt=0)
    rows = rows.filter(kind__in=("payment", "transfer")).select_related("file").order_by("booked_on", "id")
    return tuple(_entry(row) for row in rows)


def find_entry(*, company: CompanyId, key: str) -> BankEntry | None:
    """The entry of this key, or None."""
    row = models.BankEntry.objects.filter(company_id=company, key=key).select_related("file").first()
    return _entry(row) if row else None


def count_by_state(*, company: CompanyId, keys: Iterable[str] | None = None) -> dict[str, int]:
    """How many entries are in each state, of these keys or of all."""
    rows = models.BankEntry.objects.filter(company_id=company)
    if keys is not None:
        rows = rows.filter(key__in=set(keys))
    return dict(rows.values_list("state").annotate(Count("id")).order_by("state"))


def count_states_of_files(*, company: CompanyId, files: Iterable[str]) -> dict[str, dict[str, int]]:
    """By sha256 of a file, how many of the entries that it brought are in each state now."""
    rows = models.BankEntry.objects.filter(company_id=company, file__sha256__in=set(files))
    found: dict[str, dict[str, int]] = {}
    for sha256, state, count in rows.values_list("file__sha256", "state").annotate(Count("id")):
        found.setdefault(sha256, {})[state] = count
    return found


# From one account to the next by the index: accounts are few, the entries of each are many.
_NEWEST = """
WITH RECURSIVE known AS (
    (SELECT account FROM receipts_bankentry WHERE company_id = %(company)s ORDER BY account LIMIT 1)
    UNION ALL
    SELECT (SELECT e.account FROM receipts_bankentry e WHERE e.company_id = %(company)s AND e.account > known.account
            ORDER BY e.account LIMIT 1)
    FROM known WHERE known.account IS NOT NULL
)
SELECT account, (
    SELECT f.received_at FROM receipts_bankfile f WHERE f.company_id = %(company)s AND EXISTS (
        SELECT FROM receipts_bankentry e
        WHERE e.company_id = %(company)s AND e.file_id = f.id AND e.account = known.account
    ) ORDER BY f.received_at DESC LIMIT 1
) AS received_at, (
    SELECT max(e.booked_on) FROM receipts_bankentry e WHERE e.company_id = %(company)s AND e.account = known.account
) AS booked_until
FROM known WHERE account IS NOT NULL ORDER BY received_at, account
"""


def list_newest_files(*, company: CompanyId) -> tuple[NewestFile, ...]:
    """For each account that ever had an entry, how fresh it is, the stalest first."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"company": company})
        return tuple(
            NewestFile(account=account, received_at=received_at, booked_until=booked_until)
            for account, received_at, booked_until in cursor.fetchall()
        )


def find_newest_of(*, company: CompanyId, accounts: Iterable[str]) -> tuple[NewestFile, ...]:
    """How fresh these accounts are, by their newest entry; one that never had an entry is missing."""
    found = []
    for account in accounts:
        rows = models.BankEntry.objects.filter(company_id=company, account=account).select_related("file")
        newest = rows.order_by("-booked_on", "-id").first()
        if newest is not None:
            received_at = newest.file.received_at
            found.append(NewestFile(account=account, received_at=received_at, booked_until=newest.booked_on))
    return tuple(found)


def list_folders(*, company: CompanyId) -> tuple[WatchedFolder, ...]:
    """The watched folders by account."""
    rows = models.WatchedFolder.objects.filter(company_id=company).order_by("account")
    names = WatchedFolder.__slots__
    return tuple(WatchedFolder(**{name: getattr(row, name) for name in names}) for row in rows)


def list_mappings(*, company: CompanyId) -> tuple[SheetMapping, ...]:
    """How CSV files are read, by name."""
    rows = models.CsvMapping.objects.filter(company_id=company).order_by("name")
    return tuple(
        SheetMapping(name=row.name, head=tuple(row.head), columns=dict(row.columns), **dict(row.habits)) for row in rows
    )


def list_taken_contents(*, company: CompanyId, contents: Sequence[str]) -> frozenset[str]:
    """Which of these sha256 were taken already."""
    rows = models.BankFile.objects.filter(company_id=company, sha256__in=contents, refused="")
    return frozenset(rows.values_list("sha256", flat=True))


def _file(row: models.BankFile) -> BankFile:
    same = [name for name in BankFile.__slots__ if name != "warnings"]
    return BankFile(warnings=tuple(row.warnings), **{name: getattr(row, name) for name in same})


def _entry(row: models.BankEntry) -> BankEntry:
    same = [name for name in BankEntry.__slots__ if name not in ("file", "references")]
    values = {name: getattr(row, name) for name in same}
    return BankEntry(file=row.file.sha256, references=tuple(row.references), **values)
