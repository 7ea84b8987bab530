"""Uploaded files on their way in: streamed into one folder per upload, under names that cannot leave it.

No page reads them; the background import recognises what they are by content.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from saldo.core.problems import Refused

MOST_FILES = 500
_LONGEST_PART = 120
_DEEPEST = 6
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


class UnableToLand(Refused):
    """An upload that holds nothing to import."""


class Upload(Protocol):
    """What the web server hands over: a name and the bytes in pieces."""

    name: str | None

    def chunks(self) -> object:
        """The bytes, piece by piece."""
        ...


def land_files(*, landing: Path, files: Sequence[Upload], paths: Sequence[str]) -> str:
    """Put an upload into its own folder and return that folder's name.

    ``paths`` are what the browser calls the files (folders with slashes), in the same order, or shorter. The folder
    appears under its name only when every byte is there. Refuses (UnableToLand): desk.upload.no-files, .too-many-files.
    """
    if not files:
        raise UnableToLand(code="desk.upload.no-files")
    if len(files) > MOST_FILES:
        raise UnableToLand(code="desk.upload.too-many-files", facts={"files": len(files), "most": MOST_FILES})
    batch = f"upload-{secrets.token_hex(8)}"
    unfinished = landing / f".{batch}.tmp"
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        taken: set[str] = set()
        for index, file in enumerate(files):
            said = paths[index] if index < len(paths) else file.name or ""
            place = unfinished / _free(safe_path(said or file.name or ""), taken)
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, file)
        os.rename(unfinished, landing / batch)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return batch


def safe_path(said: str) -> str:
    """A relative path that stays below its folder: no parents, no drive, no control characters, no endless names."""
    parts = []
    for part in PurePosixPath(said.replace("\\", "/")).parts:
        clean = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", part)).strip(". ")
        if clean and part not in {"/", ".", ".."}:
            parts.append(_short(clean))
    return "/".join(parts[-_DEEPEST:]) or "file"


def _short(part: str) -> str:
    while len(part.encode()) > _LONGEST_PART:
        stem, dot, ending = part.rpartition(".")
        keeps_ending = bool(dot) and len(ending) <= 10 and len(stem) > 1
        part = f"{stem[:-1]}.{ending}" if keeps_ending else part[:-1]
    return part


def _free(path: str, taken: set[str]) -> str:
    folder, name = os.path.split(path)
    stem, dot, ending = name.partition(".")
    free, number = path, 2
    while free.casefold() in taken:
        free = os.path.join(folder, f"{stem}-{number}{dot}{ending}")
        number += 1
    taken.add(free.casefold())
    return free


def _write(place: Path, file: Upload) -> None:
    with place.open("xb") as out:
        for piece in file.chunks():  # type: ignore[attr-defined]  # Django's iterator has no useful type
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
