"""An explanation told to one reader: in their language, and without any amount where cost is not theirs to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from saldo.charges.rules.line import LineItem
from saldo.core.identity import FileId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.compare_page import ToldReason, Totals
from saldo.desk.shown import Shown
from saldo.explain.queries import Explanation, get_bill
from saldo.explain.rules.explanation import Reason
from saldo.explain.rules.reasons import explain
from saldo.explain.wording import headline, sentence, sentence_without_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Reasons in words, the largest first, by product where cost is not shown; ``totals`` are None there.

    ``lines`` are those of both bills, so that who shows them need not ask again; they hold cost.
    """

    reasons: tuple[ToldReason, ...]
    totals: Totals | None
    explanation: Explanation
    lines: Mapping[Month, tuple[LineItem, ...]]

    def places(self, index: int) -> tuple[tuple[FileId, int], ...]:
        """File and row of everything that proves a reason."""
        return tuple((FileId(one.file), one.row) for one in self.explanation.reasons[index].lines)


def tell_change(*, shown: Shown, before: Month, after: Month) -> Told:
    """Why the customer's cost changed between two months, in the currency looked at."""
    company, customer = shown.visitor.company.id, shown.customer.key
    bills = {
        month: get_bill(company=company, customer=customer, period=month, currency=shown.currency)
        for month in {before, after}
    }
    with_cost = shown.sees_cost
    found = explain(before=bills[before], after=bills[after])
    if not with_cost:  # the largest first would tell which is the largest, and so would the numbers in addresses
        found = replace(found, reasons=tuple(sorted(found.reasons, key=_by_product)))
    language = figures.language()
    reasons = tuple(
        ToldReason(
            index=index,
            code=reason.code,
            headline=headline(reason, lang=language),
            sentence=(sentence if with_cost else sentence_without_cost)(reason, lang=language),
            subject=reason.subject,
            amount=reason.amount if with_cost else None,
            row_count=len(reason.lines),
        )
        for index, reason in enumerate(found.reasons)
    )
    totals = Totals(before=found.before, after=found.after, unexplained=found.unexplained) if with_cost else None
    lines = {month: tuple(line.item for line in bill.lines) for month, bill in bills.items()}
    return Told(reasons=reasons, totals=totals, explanation=found, lines=lines)


def _by_product(reason: Reason) -> tuple[object, ...]:
    rows = min(((one.file, one.row) for one in reason.lines), default=("", 0))
    return reason.subject.casefold(), reason.code, reason.key, rows
