"""The price before partner earned credit, so that a credit lost or won never moves a customer's price (practice 6).

The credit is never a line of its own: it lowers the effective price and stands in the text of price adjustments with
its percentage (reference 9). The base of a markup is therefore put together from the list price and the other
adjustments; the charge itself, which Microsoft cut after taking the credit off, is the base only where these do not
give it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from saldo.agreements.rules.exact import ONE, Exact, is_between, over, times
from saldo.core.money import ZERO, minor_unit

_ADJUSTMENT = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*([^\"\],;]*)")
_EARNED = re.compile(r"partner.?earned|\bPEC\b", re.IGNORECASE)


class Adjustments(NamedTuple):
    """What the adjustments of a row leave of its list price, and the share of the earned credit among them."""

    kept: Fraction  # by everything but the earned credit
    earned: Fraction


def read_adjustments(text: str) -> Adjustments:
    """Read PriceAdjustmentDescription, ``["15.0% Partner earned credit…"]``; what has no figure says nothing."""
    kept, earned = _shares(text)
    return Adjustments(Fraction(kept), Fraction(earned))


@lru_cache(maxsize=4096)
def _shares(text: str) -> tuple[Decimal, Decimal]:
    kept, earned = ONE, ZERO
    for percent, name in _ADJUSTMENT.findall(text):
        share = min(Decimal(percent).scaleb(-2), ONE)
        if _EARNED.search(name):
            earned = max(earned, share)
        else:
            kept *= 1 - share
    return kept, earned


def before_credit(
    *, at_list: Exact, cost: Decimal, adjustments: str, rate: Decimal, currency: str, pricing_currency: str
) -> Exact:
    """What Microsoft would charge without the credit, exact, in the currency of ``cost``, signed like it.

    ``at_list`` is the row at list price in the currency of ``cost``. A charge anywhere between list price with the
    whole credit and without it, give or take Microsoft's own two cuts (in pricing, then in billing currency), had the
    credit for some of its days. Where the list price does not explain the charge, it is the charge itself, divided by
    what the credit left of it.
    """
    kept, earned = _shares(adjustments)
    listed, left = times(at_list, kept), 1 - earned
    slack = minor_unit(currency) + minor_unit(pricing_currency or currency) * (rate or ONE)
    if is_between(cost, times(listed, left), listed, slack=slack):
        return listed
    return over(Exact(cost), left) if left else listed
