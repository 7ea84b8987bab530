"""Rows of an invoice into the lines of its paper: usage summed, seat changes as one line, proration as its own sum.

A paper that repeats Microsoft's rows is not read: an Azure plan has hundreds of them. What is summed here stands in
full under "usage", and both add up to the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from saldo.core.money import ZERO, add_up, minor_digits, round_down, round_half_up
from saldo.invoicing.rules.paper import PaperLine, Usage

USAGE = "usage"
_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """One row of an issued document as it was rated, before it is arranged for the paper; without cost."""

    key: str
    name: str
    category: str
    net: Decimal
    percent: Decimal
    treatment: str
    quantity: Decimal = ZERO
    unit_price: Decimal = ZERO
    starts_on: date | None = None
    ends_on: date | None = None
    subscription: str = ""
    charge_type: str = ""
    subject: str = ""
    product: str = ""  # what usage is summed under; empty: its name


def arrange(rows: Sequence[Billed], *, currency: str) -> tuple[tuple[PaperLine, ...], tuple[Usage, ...]]:
    """The paper's lines in the order of the rows, and the usage behind those that are summed."""
    lines: list[PaperLine] = []
    usage: list[Usage] = []
    summed: set[tuple[str, ...]] = set()
    by_sum = _by_sum(rows)
    paired = _pairs(rows)
    for row in rows:
        if row.category == USAGE:
            if _sum_key(row) in summed:
                continue
            summed.add(_sum_key(row))
            together = by_sum[_sum_key(row)]
            lines.append(_sum_line(together))
            usage += [_usage(used) for used in together]
        elif row.key not in paired:
            lines.append(_line(row, currency))
        elif paired[row.key] is not None:
            lines.append(_seat_change(row, paired[row.key] or row, currency))
    return tuple(lines), tuple(usage)


def share_of_period(row: Billed, *, currency: str) -> tuple[int, int] | None:
    """Which part of the price's period a row charges, (20, 30) for 20 of 30 days; None where no whole days fit.

    The period is the month, 30 days, a year or the charge period's own month lengths; the first that gives the net
    exactly, by Microsoft's cut or by halves up, is taken, so that the printed sum is always right.
    """
    whole = row.unit_price * row.quantity
    if whole == row.net or row.starts_on is None or row.ends_on is None or not whole:
        return None
    days = (row.ends_on - row.starts_on).days + 1
    for of in _period_lengths(row.starts_on):
        if days >= of:
            continue
        exact = whole * days / of
        if row.net in (round_half_up(exact, currency), round_down(exact, currency)):
            return days, of
    return None


def plainest_price(row: Billed, share: tuple[int, int] | None, currency: str) -> Decimal:
    """The row's price with as few digits as still give its net: 147.943157 for 141 seats, not all ten that it has."""
    days, of = share or (1, 1)
    for digits in range(minor_digits(currency), _MOST_DIGITS):
        price = row.unit_price.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        exact = price * row.quantity * days / of
        if row.net in (round_half_up(exact, currency), round_down(exact, currency)):
            return price
    return row.unit_price


def _period_lengths(day: date) -> tuple[int, ...]:
    month = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - day.replace(day=1)).days
    return tuple(dict.fromkeys((month, 30, 31, 365, 366)))


def _line(row: Billed, currency: str) -> PaperLine:
    share = share_of_period(row, currency=currency)
    is_sum = share is not None or round_half_up(row.quantity * row.unit_price, currency) == row.net
    return PaperLine(
        key=row.key,
        name=row.name,
        net=row.net,
        percent=row.percent,
        treatment=row.treatment,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        # A price that does not give the amount would only be argued about: then the amount stands alone.
        quantity=row.quantity if row.quantity and is_sum else None,
        unit_price=plainest_price(row, share, currency) if row.quantity and is_sum else None,
        share=share,
        subject=row.subject,
    )


def _pairs(rows: Iterable[Billed]) -> dict[str, Billed | None]:
    """Charges with the refund of the same change of seats; the refund itself maps to None: it has no line."""
    open_refunds: dict[tuple[str, ...], list[Billed]] = defaultdict(list)
    rows = [row for row in rows if row.subscription and row.category != USAGE and row.quantity]
    for row in rows:
        if row.net < ZERO:
            open_refunds[_change_key(row)].append(row)
    paired: dict[str, Billed | None] = {}
    for row in rows:
        refunds = open_refunds.get(_change_key(row))
        if row.net > ZERO and refunds:
            refund = refunds.pop(0)
            paired[row.key], paired[refund.key] = refund, None
    return paired


def _change_key(row: Billed) -> tuple[str, ...]:
    return (row.subscription, row.name, str(row.starts_on), str(row.ends_on), str(row.percent), row.treatment)


def _seat_change(charge: Billed, refund: Billed, currency: str) -> PaperLine:
    seats_before, seats_after = abs(refund.quantity), abs(charge.quantity)
    difference = seats_after - seats_before
    whole = replace(charge, net=charge.net + refund.net, quantity=difference)
    share = share_of_period(whole, currency=currency)
    is_sum = share is not None or round_half_up(difference * charge.unit_price, currency) == whole.net
    return replace(
        _line(whole, currency),
        share=share,
        quantity=difference if difference else None,
        unit_price=plainest_price(whole, share, currency) if is_sum and difference else None,
        refunded=refund.net,
        charged=charge.net,
        seats_before=seats_before,
        seats_after=seats_after,
    )


def _by_sum(rows: Iterable[Billed]) -> dict[tuple[str, ...], list[Billed]]:
    groups: dict[tuple[str, ...], list[Billed]] = defaultdict(list)
    for row in rows:
        if row.category == USAGE:
            groups[_sum_key(row)].append(row)
    return groups


def _sum_key(row: Billed) -> tuple[str, ...]:
    return (row.product or row.name, row.subject, str(row.percent), row.treatment)


def _sum_line(rows: Sequence[Billed]) -> PaperLine:
    first = rows[0]
    return PaperLine(
        key=first.key,
        name=first.product or first.name,
        net=add_up(row.net for row in rows),
        percent=first.percent,
        treatment=first.treatment,
        starts_on=min((row.starts_on for row in rows if row.starts_on), default=None),
        ends_on=max((row.ends_on for row in rows if row.ends_on), default=None),
        is_by_use=True,
        subject=first.subject,
    )


def _usage(row: Billed) -> Usage:
    return Usage(
        group=row.product or row.name,
        name=row.name,
        net=row.net,
        quantity=row.quantity or None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
