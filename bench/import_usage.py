"""Importing daily usage: against DuckDB alone and against pandas, its memory, and what the sums for the pages cost."""

from __future__ import annotations

import json
import statistics
from typing import Any

from bench.import_rounds import Took, a_home, at_least, at_most, generated, median_ratio, rounds, run, setting, told

ROWS = setting("SALDO_BENCH_ROWS", 1_000_000)
ROUNDS = setting("SALDO_BENCH_ROUNDS", 3)
CUSTOMERS = setting("SALDO_BENCH_CUSTOMERS", 1000)
TIMES = 3
SMALL_MEMORY = "512MB"


def main() -> None:
    """Rounds of one file, then once the threefold file and once a smaller memory."""
    with a_home() as folder:
        file = generated(folder / "files", "*-daily-usage.csv", customers=CUSTOMERS, usage_rows=ROWS)
        found = rounds(("bare", "saldo", "pandas"), file, folder, count=ROUNDS)
        assert {(took.rows, took.total) for pair in found for mode, took in pair.items() if mode != "bare"} == {
            (ROWS, found[0]["pandas"].total)
        }
        small = run("saldo", file, folder, memory=SMALL_MEMORY)
        file.unlink()
        large_file = generated(folder / "large", "*-daily-usage.csv", customers=CUSTOMERS, usage_rows=TIMES * ROWS)
        large = run("saldo", large_file, folder)
    print(json.dumps({"name": f"Import of {ROWS:,} daily-usage rows", "figures": _figures(found, small, large)}))


def _figures(found: list[dict[str, Took]], small: Took, large: Took) -> list[dict[str, Any]]:
    saldo = [pair["saldo"] for pair in found]
    peak = max(took.peak_mb for took in saldo)
    return [
        at_most("CPU seconds against a bare typed COPY", median_ratio(found, "saldo", "bare", lambda t: t.cpu), 1.4),
        at_most("wall time against a bare typed COPY", median_ratio(found, "saldo", "bare", lambda t: t.wall), 1.5),
        at_least("times faster than pandas, all text and Decimal sums", _faster(found), 1.2),
        at_most("memory against pandas", median_ratio(found, "saldo", "pandas", lambda t: t.peak_mb), 0.3),
        at_most("peak memory", peak, 900, unit="MB"),
        at_most(f"peak memory of {TIMES} times the rows against one time", large.peak_mb / peak, 1.1),
        at_most(f"peak memory with a limit of {SMALL_MEMORY}, imported whole", small.peak_mb, 900, unit="MB"),
        at_most("usage sums and their COPY, share of the import", _share_of_sums(saldo), 0.15),
        told("wall time of the import", statistics.median(took.wall for took in saldo), "s"),
        told("CPU of the import", statistics.median(took.cpu for took in saldo), "s"),
        told("wall time of the bare COPY", statistics.median(pair["bare"].wall for pair in found), "s"),
        told("wall time of pandas", statistics.median(pair["pandas"].wall for pair in found), "s"),
        told("peak memory of pandas", max(pair["pandas"].peak_mb for pair in found), "MB"),
        told(f"wall time of {large.rows:,} rows", large.wall, "s"),
    ]


def _faster(found: list[dict[str, Took]]) -> float:
    return median_ratio(found, "pandas", "saldo", lambda took: took.wall)


def _share_of_sums(saldo: list[Took]) -> float:
    return statistics.median(took.sums / took.wall for took in saldo)


if __name__ == "__main__":
    main()
