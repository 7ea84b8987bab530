"""An explanation told to one reader: in their language, and without any amount where cost is not theirs to see."""

from __future__ import annotations

from dataclasses import dataclass

from saldo.core.identity import FileId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.compare_page import ToldReason, Totals
from saldo.desk.shown import Shown
from saldo.explain.queries import Explanation, explain_months
from saldo.explain.wording import headline, sentence, sentence_without_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Reasons in words, in the order of the explanation; ``totals`` None where cost is not shown."""

    reasons: tuple[ToldReason, ...]
    totals: Totals | None
    explanation: Explanation

    def places(self, index: int) -> tuple[tuple[FileId, int], ...]:
        """File and row of everything that proves a reason."""
        return tuple((FileId(one.file), one.row) for one in self.explanation.reasons[index].lines)


def tell_change(*, shown: Shown, before: Month, after: Month) -> Told:
    """Why the customer's cost changed between two months, in the currency looked at."""
    found = explain_months(
        company=shown.visitor.company.id,
        customer=shown.customer.key,
        before=before,
        after=after,
        currency=shown.currency,
    )
    with_cost = shown.visitor.sees_cost
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
    return Told(reasons=reasons, totals=totals, explanation=found)
