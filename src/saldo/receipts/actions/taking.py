"""Taking a bank's file: its entries once each, and every one of them in the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Place, Problem
from saldo.ledger.actions import post
from saldo.ledger.rules.posting import Posting
from saldo.parties.debtors import list_bank_accounts
from saldo.receipts import models
from saldo.receipts.rules.entries import BankFileRead, EntryRead
from saldo.receipts.rules.fingerprints import fingerprints, movements
from saldo.receipts.rules.known_again import KnownEntry, Sorted, references_of, sort_entries
from saldo.receipts.rules.own_accounts import name_account
from saldo.receipts.rules.postings import cleared, coming_in, set_aside_because

NOT_BOOKED_YET = "receipts.entry.not-booked-yet"
_AROUND = timedelta(days=10)
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a file. ``keys``: the entries it brought; ``state``: taken, or duplicate."""

    sha256: str
    format: str
    state: str
    entries: int
    booked: int
    duplicates: int
    keys: tuple[str, ...]
    problems: tuple[Problem, ...]


def take_file(
    *, company: CompanyId, read: BankFileRead, sha256: str, name: str, currency: str, by: str, at: datetime
) -> Taken:
    """Keep a file's entries once each and post them; the same file again, or what another file told, books nothing.

    ``currency`` is taken for entries that say none. Refuses (UnableToTake): receipts.account.unknown,
    receipts.account.not-named; (UnableToPost): ledger.posting.period-closed. A file whose reading was refused
    belongs to `note_refusal`.
    """
    _lock(company)
    before = models.BankFile.objects.filter(company_id=company, sha256=sha256).first()
    if before is not None and not before.refused:
        return _again(before, read)
    entries, codes, problems = _on_our_accounts(company, read, currency)
    found = _sort(company, read.format, entries, codes)
    count = len(entries)
    file = _keep_file(company, read, sha256, name, found, count, problems, by, at)
    rows = _keep_entries(company, file, found)
    _clear(company, found.cleared)
    post(company=company, postings=[(posting, ()) for posting in _postings(rows, found)], by=by, at=at)
    facts = {"entries": count, "booked": file.booked, "duplicates": found.duplicates, "format": read.format}
    record(company=company, code="receipts.file-taken", actor=by, subject=f"bank-file:{sha256}", at=at, facts=facts)
    return Taken(
        sha256=sha256,
        format=read.format,
        state="taken",
        entries=count,
        booked=file.booked,
        duplicates=found.duplicates,
        keys=tuple(row.key for row in rows),
        problems=problems,
    )


def note_refusal(
    *,
    company: CompanyId,
    sha256: str,
    name: str,
    format: str,
    code: str,
    facts: Mapping[str, Any],
    by: str,
    at: datetime,
) -> None:
    """Write down that a file was refused and why; the same file refused for the same reason is noted once."""
    _lock(company)
    before = models.BankFile.objects.filter(company_id=company, sha256=sha256).first()
    if before is not None and before.refused in ("", code):
        return
    models.BankFile.objects.update_or_create(
        company_id=company,
        sha256=sha256,
        defaults={
            "name": name,
            "format": format,
            "entries": 0,
            "booked": 0,
            "duplicates": 0,
            "warnings": [{"code": code, "row": 0, "column": "", "seen": "", "facts": dict(facts)}],
            "refused": code,
            "received_at": at,
            "received_by": by,
        },
    )
    record(
        company=company,
        code="receipts.file-refused",
        actor=by,
        subject=f"bank-file:{sha256}",
        at=at,
        facts={"because": code},
    )


