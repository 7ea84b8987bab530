"""Documents that put right an invoice of an earlier month (reference 1): notes with rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from saldo.core.periods import Month
from saldo.generator.holdings import Holding
from saldo.generator.rows import Row

SHARE_OF_MONTHS = 0.35


def correct(holdings: Sequence[Holding], *, start: Month, months: int, random: Random) -> None:
    """In some months give one customer back what one subscription cost in the month before."""
    for month in range(1, months):
        if random.random() > SHARE_OF_MONTHS:
            continue
        holding = random.choice(holdings)
        before = [row for row in holding.rows(month - 1) if _is_plain(row)]
        if before:
            wrong = random.choice(before)
            day = start.plus(month).starts_on
            note = replace(wrong, charge_type="cancelImmediate", sign=-1, ordered_on=day, reference="")
            holding.corrections.setdefault(month, []).append(note)


def _is_plain(row: Row) -> bool:
    return row.charge_type == "cycleCharge" and not row.is_usage and not row.is_legacy and row.subtotal > 0
