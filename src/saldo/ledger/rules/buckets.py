"""Ageing: how long what is open has been due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

BOUNDS = (30, 60, 90)
"""Last day late of each bucket but the last, which has no end."""

CREDITS = "credits"
NOT_DUE = "not-due"


def bucket_names(bounds: Sequence[int] = BOUNDS) -> tuple[str, ...]:
    """Names in order: not-due, 1-30, 31-60, 61-90, over-90, and credits, which wait for nobody's payment.

    Refuses (ValueError) bounds that do not rise from 1 on.
    """
    if not bounds or list(bounds) != sorted(set(bounds)) or bounds[0] < 1:
        raise ValueError(f"bounds of ageing must rise: {bounds}")
    firsts = (1, *(bound + 1 for bound in bounds[:-1]))
    between = (f"{first}-{last}" for first, last in zip(firsts, bounds, strict=True))
    return (NOT_DUE, *between, f"over-{bounds[-1]}", CREDITS)


def bucket_of(*, due_on: date, on: date, bounds: Sequence[int] = BOUNDS) -> str:
    """The bucket of a debt on a day; on its due day it is not due yet."""
    late = (on - due_on).days
    return bucket_names(bounds)[0 if late < 1 else 1 + sum(late > bound for bound in bounds)]
