"""The narrow form of a row, in SQL: what `charges.rules.line.LineItem` says, for each kind that adds up to a bill."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from saldo.charges.formats.columns import SHAPES
from saldo.charges.rules.line import Kind
from saldo.charges.store.cells_sql import sql_type
from saldo.charges.store.checks_sql import IN_PASS, verdict_column, with_factors
from saldo.charges.store.engine import literal, name

FIRST_PARTY = ("microsoft", "microsoft corporation")
ROW, CUSTOMER = "saldo_row", "saldo_customer"
"""What a part ordered by customer says in columns of its own: the row's number as delivered, its customer's key."""

LINE_FIELDS = (
    *("customer", "category", "charge_type", "subscription", "product_id", "sku_id", "availability_id"),
    *("product_name", "sku_name", "meter_name", "unit_type", "publisher", "quantity", "unit_price"),
    *("effective_unit_price", "discount", "amount", "tax", "currency", "pricing_currency", "exchange_rate"),
    *("ordered_on", "charge_starts_on", "charge_ends_on", "term_starts_on", "term_ends_on", "term_text"),
    *("billing_frequency", "reference", "promotion", "credit_reason", "qualifiers", "adjustments"),
    "reservation_order",
)


def whole_rows(stored: str, there: frozenset[str], kind: Kind) -> str:
    """A stored part with every column of its kind, absent ones as NULL, and ``saldo_row`` from 1.

    Ordered by customer it has ``saldo_customer`` too.
    """
    columns = ", ".join(
        name(column.name) if column.name in there else f"CAST(NULL AS {sql_type(column.cell)}) AS {name(column.name)}"
        for column in SHAPES[kind].columns
    )
    for verdict in map(verdict_column, IN_PASS.get(kind, ())):
        columns += f", {verdict}" if verdict in there else f", CAST(NULL AS VARCHAR) AS {verdict}"
    return with_factors(
        kind,
        f"SELECT {columns}, {row_number(there)} AS {ROW}{f', {CUSTOMER}' if CUSTOMER in there else ''}"
        f" FROM read_parquet({literal(stored)}, file_row_number = true)",
    )


def row_number(there: Collection[str]) -> str:
    """SQL for the number of a row as it was delivered, from 1; ``there`` are the columns of its file."""
    return ROW if ROW in there else "(file_row_number + 1)"


def customer_key(kind: Kind) -> str:
    """The key of the row's customer (`charges.rules.cells.read_customer`)."""
    by_id = "regexp_replace(lower(trim(CustomerId)), '^org:', '')"
    if kind in {"legacy-usage", "legacy-usage-daily"}:
        return f"COALESCE(NULLIF({by_id}, ''), 'name:' || lower(trim(CustomerCompanyName)), '')"
    return by_id


def line_select(kind: Kind, rows: str) -> str:
    """SQL that gives ``saldo_row`` and the fields of a line, in the order of LINE_FIELDS."""
    fields = {"customer": customer_key(kind), **_FIELDS[kind]}
    listed = ", ".join(f"{_filled(field, fields.get(field))} AS {field}" for field in LINE_FIELDS)
    return f"SELECT saldo_row, {listed} FROM ({rows})"


_ZERO = frozenset({"quantity", "unit_price", "effective_unit_price", "discount", "amount", "tax"})


def _filled(field: str, expression: str | None) -> str:
    if field.endswith("_on"):
        return expression or "CAST(NULL AS DATE)"
    if field == "exchange_rate":
        return f"COALESCE({expression or 'NULL'}, 1)"
    if field in _ZERO:
        return f"COALESCE({expression or 'NULL'}, 0)"
    return f"COALESCE({expression}, '')" if expression else "''"


_CATEGORY = f"""CASE
    WHEN contains(lower(TermAndBillingCycle), 'reservation') THEN 'reservation'
    WHEN contains(lower(TermAndBillingCycle), 'savings plan') THEN 'savings-plan'
    WHEN contains(lower(TermAndBillingCycle), 'subscription') THEN 'software-subscription'
    WHEN regexp_matches(lower(TermAndBillingCycle), 'one-month|one-year|three-year') THEN 'licence'
    WHEN COALESCE(TermAndBillingCycle, '') = '' AND ChargeEndDate IS NULL THEN 'perpetual-software'
    WHEN COALESCE(UnitType, '') <> '' OR COALESCE(MeterDescription, '') <> ''
        OR COALESCE(lower(trim(SubscriptionDescription)), '') = 'azure plan' THEN 'usage'
    WHEN COALESCE(lower(trim(PublisherName)), '') NOT IN {("", *FIRST_PARTY)!r} THEN 'marketplace'
    WHEN COALESCE(BillingFrequency, '') <> '' THEN 'licence'
    ELSE 'usage' END"""

