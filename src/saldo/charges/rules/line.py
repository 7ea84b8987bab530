"""One charge of Microsoft's, normalised: the same shape for new commerce and legacy, seats and usage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId

Kind = Literal[
    "nce-reconciliation",
    "nce-daily-usage",
    "legacy-license",
    "legacy-usage",
    "legacy-usage-daily",
    "invoice-header",
]
"""What a file holds, recognised by its content (interface.md)."""

Platform = Literal["new-commerce", "legacy"]

Category = Literal[
    "licence", "usage", "reservation", "savings-plan", "software-subscription", "perpetual-software", "marketplace"
]
"""Product category by the first matching rule of reference section 9; ``usage`` is the only metered one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One billed (or, marked so, estimated) row as the bill reads it.

    Amounts are before tax in ``currency`` (billing currency), signed as Microsoft signed them; prices are in
    ``pricing_currency``; quantities are what was billed, positive also on refund rows (reference 5, BillableQuantity).
    Days are inclusive as Microsoft writes them; ``charge_ends_on`` is None for perpetual software.
    """

    file: FileId
    row: int
    document: MicrosoftInvoiceId  # "" where the file names none (legacy licence files)
    amends: tuple[MicrosoftInvoiceId, ...]  # documents that this line's document voids, rebills or amends
    is_estimated: bool
    platform: Platform
    category: Category
    charge_type: str  # as Microsoft wrote it, trimmed; compare it case-insensitively
    customer: CustomerId
    subscription: SubscriptionId
    product_id: str
    sku_id: str
    availability_id: str  # with product and sku the key of a meter; legacy usage: ResourceGuid, Region
    product_name: str
    sku_name: str
    meter_name: str
    unit_type: str
    publisher: str
    quantity: Decimal
    unit_price: Decimal
    effective_unit_price: Decimal
    discount: Decimal  # legacy TotalOtherDiscount, already taken off ``amount``; 0 elsewhere
    amount: Decimal
    tax: Decimal
    currency: str
    pricing_currency: str
    exchange_rate: Decimal  # 1 where both currencies are the same
    ordered_on: date | None  # day of the billing event, UTC
    charge_starts_on: date | None
    charge_ends_on: date | None
    term_starts_on: date | None
    term_ends_on: date | None
    term_text: str
    billing_frequency: str  # Monthly, Annual, "" for one-time
    reference: str  # links the rows of one event; "" where none
    promotion: str
    credit_reason: str
    qualifiers: str  # as sent, e.g. ["Trial"]
    adjustments: str  # PriceAdjustmentDescription as sent; cost side only, never shown to a customer
    reservation_order: str
