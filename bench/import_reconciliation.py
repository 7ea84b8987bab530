"""Importing reconciliation rows, all checks and lines included, against DuckDB's bare COPY of the same file."""

from __future__ import annotations

import csv
import json
import statistics
from pathlib import Path

from bench.import_rounds import a_home, at_most, generated, median_ratio, rounds, setting, told

CUSTOMERS, COPIES = 1000, setting("SALDO_BENCH_RECONCILED_COPIES", 23)  # of about 4,300 rows
ROUNDS = setting("SALDO_BENCH_ROUNDS", 3)


def main() -> None:
    """Rounds of one file."""
    with a_home() as folder:
        month = generated(folder / "files", "*-reconciliation.csv", customers=CUSTOMERS, usage_rows=None)
        file = larger(month, folder / "large.csv")
        found = rounds(("bare", "saldo"), file, folder, count=ROUNDS)
    rows = found[0]["saldo"].rows
    figures = [
        at_most("wall time against a bare typed COPY", median_ratio(found, "saldo", "bare", lambda t: t.wall), 4),
        at_most("CPU seconds against a bare typed COPY", median_ratio(found, "saldo", "bare", lambda t: t.cpu), 4),
        told("wall time of the import", statistics.median(pair["saldo"].wall for pair in found), "s"),
        told("wall time of the bare COPY", statistics.median(pair["bare"].wall for pair in found), "s"),
    ]
    print(json.dumps({"name": f"Import of {rows:,} reconciliation rows", "figures": figures}))


def larger(month: Path, target: Path) -> Path:
    """The month with every subscription and event of a customer so many times over, each under a name of its own."""
    with month.open(encoding="utf-8-sig", newline="") as source, target.open("w", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(source)
        named = [header.index(column) for column in ("SubscriptionId", "ReferenceId")]
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for copy in range(COPIES):
            for row in rows:
                for place in named:
                    row[place] = row[place] and f"{copy:02d}{row[place][2:]}"
                writer.writerow(row)
    return target


if __name__ == "__main__":
    main()
