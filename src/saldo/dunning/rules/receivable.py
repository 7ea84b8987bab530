"""One receivable of history: what was owed by whom, from when, until when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Receivable(NamedTuple):
    """An item as it was: ``settled_on`` is the day on which nothing was left of it; None: it is still open."""

    customer: str
    invoice: str
    currency: str
    issued_on: date
    due_on: date
    value: Decimal
    settled_on: date | None = None
    is_disputed: bool = False
