"""Heads of tables that sort: a link each, with what it does at the next press."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saldo.desk.paging import address


@dataclass(frozen=True, slots=True, kw_only=True)
class SortHead:
    """One head of a table; ``aria_sort`` is empty where the table is not sorted by it, ``href`` where it cannot be."""

    text: str
    href: str
    aria_sort: str
    classes: str


def sort_head(
    *, path: str, facts: Mapping[str, object], name: str, text: str, classes: str = "", sort: str
) -> SortHead:
    """Figures start with the largest, names with A; a second press turns the order round."""
    first = name if name == "name" else f"-{name}"
    turned = name if sort == f"-{name}" else f"-{name}"
    is_sorted = sort.removeprefix("-") == name
    aria = ("descending" if sort.startswith("-") else "ascending") if is_sorted else ""
    return SortHead(
        text=text,
        href=address(path, {**facts, "sort": turned if is_sorted else first}),
        aria_sort=aria,
        classes=classes,
    )
