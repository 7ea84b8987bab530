"""How far an import is: rows done and in all, about; for a bar on the terminal or a small file beside an upload."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from saldo.charges.formats.shape import Delivery

PROGRESS = "progress.json"
_SAMPLE = 1 << 16


class Progress:
    """Adds up rows over all files; what is still to come is guessed from its size and the length of a row."""

    def __init__(self, files: Sequence[Path], *, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._bytes_to_come = sum(path.stat().st_size for path in files if os.path.isfile(path))
        self._rows = 0

    @contextmanager
    def reading(self, delivery: Delivery) -> Iterator[Callable[[int], None]]:
        """Give what a delivery calls with the rows it has done."""
        size = sum(part.landed.stat().st_size for part in delivery.parts)
        row_bytes = _row_bytes(delivery.parts[0].landed)
        seen = 0

        def tell(rows: int) -> None:
            nonlocal seen
            seen = max(seen, rows)
            to_come = max(self._bytes_to_come, size) // row_bytes
            self._tell(self._rows + seen, max(self._rows + to_come, self._rows + seen))

        yield tell
        self._rows += seen
        self._bytes_to_come = max(self._bytes_to_come - size, 0)


def _row_bytes(path: Path) -> int:
    """About how many bytes a row takes, from the first of them."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    return max(len(sample) // max(sample.count(b"\n"), 1), 1)


def progress_beside(folder: Path, *, since: datetime) -> Callable[[int, int], None]:
    """Write progress into a file of an upload's folder, whole or not at all."""

    def tell(done: int, of: int) -> None:
        unfinished = folder / f".{PROGRESS}.tmp"
        unfinished.write_text(json.dumps({"rows": done, "of": of, "since": since.isoformat()}))
        os.replace(unfinished, folder / PROGRESS)

    return tell
