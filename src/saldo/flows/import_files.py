"""Microsoft's files arrive: recognised, written, checked and counted, each delivery by itself, whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from saldo.charges import actions
from saldo.charges.arrivals import Arrival, content_of
from saldo.charges.formats.invoice_headers import read_account_balances, read_invoice_headers
from saldo.charges.formats.json_files import HeaderFile
from saldo.charges.formats.recognise import Found, Unread, find_files, recognise
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Delivery
from saldo.charges.importing import importing, prepare_delivery, scratch_folder, sweep_store
from saldo.charges.outcomes import FileOutcome, read_outcomes
from saldo.core.identity import CompanyId
from saldo.core.problems import as_seen
from saldo.flows.import_progress import PROGRESS, Progress, progress_beside
from saldo.flows.payables_follow import follow
from saldo.parties.company import company_context
from saldo.ports.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of one file. ``outcome`` is what the catalogue knows of it, None when it was refused."""

    path: str
    sha256: str
    state: str  # accepted, replaced, duplicate, refused
    outcome: FileOutcome | None = None
    kind: str = ""  # of a refused file, as far as it was recognised
    code: str = ""
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """One import: for whom, by whom, where its scratch lies, and what paths are called."""

    company: CompanyId
    actor: str
    batch: str
    world: World
    store: Path
    scratch: Path
    root: Path | None
    progress: Progress

    def name(self, path: str) -> str:
        """A path as the person knows it: within an upload, without the upload's folder."""
        return as_seen(path if self.root is None else path.removeprefix(f"{self.root}/"))

    def arrival(self, names: Sequence[str]) -> Arrival:
        """Who brought these files, now; several go under the name of their folder."""
        name = names[0] if len(names) == 1 else str(Path(names[0]).parent)
        name = names[0] if name == "." else name
        return Arrival(actor=self.actor, at=self.world.clock.now(), name=name, batch=self.batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A delivery's files and what became of them: its number in the catalogue, or the refusal."""

    files: Sequence[tuple[str, str]]  # path, sha256
    state: str
    delivery: int | None = None
    kind: str = ""
    refusal: UnableToReadFile | None = None


def import_paths(
    *,
    company: CompanyId,
    paths: Iterable[Path],
    actor: str,
    world: World,
    tell: Callable[[int, int], None] = lambda done, of: None,
    root: Path | None = None,
    batch: str = "",
) -> tuple[FileResult, ...]:
    """Import files and folders; a refused file never stops the others. ``tell`` hears rows done and in all, about."""
    store = Path(settings.LINE_STORE)
    with company_context(company):
        sweep_store(company=company, store=store)
    files = find_files(paths)
    with importing(), scratch_folder(store=store) as scratch:
        errand = _Errand(
            company=company,
            actor=actor,
            batch=batch,
            world=world,
            store=store,
            scratch=scratch,
            root=root,
            progress=Progress(files, tell=tell),
        )
        taken = [_take(errand, found) for found in recognise(files, folder=scratch / "landed")]
    if any(one.state in ("accepted", "replaced") for one in taken):
        follow(company=company, world=world)
    return tuple(_results(company, taken))


def import_batch(*, company: CompanyId, batch: str, actor: str, world: World) -> tuple[FileResult, ...]:
    """Import an upload from the landing folder, telling how far it is beside it; the upload goes when it is done."""
    folder = Path(settings.LANDING) / batch
    if not folder.is_dir():
        return ()  # done by an earlier run that ended before the queue heard of it
    (folder / PROGRESS).unlink(missing_ok=True)
    results = import_paths(
        company=company,
        paths=[folder],
        actor=actor,
        world=world,
        tell=progress_beside(folder, since=world.clock.now()),
        root=folder,
        batch=batch,
    )
    shutil.rmtree(folder, ignore_errors=True)
    return results


def _take(errand: _Errand, found: Found) -> _Taken:
    if isinstance(found, Unread):
        return _refuse(errand, [(errand.name(found.name), _hash(found.name))], found.refusal)
    if isinstance(found, HeaderFile):
        return _take_headers(errand, found)
    return _take_delivery(errand, found)


def _take_delivery(errand: _Errand, found: Delivery) -> _Taken:
    delivery = replace(found, parts=tuple(replace(part, name=errand.name(part.name)) for part in found.parts))
    files = [(part.name, part.sha256) for part in delivery.parts]
    arrival = errand.arrival([name for name, _ in files])
    content = content_of(kind=delivery.kind, files=dict.fromkeys(part.sha256 for part in delivery.parts))
    with company_context(errand.company):
        known = actions.find_duplicate(company=errand.company, content=content, arrival=arrival, sha256=files[0][1])
    if known is not None:
        return _Taken(files=files, state=known.state, delivery=known.delivery)
    scratch = errand.scratch / "sums"
    try:
        with errand.progress.reading(delivery) as tell:
            prepared = prepare_delivery(
                company=errand.company, delivery=delivery, store=errand.store, scratch=scratch, tell=tell
            )
        with company_context(errand.company):
            taken = actions.take_in(company=errand.company, prepared=prepared, arrival=arrival)
    except UnableToReadFile as refusal:
        return _refuse(errand, files, refusal, kind=delivery.kind)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        for part in delivery.parts:
            if part.landed.is_relative_to(errand.scratch):
                part.landed.unlink(missing_ok=True)
    return _Taken(files=files, state=taken.state, delivery=taken.delivery)


def _take_headers(errand: _Errand, found: HeaderFile) -> _Taken:
    files = [(errand.name(found.landed.name), str(found.landed.sha256))]
    try:
        headers, balances = read_invoice_headers(found), read_account_balances(found)
        with company_context(errand.company):
            taken = actions.take_in_headers(
                company=errand.company,
                sha256=found.landed.sha256,
                headers=headers,
                balances=balances,
                arrival=errand.arrival([files[0][0]]),
            )
    except UnableToReadFile as refusal:
        return _refuse(errand, files, refusal, kind="invoice-header")
    return _Taken(files=files, state=taken.state, delivery=taken.delivery)


def _refuse(errand: _Errand, files: Sequence[tuple[str, str]], refusal: UnableToReadFile, *, kind: str = "") -> _Taken:
    facts = {name: errand.name(value) if isinstance(value, str) else value for name, value in refusal.facts.items()}
    refusal.facts = facts
    arrival = errand.arrival([name for name, _ in files])
    with company_context(errand.company):
        actions.note_refusal(
            company=errand.company, arrival=arrival, sha256=files[0][1], kind=kind, code=refusal.code, facts=facts
        )
    return _Taken(files=files, state="refused", kind=kind, refusal=refusal)


def _hash(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _results(company: CompanyId, taken: Sequence[_Taken]) -> Iterator[FileResult]:
    """Read at the end, since the last file may have let the checks of the first change."""
    deliveries = {one.delivery for one in taken if one.delivery is not None}
    with company_context(company):
        outcomes = read_outcomes(company=company, deliveries=deliveries)
    for one in taken:
        known = {outcome.sha256: outcome for outcome in outcomes.get(one.delivery or 0, ())}
        told: set[str] = set()
        for path, sha256 in one.files:
            yield FileResult(
                path=path,
                sha256=sha256,
                state="duplicate" if sha256 in told and known else one.state,
                outcome=known.get(sha256),
                kind=one.kind,
                code=one.refusal.code if one.refusal else "",
                facts=one.refusal.facts if one.refusal else None,
            )
            told.add(sha256)
