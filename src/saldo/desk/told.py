"""An explanation told to one reader: in their language, and without any amount where cost is not theirs to see."""

from __future__ import annotations

from dataclasses import dataclass

from saldo.core.periods import Month
from saldo.desk.compare_page import ToldReason, Totals
from saldo.desk.shown import Shown
from saldo.explain.queries import Explanation, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Reasons in words, in the order of the explanation; ``totals`` None where cost is not shown."""

    reasons: tuple[ToldReason, ...]
    totals: Totals | None
    explanation: Explanation
