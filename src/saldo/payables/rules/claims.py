"""By which day something must be claimed from Microsoft (reference 2). Days only; each function names its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from saldo.core.money import ZERO
from saldo.core.periods import Month, anchored

ClaimKind = Literal["dispute", "sla-credit", "fraud-credit", "cancellation-window", "withholding"]
CLAIM_KINDS: tuple[ClaimKind, ...] = (
    "dispute",
    "sla-credit",
    "fraud-credit",
    "cancellation-window",
    "withholding",
)

FRAUD_DAYS = 60
WINDOW_DAYS = 7
CERTIFICATE_DAYS = 30
_SLA_MONTHS = {"azure": 2}
_BUYING = frozenset({"new", "renew", "addquantity", "convert"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase, renewal or addition of seats that may still be taken back."""

    subscription: str
    customer: str
    product: str
    charge_type: str
    ordered_on: date | None
    charge_starts_on: date | None
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Until when one subscription may be cancelled, or its seats taken down, and what that is about."""

    subscription: str
    customer: str
    product: str
    opened_on: date
    last_day: date
    currency: str
    value: Decimal


def sla_claim_by(*, incident_on: date, service: str) -> date:
    """The last day to claim a credit for an outage: Azure two months after the end of its month, all else one.

    ``service`` is "azure" or another word. The end of February counts to the 28th or 29th, never to a later day.
    """
    month = Month.of(incident_on)
    return anchored(month.plus(_SLA_MONTHS.get(service.lower(), 1)), month.ends_on.day)


def fraud_claim_by(*, first_use_on: date) -> date:
    """The last day to ask for Azure's credit for fraudulent use: 60 calendar days, the first of them the next one."""
    return first_use_on + timedelta(days=FRAUD_DAYS)


def certificate_by(*, paid_on: date) -> date:
    """By when the certificate of a tax withheld is chased: our own rule, 30 days after the payment."""
    return paid_on + timedelta(days=CERTIFICATE_DAYS)


def open_windows(*, purchases: Iterable[Purchase], today: date) -> tuple[Window, ...]:
    """The cancellation windows still open today, those that close first before the others, one a subscription.

    Seven times 24 hours run from the order, so the seventh day is already a risk: the last day is the sixth after it.
    """
    found: dict[tuple[str, str, date], Window] = {}
    for one in purchases:
        opened_on = _opened_on(one)
        if opened_on is None or one.charge_type.lower().replace(" ", "") not in _BUYING:
            continue
        last_day = opened_on + timedelta(days=WINDOW_DAYS - 1)
        if not opened_on <= today <= last_day:
            continue
        key = (one.customer, one.subscription, opened_on)
        before = found[key].value if key in found else ZERO
        found[key] = Window(
            subscription=one.subscription,
            customer=one.customer,
            product=one.product,
            opened_on=opened_on,
            last_day=last_day,
            currency=one.currency,
            value=before + one.amount,
        )
    return tuple(sorted(found.values(), key=lambda one: (one.last_day, one.customer, one.subscription)))


def _opened_on(purchase: Purchase) -> date | None:
    """The later of order and begin of the charge: a renewal is ordered long before it begins."""
    days = [day for day in (purchase.ordered_on, purchase.charge_starts_on) if day is not None]
    return max(days) if days else None
