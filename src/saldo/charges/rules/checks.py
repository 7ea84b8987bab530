"""The invariants between documents (reference section 11): what a file comes to against what its header charges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from saldo.core.money import minor_unit

Verdict = Literal["passed", "tolerated", "failed"]

MOST_TAX_CUTS = 10
"""Row taxes are cut one by one; more than this many minor units of difference are not explained by that."""

TAX_RATES = (*(Decimal(step) / 200 for step in range(10, 55)), Decimal("0.077"), Decimal("0.081"))
"""Shares of tax that invoices carry where rows carry none: 5 % to 27 % in halves, and Switzerland's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSum:
    """What the rows of one document come to, over all of its files."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def judge_invoice_total(*, rows: FileSum, charged: Decimal, currency: str) -> Verdict:
    """I1 and I7: the rows with tax are what the header charges.

    Tolerated: taxes cut row by row, and a tax that stands on the invoice only, recognised by its rate.
    """
    unit = minor_unit(currency)
    missing = charged - rows.gross
    if missing == 0:
        return "passed"
    if rows.tax != 0:
        return "tolerated" if abs(missing) <= unit * MOST_TAX_CUTS else "failed"
    is_tax = any(abs(rows.net * rate - missing) <= unit for rate in TAX_RATES)
    return "tolerated" if is_tax else "failed"


def judge_with_credit_notes(*, rows: FileSum, charged: Decimal, credited: Sequence[Decimal], currency: str) -> Verdict:
    """I8: where credit notes amend an invoice, its rows come to the invoice less the notes, or to the invoice alone."""
    unit = minor_unit(currency)
    left = charged - sum((abs(note) for note in credited), Decimal(0))
    if abs(rows.gross - left) <= unit:
        return "passed"
    return judge_invoice_total(rows=rows, charged=charged, currency=currency)


def judge_balance(*, balance: Decimal, open_items: Sequence[Decimal]) -> Verdict:
    """I5: what is still to be paid is the sum of all invoices less what was paid on them."""
    return "passed" if sum(open_items, Decimal(0)) == balance else "failed"
