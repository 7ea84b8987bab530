"""The policies that come with Saldo, as texts to begin with: proved sound, without fee and without interest."""

from __future__ import annotations

from pathlib import Path

READY = ("gentle", "standard", "strict")
_FOLDER = Path(__file__).resolve().parent.parent / "ready"


def ready_policy(code: str) -> str:
    """The text of one of them; refuses (KeyError) any other code."""
    if code not in READY:
        raise KeyError(code)
    return (_FOLDER / f"{code}.yaml").read_text(encoding="utf-8")
