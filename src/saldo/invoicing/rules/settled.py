"""What was billed already, and what is left to bill: no charge twice, also when Microsoft sends its file again.

A line is known again by file and row. Where its file was replaced, or its document re-issued under a new number, it is
known by what it charges: the same tenant, product, days, quantity and cost is the same charge, however it came.
Where a correction took it back and its old file counts again, it is billed anew, as one more mirror of the first line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from saldo.charges.rules.line import LineItem
from saldo.invoicing.rules.lines import Billable, DraftLine
from saldo.invoicing.rules.rating import TAKEN_BACK, Bucketed, RatedLine

BILLED_BEFORE = "invoicing.line.billed-before"
NO_LONGER_CHARGED = "invoicing.line.no-longer-charged"

_Content = tuple[str, str, str, str, str, date | None, date | None, Decimal, Decimal, str]


class SettledLine(NamedTuple):
    """A line of ours on an issued document; ``net`` and ``cost`` are what its mirrors left of it."""

    id: int
    number: str  # of the document
    debtor: str
    currency: str
    line: DraftLine
    net: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftToBill:
    """What a month still asks of a debtor: lines never billed, lines known again, lines that are gone.

    ``anew`` names, by file and row, the first line of those new ones that were billed, taken back and charged again.
    """

    new: tuple[LineItem, ...]
    anew: Mapping[tuple[str, int], int] = field(default_factory=dict)
    again: tuple[tuple[LineItem, SettledLine], ...]
    gone: tuple[SettledLine, ...]


def left_to_bill(
    *, items: Sequence[LineItem], settled: Sequence[SettledLine], elsewhere: Collection[str] = ()
) -> LeftToBill:
    """Compare what Microsoft charges now with what was issued.

    What stands in a file that counts ``elsewhere``, in another month, has moved and is not gone.
    """
    by_place = {(one.line.file, one.line.row): one for one in settled if one.line.file}
    here = {(item.file, item.row) for item in items}
    missing: dict[_Content, list[SettledLine]] = {}
    for place, one in by_place.items():
        if place not in here and one.line.file not in elsewhere and (one.cost or one.net):
            missing.setdefault(_content_of_line(one.line), []).append(one)
    new: list[LineItem] = []
    again: list[tuple[LineItem, SettledLine]] = []
    anew: dict[tuple[str, int], int] = {}
    for item in items:
        place = (item.file, item.row)
        if place in by_place:
            if _was_taken_back(item, by_place[place]):
                new.append(item)
                anew[place] = by_place[place].id
            continue
        same = missing.get(_content_of_item(item)) if missing else None
        if same:
            again.append((item, same.pop(0)))
        else:
            new.append(item)
    gone = tuple(one for rest in missing.values() for one in rest)
    return LeftToBill(new=tuple(new), anew=anew, again=tuple(again), gone=gone)


def _was_taken_back(item: LineItem, settled: SettledLine) -> bool:
    """A correction of Saldo's takes the cost back with the money; a person's leaves it, and nobody is billed again."""
    return bool(item.amount) and not settled.cost


def mirror_of(settled: SettledLine) -> Billable:
    """The correction that takes back what is left of an issued line that Microsoft no longer charges."""
    line = settled.line._replace(
        because=NO_LONGER_CHARGED,
        mirrors_line=settled.id,
        quantity=-settled.line.quantity,
        net=-settled.net,
        cost=-settled.cost,
    )
    return Billable(line, settled.currency, original=settled.number)


def known_again(item: LineItem, settled: SettledLine) -> DraftLine:
    """The row of a new file that charges what was billed from an older one: the evidence moves, no money does."""
    zero = Decimal(0)
    return settled.line._replace(
        because=BILLED_BEFORE,
        facts={"number": settled.number},
        decided_by="",
        file=item.file,
        row=item.row,
        document=item.document,
        mirrors_line=settled.id,
        net=zero,
        tax=zero,
        cost=zero,
    )


def cancel_out(rated: Sequence[RatedLine]) -> tuple[list[RatedLine], list[Bucketed]]:
    """Voided and charged anew within one month: the two lines vanish together from the customer's document.

    Only lines of documents that void or amend are taken; a seat returned by the customer stays in sight.
    """
    voids = [place for place, one in enumerate(rated) if one.item.amends and one.item.amount < 0]
    if not voids:
        return list(rated), []
    charged: dict[_Content, list[int]] = {}
    for place, one in enumerate(rated):
        if one.item.amount > 0:
            charged.setdefault(_without_sign(one.item), []).append(place)
    pairs: list[int] = []
    for place in voids:
        void = rated[place].item
        found = next(
            (
                other
                for other in charged.get(_without_sign(void), ())
                if rated[other].item.amends or rated[other].item.document in void.amends
            ),
            None,
        )
        if found is not None:
            charged[_without_sign(void)].remove(found)
            pairs += [place, found]
    gone = set(pairs)
    left = [one for place, one in enumerate(rated) if place not in gone]
    vanished = [Bucketed(rated[place].item, "not-billed", TAKEN_BACK, {}) for place in sorted(gone)]
    return left, vanished


def credits_of(item: LineItem, settled_before: Iterable[SettledLine]) -> str:
    """The issued document that a credit gives back: named by Microsoft's document, else by subscription and days."""
    overlapping = ""
    for one in settled_before:
        line = one.line
        if line.document and line.document in item.amends:
            return one.number
        same = (line.customer, line.subscription, line.product_id) == (
            item.customer,
            item.subscription,
            item.product_id,
        )
        if not overlapping and same and _overlap(line, item):
            overlapping = one.number
    return overlapping


def _overlap(line: DraftLine, item: LineItem) -> bool:
    if not (line.starts_on and line.ends_on and item.charge_starts_on and item.charge_ends_on):
        return False
    return line.starts_on <= item.charge_ends_on and item.charge_starts_on <= line.ends_on


def _content_of_line(line: DraftLine) -> _Content:
    return (
        line.customer,
        line.subscription,
        line.product_id,
        line.sku_id,
        line.charge_type.casefold(),
        line.starts_on,
        line.ends_on,
        abs(line.quantity).normalize(),
        line.cost.normalize(),
        line.cost_currency,
    )


def _content_of_item(item: LineItem) -> _Content:
    return (
        item.customer,
        item.subscription,
        item.product_id,
        item.sku_id,
        item.charge_type.casefold(),
        item.charge_starts_on,
        item.charge_ends_on,
        abs(item.quantity).normalize(),
        item.amount.normalize(),
        item.currency,
    )


def _without_sign(item: LineItem) -> _Content:
    content = _content_of_item(item)
    return (*content[:4], "", *content[5:8], abs(content[8]), content[9])
