"""Which language a request is answered in."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation

from saldo.core.identity import LANGUAGES

COOKIE = "saldo_language"
NAMES = {"en": "English", "sv": "Svenska", "zh-Hans": "简体中文", "pt-BR": "Português (Brasil)", "es": "Español"}
"""Each language in its own words."""

SHORT = {"en": "EN", "sv": "SV", "zh-Hans": "中", "pt-BR": "PT", "es": "ES"}
"""The same for the narrow button in the top bar."""

_BY_DJANGO = {language.lower(): language for language in LANGUAGES}


def language_of(request: HttpRequest) -> str:
    """One of LANGUAGES: the person's saved one, else the one chosen before sign-in, else the browser's."""
    if request.user.is_authenticated:
        return known(request.user.language)
    return known(request.COOKIES.get(COOKIE, "") or translation.get_language_from_request(request))


def current() -> str:
    """The language being written right now, as one of LANGUAGES."""
    return known(translation.get_language() or "en")


def known(said: str) -> str:
    """The same language as one of LANGUAGES; English for any other."""
    return _BY_DJANGO.get(said.lower(), "en")
