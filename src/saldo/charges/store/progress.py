"""How far a running statement is, in rows of the part it reads; an estimate for people, nothing depends on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from saldo.charges.formats.shape import Part

_EVERY_SECONDS = 0.5
_SAMPLE = 1 << 16


def estimate_rows(part: Part) -> int:
    """About how many rows a part holds, from its size and the length of its first lines."""
    with part.landed.open("rb") as file:
        sample = file.read(_SAMPLE)
    lines = max(sample.count(b"\n"), 1)
    return max(part.landed.stat().st_size * lines // max(len(sample), 1), 1)


@contextmanager
def watching(connection: duckdb.DuckDBPyConnection, part: Part, *, tell: Callable[[int], None]) -> Iterator[None]:
    """While the body runs on this connection, tell twice a second how many rows are done, about."""
    rows, done = estimate_rows(part), threading.Event()

    def look() -> None:
        while not done.wait(_EVERY_SECONDS):
            percent = connection.query_progress()
            if percent > 0:
                tell(int(rows * percent / 100))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
