"""How fast a synthetic partner is made: a thousand customers times twelve months, and rows of daily usage a second."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SALDO = str(Path(sys.executable).parent / "saldo")
ROUNDS = 3
YEAR_MUST_SECONDS = 60
USAGE_ROWS = 400_000
USAGE_MUST_ROWS_PER_SECOND = 20_000


@dataclass(frozen=True, slots=True)
class Made:
    """What one run of the program wrote, and how long the whole process took."""

    seconds: float
    rows: int
    usage_rows: int


def generate(*, customers: int, months: int, seed: int, usage_rows: int | None = None) -> Made:
    """Write one partner into a folder that is thrown away again."""
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        asked = ["--customers", f"{customers}", "--months", f"{months}", "--seed", f"{seed}", "--out", folder, "--json"]
        if usage_rows is not None:
            asked += ["--usage-rows", f"{usage_rows}"]
        began = time.perf_counter()
        done = subprocess.run([SALDO, "generate", *asked], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        said = json.loads(done.stdout)
        return Made(seconds, said["rows"], said["usage_rows"])


def year_of_a_thousand() -> dict[str, Any]:
    """Reconciliation, daily usage as it comes, legacy, headers and the truth of 1,000 customers × 12 months."""
    runs = [generate(customers=1000, months=12, seed=seed) for seed in range(ROUNDS)]
    median = statistics.median(run.seconds for run in runs)
    written = statistics.median(run.rows + run.usage_rows for run in runs)
    return {
        "what": f"1,000 customers x 12 months ({written:,.0f} rows), whole process, median of {ROUNDS}",
        "value": round(median, 1),
        "unit": "s",
        "must": f"<= {YEAR_MUST_SECONDS} s",
        "reached": median <= YEAR_MUST_SECONDS,
    }


def usage_a_second() -> dict[str, Any]:
    """Rows of daily usage a second, everything else of the same month counted in."""
    runs = [generate(customers=200, months=1, seed=seed, usage_rows=USAGE_ROWS) for seed in range(ROUNDS)]
    rate = statistics.median(run.usage_rows / run.seconds for run in runs)
    return {
        "what": f"rows of daily usage, {USAGE_ROWS:,} of one month, whole process, median of {ROUNDS}",
        "value": round(rate),
        "unit": "rows/s",
        "must": f">= {USAGE_MUST_ROWS_PER_SECOND:,} rows/s",
        "reached": rate >= USAGE_MUST_ROWS_PER_SECOND,
    }


def main() -> None:
    """Both figures as the bench of this house prints them."""
    print(json.dumps({"name": "Generator", "figures": [year_of_a_thousand(), usage_a_second()]}))


if __name__ == "__main__":
    main()
