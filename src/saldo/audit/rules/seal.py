"""Seals: one hash a day over the day's entries and the seal before, so that a change behind our back shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """One act as the seal reads it."""

    number: int
    at: datetime
    actor: str
    code: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySeal:
    """The seal of one day: how many entries up to which, and their digest."""

    day: date
    count: int
    last_entry: int
    digest: str


def seal_day(*, day: date, entries: Iterable[SealedEntry], before: DaySeal | None) -> DaySeal:
    """The seal of a day from its entries in order and the seal before it (ADR 0007)."""
    digest = hashlib.sha256((before.digest if before else "").encode())
    count, last = 0, before.last_entry if before else 0
    for entry in entries:
        digest.update(_canonical(entry).encode())
        count, last = count + 1, entry.number
    return DaySeal(day=day, count=count, last_entry=last, digest=digest.hexdigest())


def _canonical(entry: SealedEntry) -> str:
    """One entry as text that never depends on who writes it."""
    parts = [entry.number, entry.at.isoformat(), entry.actor, entry.code, entry.subject, dict(entry.facts)]
    return json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":")) + "\n"
