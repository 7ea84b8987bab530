"""The installation on which reading is measured: a thousand customers, twelve months, a million rows of daily usage.

Made once by the program itself, `saldo generate` and `saldo import`, and kept for the whole run of the bench: who
starts the run names its folder in SALDO_BENCH_HOME (`kept`), each script enters it with `opened`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CUSTOMERS, MONTHS, USAGE_ROWS, SEED = 1000, 12, 1_000_000, 7
COMPANY, EMAIL = "Bench Partner AB", "reader@bench.example"
HOME = "SALDO_BENCH_HOME"
PYTHON = sys.executable
SALDO = str(Path(PYTHON).parent / "saldo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How the installation came to be: seconds for the files, seconds for their import, rows in all."""

    generated_in: float
    imported_in: float
    rows: int

    def figures(self) -> list[dict[str, Any]]:
        """For information: nothing here is demanded of reading."""
        return [_told(f"set-up: {self.rows:,} rows imported", self.imported_in)]


def _told(what: str, seconds: float) -> dict[str, Any]:
    return {"what": what, "value": round(seconds, 1), "unit": "s", "must": "", "reached": None}


@contextmanager
def kept() -> Iterator[Path]:
    """A folder for one run of the bench, named in the environment; at its end the server stops and the folder goes.

    A folder that the environment named already belongs to somebody else and stays.
    """
    named = os.environ.get(HOME)
    if named:
        yield Path(named)
        return
    folder = Path(tempfile.mkdtemp(prefix="saldo-bench-"))
    os.environ[HOME] = str(folder)
    try:
        yield folder
    finally:
        del os.environ[HOME]
        stop(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def opened() -> Iterator[Made]:
    """The installation, made when it is not there yet, its database running and Django loaded for it."""
    with kept() as folder:
        made = make(folder)
        home = folder / "home"
        from saldo.server.installation import describe, start_database
        from saldo.server.setup import migrate, start_django

        os.environ["SALDO_HOME"] = str(home)
        start_database(describe(home))
        start_django(home)
        migrate()
        yield made
        from django.db import connections

        connections.close_all()


def make(folder: Path) -> Made:
    """Generate and import; a folder in which that was done tells what it took."""
    note = folder / "made.json"
    if note.exists():
        return Made(**json.loads(note.read_text()))
    files, home = folder / "files", folder / "home"
    sizes = [
        "--customers",
        f"{CUSTOMERS}",
        "--months",
        f"{MONTHS}",
        "--usage-rows",
        f"{USAGE_ROWS}",
        "--seed",
        f"{SEED}",
    ]
    began = time.perf_counter()
    _saldo(home, "generate", "--out", str(files), *sizes)
    generated_in = time.perf_counter() - began
    deal_out(files)
    _saldo(home, "init", "--company", COMPANY, "--country", "SE", "--currency", "SEK")
    _saldo(home, "person", "add", "--email", EMAIL, "--role", "global-admin", "--password-stdin", said="bench " * 4)
    delivered = sorted(str(path) for path in files.iterdir() if path.name != "truth.json")
    began = time.perf_counter()
    told = _saldo(home, "import", *delivered)
    imported_in = time.perf_counter() - began
    shutil.rmtree(files)
    made = Made(generated_in=generated_in, imported_in=imported_in, rows=sum(file["rows"] for file in told["files"]))
    note.write_text(json.dumps(asdict(made)))
    return made


def deal_out(files: Path) -> None:
    """Shuffle the rows of daily usage: Microsoft promises no order, and the generator writes customer by customer."""
    for path in sorted(files.glob("*-daily-usage.csv")):
        head, *rows = path.read_bytes().splitlines(keepends=True)
        random.Random(path.name).shuffle(rows)
        path.write_bytes(b"".join([head, *rows]))


def _saldo(home: Path, *words: str, said: str = "") -> Any:
    done = subprocess.run(
        [SALDO, *words, "--json"],
        env={**os.environ, "SALDO_HOME": str(home)},
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"saldo {words[0]}: {done.stdout[-400:]} {done.stderr[-400:]}")
    return json.loads(done.stdout)


def stop(home: Path) -> None:
    """Stop the database of an installation, if it ever had one."""
    from saldo.server.postgres import Embedded

    if (home / "postgres").exists():
        Embedded(home).stop()


def percentile(times: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed: the nearest rank, no interpolation."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def figure(what: str, seconds: float, *, must_ms: int | None = None) -> dict[str, Any]:
    """One duration as the bench prints it, in milliseconds."""
    value = round(seconds * 1000, 1)
    reached = None if must_ms is None else value <= must_ms
    return {
        "what": what,
        "value": value,
        "unit": "ms",
        "must": f"<= {must_ms} ms" if must_ms else "",
        "reached": reached,
    }


def spread(what: str, times: Sequence[float], *, must_ms: int) -> list[dict[str, Any]]:
    """p95 against what is demanded, with the middle and the worst beside it."""
    return [
        figure(f"{what}, p95", percentile(times, 0.95), must_ms=must_ms),
        figure(f"{what}, median", percentile(times, 0.5)),
        figure(f"{what}, slowest of {len(times):,}", max(times)),
    ]
