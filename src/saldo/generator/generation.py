"""Writing a synthetic partner's files into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

from saldo.core.periods import Month
from saldo.generator.daily_usage import COLUMNS, daily_lines
from saldo.generator.headers import invoice_header
from saldo.generator.partner import Partner, make_partner
from saldo.generator.reconciliation import reconciliation_csv
from saldo.generator.sizing import limit_usage, usage_counts
from saldo.generator.truth import truth_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What was written."""

    files: tuple[Path, ...]
    rows: int
    usage_rows: int


def generate(
    *,
    folder: Path,
    customers: int,
    months: int,
    seed: int,
    start: Month,
    currency: str = "SEK",
    usage_rows: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Generated:
    """Write a partner's files and ``truth.json`` into ``folder``, made where missing; the same seed, the same bytes.

    ``usage_rows`` is the exact number of daily rows over all months. Refuses what `make_partner` refuses.
    """
    partner = make_partner(customers=customers, months=months, seed=seed, start=start, currency=currency)
    if usage_rows is not None:
        limit_usage(partner, usage_rows)
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    counts = usage_counts(partner, usage_rows)
    rows = 0
    for month in range(months):
        written, count = _write_month(partner, month, folder)
        files += written
        rows += count
        files += _write_usage(partner, month, counts[month], folder)
        progress(month + 1, months)
    files.append(_write_json(folder / "truth.json", truth_document(partner)))
    return Generated(files=tuple(files), rows=rows, usage_rows=sum(map(sum, counts)))


def _write_usage(partner: Partner, month: int, counts: Sequence[int], folder: Path) -> list[Path]:
    """The daily file of a month; none where nobody used anything."""
    number, when = partner.invoice(month), partner.start.plus(month)
    if not sum(counts):
        return []
    path = folder / f"{when}-{number}-daily-usage.csv"
    random = Random(f"{partner.seed} usage {month}")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        for (plan, row), count in zip(partner.usage(month), counts, strict=True):
            file.writelines(daily_lines(plan, row, count=count, invoice=number, random=random))
    return [path]


def _write_month(partner: Partner, month: int, folder: Path) -> tuple[list[Path], int]:
    number, when = partner.invoice(month), partner.start.plus(month)
    rows = [row for holding in partner.holdings for row in holding.rows(month)]
    total = sum((row.subtotal for row in rows), Decimal(0))
    reconciliation = folder / f"{when}-{number}-reconciliation.csv"
    reconciliation.write_bytes(reconciliation_csv(rows, invoice=number))
    header = invoice_header(number=number, month=when, total=total, currency=partner.currency)
    return [reconciliation, _write_json(folder / f"{when}-{number}-invoice.json", header)], len(rows)


def _write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
