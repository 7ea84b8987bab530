"""Export folders of Microsoft Graph: a manifest and the blobs it names (reference 10.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saldo.charges.formats.refusals import UnableToReadFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a manifest says: its blobs in order, its eTag, where the data lay."""

    blobs: tuple[Path, ...]
    version: str
    address: str


def is_manifest(path: Path) -> bool:
    """Whether a file is a manifest: it says where its blobs lie."""
    if path.suffix.lower() != ".json" or path.stat().st_size > 1 << 22:
        return False
    found = _load(path)
    return isinstance(found, dict) and isinstance(_manifest(found).get("blobs"), list)


def read_manifest(path: Path) -> Export:
    """The export of a manifest. Refuses (UnableToReadFile): charges.file.missing-part, charges.file.no-rows."""
    manifest = _manifest(_load(path))
    names = dict.fromkeys(str(blob.get("name", "")) for blob in manifest["blobs"] if isinstance(blob, dict))
    if not names:
        raise UnableToReadFile(code="charges.file.no-rows", facts={"file": str(path)})
    blobs: dict[Path, None] = {}
    for name in names:
        blob = path.parent / Path(name).name  # a manifest must not lead out of its folder
        if blob in blobs or not _is_there(blob):
            raise UnableToReadFile(code="charges.file.missing-part", facts={"file": str(path), "seen": name[:80]})
        blobs[blob] = None
    return Export(
        blobs=tuple(blobs),
        version=str(manifest.get("eTag", "")),
        address=str(manifest.get("rootDirectory", "")),
    )


def _is_there(blob: Path) -> bool:
    try:
        return blob.is_file()
    except OSError:  # a name that no folder can hold
        return False


def _manifest(found: dict[str, Any]) -> dict[str, Any]:
    """The manifest itself, or the one embedded in a finished operation."""
    inside = found.get("resourceLocation")
    return inside if isinstance(inside, dict) else found


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