_FIELDS: Mapping[Kind, Mapping[str, str]] = {
    "nce-reconciliation": {
        "category": _CATEGORY,
        "charge_type": "trim(ChargeType)",
        "subscription": "lower(trim(SubscriptionId))",
        "product_id": "ProductId",
        "sku_id": "SkuId",
        "availability_id": "AvailabilityId",
        "product_name": "COALESCE(NULLIF(ProductName, ''), SkuName)",
        "sku_name": "SkuName",
        "meter_name": "MeterDescription",
        "unit_type": "UnitType",
        "publisher": "PublisherName",
        "quantity": "COALESCE(BillableQuantity, Quantity)",
        "unit_price": "UnitPrice",
        "effective_unit_price": "EffectiveUnitPrice",
        "amount": "CAST(Subtotal AS DECIMAL(28,3))",
        "tax": "CAST(TaxTotal AS DECIMAL(28,3))",
        "currency": "upper(trim(Currency))",
        "pricing_currency": "upper(trim(PricingCurrency))",
        "exchange_rate": "PCToBCExchangeRate",
        "ordered_on": "OrderDate",
        "charge_starts_on": "ChargeStartDate",
        "charge_ends_on": "ChargeEndDate",
        "term_starts_on": "SubscriptionStartDate",
        "term_ends_on": "SubscriptionEndDate",
        "term_text": "TermAndBillingCycle",
        "billing_frequency": "BillingFrequency",
        "reference": "lower(trim(ReferenceId))",
        "promotion": "PromotionId",
        "credit_reason": "CreditReasonCode",
        "qualifiers": "ProductQualifiers",
        "adjustments": "PriceAdjustmentDescription",
        "reservation_order": "lower(trim(ReservationOrderId))",
    },
    "legacy-license": {
        "category": "'licence'",
        "charge_type": "trim(ChargeType)",
        "subscription": "lower(trim(SyndicationPartnerSubscriptionNumber))",
        "product_id": "lower(trim(DurableOfferId))",
        "product_name": "OfferName",
        "sku_name": "OfferName",
        "publisher": "'Microsoft'",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "effective_unit_price": "UnitPrice",
        "discount": "CAST(TotalOtherDiscount AS DECIMAL(28,3))",
        "amount": "CAST(Subtotal AS DECIMAL(28,3))",
        "tax": "CAST(Tax AS DECIMAL(28,3))",
        "currency": "upper(trim(Currency))",
        "pricing_currency": "upper(trim(Currency))",
        "charge_starts_on": "ChargeStartDate",
        "charge_ends_on": "ChargeEndDate",
        "term_starts_on": "SubscriptionStartDate",
        "term_ends_on": "SubscriptionEndDate",
        "billing_frequency": (
            "CASE WHEN lower(BillingCycleType) LIKE 'annual%' THEN 'Annual'"
            " WHEN lower(BillingCycleType) = 'monthly' THEN 'Monthly' ELSE BillingCycleType END"
        ),
    },
    "legacy-usage": {
        "category": "'usage'",
        "charge_type": "trim(ChargeType)",
        "subscription": "lower(trim(SubscriptionId))",
        "product_id": "lower(trim(ResourceGuid))",
        "sku_id": "Sku",
        "availability_id": "concat_ws('/', NULLIF(Region, ''), NULLIF(DetailLineItemId, ''))",
        "product_name": "concat_ws(', ', NULLIF(ServiceName, ''), NULLIF(ServiceType, ''), NULLIF(ResourceName, ''))",
        "sku_name": "ServiceType",
        "meter_name": "ResourceName",
        "unit_type": "Unit",
        "publisher": "'Microsoft'",
        "quantity": "OverageQuantity",
        "unit_price": "ListPrice",
        "effective_unit_price": "COALESCE(PretaxEffectiveRate, ListPrice)",
        "amount": "CAST(PretaxCharges AS DECIMAL(28,3))",
        "tax": "CAST(TaxAmount AS DECIMAL(28,3))",
        "currency": "upper(trim(Currency))",
        "pricing_currency": "upper(trim(Currency))",
        "charge_starts_on": "ChargeStartDate",
        "charge_ends_on": "ChargeEndDate",
        "billing_frequency": "'Monthly'",
    },
}
