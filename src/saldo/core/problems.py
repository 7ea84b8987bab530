"""Faults: in data they are values with their place; refusals are exceptions with a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saldo.core.identity import FileId


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the imported data: file, 1-based data row, column; row 0 is the file itself."""

    file: FileId
    row: int
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fault found in data, as a value: what kind, where, and what was seen there."""

    code: str
    place: Place
    seen: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def as_seen(text: str) -> str:
    """A text out of damaged data, fit to be kept and shown: what no database or terminal takes becomes a mark."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\N{REPLACEMENT CHARACTER}")


class Refused(Exception):
    """Base of every ``UnableTo…``: something asked for that the rules do not allow.

    Carries a public dotted code and facts; the words live in ``locale/``, never here.
    """

    def __init__(self, *, code: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts: dict[str, Any] = dict(facts or {})

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code
