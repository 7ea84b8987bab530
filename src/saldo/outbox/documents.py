"""Bytes that must stay as they are: papers, e-invoices, evidence; each is found again by the sha256 of itself."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from saldo.core.problems import Refused

_SHA256 = re.compile(r"[0-9a-f]{64}")


class UnableToRead(Refused):
    """A document that is not there, or is no longer what it was."""


def keep(data: bytes) -> str:
    """Write these bytes once and for all, durable when this returns; gives their sha256, the same for the same bytes.

    It may be called inside a transaction: a document that no row speaks of hurts nobody.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    place = _place(sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = place.with_name(f"{sha256}.{uuid4().hex}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(place)
    _make_durable(place.parent)
    return sha256


def read(sha256: str) -> bytes:
    """The bytes of this sha256. Refuses (UnableToRead): outbox.document.unknown, outbox.document.changed."""
    if not _SHA256.fullmatch(sha256):
        raise UnableToRead(code="outbox.document.unknown", facts={"sha256": sha256})
    try:
        data = _place(sha256).read_bytes()
    except FileNotFoundError:
        raise UnableToRead(code="outbox.document.unknown", facts={"sha256": sha256}) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnableToRead(code="outbox.document.changed", facts={"sha256": sha256})
    return data


def _place(sha256: str) -> Path:
    """Two levels, so that no folder holds a hundred thousand files."""
    return Path(settings.DOCUMENT_STORE) / sha256[:2] / sha256


def _make_durable(folder: Path) -> None:
    for known in (folder, folder.parent):
        opened = os.open(known, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
