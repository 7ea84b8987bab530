"""One row of an invoice and the figures it is made of; the amount follows from them and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from saldo.core.money import minor_digits
from saldo.generator.catalogue import Product
from saldo.generator.names import Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the reconciliation file.

    ``sign`` is -1 on refunds, 0 on trials. ``days`` of ``cycle_days`` are charged.
    ``rate`` turns pricing into billing currency.
    """

    customer: Customer
    product: Product
    subscription: str
    charge_type: str
    ordered_on: date
    quantity: Decimal
    unit_price: Decimal
    starts_on: date
    ends_on: date | None
    currency: str
    sign: int = 1
    days: int = 1
    cycle_days: int = 1
    discount: Decimal = Decimal(0)
    rate: Decimal = Decimal(1)
    pricing_currency: str = ""
    reference: str = ""
    promotion: str = ""
    frequency: str = "Monthly"
    term_text: str = "One-Year commitment for monthly/yearly billing"
    term: tuple[date, date] | None = None
    qualifiers: str = ""
    credit_reason: str = ""
    adjustments: str = ""
    reservation_order: str = ""
    description: str = ""
    order_id: str = ""
    unit_type: str = ""
    meter: str = ""
    category: str = ""
    is_usage: bool = False
    is_legacy: bool = False
    subtotal: Decimal = field(init=False, compare=False)  # before tax, in billing currency

    def __post_init__(self) -> None:
        object.__setattr__(self, "subtotal", self._charged())

    @property
    def effective_price(self) -> Fraction:
        """Price of one unit after discount, for the days charged, signed (reference 8.3)."""
        return (
            self.sign * Fraction(self.unit_price) * (1 - Fraction(self.discount)) * Fraction(self.days, self.cycle_days)
        )

    def _charged(self) -> Decimal:
        """What the row costs before tax: cut to the minor unit (reference 8.3 A, 8.4), legacy rounded (8.1)."""
        if self.is_legacy:
            return rounded(self.effective_price * Fraction(self.quantity), self.currency)
        if self.is_usage:
            priced = cut(self.effective_price * Fraction(self.quantity), self.pricing_currency)
            return cut(Fraction(priced) * Fraction(self.rate), self.currency)
        return cut(self.effective_price * Fraction(self.quantity) * Fraction(self.rate), self.currency)

    @property
    def weight(self) -> Fraction:
        """Units times the share of the cycle that is charged, signed: what the list price is multiplied with."""
        return self.sign * Fraction(self.quantity) * Fraction(self.days, self.cycle_days)


def cut(exact: Fraction, currency: str) -> Decimal:
    """An exact figure, cut toward zero to the currency's minor unit."""
    digits = minor_digits(currency)
    units = int(exact * 10**digits)  # int() cuts toward zero
    return Decimal(units).scaleb(-digits)


def rounded(exact: Fraction, currency: str) -> Decimal:
    """An exact figure, rounded half up (away from zero) to the currency's minor unit."""
    digits = minor_digits(currency)
    units = int(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(-units if exact < 0 else units).scaleb(-digits)


def decimal_text(exact: Fraction, digits: int = 15) -> str:
    """A fraction as a plain decimal of at most so many digits after the point, cut."""
    units = int(exact * 10**digits)  # int() cuts toward zero
    whole, part = divmod(abs(units), 10**digits)
    text = f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".")
    return f"-{text}" if units < 0 else text
