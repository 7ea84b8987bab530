"""Golden files: texts that people read, kept beside the tests; ``make golden`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def check_golden(*, name: str, text: str) -> None:
    """Hold the text to the golden file of this name; with SALDO_GOLDEN=write the text becomes the file."""
    path = FOLDER / name
    if os.environ.get("SALDO_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{name} is not there: `make golden` writes it"
    assert text == path.read_text(encoding="utf-8"), f"{name} reads otherwise: look at what `make golden` changes"
