"""Fees of our own, every month while they hold: a part of a month pays its days."""

from __future__ import annotations

from dataclasses import dataclass
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
