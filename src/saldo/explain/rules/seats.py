"""Rule 9: seats in both periods. Seats, days, list price, discount, rate: what moved shares the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from saldo.explain.rules.compare import Difference
from saldo.explain.rules.explanation import Code, Fact
from saldo.explain.rules.factors import Factor, Term, mean_of, share_change
from saldo.explain.rules.products import ProductRows, split_by_product
from saldo.explain.rules.reading import ReadLine
from saldo.explain.rules.seat_events import Part, part_of
from saldo.explain.rules.settling import Settled, Share, figure, settle
from saldo.explain.rules.usage import rates


def tell_seats(difference: Difference, currency: str) -> Settled:
    """The factors of each product share its change; products of one subscription are added up code by code."""
    part = part_of(difference)
    shares: dict[Code, Share] = {}
    follows = True
    for rows in split_by_product(difference.before, difference.after):
        follows = follows and rows.follow_arithmetic
        for code, share in _share_product(rows, part, currency).items():
            so_far = shares.get(code)
            shares[code] = share if so_far is None else _add(so_far, share)
    return settle(difference, shares, currency=currency, follows_arithmetic=follows)


def _add(one: Share, other: Share) -> Share:
    """The larger of two shares tells the story of both."""
    larger = one if abs(one.exact) >= abs(other.exact) else other
    return Share(exact=one.exact + other.exact, variant=larger.variant, facts=larger.facts)


def _share_product(rows: ProductRows, part: Part | None, currency: str) -> dict[Code, Share]:
    sides = _both_sides(rows)
    if sides is None:
        return _share_whole(rows, part)
    told = _told(rows, *sides, currency)
    if part is not None:
        told[part.code] = (part.variant, part.facts)
        factors = [Factor(part.code, sides[0].units, sides[1].units)]
    else:
        factors = _seats_and_days(rows, sides, told)
    factors += _prices(rows, *sides)
    exact = share_change(factors)
    return {code: Share(exact=exact[code], variant=told[code][0], facts=told[code][1]) for code in exact}


def _share_whole(rows: ProductRows, part: Part | None) -> dict[Code, Share]:
    """Rows that are no product of factors: the event has them, or parts of cycles, or nobody where they are misread."""
    if part is None and not rows.follow_arithmetic:
        return {}
    code, variant, facts = part.told if part else ("proration", "part", _days(rows))
    return {code: Share(exact=Fraction(rows.change), variant=variant, facts=facts)}


def _both_sides(rows: ProductRows) -> tuple[Term, Term] | None:
    """Means of both periods; a period without the product, or that came to nothing, has no units of it."""
    old, new = (mean_of([line.term for line in side]) for side in (rows.before, rows.after))
    if rows.has_unread or (old is None and new is None):
        return None
    if old is None and new is not None and not rows.sum_before:
        old = Term(units=Fraction(0), price=new.price, kept=new.kept, rate=new.rate)
    if new is None and old is not None and not rows.sum_after:
        new = Term(units=Fraction(0), price=old.price, kept=old.kept, rate=old.rate)
    return (old, new) if old is not None and new is not None else None


def _prices(rows: ProductRows, old: Term, new: Term) -> list[Factor]:
    """List price, discount and rate. A list price shown anew while the price paid stands is no change (reference 2)."""
    rate = Factor("exchange-rate", old.rate, new.rate)
    if old.price * old.kept == new.price * new.kept:
        paid = old.price * old.kept
        return [Factor("price-changed", paid, paid), rate]
    return [*_listed(rows, old, new), Factor("promotion-changed", old.kept, new.kept), rate]


def _listed(rows: ProductRows, old: Term, new: Term) -> list[Factor]:
    """The price of a seat; on the price side Microsoft's part of it and ours, where the rules tell them apart."""
    before, after = rows.own_before, rows.own_after
    if not rows.has_other_rule and "own" not in (before.basis, after.basis):
        return [Factor("price-changed", old.price, new.price)]
    if before.basis == after.basis and before.basis in ("cost", "list"):
        return [
            Factor("price-changed", old.price / before.own, new.price / after.own),
            Factor("partner-price", before.own, after.own),
        ]
    return [Factor("partner-price", old.price, new.price)]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Seats of a period, and how many cycles (or which part of one) they are charged for."""

    seats: Fraction
    cycles: Fraction


def _seats_and_days(
    rows: ProductRows, sides: tuple[Term, Term], told: dict[Code, tuple[str, Mapping[str, Fact]]]
) -> list[Factor]:
    """No event says why: other seats are seats added or removed, other days are the calendar's or a short cycle's."""
    old = _stretch(rows.before or rows.after, sides[0].units)
    new = _stretch(rows.after or rows.before, sides[1].units)
    seats: Code = "seats-added" if new.seats > old.seats else "seats-removed"
    is_whole = all(line.is_whole_cycle for line in (*rows.before, *rows.after))
    days: Code = "calendar-days" if is_whole else "proration"
    told[seats] = ("between", _seat_counts(old.seats, new.seats))
    told[days] = ("changed" if is_whole else "part", _days(rows))
    return [Factor(seats, old.seats, new.seats), Factor(days, old.cycles, new.cycles)]


def _stretch(lines: Sequence[ReadLine], units: Fraction) -> _Stretch:
    """Rows of the same days add their seats, rows of other days their days."""
    shares = {(line.item.charge_starts_on, line.item.charge_ends_on): line.cycle.share for line in lines}
    cycles = sum(shares.values(), Fraction(0))
    return _Stretch(seats=units / cycles, cycles=cycles)


def _told(rows: ProductRows, old: Term, new: Term, currency: str) -> dict[Code, tuple[str, Mapping[str, Fact]]]:
    item = (rows.after or rows.before)[-1].item
    foreign = item.pricing_currency or currency
    prices: dict[str, Fact] = {
        "price_before": figure(old.price),
        "price_after": figure(new.price),
        "pricing_currency": foreign,
        "seats": item.quantity,
    }
    discounts: dict[str, Fact] = {
        "discount_before": figure(1 - old.kept),
        "discount_after": figure(1 - new.kept),
    }
    variant = "ended" if new.kept == 1 else "began" if old.kept == 1 else "changed"
    return {
        "price-changed": ("changed", prices),
        "partner-price": ("changed", prices),
        "promotion-changed": (variant, discounts),
        "exchange-rate": ("changed", rates(old, new, foreign)),
    }


def _seat_counts(before: Fraction, after: Fraction) -> dict[str, Fact]:
    return {
        "seats": figure(abs(after - before)),
        "seats_before": figure(before),
        "seats_after": figure(after),
    }


def _days(rows: ProductRows) -> dict[str, Fact]:
    return {"days_before": _days_of(rows.before), "days_after": _days_of(rows.after)}


def _days_of(lines: Sequence[ReadLine]) -> int:
    stretches = {
        (line.item.charge_starts_on, line.item.charge_ends_on): line.cycle.days for line in lines if line.quantity > 0
    }
    return sum(stretches.values())
