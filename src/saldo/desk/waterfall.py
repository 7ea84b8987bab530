"""The waterfall of a change: reasons in the order the eye walks them, bars in per cent of the axis.

Pure arithmetic: amounts in, positions out. The chain starts at the first total, each bar starts where the one before
ended, and the last ends at the second total; nothing ever leaves 0..100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

Direction = Literal["up", "down", "flat"]

INTERVALS = 4
"""Grid lines stand at quarters; the first, the middle and the last are written."""

SHOWN_AT_MOST = 12
"""More reasons than this fold the smallest into one row (design, part Waterfall)."""

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
_NICE = tuple(Decimal(text) for text in ("1", "2", "2.5", "5", "10"))
_PLACES = Decimal("0.01")
_THINNEST = Decimal("0.40")  # a cent must still be seen beside a million


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The stretch of amounts that the bars share; ``is_cut`` when it starts above zero."""

    lowest: Decimal
    step: Decimal
    is_cut: bool

    @property
    def highest(self) -> Decimal:
        """The amount at its right end."""
        return self.lowest + self.step * INTERVALS

    @property
    def written(self) -> tuple[Decimal, Decimal, Decimal]:
        """The amounts that stand over the bars: left end, middle, right end."""
        return self.lowest, self.lowest + self.step * (INTERVALS // 2), self.highest

    def place(self, amount: Decimal) -> Decimal:
        """Where an amount stands, in per cent from the left, two decimals."""
        share = (amount - self.lowest) / (self.step * INTERVALS) * _HUNDRED
        return min(max(share, _ZERO), _HUNDRED).quantize(_PLACES, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: where it is drawn and where the chain comes in and goes out, all in per cent of the axis."""

    direction: Direction
    left: Decimal
    width: Decimal
    comes_in: Decimal
    goes_out: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One reason on its place: the index it had in the input, its amount, its bar."""

    index: int
    amount: Decimal
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """The smallest reasons as one row that opens; ``amount`` is their sum."""

    amount: Decimal
    bar: Bar
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """From one total to the next: shown steps, the fold if any, the unexplained rest if any."""

    axis: Axis
    before: Bar
    steps: tuple[Step, ...]
    fold: Fold | None
    unexplained: Bar | None
    after: Bar


def walking_order(changes: Sequence[Decimal]) -> list[int]:
    """Increases first, largest first, then nothing, then decreases, smallest first: up once, down once."""
    return sorted(range(len(changes)), key=lambda index: (_walk(changes[index]), -changes[index], index))


def draw_waterfall(*, before: Decimal, changes: Sequence[Decimal], after: Decimal) -> Waterfall:
    """Draw the chain from ``before`` over all changes to ``after``; what they leave open is the unexplained bar."""
    order = walking_order(changes)
    shown, folded = _fold(changes, order)
    chain = [before]
    for index in [*shown, *folded]:
        chain.append(chain[-1] + changes[index])
    axis = choose_axis([*chain, after])
    steps = _steps(axis, before, shown, changes)
    mid = chain[len(shown)]
    inner = _steps(axis, mid, folded, changes)
    fold = Fold(amount=chain[-1] - mid, bar=_between(axis, mid, chain[-1]), steps=inner) if folded else None
    rest = _between(axis, chain[-1], after) if after != chain[-1] else None
    return Waterfall(
        axis=axis,
        before=_total(axis, before),
        steps=steps,
        fold=fold,
        unexplained=rest,
        after=_total(axis, after),
    )


def choose_axis(amounts: Sequence[Decimal]) -> Axis:
    """The shortest axis with round steps that holds all amounts; zero is left out where it would flatten the bars."""
    low, high = min(amounts), max(amounts)
    is_cut = low > 0 and (high - low) * 2 < high
    if not is_cut:
        low, high = min(low, _ZERO), max(high, _ZERO)
    step = _nice_step((high - low) / INTERVALS if high > low else abs(high) / 8)
    while True:
        # A cut axis leaves the smaller total a stub of at least half a step, else it would look like nothing.
        start = low - step / 2 if is_cut else low
        grain = step / 2 if is_cut else step
        lowest = (start / grain).to_integral_value(rounding=ROUND_FLOOR) * grain
        if lowest + step * INTERVALS >= high:
            break
        step = _nice_step(step * Decimal("1.01"))
    return (
        Axis(lowest=max(lowest, _ZERO), step=step, is_cut=True)
        if is_cut and lowest > 0
        else Axis(lowest=lowest, step=step, is_cut=False)
    )


def _walk(amount: Decimal) -> int:
    return 0 if amount > 0 else 1 if amount == 0 else 2


def _fold(changes: Sequence[Decimal], order: list[int]) -> tuple[list[int], list[int]]:
    if len(order) <= SHOWN_AT_MOST:
        return order, []
    largest = set(sorted(order, key=lambda index: (-abs(changes[index]), index))[: SHOWN_AT_MOST - 1])
    return [index for index in order if index in largest], [index for index in order if index not in largest]


def _steps(axis: Axis, start: Decimal, indices: Sequence[int], changes: Sequence[Decimal]) -> tuple[Step, ...]:
    steps, level = [], start
    for index in indices:
        steps.append(Step(index=index, amount=changes[index], bar=_between(axis, level, level + changes[index])))
        level += changes[index]
    return tuple(steps)


def _between(axis: Axis, start: Decimal, end: Decimal) -> Bar:
    direction: Direction = "up" if end > start else "down" if end < start else "flat"
    comes_in, goes_out = axis.place(start), axis.place(end)
    width = max(abs(goes_out - comes_in), _THINNEST)
    left = min(min(comes_in, goes_out), _HUNDRED - width)
    return Bar(direction=direction, left=left, width=width, comes_in=comes_in, goes_out=goes_out)


def _total(axis: Axis, amount: Decimal) -> Bar:
    foot = axis.place(max(_ZERO, axis.lowest) if axis.is_cut else _ZERO)
    top = axis.place(amount)
    return Bar(direction="flat", left=min(foot, top), width=abs(top - foot), comes_in=top, goes_out=top)


def _nice_step(least: Decimal) -> Decimal:
    if least <= 0:
        return Decimal(1)
    unit = Decimal(1).scaleb(least.adjusted())
    times = (least / unit).quantize(Decimal("0.000001"), rounding=ROUND_CEILING)
    return next(nice * unit for nice in _NICE if nice >= times)
