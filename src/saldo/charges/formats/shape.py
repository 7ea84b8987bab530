"""What a recognised delivery looks like before anything is typed: parts, their dialect, their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from saldo.charges.rules.line import Kind, Platform
from saldo.core.identity import FileId

CellType = Literal["text", "money", "price", "quantity", "rate", "percent", "day", "integer"]
"""``money`` is an amount in a billing or pricing currency; ``price`` a unit price; ``rate`` an exchange rate."""

Source = Literal["portal-csv", "graph-export", "v1-pages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the reference, under its canonical (portal, PascalCase) name."""

    name: str
    cell: CellType = "text"
    is_mandatory: bool = False  # the file is refused without it
    is_vital: bool = False  # an unreadable cell refuses the file: amounts, currency, customer
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The columns of one kind of file and the three that every check needs by name."""

    kind: Kind
    platform: Platform
    columns: tuple[Column, ...]
    net: str  # column whose sum is the file's own pre-tax total
    currency: str
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file, blob or page, landed under SALDO_HOME as UTF-8 bytes that the engine can read.

    ``columns`` maps each header as seen to its canonical name; an unknown column keeps its own name.
    """

    name: str  # as the person knows it: path, blob name, page file
    sha256: FileId  # of the bytes as delivered
    landed: Path
    format: Literal["csv", "json-lines"]
    delimiter: str = ","
    header: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery of one Microsoft document: all its parts count together or not at all."""

    kind: Kind
    source: Source
    parts: tuple[Part, ...]
    document: str = ""  # invoice number where the name or address tells it and the rows do not
    version: str = ""  # Graph eTag; "" elsewhere
