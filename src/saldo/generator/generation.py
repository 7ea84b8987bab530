"""Writing a synthetic partner's files into a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from saldo.core.periods import Month
from saldo.generator.months import write_json, write_month, write_usage
from saldo.generator.partner import make_partner
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
        written, count = write_month(partner, month, folder)
        files += written
        rows += count
        files += write_usage(partner, month, counts[month], folder)
        progress(month + 1, months)
    files.append(write_json(folder / "truth.json", truth_document(partner)))
    return Generated(files=tuple(files), rows=rows, usage_rows=sum(map(sum, counts)))
