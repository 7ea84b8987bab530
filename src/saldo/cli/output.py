"""What a command says: one JSON document with ``--json``, words for people without; progress on stderr."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

PROGRESS_AFTER_SECONDS = 2.0
_BAR_WIDTH = 24


class Output:
    """The mouth of the command line."""

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json
        self._began_at = time.monotonic()
        self._has_bar = False
        self._percent = 0

    def document(self, document: Mapping[str, Any]) -> None:
        """Print the command's one JSON document; without ``--json`` nothing."""
        if self.is_json:
            self._end_bar()
            print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201 - stdout is the product here

    def say(self, text: str = "") -> None:
        """Print a line for people; with ``--json`` nothing."""
        if not self.is_json:
            self._end_bar()
            print(_shown(text))  # noqa: T201 - stdout is the product here

    def note(self, text: str) -> None:
        """Print a line that is not the result, on stderr."""
        self._end_bar()
        print(_shown(text), file=sys.stderr)  # noqa: T201 - stderr is the place for it

    def fail(self, code: str, message: str, facts: Mapping[str, Any] | None = None) -> int:
        """Say that the command was refused; returns the exit status 1."""
        self.document({"error": {"code": code, "message": message, "facts": dict(facts or {})}})
        if not self.is_json:
            self.note(message)
        return 1

    def progress(self, *, done: int, of: int | None, what: str) -> None:
        """Draw a bar on a terminal once the work takes longer than two seconds; a new estimate never draws it back."""
        if not sys.stderr.isatty() or time.monotonic() - self._began_at < PROGRESS_AFTER_SECONDS:
            return
        if of:
            self._percent = max(self._percent, 100 * min(done, of) // of)
            filled = _BAR_WIDTH * self._percent // 100
            bar = f"[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {self._percent:3d} %"
        else:
            bar = f"{done:,}"
        self._has_bar = True
        print(f"\r\x1b[K{bar} {what}", end="", file=sys.stderr, flush=True)  # noqa: T201 - stderr is the place for it

    def _end_bar(self) -> None:
        if self._has_bar:
            print(file=sys.stderr)  # noqa: T201 - stderr is the place for it
            self._has_bar = False


def _shown(text: str) -> str:
    """Text with names out of files, whose control characters must not command the terminal."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) == "Cc" and letter != "\n" else letter
        for letter in text
    )


def wrong_usage(text: str) -> NoReturn:
    """Leave with status 2 and one line that says what was wrong."""
    print(text, file=sys.stderr)  # noqa: T201 - stderr is the place for it
    raise SystemExit(2)
