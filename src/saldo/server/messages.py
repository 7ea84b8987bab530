"""Codes into words, for the command line and before any page is there."""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saldo.core.written import end_once

_FOLDERS = {"sv": "sv", "zh": "zh_Hans", "pt": "pt_BR", "es": "es"}


def message_of(*, code: str, facts: Mapping[str, Any], language: str | None = None) -> str:
    """The sentence for a code in the person's language, with its facts; the code itself when no words are installed."""
    words = gettext.translation(
        "django", _catalogues(), languages=[language or _language_of_person()], fallback=True
    ).gettext(code)
    told = _as_text(facts)
    try:
        return end_once(words, told) % told
    except (KeyError, ValueError, TypeError):
        return words


def _as_text(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value for name, value in facts.items()
    }


def _catalogues() -> Path:
    return Path(os.environ.get("SALDO_LOCALE") or Path(__file__).resolve().parent.parent / "locale")


def _language_of_person() -> str:
    said = os.environ.get("SALDO_LANG") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return _FOLDERS.get(said[:2], "en")
