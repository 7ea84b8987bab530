"""What a document comes to: net, tax of each rate, and each line's share of the tax (docs/algorithms/totals.md).

Two modes. By line: every line's tax is rounded, the tax is their sum. By rate: the lines of one rate are summed, the
tax is rounded once, and the lines share it, so that the shares add up to it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from saldo.core.money import ZERO, add_up, minor_digits, round_half_up
from saldo.core.problems import Refused

Rounding = Literal["by-line", "by-rate"]
MODES: tuple[Rounding, ...] = ("by-line", "by-rate")
_HUNDRED = Decimal(100)


class UnableToTotal(Refused):
    """A rounding mode that nobody defined."""


class Taxed(NamedTuple):
    """One line as tax sees it: its net, in the document's currency and minor units, and how it is taxed."""

    net: Decimal
    treatment: str
    percent: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxOfRate:
    """All lines of one treatment and rate: what is taxed, and the tax."""

    treatment: str
    percent: Decimal
    base: Decimal
    tax: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A document's sums; ``line_taxes`` are the lines' shares of ``tax``, in their order."""

    net: Decimal
    tax: Decimal
    taxes: tuple[TaxOfRate, ...]
    line_taxes: tuple[Decimal, ...]

    @property
    def gross(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.tax


def total(*, lines: Sequence[Taxed], currency: str, rounding: Rounding = "by-rate") -> Totals:
    """The sums of a document in its currency, all figures in whole minor units, halves rounded away from zero.

    Refuses (UnableToTotal): invoicing.totals.unknown-rounding.
    """
    if rounding not in MODES:
        raise UnableToTotal(code="invoicing.totals.unknown-rounding", facts={"rounding": rounding})
    places: dict[tuple[str, Decimal, str], list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault((line.treatment, line.percent, line.reason), []).append(place)
    taxes: list[TaxOfRate] = []
    line_taxes = [ZERO] * len(lines)
    for (treatment, percent, reason), found in places.items():
        nets = [lines[place].net for place in found]
        shares = _by_line(nets, percent, currency) if rounding == "by-line" else _by_rate(nets, percent, currency)
        for place, share in zip(found, shares, strict=True):
            line_taxes[place] = share
        taxes.append(
            TaxOfRate(treatment=treatment, percent=percent, base=add_up(nets), tax=add_up(shares), reason=reason)
        )
    taxes.sort(key=lambda tax: (-tax.percent, tax.treatment, tax.reason))
    net, tax = add_up(line.net for line in lines), add_up(line_taxes)
    return Totals(net=net, tax=tax, taxes=tuple(taxes), line_taxes=tuple(line_taxes))


def furthest_apart(*, lines: int, rates: int, currency: str) -> Decimal:
    """How far the taxes of the two modes can be apart: half a minor unit for each line and each rate."""
    return Decimal(lines + rates).scaleb(-minor_digits(currency)) / 2


def _by_line(nets: Sequence[Decimal], percent: Decimal, currency: str) -> list[Decimal]:
    return [round_half_up(net * percent / _HUNDRED, currency) for net in nets]


def _by_rate(nets: Sequence[Decimal], percent: Decimal, currency: str) -> list[Decimal]:
    if not percent:
        return [ZERO] * len(nets)
    tax = round_half_up(add_up(nets) * percent / _HUNDRED, currency)
    if len(nets) == 1:
        return [tax]
    return _share(tax, nets, percent, currency)


def _share(tax: Decimal, nets: Sequence[Decimal], percent: Decimal, currency: str) -> list[Decimal]:
    """As `core.money.share_out` of each line's exact tax, in whole numbers: a month has 200,000 lines."""
    digits = minor_digits(currency)
    share, of = (percent / _HUNDRED).as_integer_ratio()
    exact = [int(net.scaleb(digits)) * share for net in nets]
    units = [one // of for one in exact]
    missing = int(tax.scaleb(digits)) - sum(units)
    by_rest = sorted(range(len(units)), key=lambda place: (units[place] * of - exact[place], place))
    for place in by_rest[:missing]:
        units[place] += 1
    return [Decimal(one).scaleb(-digits) for one in units]
