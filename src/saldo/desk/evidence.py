"""The proof of one reason: its rows month by month, refund and charge of one event together, and what comes next.

Where cost is not shown, rows carry quantities instead of amounts, and neither differences nor next month are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saldo.charges.rules.line import Kind, LineItem
from saldo.core.identity import FileId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.compare_page import ToldReason
from saldo.desk.row_words import name_event, name_file

SHOWN_ROWS = 12
"""More rows of one month than this are summed up in one line; all of them stand in the CSV and on the bill."""

_RECURRING = frozenset({"monthly", "month", "p1m"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRow:
    """One row as evidence; ``amount`` None where cost is not shown."""

    words: str
    file_words: str
    row: str
    href: str
    quantity: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Refund and charge of one event, and their difference."""

    rows: tuple[ProofRow, ...]
    difference: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSide:
    """The other rows of one month; ``more`` counts those not shown, ``amount`` sums all."""

    month_text: str
    rows: tuple[ProofRow, ...]
    more: int
    more_amount: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The drawer's content."""

    headline: str
    subject: str
    sentence: str
    amount: Decimal | None
    currency: str
    pairs: tuple[Pair, ...]
    sides: tuple[MonthSide, ...]
    next_month: str
    original: str
    closes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A line, and the month whose bill it stands on."""

    line: LineItem
    month: Month


RowLink = Callable[[FileId, int], str]


def lay_out_evidence(
    *,
    reason: ToldReason,
    proofs: Sequence[Proof],
    subscription_lines: Sequence[LineItem],
    after: Month,
    currency: str,
    row_href: RowLink,
    original_href: RowLink,
    closes: str,
) -> Panel:
    """Put the rows of a reason in order.

    ``subscription_lines`` are all lines of the reason's subscription in the later month: next month follows from them.
    """
    with_cost = reason.amount is not None
    paired, single = _split_pairs(proofs)
    href: RowLink = row_href if with_cost else _no_link
    pairs = tuple(
        Pair(
            rows=tuple(_proof_row(proof, href, with_cost) for proof in pair),
            difference=_sum(pair) if with_cost else None,
        )
        for pair in paired
    )
    months = sorted({proof.month for proof in single})
    chief = max((proof for proof in proofs), key=lambda p: (p.month == after, abs(p.line.amount)), default=None)
    return Panel(
        headline=reason.headline,
        subject=reason.subject,
        sentence=reason.sentence,
        amount=reason.amount,
        currency=currency,
        pairs=pairs,
        sides=tuple(_side(m, [p for p in single if p.month == m], href, with_cost) for m in months),
        next_month=foresee_next_month(subscription_lines, after, currency) if with_cost else "",
        original=original_href(chief.line.file, chief.line.row) if with_cost and chief else "",
        closes=closes,
    )


def foresee_next_month(lines: Sequence[LineItem], month: Month, currency: str) -> str:
    """What a full month costs where this one was charged in part; nothing where that cannot be told for sure."""
    charges = [line for line in lines if line.category == "licence" and line.amount > 0 and line.charge_starts_on]
    if not charges:
        return ""
    last = max(charges, key=lambda line: (line.ordered_on or line.charge_starts_on, line.charge_starts_on, line.row))
    is_plain = last.pricing_currency == currency and last.billing_frequency.strip().casefold() in _RECURRING
    full = figures.plain(last.quantity * last.unit_price, currency)
    charged = sum((line.amount for line in lines), Decimal(0))
    if not is_plain or full <= charged:
        return ""
    return figures.say(
        "pages.evidence.next-more",
        seats=figures.number(last.quantity),
        price=figures.number(last.unit_price),
        amount=figures.amount(full, currency),
        currency=currency,
        more=figures.amount(full - charged, currency),
        month=figures.month(month),
    )


def kind_of(line: LineItem) -> Kind:
    """Which kind of file a billed line comes from."""
    if line.platform == "new-commerce":
        return "nce-reconciliation"
    return "legacy-usage" if line.category == "usage" else "legacy-license"


def _split_pairs(proofs: Sequence[Proof]) -> tuple[list[list[Proof]], list[Proof]]:
    events: dict[tuple[Month, str], list[Proof]] = {}
    for proof in proofs:
        if proof.line.reference and proof.line.category != "usage":
            events.setdefault((proof.month, proof.line.reference), []).append(proof)
    paired = [
        sorted(event, key=lambda proof: (proof.line.amount, proof.line.row))
        for event in events.values()
        if min(p.line.amount for p in event) < 0 < max(p.line.amount for p in event)
    ]
    inside = {id(proof) for event in paired for proof in event}
    return paired, [proof for proof in proofs if id(proof) not in inside]


def _side(month: Month, proofs: list[Proof], href: RowLink, with_cost: bool) -> MonthSide:
    largest = sorted(proofs, key=lambda proof: (-abs(proof.line.amount), proof.line.row)) if with_cost else proofs
    shown, rest = largest[:SHOWN_ROWS], largest[SHOWN_ROWS:]
    return MonthSide(
        month_text=figures.month(month),
        rows=tuple(_proof_row(proof, href, with_cost) for proof in shown),
        more=len(rest),
        more_amount=_sum(rest) if with_cost and rest else None,
        amount=_sum(proofs) if with_cost and len(proofs) > 1 else None,
    )


def _proof_row(proof: Proof, href: RowLink, with_cost: bool) -> ProofRow:
    line = proof.line
    return ProofRow(
        words=name_event(line),
        file_words=name_file(kind_of(line), proof.month),
        row=figures.number(line.row),
        href=href(line.file, line.row),
        quantity=figures.number(line.quantity),
        amount=line.amount if with_cost else None,
    )


def _sum(proofs: Iterable[Proof]) -> Decimal:
    return sum((proof.line.amount for proof in proofs), Decimal(0))


def _no_link(file: FileId, row: int) -> str:
    return ""
