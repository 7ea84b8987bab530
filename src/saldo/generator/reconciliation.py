"""The invoice reconciliation file: 47 columns in Microsoft's order, US dates, a byte order mark (reference 5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from saldo.core.money import amount_text
from saldo.generator.rows import Row, decimal_text

COLUMNS = (
    "PartnerId", "CustomerId", "CustomerName", "CustomerDomainName", "CustomerCountry", "InvoiceNumber", "MpnId",
    "ResellerMpnId", "OrderId", "OrderDate", "ProductId", "SkuId", "AvailabilityId", "SkuName", "ProductName",
    "ChargeType", "UnitPrice", "Quantity", "Subtotal", "TaxTotal", "Total", "Currency", "PriceAdjustmentDescription",
    "PublisherName", "PublisherId", "SubscriptionDescription", "SubscriptionId", "ChargeStartDate", "ChargeEndDate",
    "TermAndBillingCycle", "EffectiveUnitPrice", "UnitType", "AlternateId", "BillableQuantity", "BillingFrequency",
    "PricingCurrency", "PCToBCExchangeRate", "PCToBCExchangeRateDate", "MeterDescription", "ReservationOrderId",
    "CreditReasonCode", "SubscriptionStartDate", "SubscriptionEndDate", "ReferenceId", "ProductQualifiers",
    "PromotionId", "ProductCategory",
)  # fmt: skip

PARTNER_ID = "8f7c2d10-3a5e-4b6f-9c81-5d2e7a904b13"
PARTNER_NAME = "Fjällbyte Partner AB"
MPN_ID = "4391248"


def us_day(day: date | None) -> str:
    """``3/5/2026``, as the portal writes days; "" for none."""
    return f"{day.month}/{day.day}/{day.year}" if day else ""


def reconciliation_csv(rows: Iterable[Row], *, invoice: str) -> bytes:
    """The file of one invoice, as bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(cells(row, invoice=invoice) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cells(row: Row, *, invoice: str) -> tuple[str, ...]:
    """One row in the order of `COLUMNS`; a promotion's own adjustment text is written with it."""
    product, customer = row.product, row.customer
    subtotal = amount_text(row.subtotal, row.currency)
    term = row.term or (None, None)
    quantity = f"{row.quantity:f}"
    is_foreign = row.pricing_currency != row.currency
    return (
        PARTNER_ID, customer.id, customer.name, customer.domain, customer.country, invoice, MPN_ID,
        "0", row.order_id, us_day(row.ordered_on), product.product_id, product.sku_id, product.availability_id,
        product.sku_name, product.product_name, row.charge_type, f"{row.unit_price:f}",
        "1" if row.is_usage else quantity, subtotal, amount_text(row.subtotal * 0, row.currency), subtotal,
        row.currency, row.adjustments, product.publisher, _publisher_id(product.publisher), row.description,
        row.subscription, us_day(row.starts_on), us_day(row.ends_on), row.term_text,
        decimal_text(row.effective_price), row.unit_type, row.order_id, quantity, row.frequency,
        row.pricing_currency, f"{row.rate:f}", us_day(row.ordered_on.replace(day=1)) if is_foreign else "0001-01-01",
        row.meter, row.reservation_order, row.credit_reason, us_day(term[0]), us_day(term[1]), row.reference,
        row.qualifiers, row.promotion, row.category,
    )  # fmt: skip


def _publisher_id(publisher: str) -> str:
    return "" if publisher == "Microsoft Corporation" else publisher.split()[0].casefold()
