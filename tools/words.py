"""Compile the words: every room's catalogue of a language into one, and fail on gaps and unequal placeholders.

``make words``. Sources: locale/<language>/<room>.po, message ids are codes. Made: src/saldo/locale/<language>/
LC_MESSAGES/django.mo, which is never committed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "locale"
COMPILED = ROOT / "src" / "saldo" / "locale"
LANGUAGES = ("en", "sv", "zh_Hans", "pt_BR", "es")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def read_language(language: str) -> Catalog:
    """All rooms of one language in one catalogue; a code given twice is a fault."""
    whole = Catalog(locale=language)
    for source in sorted((SOURCES / language).glob("*.po")):
        with source.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                if message.id in whole:
                    raise SystemExit(f"{source}: {message.id} stands in two catalogues")
                whole.add(message.id, message.string)
    return whole


def codes_of(catalogue: Catalog) -> dict[str, Message]:
    """Messages by their code (the singular id)."""
    return {code_of(message): message for message in catalogue if message.id}


def code_of(message: Message) -> str:
    """The code of a message; plural messages carry it twice."""
    return message.id if isinstance(message.id, str) else message.id[0]


def placeholders(message: Message) -> set[str]:
    """The named facts a message uses, in all its plural forms together."""
    texts: Iterable[str] = (message.string,) if isinstance(message.string, str) else message.string
    return {name for text in texts for name in _PLACEHOLDER.findall(text or "")}


def faults(catalogues: dict[str, Catalog]) -> list[str]:
    """What is missing or unequal between the languages."""
    found = []
    by_language = {language: codes_of(catalogue) for language, catalogue in catalogues.items()}
    everything = set().union(*by_language.values())
    for language, messages in by_language.items():
        found += [f"{language}: no words for {code}" for code in sorted(everything - messages.keys())]
        for code, message in sorted(messages.items()):
            texts = (message.string,) if isinstance(message.string, str) else message.string
            if not all(texts):
                found.append(f"{language}: {code} is empty")
            english = by_language["en"].get(code)
            if english is not None and placeholders(message) != placeholders(english):
                found.append(f"{language}: {code} has other placeholders than English")
    return found


def main() -> int:
    """Compile everything, then say what is wrong."""
    catalogues = {language: read_language(language) for language in LANGUAGES}
    for language, catalogue in catalogues.items():
        place = COMPILED / language / "LC_MESSAGES" / "django.mo"
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            write_mo(file, catalogue)
    found = faults(catalogues)
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
