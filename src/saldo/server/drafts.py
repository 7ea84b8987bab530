"""Where backups are put together: folders beside the file, and what a killed backup leaves of them.

A draft is held by a lock of the operating system, which ends with its process: what nobody holds, nobody needs.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PLACES = "backup-places.json"
_DRAFTS = ".saldo-backup-"
_LOCK = "held"
_MOST_PLACES = 20
_UNFINISHED = re.compile(r"\..+\.(\d+)\.tmp")


@contextmanager
def drafting(place: Path) -> Iterator[Path]:
    """A folder of this process alone, gone at the end."""
    with tempfile.TemporaryDirectory(dir=place, prefix=_DRAFTS) as name:
        folder = Path(name)
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def sweep_drafts(place: Path) -> int:
    """Remove what killed backups left in a folder; returns how much. A backup that is being taken is left alone."""
    swept = 0
    for folder in place.glob(f"{_DRAFTS}*"):
        if folder.is_dir() and not folder.is_symlink() and not _is_held(folder / _LOCK):
            shutil.rmtree(folder, ignore_errors=True)
            swept += not folder.exists()
    for file in place.glob(".*.tmp"):
        told = _UNFINISHED.fullmatch(file.name)
        if told and file.is_file() and _is_ours(file) and not _is_alive(int(told[1])):
            file.unlink(missing_ok=True)
            swept += 1
    return swept


def remember_place(home: Path, place: Path) -> None:
    """Note a folder that backups go to, so that doctor can look there."""
    known = [one for one in list_places(home) if one != place]
    draft = home / f"{PLACES}.new"
    draft.write_text(json.dumps([str(one) for one in (place, *known)[:_MOST_PLACES]]))
    os.replace(draft, home / PLACES)


def list_places(home: Path) -> list[Path]:
    """The folders that backups went to, the newest first."""
    try:
        return [Path(str(one)) for one in json.loads((home / PLACES).read_text())]
    except (OSError, ValueError, TypeError):
        return []


def _is_held(lock: Path) -> bool:
    """Whether a living process holds it; an empty one without a lock is being made now."""
    try:
        with lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return not any(lock.parent.iterdir())
    except OSError:
        return True
    return False


def _is_ours(file: Path) -> bool:
    with suppress(OSError):
        return file.stat().st_uid == os.getuid()
    return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
