"""The columns of every kind of file, under their portal names (reference sections 3 to 6).

Mandatory is what a bill or a check cannot do without, and no more: Graph's ``basic`` set leaves the rest out.
"""

from __future__ import annotations

from saldo.charges.formats.shape import CellType, Column, Shape
from saldo.charges.rules.line import Kind


def _columns(cell: CellType, *names: str) -> tuple[Column, ...]:
    """Columns of one type; ``!`` after a name means mandatory, ``!!`` vital, ``|`` separates aliases."""
    made = []
    for text in names:
        name, *aliases = text.rstrip("!").split("|")
        marks = len(text) - len(text.rstrip("!"))
        made.append(Column(name=name, cell=cell, is_mandatory=marks >= 1, is_vital=marks == 2, aliases=tuple(aliases)))
    return tuple(made)


_PARTNER = _columns("text", "PartnerId", "MpnId", "ResellerMpnId|Tier2MpnId")

NCE_RECONCILIATION = Shape(
    kind="nce-reconciliation",
    platform="new-commerce",
    net="Subtotal",
    currency="Currency",
    customer="CustomerId",
    columns=(
        *_PARTNER,
        *_columns("text", "CustomerId!!", "CustomerName", "CustomerDomainName", "CustomerCountry"),
        *_columns("text", "InvoiceNumber", "OrderId", "ProductId!", "SkuId!", "AvailabilityId"),
        *_columns("text", "SkuName", "ProductName!", "ChargeType!", "Currency!!", "PricingCurrency"),
        *_columns("text", "PriceAdjustmentDescription", "PublisherName", "PublisherId", "SubscriptionDescription"),
        *_columns("text", "SubscriptionId!", "TermAndBillingCycle", "UnitType", "AlternateId", "BillingFrequency"),
        *_columns("text", "MeterDescription", "ReservationOrderId", "CreditReasonCode", "ReferenceId"),
        *_columns("text", "ProductQualifiers", "PromotionId", "ProductCategory"),
        *_columns("money", "Subtotal!!", "TaxTotal", "Total|TotalForCustomer"),
        *_columns("price", "UnitPrice", "EffectiveUnitPrice"),
        *_columns("quantity", "Quantity", "BillableQuantity!"),
        *_columns("rate", "PCToBCExchangeRate"),
        *_columns("day", "OrderDate", "ChargeStartDate!", "ChargeEndDate", "PCToBCExchangeRateDate"),
        *_columns("day", "SubscriptionStartDate", "SubscriptionEndDate"),
    ),
)

NCE_DAILY_USAGE = Shape(
    kind="nce-daily-usage",
    platform="new-commerce",
    net="BillingPreTaxTotal",
    currency="BillingCurrency",
    customer="CustomerId",
    columns=(
        *_PARTNER,
        *_columns("text", "PartnerName", "CustomerId!!", "CustomerName", "CustomerDomainName", "CustomerCountry"),
        *_columns("text", "InvoiceNumber", "ProductId!", "SkuId!", "AvailabilityId", "SkuName", "ProductName"),
        *_columns("text", "PublisherName", "PublisherId", "SubscriptionDescription", "SubscriptionId!"),
        *_columns("text", "MeterType", "MeterCategory", "MeterId", "MeterSubCategory", "MeterName", "MeterRegion"),
        *_columns("text", "Unit|UnitOfMeasure", "ResourceLocation", "ConsumedService", "ResourceGroup", "ResourceURI"),
        *_columns("text", "ChargeType", "UnitType", "BillingCurrency!!", "PricingCurrency"),
        *_columns("text", "ServiceInfo1", "ServiceInfo2", "Tags", "AdditionalInfo"),
        *_columns("text", "EntitlementId", "EntitlementDescription", "CreditType"),
        *_columns("text", "BenefitOrderId", "BenefitId", "BenefitType", "HasPartnerEarnedCredit"),
        *_columns("money", "BillingPreTaxTotal!!", "PricingPreTaxTotal"),
        *_columns("price", "UnitPrice", "EffectiveUnitPrice"),
        *_columns("quantity", "Quantity!"),
        *_columns("rate", "PCToBCExchangeRate"),
        *_columns(
            "percent", "PartnerEarnedCreditPercentage|RateOfPartnerEarnedCredit", "CreditPercentage|RateOfCredit"
        ),
        *_columns("day", "UsageDate!", "ChargeStartDate", "ChargeEndDate", "PCToBCExchangeRateDate"),
    ),
)

LEGACY_LICENSE = Shape(
    kind="legacy-license",
    platform="legacy",
    net="Subtotal",
    currency="Currency",
    customer="CustomerId",
    columns=(
        *_PARTNER,
        *_columns("text", "CustomerId!!", "CustomerName", "InvoiceNumber", "OrderId", "SubscriptionId"),
        *_columns("text", "SyndicationPartnerSubscriptionNumber!", "OfferId", "DurableOfferId!", "OfferName!"),
        *_columns("text", "ChargeType!", "Currency!!", "DomainName", "SubscriptionName", "SubscriptionDescription"),
        *_columns("text", "BillingCycleType"),
        *_columns("money", "Amount!!", "TotalOtherDiscount", "Subtotal!!", "Tax", "TotalForCustomer"),
        *_columns("price", "UnitPrice"),
        *_columns("quantity", "Quantity!"),
        *_columns("day", "SubscriptionStartDate", "SubscriptionEndDate", "ChargeStartDate!", "ChargeEndDate!"),
    ),
)

_LEGACY_USAGE = (
    *_PARTNER,
    *_columns("text", "PartnerName", "PartnerBillableAccountId", "CustomerCompanyName|CustomerName", "CustomerId"),
    *_columns("text", "DomainName", "InvoiceNumber", "SubscriptionId!", "SubscriptionName", "SubscriptionDescription"),
    *_columns("text", "OrderId", "ServiceName", "ServiceType", "ResourceGuid!", "ResourceName", "Region"),
    *_columns("text", "BillingCycleType", "Unit"),
    *_columns("quantity", "ConsumedQuantity!"),
    *_columns("day", "ChargeStartDate!", "ChargeEndDate"),
)

LEGACY_USAGE = Shape(
    kind="legacy-usage",
    platform="legacy",
    net="PretaxCharges",
    currency="Currency",
    customer="CustomerCompanyName",
    columns=(
        *_LEGACY_USAGE,
        *_columns("text", "Sku", "DetailLineItemId", "Currency!!", "ChargeType"),
        *_columns("quantity", "IncludedQuantity", "OverageQuantity!"),
        *_columns("price", "ListPrice", "ConsumptionPrice", "PretaxEffectiveRate", "PostTaxEffectiveRate"),
        *_columns("money", "PretaxCharges!!", "TaxAmount", "PostTaxTotal", "ConsumptionDiscount"),
    ),
)

LEGACY_USAGE_DAILY = Shape(
    kind="legacy-usage-daily",
    platform="legacy",
    net="",
    currency="",
    customer="CustomerCompanyName",
    columns=(
        *_LEGACY_USAGE,
        *_columns("text", "CustomerBillableAccount", "MeteredRegion", "MeteredService", "MeteredServiceType"),
        *_columns("text", "Project", "ServiceInfo"),
        *_columns("day", "UsageDate!"),
    ),
)

SHAPES: dict[Kind, Shape] = {
    shape.kind: shape
    for shape in (NCE_RECONCILIATION, NCE_DAILY_USAGE, LEGACY_LICENSE, LEGACY_USAGE, LEGACY_USAGE_DAILY)
}
"""The shape of every kind that has rows; an invoice header is one object and read by `invoice_headers`."""
