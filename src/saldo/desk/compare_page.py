"""Two months side by side as the page shows them: the waterfall with its words, ready for the template.

Built without cost where the reader may not see it: then no amount, no bar and no total ever enters the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.waterfall import INTERVALS, Bar, Step, Waterfall, draw_waterfall

GRID = ("25.00", "50.00", "75.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReason:
    """One reason in words. ``amount`` is None where cost is not shown; ``sentence`` then holds no amount either."""

    index: int  # its place in the explanation: what links name
    code: str
    headline: str
    sentence: str
    subject: str
    amount: Decimal | None
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """One row of the table: a reason, where its bar stands, where its evidence is."""

    reason: ToldReason
    bar: Bar | None
    is_selected: bool
    href: str
    fragment: str

    @property
    def headline(self) -> str:
        """The reason in a few words."""
        return self.reason.headline

    @property
    def subject(self) -> str:
        """The product."""
        return self.reason.subject

    @property
    def amount(self) -> Decimal | None:
        """What the reason adds or takes."""
        return self.reason.amount

    @property
    def row_count(self) -> int:
        """How many rows prove it."""
        return self.reason.row_count


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldRow:
    """The smaller reasons behind one row."""

    rows: tuple[ReasonRow, ...]
    bar: Bar | None
    amount: Decimal | None
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The two ends of the chain, in one currency."""

    before: Decimal
    after: Decimal
    unexplained: Decimal

    @property
    def change(self) -> Decimal:
        """What is to be explained."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The body of the table; the figures of ``totals`` and all bars are None where cost is not shown."""

    rows: tuple[ReasonRow, ...]
    fold: FoldRow | None
    totals: Totals | None
    drawn: Waterfall | None
    ticks: tuple[str, ...]


Link = Callable[[int], str]


def chain_reasons(
    *, told: Sequence[ToldReason], totals: Totals | None, selected: int | None, href: Link, fragment: Link
) -> Chain:
    """Arrange told reasons: with totals as a waterfall, without them in the order they were told, folded alike."""

    def row(index: int, bar: Bar | None) -> ReasonRow:
        reason = told[index]
        return ReasonRow(
            reason=reason,
            bar=bar,
            is_selected=reason.index == selected,
            href=href(reason.index),
            fragment=fragment(reason.index),
        )

    if totals is None:
        return Chain(rows=tuple(row(i, None) for i in range(len(told))), fold=None, totals=None, drawn=None, ticks=())
    drawn = draw_waterfall(
        before=totals.before, changes=[reason.amount or Decimal(0) for reason in told], after=totals.after
    )

    def rows(steps: tuple[Step, ...]) -> tuple[ReasonRow, ...]:
        return tuple(row(step.index, step.bar) for step in steps)

    fold = None
    if drawn.fold is not None:
        inside = rows(drawn.fold.steps)
        fold = FoldRow(
            rows=inside,
            bar=drawn.fold.bar,
            amount=drawn.fold.amount,
            row_count=sum(one.row_count for one in inside),
        )
    ticks = tuple(figures.number(amount) for amount in drawn.axis.written)
    return Chain(rows=rows(drawn.steps), fold=fold, totals=totals, drawn=drawn, ticks=ticks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """Everything the page asks for."""

    customer_name: str
    customer_href: str
    action: str
    imports_href: str
    xlsx_href: str
    csv_href: str
    months: tuple[Month, ...]
    before: Month
    after: Month
    currency: str
    currencies: tuple[str, ...]
    chain: Chain
    reason_count: int
    as_text: str
    grid: tuple[str, ...] = GRID

    @property
    def shows_cost(self) -> bool:
        """Whether amounts are on the page."""
        return self.chain.totals is not None

    @property
    def percent(self) -> Decimal | None:
        """The change in per cent, where that says something."""
        totals = self.chain.totals
        return figures.share(totals.change, totals.before) if totals else None

    @property
    def is_cut(self) -> bool:
        """Whether the bars start above zero."""
        return self.chain.drawn is not None and self.chain.drawn.axis.is_cut


def text_of(*, customer: str, before: Month, after: Month, currency: str, chain: Chain) -> str:
    """The comparison as plain text to paste into a mail: the same rows, the same sum, ASCII minus."""
    names = {"customer": customer, "before": figures.month(before), "after": figures.month(after)}
    rows = [*chain.rows, *(chain.fold.rows if chain.fold else ())]
    if chain.totals is None:
        head = figures.say("pages.compare.text-head-plain", **names)
        return "\n".join([head, "", *(f"- {_line(row)}" for row in rows)])
    lines = [(figures.month(before), f"{figures.plain(chain.totals.before, currency):f}")]
    lines += [(_line(row), f"{figures.plain(row.amount or Decimal(0), currency):+f}") for row in rows]
    lines.append((figures.say("pages.compare.unexplained"), f"{figures.plain(chain.totals.unexplained, currency):f}"))
    lines.append((figures.month(after), f"{figures.plain(chain.totals.after, currency):f}"))
    width = max(len(figure) for _, figure in lines)
    head = figures.say("pages.compare.text-head", currency=currency, **names)
    return "\n".join([head, "", *(f"{figure:>{width}}  {words}" for words, figure in lines)])


def _line(row: ReasonRow) -> str:
    return f"{row.headline} ({row.subject})" if row.subject else row.headline


assert len(GRID) == INTERVALS - 1
