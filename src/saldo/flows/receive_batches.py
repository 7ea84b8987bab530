"""Bank files that were uploaded: a few entries are taken while the person waits, more by the worker, with progress."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from saldo.core.identity import CompanyId
from saldo.flows.import_progress import PROGRESS, progress_beside
from saldo.flows.receive_files import ReceivedFile, receive_paths
from saldo.outbox import documents
from saldo.parties.company import company_context
from saldo.ports.world import World
from saldo.receipts.formats.reading import read_bank_file
from saldo.receipts.queries import list_mappings

TASK = "receive-files"
MOST_AT_ONCE = 200
"""Entries that a page takes while a person waits."""

NO_MAPPING = "receipts.csv.no-mapping"
MAPPED_AGAIN = frozenset({NO_MAPPING, "receipts.account.not-named", "receipts.account.unknown"})
_MOST_BYTES = 512 * 1024  # of files that are read in the page to count their entries


def receive_upload(*, company: CompanyId, batch: str, actor: str, world: World) -> tuple[ReceivedFile, ...] | None:
    """Take an upload from the landing folder at once where it is small; else leave it to the worker, and give None."""
    folder = Path(settings.LANDING) / batch
    if not is_small(company=company, paths=_files(folder)):
        world.queue.enqueue(TASK, company=company, batch=batch, actor=actor)
        return None
    try:
        return _take(company, folder, actor, world)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def receive_batch(*, company: CompanyId, batch: str, actor: str, world: World) -> tuple[ReceivedFile, ...]:
    """Take an upload for the worker, telling how far it is beside it; done before, it does nothing."""
    folder = Path(settings.LANDING) / batch
    if not folder.is_dir():
        return ()
    (folder / PROGRESS).unlink(missing_ok=True)
    received = _take(company, folder, actor, world, tells=True)
    shutil.rmtree(folder, ignore_errors=True)
    return received


def is_small(*, company: CompanyId, paths: Sequence[Path]) -> bool:
    """Whether files hold at most `MOST_AT_ONCE` entries together; the larger ones are not read to know it."""
    if sum(path.stat().st_size for path in paths) > _MOST_BYTES:
        return False
    with company_context(company):
        mappings = list_mappings(company=company)
    return sum(len(read_bank_file(data=path.read_bytes(), mappings=mappings).entries) for path in paths) <= MOST_AT_ONCE


def _take(
    company: CompanyId, folder: Path, actor: str, world: World, *, tells: bool = False
) -> tuple[ReceivedFile, ...]:
    tell = progress_beside(folder, since=world.clock.now()) if tells else _tell_nobody
    received = receive_paths(company=company, paths=_files(folder), actor=actor, world=world, tell=tell)
    for file in received:
        _keep_unread(file)
    return received


def _tell_nobody(done: int, of: int) -> None:
    """A person who waits sees the page when it is done."""


def _keep_unread(file: ReceivedFile) -> None:
    """A CSV file whose columns nobody mapped yet is kept, so that it need not be brought again."""
    if file.state == "refused" and file.problems and file.problems[-1].code in MAPPED_AGAIN:
        documents.keep(Path(file.path).read_bytes())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != PROGRESS)
