"""The three legacy files: licences, billed usage, daily usage (reference 3 and 4)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

from saldo.core.money import amount_text
from saldo.generator.legacy_usage import SKU, TIER, LegacyAzure, days_of
from saldo.generator.reconciliation import MPN_ID, PARTNER_ID, PARTNER_NAME, us_day
from saldo.generator.rows import Row, decimal_text, rounded

TAX_RATE = Fraction(1, 4)

LICENCE_COLUMNS = (
    "PartnerId", "CustomerId", "CustomerName", "MpnId", "ResellerMpnId", "OrderId", "SubscriptionId",
    "SyndicationPartnerSubscriptionNumber", "OfferId", "DurableOfferId", "OfferName", "SubscriptionStartDate",
    "SubscriptionEndDate", "ChargeStartDate", "ChargeEndDate", "ChargeType", "UnitPrice", "Quantity", "Amount",
    "TotalOtherDiscount", "Subtotal", "Tax", "TotalForCustomer", "Currency", "DomainName", "SubscriptionName",
    "SubscriptionDescription", "BillingCycleType",
)  # fmt: skip

_BOTH = (
    "PartnerId", "PartnerName", "PartnerBillableAccountId", "CustomerCompanyName", "CustomerId", "DomainName", "MpnId",
    "ResellerMpnId", "InvoiceNumber", "ChargeStartDate", "ChargeEndDate", "SubscriptionId", "SubscriptionName",
    "SubscriptionDescription", "OrderID", "ServiceName", "ServiceType", "ResourceGuid", "ResourceName", "Region",
)  # fmt: skip
USAGE_COLUMNS = (
    *_BOTH, "Sku", "DetailLineItemId", "ConsumedQuantity", "IncludedQuantity", "OverageQuantity", "ListPrice",
    "PretaxCharges", "TaxAmount", "PostTaxTotal", "Currency", "PretaxEffectiveRate", "PostTaxEffectiveRate",
    "ChargeType", "BillingCycleType", "Unit",
)  # fmt: skip
DAILY_COLUMNS = (
    *_BOTH, "CustomerBillableAccount", "UsageDate", "MeteredRegion", "MeteredService", "MeteredServiceType",
    "Project", "ServiceInfo", "ConsumedQuantity", "Unit",
)  # fmt: skip


def licence_csv(rows: Iterable[Row]) -> bytes:
    """The licence file of one legacy invoice."""
    return _csv(LICENCE_COLUMNS, (_licence_cells(row) for row in rows))


def usage_csv(metered: Sequence[tuple[LegacyAzure, Row]], *, invoice: str) -> bytes:
    """The billed usage of one legacy invoice."""
    return _csv(USAGE_COLUMNS, (_usage_cells(azure, row, invoice) for azure, row in metered))


def daily_csv(metered: Sequence[tuple[LegacyAzure, Row]], *, invoice: str, random: Random) -> bytes:
    """The days behind the billed usage."""
    lines = (
        (
            *_shared(azure, row, invoice), "1280018095", us_day(day), "EU NORTH", service.service,
            service.service_type, "", "", f"{quantity:f}", service.unit,
        )
        for azure, row in metered
        for service in [azure.services[row.product.product_id]]
        for day, quantity in days_of(row, random)
    )  # fmt: skip
    return _csv(DAILY_COLUMNS, lines)


def with_tax(row: Row) -> tuple[Decimal, Decimal]:
    """Tax of a row, rounded for each row (reference 8.1), and the row's total with it."""
    tax = rounded(Fraction(row.subtotal) * TAX_RATE, row.currency)
    return tax, row.subtotal + tax


def _csv(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _licence_cells(row: Row) -> tuple[str, ...]:
    product, customer = row.product, row.customer
    tax, whole = with_tax(row)
    term = row.term or (row.starts_on, row.starts_on)
    shown = rounded(row.effective_price, row.currency)
    amount, currency = amount_text(row.subtotal, row.currency), row.currency
    return (
        PARTNER_ID, customer.id, customer.name.upper(), MPN_ID, "0", row.order_id, f"{row.subscription[:11]}AEA",
        row.subscription.upper(), product.sku_id, product.product_id, product.product_name, us_day(term[0]),
        us_day(term[1]), us_day(row.starts_on), us_day(row.ends_on), row.charge_type, amount_text(shown, currency),
        f"{row.quantity:f}", amount, amount_text(Decimal(0), currency), amount, amount_text(tax, currency),
        amount_text(whole, currency), currency, customer.domain, product.product_name, product.product_name,
        "MONTHLY",
    )  # fmt: skip


def _usage_cells(azure: LegacyAzure, row: Row, invoice: str) -> tuple[str, ...]:
    tax, whole = with_tax(row)
    service, currency, quantity = azure.services[row.product.product_id], row.currency, f"{row.quantity:f}"
    rates = [decimal_text(Fraction(amount) / Fraction(row.quantity), 8) for amount in (row.subtotal, whole)]
    return (
        *_shared(azure, row, invoice), SKU, TIER, quantity, "0", quantity, f"{row.unit_price:f}",
        amount_text(row.subtotal, currency), amount_text(tax, currency), amount_text(whole, currency), currency,
        *rates, row.charge_type, "Monthly", service.unit,
    )  # fmt: skip


def _shared(azure: LegacyAzure, row: Row, invoice: str) -> tuple[str, ...]:
    service, customer = azure.services[row.product.product_id], row.customer
    return (
        PARTNER_ID, PARTNER_NAME.upper(), "3154764530", customer.name, customer.id, customer.domain, MPN_ID, "0",
        invoice, us_day(row.starts_on), us_day(row.ends_on), azure.id.upper(), "MICROSOFT AZURE", "MICROSOFT AZURE",
        row.order_id, service.service, service.service_type, row.product.product_id, service.resource,
        service.region,
    )  # fmt: skip
