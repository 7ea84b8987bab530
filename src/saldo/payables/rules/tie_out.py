"""Does a document come to what its rows say? Before tax; what was read, entered and left over adds up to its total.

Amounts in the currency of the document. Only what is left over blocks an approval (practice 17).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from saldo.charges.rules.checks import MOST_TAX_CUTS, TAX_RATES
from saldo.core.money import ZERO, minor_unit, round_half_up

TaxFrom = Literal["document", "rows", "rate", "none", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOut:
    """The sums of one document: ``total + credit_notes = lines + named + tax + tax_cuts + rest``, exactly.

    ``tax_from``: document (read by a person or by Microsoft's newer interface), rows, rate (a tax that stands on the
    document only, recognised by its rate), none, unknown (no rows at all). ``code`` says why it does not tie out.
    """

    total: Decimal
    credit_notes: Decimal
    lines: Decimal
    named: Decimal
    tax: Decimal
    tax_from: TaxFrom
    tax_cuts: Decimal
    rest: Decimal
    row_count: int
    has_document: bool

    @property
    def ties(self) -> bool:
        """Whether nothing is left over."""
        return not self.code

    @property
    def code(self) -> str:
        """Why not, or "" when it ties out."""
        if not self.has_document:
            return "payables.tie-out.no-document"
        if not self.row_count and not self.named:
            return "payables.tie-out.no-rows"
        return "payables.tie-out.rest" if self.rest else ""


def tie_out(
    *,
    currency: str,
    total: Decimal,
    credit_notes: Sequence[Decimal] = (),
    rows: int,
    lines_net: Decimal,
    lines_tax: Decimal,
    named: Sequence[Decimal] = (),
    printed_tax: Decimal | None = None,
    has_document: bool = True,
) -> TieOut:
    """Lay the rows of a document beside it.

    ``credit_notes`` are the negative sums of notes on it that have no rows of their own: its rows hold them, or they do
    not; the reading that leaves less over is taken. A tax that only the document tells must be read from it, unless
    its rate is a rate of some country. ``has_document``: somebody knows the document's own total, not just its rows.
    """
    facts = _Facts(
        currency=currency,
        rows=rows,
        lines=round_half_up(lines_net, currency),
        row_tax=round_half_up(lines_tax, currency),
        named=sum(named, ZERO),
        printed_tax=printed_tax,
        has_document=has_document,
    )
    notes = sum(credit_notes, ZERO)
    alone = _lay(facts, total, ZERO)
    if not notes:
        return alone
    together = _lay(facts, total, notes)
    return min(together, alone, key=lambda one: abs(one.rest))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What does not depend on whether the credit notes are in the rows."""

    currency: str
    rows: int
    lines: Decimal
    row_tax: Decimal
    named: Decimal
    printed_tax: Decimal | None
    has_document: bool


def _lay(facts: _Facts, total: Decimal, notes: Decimal) -> TieOut:
    missing = total + notes - facts.lines - facts.named
    tax, tax_from, cuts = _tax(facts, missing)
    return TieOut(
        total=total,
        credit_notes=notes,
        lines=facts.lines,
        named=facts.named,
        tax=tax,
        tax_from=tax_from,
        tax_cuts=cuts,
        rest=missing - tax - cuts,
        row_count=facts.rows,
        has_document=facts.has_document,
    )


def _tax(facts: _Facts, missing: Decimal) -> tuple[Decimal, TaxFrom, Decimal]:
    """The tax, who says so, and what the cutting of row taxes leaves (reference 2, tax rounding)."""
    unit = minor_unit(facts.currency)
    if facts.printed_tax is not None:
        return facts.printed_tax, "document", ZERO
    if facts.row_tax:
        cuts = missing - facts.row_tax
        return facts.row_tax, "rows", cuts if abs(cuts) <= unit * MOST_TAX_CUTS else ZERO
    if not missing:
        return ZERO, "none", ZERO
    net = facts.lines + facts.named
    if any(abs(net * rate - missing) <= unit for rate in TAX_RATES):
        return missing, "rate", ZERO
    return ZERO, "unknown", ZERO
