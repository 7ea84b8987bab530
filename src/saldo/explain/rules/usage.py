"""Rule 8: usage of one meter in both periods is volume, price of a unit, and exchange rate; nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from saldo.explain.rules.bill import BillLine
from saldo.explain.rules.compare import Difference
from saldo.explain.rules.explanation import Code, Fact
from saldo.explain.rules.factors import Factor, Term, mean_of, share_change
from saldo.explain.rules.reading import read_usage
from saldo.explain.rules.settling import Settled, Share, figure, settle, settle_whole


def tell_usage(difference: Difference, currency: str) -> Settled:
    """Volume, price and rate share the change; a meter on one side only is volume alone."""
    if not difference.before or not difference.after:
        return _tell_one_sided(difference, currency)
    old, new = (mean_of([read_usage(line.item) for line in side]) for side in (difference.before, difference.after))
    if old is None or new is None:
        return settle_whole(difference, "usage-volume", "changed", _volumes(difference), currency=currency)
    item = difference.after[0].item
    foreign = item.pricing_currency or currency
    exact = share_change(
        (
            Factor("usage-volume", old.units, new.units),
            Factor("usage-price", old.price, new.price),
            Factor("exchange-rate", old.rate, new.rate),
        )
    )
    facts: dict[Code, dict[str, Fact]] = {
        "usage-volume": _volumes(difference),
        "usage-price": {
            "price_before": figure(old.price),
            "price_after": figure(new.price),
            "unit": item.unit_type,
            "meter": item.meter_name or item.product_name,
            "pricing_currency": foreign,
        },
        "exchange-rate": rates(old, new, foreign),
    }
    shares = {code: Share(exact=exact[code], variant="changed", facts=facts[code]) for code in exact}
    return settle(difference, shares, currency=currency)


def rates(old: Term, new: Term, pricing_currency: str) -> dict[str, Fact]:
    """What a sentence about a rate needs."""
    return {
        "rate_before": figure(old.rate),
        "rate_after": figure(new.rate),
        "pricing_currency": pricing_currency,
    }


def _tell_one_sided(difference: Difference, currency: str) -> Settled:
    variant = "new-meter" if difference.after else "gone-meter"
    facts = _volumes(difference)
    facts.pop("quantity_before" if difference.after else "quantity_after")
    return settle_whole(difference, "usage-volume", variant, facts, currency=currency)


def _volumes(difference: Difference) -> dict[str, Fact]:
    item = (difference.after or difference.before)[0].item
    return {
        "quantity_before": figure(_units(difference.before)),
        "quantity_after": figure(_units(difference.after)),
        "unit": item.unit_type,
        "meter": item.meter_name or item.product_name,
    }


def _units(lines: Sequence[BillLine]) -> Fraction:
    return sum((read_usage(line.item).units for line in lines), Fraction(0))