def _lock(company: CompanyId) -> None:
    """One file at a time in a company: two that overlap must see each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('receipts.take-file'), %s)", [company])


def _again(before: models.BankFile, read: BankFileRead) -> Taken:
    return Taken(
        sha256=before.sha256,
        format=before.format,
        state="duplicate",
        entries=before.entries,
        booked=0,
        duplicates=before.entries,
        keys=(),
        problems=read.warnings,
    )


def _on_our_accounts(
    company: CompanyId, read: BankFileRead, currency: str
) -> tuple[tuple[EntryRead, ...], Mapping[str, str], tuple[Problem, ...]]:
    """The entries with the account as the file gives it, the code of each such account, and what is odd."""
    own = [account for account in list_bank_accounts(company=company) if account.state != "closed"]
    numbers = [(one.code, (one.code, one.iban, one.giro, one.number)) for one in own]
    seen = dict.fromkeys((*read.accounts, *(entry.account for entry in read.entries)))
    codes = {number: name_account(seen=number, accounts=numbers) for number in seen}
    entries = tuple(replace(entry, currency=entry.currency or currency) for entry in read.entries)
    problems = list(read.warnings)
    if not own:
        file = problems[0].place.file if problems else (entries[0].place.file if entries else None)
        problems += [_not_ours_yet(file, code) for code in dict.fromkeys(codes.values())] if file else []
    return entries, codes, tuple(problems)


def _not_ours_yet(file: Any, code: str) -> Problem:
    return Problem(
        code="receipts.account.not-ours-yet", place=Place(file=file, row=0), seen=code, facts={"account": code}
    )


def _sort(company: CompanyId, format: str, entries: Sequence[EntryRead], codes: Mapping[str, str]) -> Sorted:
    """Tell them apart by marks made of the number in the file, which stays when an account gets its code later."""
    if not entries:
        return Sorted()
    days = [entry.booked_on for entry in entries]
    before_coded = {name_account(seen=number, accounts=()): code for number, code in codes.items()}
    rows = models.BankEntry.objects.filter(
        company_id=company,
        account__in={*before_coded, *codes.values()},
        booked_on__range=(min(days) - _AROUND, max(days) + _AROUND),
    )
    marks = tuple(zip(fingerprints(entries=entries), movements(entries=entries), strict=True))
    elsewhere = rows.filter(movement__in={movement for _, movement in marks if movement}).exclude(file__format=format)
    return sort_entries(
        format=format,
        entries=[replace(entry, account=codes[entry.account]) for entry in entries],
        marks=marks,
        known=[_known(row, before_coded) for row in rows.select_related("file").order_by("id").iterator(_BATCH)],
        known_movements=frozenset(elsewhere.values_list("movement", flat=True)),
    )


def _known(row: models.BankEntry, before_coded: Mapping[str, str]) -> KnownEntry:
    return KnownEntry(
        key=row.key,
        fingerprint=row.fingerprint,
        format=row.file.format,
        account=before_coded.get(row.account, row.account),
        booked_on=row.booked_on,
        currency=row.currency,
        value=row.value,
        references=references_of(row.references, row.bank_reference),
        is_pending=row.state == "pending" and row.because == NOT_BOOKED_YET,
    )


def _keep_file(
    company: CompanyId,
    read: BankFileRead,
    sha256: str,
    name: str,
    found: Sorted,
    count: int,
    problems: Sequence[Problem],
    by: str,
    at: datetime,
) -> models.BankFile:
    file, _ = models.BankFile.objects.update_or_create(
        company_id=company,
        sha256=sha256,
        defaults={
            "name": name,
            "format": read.format,
            "entries": count,
            "booked": len(found.new) + len(found.cleared),
            "duplicates": found.duplicates,
            "warnings": [as_kept(problem) for problem in problems],
            "refused": "",
            "received_at": at,
            "received_by": by,
        },
    )
    return file


def as_kept(problem: Problem) -> dict[str, Any]:
    """A problem as the file's row keeps it."""
    place = {"row": problem.place.row, "column": problem.place.column}
    return {"code": problem.code, **place, "seen": problem.seen, "facts": dict(problem.facts)}


def _keep_entries(company: CompanyId, file: models.BankFile, found: Sorted) -> list[models.BankEntry]:
    rows = [_row(company, file, entry, fingerprint, movement) for entry, fingerprint, movement in found.new]
    return models.BankEntry.objects.bulk_create(rows, batch_size=_BATCH)


def _row(
    company: CompanyId, file: models.BankFile, entry: EntryRead, fingerprint: str, movement: str
) -> models.BankEntry:
    because = set_aside_because(entry.kind)
    state = "set-aside" if because else "open"
    if entry.is_pending:
        state, because = "pending", NOT_BOOKED_YET
    return models.BankEntry(
        company_id=company,
        key=f"receipt:{fingerprint[:16]}",
        fingerprint=fingerprint,
        movement=movement,
        file=file,
        place=f"{entry.place.row} {entry.place.column}".strip(),
        references=list(entry.references),
        state=state,
        because=because,
        **{name: getattr(entry, name) for name in _SAME},
    )


_SAME = (
    "account", "booked_on", "value_on", "currency", "value", "fee", "original_currency", "original_value", "payer",
    "payer_account", "text", "bank_reference", "kind",
)  # fmt: skip


def _clear(company: CompanyId, final: Sequence[tuple[KnownEntry, EntryRead]]) -> None:
    """What was pending is booked by the bank now, on the day it says."""
    keys = {before.key for before, _ in final}
    rows = {row.key: row for row in models.BankEntry.objects.filter(company_id=company, key__in=keys)}
    for before, entry in final:
        row = rows[before.key]
        row.because = set_aside_because(row.kind)
        row.state = "set-aside" if row.because else "open"
        row.settles_on = entry.booked_on
    models.BankEntry.objects.bulk_update(rows.values(), ["state", "because", "settles_on"], batch_size=_BATCH)


def _postings(rows: Sequence[models.BankEntry], found: Sorted) -> list[Posting]:
    made = [
        coming_in(
            entry=row.key,
            account=row.account,
            kind=row.kind,
            is_pending=row.state == "pending",
            on=row.booked_on,
            currency=row.currency,
            value=row.value,
        )
        for row in rows
    ]
    made += [
        cleared(
            entry=before.key,
            account=before.account,
            on=entry.booked_on,
            currency=before.currency,
            value=before.value,
        )
        for before, entry in found.cleared
    ]
    return made
