"""A bank's files arrive: each is read, taken whole or refused with its reason, and what came in is matched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from saldo.core.identity import CompanyId, FileId
from saldo.core.problems import Place, Problem, Refused, as_seen
from saldo.flows.match_receipts import match_new
from saldo.parties.company import company_context
from saldo.parties.queries import list_companies
from saldo.ports.world import World
from saldo.receipts import queries
from saldo.receipts.actions import habits, taking
from saldo.receipts.formats.reading import LARGEST, read_bank_file

_STILL_WRITTEN = timedelta(seconds=10)  # a file changed since may not be whole yet
_TO_SPARE = timedelta(days=1)
WATCH = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """What became of one file; ``matched`` and ``unallocated`` count the entries that it brought."""

    path: str
    sha256: str
    format: str
    state: str  # taken, duplicate, refused
    entries: int = 0
    booked: int = 0
    duplicates: int = 0
    matched: int = 0
    unallocated: int = 0
    keys: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    company: CompanyId
    actor: str
    world: World
    currency: str


def receive_paths(
    *,
    company: CompanyId,
    paths: Iterable[Path],
    actor: str,
    world: World,
    today: date | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[ReceivedFile, ...]:
    """Take files one after the other, each in its own transaction; a refused one never stops the others."""
    errand = _Errand(company=company, actor=actor, world=world, currency=_currency_of(company))
    files = list(paths)
    received = []
    for done, path in enumerate(files, start=1):
        received.append(_receive(errand, path))
        tell(done, len(files))
    if any(file.booked for file in received):
        match_new(company=company, by=actor, world=world, today=today)
    return _counted(errand, received)


def look_into_folders(*, world: World) -> int:
    """Take what is new in every watched folder of every company; returns how many files were taken."""
    taken = 0
    for one in list_companies():
        errand = _Errand(company=one.id, actor=WATCH, world=world, currency=one.currency)
        with company_context(one.id):
            folders = queries.list_folders(company=one.id)
        new = sum(_look(errand, folder) for folder in folders)
        if new:
            match_new(company=one.id, by=WATCH, world=world)
        taken += new
    return taken


def _look(errand: _Errand, folder: queries.WatchedFolder) -> int:
    at = errand.world.clock.now()
    newest = None
    taken = 0
    for path in _files_in(folder, at=at):
        if _is_taken(errand.company, path):
            continue
        received = _receive(errand, path)
        if received.state == "taken":
            taken += 1
            newest = at
    with company_context(errand.company):
        habits.note_look(company=errand.company, account=folder.account, at=at, newest_at=newest)
    return taken


def _files_in(folder: queries.WatchedFolder, *, at: datetime) -> list[Path]:
    """Plain files that came since the last look, with a day to spare, and that nobody writes any more; oldest first."""
    since = (folder.looked_at - _TO_SPARE).timestamp() if folder.looked_at else 0.0
    written_before = (at - _STILL_WRITTEN).timestamp()
    found = []
    try:
        for path in filter(_is_plain, Path(folder.path).iterdir()):
            times = path.stat()
            if times.st_mtime <= written_before and max(times.st_mtime, times.st_ctime) >= since:
                found.append((times.st_mtime, path))
    except OSError:
        return []
    return [path for _, path in sorted(found)]


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".") and path.suffix != ".tmp"


def _is_taken(company: CompanyId, path: Path) -> bool:
    data = _bytes_of(path)
    if data is None:
        return True
    with company_context(company):
        return bool(queries.list_taken_contents(company=company, contents=[hashlib.sha256(data).hexdigest()]))


def _bytes_of(path: Path) -> bytes | None:
    """The content, at most one byte more than is ever read; None where it cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError:
        return None


def _receive(errand: _Errand, path: Path) -> ReceivedFile:
    name = as_seen(str(path))
    data = _bytes_of(path)
    if data is None:
        problem = Problem(code="receipts.file.unreadable", place=Place(file=FileId(""), row=0), facts={"path": name})
        return ReceivedFile(path=name, sha256="", format="", state="refused", problems=(problem,))
    sha256 = hashlib.sha256(data).hexdigest()
    with company_context(errand.company):
        mappings = queries.list_mappings(company=errand.company)
    read = read_bank_file(data=data, mappings=mappings)
    if read.refused is not None:
        return _refuse(errand, name, sha256, read.format, (*read.warnings, read.refused))
    try:
        with company_context(errand.company):
            taken = taking.take_file(
                company=errand.company,
                read=read,
                sha256=sha256,
                name=Path(name).name,
                currency=errand.currency,
                by=errand.actor,
                at=errand.world.clock.now(),
            )
    except Refused as refusal:
        problem = Problem(code=refusal.code, place=Place(file=FileId(sha256), row=0), facts=refusal.facts)
        return _refuse(errand, name, sha256, read.format, (*read.warnings, problem))
    return ReceivedFile(
        path=name,
        sha256=taken.sha256,
        format=taken.format,
        state=taken.state,
        entries=taken.entries,
        booked=taken.booked,
        duplicates=taken.duplicates,
        keys=taken.keys,
        problems=taken.problems,
    )


def _refuse(errand: _Errand, name: str, sha256: str, format: str, problems: Sequence[Problem]) -> ReceivedFile:
    with company_context(errand.company):
        taking.note_refusal(
            company=errand.company,
            sha256=sha256,
            name=Path(name).name,
            format=format,
            code=problems[-1].code,
            facts=_plain(problems[-1].facts),
            by=errand.actor,
            at=errand.world.clock.now(),
        )
    return ReceivedFile(path=name, sha256=sha256, format=format, state="refused", problems=tuple(problems))


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in facts.items()}


def _counted(errand: _Errand, received: Sequence[ReceivedFile]) -> tuple[ReceivedFile, ...]:
    """The same files with what became of their entries: matched, or still nobody's."""
    with company_context(errand.company):
        states = [queries.count_by_state(company=errand.company, keys=file.keys) for file in received]
    return tuple(
        replace(file, matched=state.get("matched", 0), unallocated=state.get("open", 0))
        for file, state in zip(received, states, strict=True)
    )


def _currency_of(company: CompanyId) -> str:
    return next((one.currency for one in list_companies() if one.id == company), "")
