"""Tabler's outline icons, drawn inline: no page ever loads one."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PACKED = Path(__file__).parent / "vendor" / "icons.zip"
_FRAME = (
    '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
    ' stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>'
)
_STROKES = re.compile(r"<svg[^>]*>(.*?)</svg>", re.DOTALL)
_EMPTY_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def draw(name: str, classes: str = "") -> SafeString:
    """The icon as SVG for eyes only; what it means must stand beside it in words."""
    return format_html(_FRAME, f"i {classes}".strip(), _strokes(name))


@cache
def _strokes(name: str) -> SafeString:
    with zipfile.ZipFile(PACKED) as packed:
        whole = packed.read(f"{name}.svg").decode()
    found = _STROKES.search(whole)
    if found is None:
        raise ValueError(f"{name} is not an icon")
    strokes = " ".join(_EMPTY_BOX.sub("", found.group(1)).split())
    return mark_safe(strokes)
