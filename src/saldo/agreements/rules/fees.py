"""Fees of our own, every month while they hold: a part of a month pays its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from saldo.agreements.rules.exchange import round_exact
from saldo.core.periods import Month, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFee:
    """One fee of one debtor, from its first day up to, not including, ``ends_before``."""

    code: str
    name: str  # as it stands on the invoice
    debtor: str
    tenant: str = ""
    quantity: Decimal
    unit_price: Decimal  # a month
    currency: str
    starts_on: date
    ends_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeOfMonth:
    """What a fee charges for one month, and for which of its days."""

    fee: ServiceFee
    period: Period
    part: Fraction
    net: Decimal


def in_force(versions: Sequence[ServiceFee]) -> tuple[ServiceFee, ...]:
    """Each fee up to where a newer one of the same debtor, tenant and code begins; versions come oldest first.

    Of two that begin on one day the one given later holds.
    """
    following: dict[tuple[str, str, str], date] = {}
    found = []
    for fee in reversed(versions):
        key = (fee.debtor, fee.tenant, fee.code)
        next_on = following.get(key)
        following[key] = fee.starts_on
        if next_on is None:
            found.append(fee)
        elif next_on > fee.starts_on:
            found.append(replace(fee, ends_before=min(next_on, fee.ends_before or next_on)))
    return tuple(reversed(found))


def fee_of_month(fee: ServiceFee, month: Month) -> FeeOfMonth | None:
    """Quantity × price × days held / days of the month, rounded half up once; None where it holds on no day of it."""
    whole = Period.inclusive(month.starts_on, month.ends_on)
    ends_before = fee.ends_before or max(whole.ends_before, fee.starts_on)
    held = whole.overlap(Period(fee.starts_on, max(ends_before, fee.starts_on)))
    if held is None:
        return None
    part = Fraction(held.days, whole.days)
    net = round_exact(Fraction(fee.quantity) * Fraction(fee.unit_price) * part, fee.currency)
    return FeeOfMonth(fee=fee, period=held, part=part, net=net)
