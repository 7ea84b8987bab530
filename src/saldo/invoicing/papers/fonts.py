"""The fonts of a paper, named one by one: Inter for Europe, Noto Sans CJK SC for the Far East; no glyph, no paper.

A font that the machine lacks would otherwise be replaced by boxes that nobody sees before the customer does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from saldo.invoicing.rules.paper import UnableToWritePaper

VENDORED = Path(__file__).resolve().parents[2] / "desk" / "static" / "vendor"
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local" / "share" / "fonts")
_SPACING = frozenset("\n\r\t")
_VARIANTS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # they choose among glyphs and have none


@dataclass(frozen=True, slots=True)
class Font:
    """A font by its family, its file's name, and the package that brings it."""

    family: str
    file: str
    package: str
    place: int = 0  # in a collection


INTER = (
    Font("Saldo Latin", "inter-latin-wght-normal.woff2", "make setup"),
    Font("Saldo Latin Ext", "inter-latin-ext-wght-normal.woff2", "make setup"),
)
WIDER = tuple(
    Font(f"Saldo {name}", f"inter-{name.lower().replace(' ', '-')}-wght-normal.woff2", "make setup")
    for name in ("Greek", "Greek Ext", "Cyrillic", "Cyrillic Ext", "Vietnamese")
)
CJK = Font("Noto Sans CJK SC", "NotoSansCJK-Regular.ttc", "fonts-noto-cjk", place=2)
OTHERS = (
    Font("Noto Sans", "NotoSans-Regular.ttf", "fonts-noto-core"),
    *(
        Font(f"Noto Sans {script}", f"NotoSans{script}-Regular.ttf", "fonts-noto-core")
        for script in ("Arabic", "Hebrew", "Thai", "Devanagari", "Bengali", "Tamil", "Telugu", "Armenian", "Georgian")
    ),
)
_FAR_EAST = (
    range(0x1100, 0x1200),
    range(0x2E80, 0xA000),
    range(0xAC00, 0xD7B0),
    range(0xF900, 0xFB00),
    range(0xFE30, 0xFE50),
    range(0xFF00, 0xFFF0),
    range(0x20000, 0x32400),
)


def check_glyphs(text: str) -> None:
    """See that every character of a text has a glyph in one of the paper's fonts.

    Refuses (UnableToWritePaper) where a font is not installed or has no such glyph, naming the package that helps.
    """
    missing = _without(filter(_is_drawn, set(text)), INTER)
    if missing:
        missing = _without(missing, (*WIDER, CJK, *OTHERS))
    if missing:
        seen = min(missing)
        font = CJK if any(ord(seen) in block for block in _FAR_EAST) else OTHERS[0]
        facts = {"seen": f"U+{ord(seen):04X}", "character": seen, "package": font.package, "font": font.family}
        raise UnableToWritePaper(code="invoicing.paper-font.missing", facts=facts)


def font_faces() -> str:
    """The rules that name Inter's files to WeasyPrint; what else is needed stands on the machine by its family.

    Refuses (UnableToWritePaper) where Inter was never fetched.
    """
    for font in INTER:
        if _file_of(font) is None:
            facts = {"font": "Inter", "package": font.package, "seen": "A", "character": "A"}
            raise UnableToWritePaper(code="invoicing.paper-font.missing", facts=facts)
    return "\n".join(
        f"@font-face {{ font-family: '{font.family}'; src: url('{(VENDORED / font.file).as_uri()}'); }}"
        for font in (*INTER, *WIDER)
        if _file_of(font) is not None
    )


def font_families() -> str:
    """The fonts of a paper as a style sheet asks for them, the first that has a glyph drawing it."""
    return ", ".join(f"'{font.family}'" for font in (*INTER, *WIDER, CJK, *OTHERS))


def _is_drawn(character: str) -> bool:
    """Whether a character needs a glyph: those that only join, turn, break or choose do not."""
    if character in _SPACING or unicodedata.category(character) == "Cf":
        return False
    return not any(ord(character) in block for block in _VARIANTS)


def _without(characters: Iterable[str], fonts: Iterable[Font]) -> set[str]:
    missing = set(characters)
    for font in fonts:
        missing = {character for character in missing if ord(character) not in _glyphs_of(font)}
    return missing


@lru_cache(maxsize=32)
def _glyphs_of(font: Font) -> frozenset[int]:
    path = _file_of(font)
    if path is None:
        return frozenset()
    with TTFont(path, fontNumber=font.place, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


@lru_cache(maxsize=32)
def _file_of(font: Font) -> Path | None:
    if font in (*INTER, *WIDER):
        path = VENDORED / font.file
        return path if path.exists() else None
    return next((path for folder in SYSTEM if folder.is_dir() for path in sorted(folder.rglob(font.file))), None)
