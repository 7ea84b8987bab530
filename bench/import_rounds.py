"""Importing one file in a process of its own, by Saldo and by what it is compared with: seconds, CPU seconds, memory.

`saldo` is the whole import: hashing, reading, typing, checking, Parquet, catalogue, COPY into PostgreSQL; the seconds
begin when program and database are there. `bare` is DuckDB's COPY from the same CSV to Parquet with the types of the
store given, the same threads and memory limit, zstd, rows in their order. `pandas` reads every column as text and adds
the amounts as Decimal. CPU is that of the process; PostgreSQL's own work shows in the wall time.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.installation import stop

CHILD = "from bench.import_rounds import child; child()"
SEED = 7


@dataclass(frozen=True, slots=True)
class Took:
    """What one import took; ``sums`` are the seconds spent on usage sums, of Saldo's own import only."""

    wall: float
    cpu: float
    peak_mb: int
    rows: int
    total: str
    sums: float = 0


def setting(name: str, otherwise: int) -> int:
    """A size that the environment may change for a quick try."""
    return int(os.environ.get(name, otherwise))


@contextmanager
def a_home() -> Iterator[Path]:
    """An installation of the bench's own, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="saldo-bench-import-"))
    try:
        yield folder
    finally:
        stop(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def generated(folder: Path, pattern: str, *, customers: int, usage_rows: int | None) -> Path:
    """A file of a synthetic partner's month."""
    from saldo.core.periods import Month
    from saldo.generator.generation import generate

    made = generate(
        folder=folder, customers=customers, months=1, seed=SEED, start=Month(2026, 1), usage_rows=usage_rows
    )
    return next(path for path in made.files if path.match(pattern))


def run(mode: str, file: Path, folder: Path, *, memory: str = "") -> Took:
    """One import in a process of its own; ``memory`` is DuckDB's limit, else Saldo's own."""
    settings = {"SALDO_HOME": str(folder / "home")} | ({"SALDO_IMPORT_MEMORY": memory} if memory else {})
    told = folder / "took.json"
    told.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, mode, str(file), str(told)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not told.exists():
        raise RuntimeError(f"{mode}: {done.stdout[-300:]} {done.stderr[-600:]}")
    return Took(**json.loads(told.read_text()))


def rounds(modes: Sequence[str], file: Path, folder: Path, *, count: int) -> list[dict[str, Took]]:
    """Each mode once a round, one after the other; the file is in the disk's cache, since it was just written."""
    made = []
    for _ in range(count):
        made.append({mode: run(mode, file, folder) for mode in modes})
        print(json.dumps({mode: str(took) for mode, took in made[-1].items()}), file=sys.stderr, flush=True)
    return made


def median_ratio(found: Sequence[dict[str, Took]], above: str, below: str, of: Callable[[Took], float]) -> float:
    """The median over all rounds of one mode's figure divided by the other's in the same round."""
    return statistics.median(of(pair[above]) / of(pair[below]) for pair in found)


def at_most(what: str, value: float, must: float, *, unit: str = "x") -> dict[str, Any]:
    """A figure that must not exceed something."""
    return {"what": what, "value": round(value, 3), "unit": unit, "must": f"<= {must}", "reached": value <= must}


def at_least(what: str, value: float, must: float, *, unit: str = "x") -> dict[str, Any]:
    """A figure that must reach something."""
    return {"what": what, "value": round(value, 3), "unit": unit, "must": f">= {must}", "reached": value >= must}


def told(what: str, value: float, unit: str) -> dict[str, Any]:
    """A figure for information."""
    return {"what": what, "value": round(value, 1), "unit": unit, "must": "", "reached": None}


def child() -> None:
    """Entry of the process that imports: mode, file and where to write JSON are its arguments."""
    mode, file = sys.argv[1], Path(sys.argv[2])
    work = {"bare": _bare, "pandas": _pandas, "saldo": _saldo}[mode](file)
    began, began_cpu = time.perf_counter(), time.process_time()
    rows, total, sums = work()
    took = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - began_cpu,
        "peak_mb": _peak_mb(),
        "rows": rows,
        "total": str(total),
        "sums": sums,
    }
    Path(sys.argv[3]).write_text(json.dumps(took))


def _peak_mb() -> int:
    """The most memory this process held; Linux's ``ru_maxrss`` would count what its parent held before it began."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) // 1024


Work = Callable[[], tuple[int, Decimal, float]]


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text))


def _bare(file: Path) -> Work:
    from saldo.charges.formats.headers import name_columns
    from saldo.charges.store.cells_sql import sql_type
    from saldo.charges.store.engine import import_connection, literal

    shape, columns = name_columns(_header(file), file=str(file))
    types = {column.name: sql_type(column.cell) for column in shape.columns}
    # one day is written in two ways in one file, which a reader that is told one way cannot read
    types |= {"PCToBCExchangeRateDate": "VARCHAR"} if shape.kind == "nce-reconciliation" else {}
    typed = ", ".join(f"{literal(seen)}: '{types.get(name, 'VARCHAR')}'" for seen, name in columns.items())

    def work() -> tuple[int, Decimal, float]:
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            connection = import_connection(Path(folder))
            done = connection.execute(
                f"COPY (SELECT * FROM read_csv({literal(str(file))}, auto_detect = false, header = true, delim = ',',"
                " quote = '\"', escape = '\"', strict_mode = true, nullstr = '', dateformat = '%m/%d/%Y',"
                f" columns = {{{typed}}})) TO {literal(f'{folder}/bare.parquet')} (FORMAT parquet, COMPRESSION zstd)"
            ).fetchone()
            assert done is not None
            return int(done[0]), Decimal(0), 0

    return work


def _pandas(file: Path) -> Work:
    import pandas

    def work() -> tuple[int, Decimal, float]:
        table = pandas.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        return len(table), sum(map(Decimal, table["BillingPreTaxTotal"]), Decimal(0)), 0

    return work


def _saldo(file: Path) -> Work:
    from saldo.server.setup import make_installation

    make_installation(Path(os.environ["SALDO_HOME"]))
    from saldo.flows.import_files import import_paths
    from saldo.parties.actions import found_company
    from saldo.server.wiring import real_world

    world = real_world()
    now = world.clock.now()
    # the same content twice is a duplicate, so that each import goes into a company of its own
    company = found_company(
        name=f"Bench {now.isoformat()}", country="SE", currency="SEK", cloud="global", actor="bench", at=now
    )
    spent = _timed_sums()

    def work() -> tuple[int, Decimal, float]:
        (result,) = import_paths(company=company, paths=[file], actor="bench", world=world)
        assert result.outcome is not None, result.code
        return result.outcome.rows, result.outcome.total or Decimal(0), sum(spent)

    return work


def _timed_sums() -> list[float]:
    """From here on every summing of usage, and its way into PostgreSQL, leaves its seconds in the list."""
    from saldo.charges import catalogue
    from saldo.charges.store.summing import StoredPart

    spent: list[float] = []

    def timed(function: Any) -> Any:
        def measured(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                spent.append(time.perf_counter() - began)

        return measured

    # measured from outside: the import itself carries no stopwatch
    StoredPart.write_usage_totals = timed(StoredPart.write_usage_totals)  # type: ignore[method-assign]
    catalogue._write_sums = timed(catalogue._write_sums)
    return spent
