"""The file of a backup: a tar with a manifest first, every member named there with its size and sha256."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from saldo.core.problems import Refused

MANIFEST = "manifest.json"
FORM = 1
"""The form of the archive; a newer form is refused by an older program."""

_CHUNK = 1 << 20


class UnableToBackUp(Refused):
    """A backup that cannot be written: server.backup.no-place, .cannot-write, .files-move."""


class UnableToRestore(Refused):
    """A backup that cannot be taken back: unreadable, damaged, of another version, or there is something here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of the archive and where its bytes lie while it is written."""

    name: str
    path: Path
    sha256: str
    size: int

    @classmethod
    def of(cls, name: str, path: Path) -> Member:
        """The member for a file that does not change any more."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return cls(name=name, path=path, sha256=digest.hexdigest(), size=path.stat().st_size)


def write_archive(target: Path, *, manifest: dict[str, Any], members: list[Member]) -> None:
    """Write the archive whole or not at all: under another name first, then renamed; only its owner may read it."""
    manifest = manifest | {"form": FORM, "members": {m.name: {"sha256": m.sha256, "size": m.size} for m in members}}
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                _add_bytes(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
                for member in members:
                    tar.add(member.path, arcname=member.name, recursive=False, filter=_plain)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        _settle(target.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened_archive(source: Path) -> Iterator[tuple[dict[str, Any], tarfile.TarFile]]:
    """The manifest and the archive. Refuses (UnableToRestore): server.restore.unreadable, .newer-form."""
    try:
        tar = tarfile.open(source, mode="r:")  # noqa: SIM115 - closed below, once its manifest is known to be one
    except (OSError, ValueError, tarfile.TarError) as said:
        raise _unreadable(source, said) from said
    with tar:
        try:
            manifest = _manifest(tar)
        except (OSError, tarfile.TarError, ValueError, KeyError) as said:
            raise _unreadable(source, said) from said
        if manifest.get("form") != FORM:
            raise UnableToRestore(code="server.restore.newer-form", facts={"file": str(source)})
        if not _is_manifest(manifest):
            raise UnableToRestore(code="server.restore.damaged", facts={"member": MANIFEST})
        yield manifest, tar


def check_members(tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Nothing, when every member is there as it was written. Refuses (UnableToRestore): server.restore.damaged."""
    for name, said in manifest["members"].items():
        digest = hashlib.sha256()
        try:
            member = stream_of(tar, name)
            while chunk := member.read(_CHUNK):
                digest.update(chunk)
        except (KeyError, OSError, tarfile.TarError) as fault:
            raise UnableToRestore(code="server.restore.damaged", facts={"member": name}) from fault
        if digest.hexdigest() != said["sha256"]:
            raise UnableToRestore(code="server.restore.damaged", facts={"member": name})


def stream_of(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """The bytes of one member; KeyError where there is none of this name."""
    stream = tar.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    found = json.load(stream_of(tar, MANIFEST))
    if not isinstance(found, dict):
        raise ValueError(MANIFEST)
    return found


def _is_manifest(said: dict[str, Any]) -> bool:
    """Whether it says everything that restoring asks of it, in the form it is written in."""
    members, tables, sequences = (said.get(name) for name in ("members", "tables", "sequences"))
    return (
        isinstance(members, dict)
        and all(isinstance(member, dict) and "sha256" in member for member in members.values())
        and isinstance(tables, dict)
        and all(isinstance(table, dict) and {"columns", "rows"} <= table.keys() for table in tables.values())
        and {f"tables/{name}.gz" for name in tables} | {"key.json"} <= members.keys()
        and isinstance(sequences, dict)
        and all(isinstance(value, int) for value in sequences.values())
        and isinstance(said.get("migrations"), list)
    )


def _unreadable(source: Path, said: Exception) -> UnableToRestore:
    return UnableToRestore(code="server.restore.unreadable", facts={"file": str(source), "said": str(said)})


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member says nothing of the machine it was written on."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _settle(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
