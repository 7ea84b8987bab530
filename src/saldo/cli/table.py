"""Columns that stand under each other in a terminal, Chinese names among them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """How many places a text takes: two for a full-width character, none for one that joins the letter before."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def lay_out(*, rows: Sequence[Sequence[str]], figures: Sequence[bool]) -> list[str]:
    """Rows as lines: columns of ``figures`` end in one place, the others begin in one."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_cells(row, widths, figures)).rstrip() for row in rows]


def _cells(row: Sequence[str], widths: Sequence[int], figures: Sequence[bool]) -> list[str]:
    return [
        " " * (most - width(text)) + text if is_figure else text + " " * (most - width(text))
        for text, most, is_figure in zip(row, widths, figures, strict=True)
    ]
