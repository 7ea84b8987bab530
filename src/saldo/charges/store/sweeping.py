"""Removing what interrupted imports left behind: files of the line store that no catalogue speaks of, and scratch."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

SCRATCH = "scratch"


def sweep(*, store: Path, company: int, stored: Collection[str]) -> int:
    """Remove a company's files that are not among ``stored``, and all scratch folders; returns how many files went.

    Only while no import runs: a file that is being taken in is an orphan until its catalogue says otherwise.
    """
    shutil.rmtree(store / SCRATCH, ignore_errors=True)
    folder = store / str(company)
    orphans = [path for path in folder.glob("*") if f"{folder.name}/{path.name}" not in stored]
    for orphan in orphans:
        orphan.unlink(missing_ok=True)
    return len(orphans)
