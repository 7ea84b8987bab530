"""Microsoft's documents as a graph: what each is, what it amends, and what it adds to or takes from what we owe.

Amounts are signed as we owe them: an invoice is positive, a void or a credit note negative (reference 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from saldo.core.money import ZERO, round_half_up
from saldo.core.periods import Month
from saldo.payables.rules.due import assume_due

Kind = Literal["invoice", "void", "credit", "rebill"]
Source = Literal["header", "lines", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSum:
    """What the counted rows of one document come to, exact; ``rows`` 0 when none came."""

    rows: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One document as the imported files show it. ``total`` with tax from its header, None when no header came."""

    document: str
    currency: str
    month: Month | None
    document_type: str = ""
    amends: str = ""
    status: str = ""
    invoiced_on: date | None = None
    total: Decimal | None = None
    paid: Decimal = ZERO
    rows: RowSum


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a person or Microsoft's newer interface read from the document itself; None where it was not read."""

    invoiced_on: date | None = None
    due_on: date | None = None
    total: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One document as it counts in what we owe; ``net`` and ``tax`` None while nothing tells them apart."""

    document: str
    kind: Kind
    amends: str
    month: Month | None
    invoiced_on: date
    due_on: date
    is_due_assumed: bool
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal
    source: Source


def read_graph(*, seen: Sequence[Seen], printed: Mapping[str, Printed], cloud: str) -> tuple[Owed, ...]:
    """Every document as it counts, invoices before what amends them.

    A void note without a sum takes back the whole document; a document that Microsoft calls void and that no note
    voids comes to nothing.
    """
    with_header = {one.document for one in seen if one.total is not None}
    seen = [with_printed(one, printed.get(one.document, Printed())) for one in seen]
    by_number = {one.document: one for one in seen}
    voided = {one.amends for one in seen if kind_of(one) == "void"}
    owed = [
        _owed(one, by_number, voided, printed.get(one.document, Printed()), cloud, one.document in with_header)
        for one in seen
    ]
    return tuple(sorted(owed, key=lambda one: (one.kind in ("void", "credit"), one.invoiced_on, one.document)))


def with_printed(seen: Seen, printed: Printed) -> Seen:
    """A document without a header, with what a person read from it instead; a header is never overruled."""
    if seen.total is not None or printed.total is None:
        return seen
    return replace(seen, total=printed.total, invoiced_on=printed.invoiced_on or seen.invoiced_on)


def kind_of(seen: Seen) -> Kind:
    """What a document is, by what Microsoft calls it; without a header by the sign of its rows."""
    called = seen.document_type.lower()
    if "void" in called:
        return "void"
    if "note" in called or "credit" in called or (seen.total is None and seen.rows.gross < 0):
        return "credit"
    return "rebill" if seen.amends else "invoice"


def _owed(
    seen: Seen, by_number: Mapping[str, Seen], voided: set[str], printed: Printed, cloud: str, has_header: bool
) -> Owed:
    kind = kind_of(seen)
    gross = round_half_up(_gross(seen, kind, by_number), seen.currency)
    if seen.status.lower() == "void" and seen.document not in voided and kind in ("invoice", "rebill"):
        gross = ZERO
    net, tax = _parts(seen, gross, printed)
    invoiced_on = seen.invoiced_on or _assume_invoiced(seen)
    return Owed(
        document=seen.document,
        kind=kind,
        amends=seen.amends,
        month=seen.month,
        invoiced_on=invoiced_on,
        due_on=printed.due_on or assume_due(invoiced_on=invoiced_on, cloud=cloud),
        is_due_assumed=printed.due_on is None,
        currency=seen.currency,
        net=net,
        tax=tax,
        gross=gross,
        source=_source(seen, has_header),
    )


def _source(seen: Seen, has_header: bool) -> Source:
    if has_header:
        return "header"
    return "lines" if seen.total is None else "person"


def _gross(seen: Seen, kind: Kind, by_number: Mapping[str, Seen]) -> Decimal:
    """A note may name its sum with a sign or without; its rows know better where there are any."""
    if seen.total is None:
        return seen.rows.gross
    if kind in ("invoice", "rebill"):
        return seen.total
    if kind == "void" and not seen.total and seen.amends in by_number:
        voided = by_number[seen.amends]
        return -abs(voided.rows.gross if voided.total is None else voided.total)
    if kind == "credit" and seen.rows.rows and seen.rows.gross > 0 and seen.total > 0:
        return seen.total  # an adjustment that charges more
    return -abs(seen.total)


def _parts(seen: Seen, gross: Decimal, printed: Printed) -> tuple[Decimal | None, Decimal | None]:
    """Before tax and tax, adding up to ``gross``: as printed, else by the rows' own tax."""
    if not gross:
        return ZERO, ZERO
    if printed.tax is not None:
        return gross - printed.tax, printed.tax
    if not seen.rows.rows:
        return None, None
    if seen.rows.tax:
        tax = round_half_up(seen.rows.tax, seen.currency)
        return gross - tax, tax
    net = round_half_up(seen.rows.net, seen.currency)
    return (net, ZERO) if net == gross else (None, None)


def _assume_invoiced(seen: Seen) -> date:
    """Without a header, the earliest day that it can be: new commerce bills a month after its end, legacy within it."""
    assert seen.month is not None, seen.document
    return seen.month.starts_on if seen.document.startswith("D") else seen.month.plus(1).starts_on
