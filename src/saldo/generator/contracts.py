"""A subscription through the months: what was planned for it, the rows that came of it, the causes planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from saldo.generator.catalogue import Product
from saldo.generator.names import Customer
from saldo.generator.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that happens to a subscription in one month.

    ``kind``: seats (inside the cycle), renew, promotion, cancel, align, plan, leave (seats go to another product).
    ``days_in`` counts from the day the cycle starts.
    """

    kind: str
    days_in: int = 0
    seats: int = 0
    price: tuple[Decimal, ...] = ()
    discount: Decimal | None = None
    promotion: str = ""
    reference: str = ""
    charge_type: str = ""


@dataclass(slots=True, kw_only=True)
class Contract:
    """One subscription with seats. ``first`` and ``last`` are month indexes; a negative ``first`` is in the past.

    ``marks`` names the causes planted in a month.
    """

    customer: Customer
    id: str
    products: tuple[Product, ...]
    prices: tuple[Decimal, ...]
    currency: str
    pricing_currency: str
    seats: int
    anchor: int
    first: int
    term_months: int = 12
    billing: str = "Monthly"  # Annual, or "" for a one-time purchase
    last: int | None = None
    discount: Decimal = Decimal(0)
    promotion: str = ""
    first_charge: str = "new"
    first_days_in: int = 0  # the first cycle is charged only from so many days after its start
    first_reference: str = ""
    qualifiers: str = ""
    is_trial: bool = False
    is_legacy: bool = False
    reservation_order: str = ""
    term_text: str = "One-Year commitment for monthly/yearly billing"
    description: str = ""
    order_id: str = ""
    acts: dict[int, Act] = field(default_factory=dict)
    rows: dict[int, list[Row]] = field(default_factory=dict)
    marks: dict[int, set[str]] = field(default_factory=dict)
    seat_steps: dict[int, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of its reasons: the subscription, lower case."""
        return self.id.lower()

    def mark(self, month: int, cause: str) -> None:
        """Note that a cause was planted in a month."""
        self.marks.setdefault(month, set()).add(cause)
