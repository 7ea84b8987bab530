"""Which kind of file a list of column names belongs to, and which column is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from saldo.charges.formats.columns import SHAPES
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.formats.shape import Column, Shape

RESERVED = ("saldo", "file_row_number")
"""What the line store calls columns of its own begins so."""
MIN_KNOWN = 6  # fewer known names are a coincidence, not a damaged file of Microsoft's


def name_columns(header: Sequence[str], *, file: str) -> tuple[Shape, Mapping[str, str]]:
    """The shape of a file with this header, and each seen name's canonical one; unknown names stay as they are.

    Names are compared without case, blanks and underscores (reference 12: header drift).
    Refuses (UnableToReadFile): charges.file.unknown-kind, charges.file.missing-column, charges.file.doubled-column.
    """
    seen = [_plain(name) for name in header]
    shape = max(SHAPES.values(), key=lambda shape: _fit(shape, seen))
    missing = _missing(shape, seen)
    known = sum(name in _names(shape) for name in seen)
    if known < MIN_KNOWN:
        shown = ", ".join(header)[:200]
        raise UnableToReadFile(code="charges.file.unknown-kind", facts={"file": file, "seen": shown})
    if missing:
        facts = {"file": file, "row": 0, "column": missing[0].name, "kind": shape.kind, "seen": ", ".join(header)[:200]}
        raise UnableToReadFile(code="charges.file.missing-column", facts=facts)
    return shape, map_columns(shape, header, file=file)


def map_columns(shape: Shape, header: Sequence[str], *, file: str) -> Mapping[str, str]:
    """Each seen name's canonical one. Refuses (UnableToReadFile): charges.file.doubled-column."""
    names = _names(shape)
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for name in header:
        canonical = names.get(_plain(name)) or _own_name(name)
        if canonical.casefold() in taken or name in mapping:
            raise UnableToReadFile(
                code="charges.file.doubled-column", facts={"file": file, "row": 0, "column": canonical, "seen": name}
            )
        taken.add(canonical.casefold())
        mapping[name] = canonical
    return mapping


def _own_name(name: str) -> str:
    """An unknown column keeps its name, unless the line store needs that name itself."""
    own = name.strip()
    return f"seen {own}" if own.casefold().startswith(RESERVED) else own


def _fit(shape: Shape, seen: Sequence[str]) -> tuple[int, int]:
    """How well a header fits: fewest mandatory columns missing, then most columns known."""
    return -len(_missing(shape, seen)), sum(name in _names(shape) for name in seen)


def _missing(shape: Shape, seen: Sequence[str]) -> list[Column]:
    there = {_names(shape).get(name) for name in seen}
    return [column for column in shape.columns if (column.is_mandatory) and column.name not in there]


@cache
def _names_of(kind: str) -> dict[str, str]:
    shape = next(shape for shape in SHAPES.values() if shape.kind == kind)
    return {_plain(name): column.name for column in shape.columns for name in (column.name, *column.aliases)}


def _names(shape: Shape) -> dict[str, str]:
    return _names_of(shape.kind)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
