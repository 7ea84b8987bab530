"""Pages of a list: which rows stand on this page, what the line over it says, where the next one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from saldo.desk import figures

PAGE_SIZE = 50
_LAST_PAGE_ASKED = 1_000_000  # longer numbers are never a page; this keeps offsets within a database's integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One page of a list of ``total`` rows; ``number`` counts from 1 and may lie past the end."""

    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def rows(self) -> slice:
        """The rows of this page, to cut a list with."""
        return slice(self.offset, self.offset + self.size)

    @property
    def previous(self) -> int | None:
        """The page before; from past the end, the last one there is."""
        last = max(1, -(-self.total // self.size))
        return min(self.number - 1, last) if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, if there is one."""
        return self.number + 1 if self.offset + self.size < self.total else None

    @property
    def words(self) -> str:
        """``1–50 of 4,812``; nothing where the page holds nothing."""
        if self.offset >= self.total:
            return ""
        return figures.say(
            "pages.range",
            first=figures.number(self.offset + 1),
            last=figures.number(min(self.offset + self.size, self.total)),
            total=figures.number(self.total),
        )


def read_page(said: str) -> int:
    """The page asked for; anything that is no page number is the first."""
    return min(max(int(said), 1), _LAST_PAGE_ASKED) if said.isascii() and said.isdigit() and len(said) < 12 else 1


def address(path: str, facts: Mapping[str, object]) -> str:
    """A path with its question; facts that are None are left out."""
    asked = {name: value for name, value in facts.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path
