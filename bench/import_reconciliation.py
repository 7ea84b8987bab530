"""Importing reconciliation rows, all checks and lines included, against DuckDB's bare COPY of the same file."""

from __future__ import annotations

import json
import statistics

from bench.import_rounds import a_home, at_most, generated, median_ratio, rounds, setting, told

CUSTOMERS = setting("SALDO_BENCH_RECONCILED_CUSTOMERS", 23_200)  # about 100,000 rows a month
ROUNDS = setting("SALDO_BENCH_ROUNDS", 3)


def main() -> None:
    """Rounds of one file."""
    with a_home() as folder:
        file = generated(folder / "files", "*-reconciliation.csv", customers=CUSTOMERS, usage_rows=None)
        found = rounds(("bare", "saldo"), file, folder, count=ROUNDS)
    rows = found[0]["saldo"].rows
    figures = [
        at_most("wall time against a bare typed COPY", median_ratio(found, "saldo", "bare", lambda t: t.wall), 4),
        at_most("CPU seconds against a bare typed COPY", median_ratio(found, "saldo", "bare", lambda t: t.cpu), 4),
        told("wall time of the import", statistics.median(pair["saldo"].wall for pair in found), "s"),
        told("wall time of the bare COPY", statistics.median(pair["bare"].wall for pair in found), "s"),
    ]
    print(json.dumps({"name": f"Import of {rows:,} reconciliation rows", "figures": figures}))


if __name__ == "__main__":
    main()
