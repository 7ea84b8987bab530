"""What every template knows: the person, the places they may open, theme and language."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from saldo.doors import language, navigation
from saldo.doors.visitor import find_visitor
from saldo.parties.queries import list_companies

THEMES = {"light": "light", "dark": "dark"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page."""
    visitor = find_visitor(request)
    user = getattr(request, "user", None)
    person = user if user is not None and user.is_authenticated else None
    spoken = getattr(request, "language", "en")
    return {
        "visitor": visitor,
        "lang": spoken,
        "lang_short": language.SHORT[spoken],
        "lang_name": language.NAMES[spoken],
        "languages": language.NAMES.items(),
        "theme": THEMES.get(person.theme, "auto") if person else "auto",
        "single_keys": "on" if person is None or person.has_single_keys else "off",
        "nav": _nav(request, visitor) if visitor else (),
        "partner": _partner(visitor),
    }


def _nav(request: HttpRequest, visitor: Any) -> list[dict[str, Any]]:
    match = request.resolver_match
    here = match.url_name or "" if match is not None and match.app_name == "desk" else ""
    return [
        {
            "heading": group.heading,
            "places": [
                {
                    "address": place.address,
                    "words": place.words,
                    "icon": place.icon,
                    "key": place.key,
                    "is_here": navigation.is_here(place, here),
                }
                for place in group.places
            ],
        }
        for group in navigation.groups_for(visitor)
    ]


class _Partner:
    """The partner's name for pages before sign-in, looked up only where a template writes it."""

    def __str__(self) -> str:
        companies = list_companies()
        return companies[0].name if len(companies) == 1 else ""


def _partner(visitor: Any) -> Any:
    return visitor.company.name if visitor else _Partner()
