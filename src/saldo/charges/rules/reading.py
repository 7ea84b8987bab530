"""One raw row of Microsoft's to one line, or to the Problems that keep it from being one.

The line store does the same for millions of rows in SQL (`charges.store.narrow_sql`); this is its oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from saldo.charges.rules.categories import category_of
from saldo.charges.rules.cells import read_customer, trimmed
from saldo.charges.rules.line import LineItem
from saldo.charges.rules.row_cells import ONE, RowCells, TypedColumns, read_cells
from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId
from saldo.core.money import ZERO
from saldo.core.problems import Place, Problem

BilledKind = Literal["nce-reconciliation", "legacy-license", "legacy-usage"]
"""The kinds whose rows add up to a bill."""


def read_row(row: Mapping[str, str], *, kind: BilledKind, at: Place) -> LineItem | tuple[Problem, ...]:
    """A row under canonical column names as a line, or every Problem of it; nothing is guessed and nothing rounded."""
    cells = read_cells(row, columns=TYPED[kind], currency="Currency", at=at)
    return tuple(cells.problems) or _LINES[kind](cells)


TYPED: Mapping[BilledKind, TypedColumns] = {
    "nce-reconciliation": TypedColumns(
        vital=("CustomerId", "Currency", "Subtotal"),
        figures=(
            *("Subtotal", "TaxTotal", "Total", "UnitPrice", "EffectiveUnitPrice"),
            *("Quantity", "BillableQuantity", "PCToBCExchangeRate"),
        ),
        days=(
            *("OrderDate", "ChargeStartDate", "ChargeEndDate", "PCToBCExchangeRateDate"),
            *("SubscriptionStartDate", "SubscriptionEndDate"),
        ),
        money=("Subtotal", "TaxTotal"),
    ),
    "legacy-license": TypedColumns(
        vital=("CustomerId", "Currency", "Amount", "Subtotal"),
        figures=("Amount", "TotalOtherDiscount", "Subtotal", "Tax", "TotalForCustomer", "UnitPrice", "Quantity"),
        days=("SubscriptionStartDate", "SubscriptionEndDate", "ChargeStartDate", "ChargeEndDate"),
        money=("Subtotal", "Tax", "TotalOtherDiscount"),
    ),
    "legacy-usage": TypedColumns(
        vital=("Currency", "PretaxCharges"),
        figures=(
            *("ConsumedQuantity", "IncludedQuantity", "OverageQuantity", "ListPrice", "ConsumptionPrice"),
            *("PretaxEffectiveRate", "PostTaxEffectiveRate", "PretaxCharges", "TaxAmount", "PostTaxTotal"),
            "ConsumptionDiscount",
        ),
        days=("ChargeStartDate", "ChargeEndDate"),
        money=("PretaxCharges", "TaxAmount"),
    ),
}
"""Which cells of a row are typed. Money is held to its currency's minor unit, for a bill must not round it."""


_BLANK = LineItem(
    file=FileId(""),
    row=0,
    document=MicrosoftInvoiceId(""),
    amends=(),
    is_estimated=False,
    platform="legacy",
    category="licence",
    charge_type="",
    customer=CustomerId(""),
    subscription=SubscriptionId(""),
    product_id="",
    sku_id="",
    availability_id="",
    product_name="",
    sku_name="",
    meter_name="",
    unit_type="",
    publisher="Microsoft",
    quantity=ZERO,
    unit_price=ZERO,
    effective_unit_price=ZERO,
    discount=ZERO,
    amount=ZERO,
    tax=ZERO,
    currency="",
    pricing_currency="",
    exchange_rate=ONE,
    ordered_on=None,
    charge_starts_on=None,
    charge_ends_on=None,
    term_starts_on=None,
    term_ends_on=None,
    term_text="",
    billing_frequency="Monthly",
    reference="",
    promotion="",
    credit_reason="",
    qualifiers="",
    adjustments="",
    reservation_order="",
)
"""What a legacy row leaves open: it has one currency and one publisher, and links to nothing."""


def _every_kind(cells: RowCells) -> LineItem:
    currency = cells.code("Currency")
    return replace(
        _BLANK,
        file=cells.at.file,
        row=cells.at.row,
        document=MicrosoftInvoiceId(cells.code("InvoiceNumber")),
        charge_type=trimmed(cells.text("ChargeType")),
        customer=CustomerId(read_customer(cells.text("CustomerId"))),
        currency=currency,
        pricing_currency=currency,
        charge_starts_on=cells.days.get("ChargeStartDate"),
        charge_ends_on=cells.days.get("ChargeEndDate"),
        term_starts_on=cells.days.get("SubscriptionStartDate"),
        term_ends_on=cells.days.get("SubscriptionEndDate"),
    )


def _reconciliation(cells: RowCells) -> LineItem:
    line = _every_kind(cells)
    return replace(
        _reconciled_product(line, cells),
        is_estimated=not line.document,
        platform="new-commerce",
        quantity=cells.first_figure(("BillableQuantity", "Quantity")),
        unit_price=cells.figure("UnitPrice"),
        effective_unit_price=cells.figure("EffectiveUnitPrice"),
        amount=cells.figure("Subtotal"),
        tax=cells.figure("TaxTotal"),
        pricing_currency=cells.code("PricingCurrency"),
        exchange_rate=cells.figure("PCToBCExchangeRate", otherwise=ONE),
        ordered_on=cells.days.get("OrderDate"),
        term_text=cells.text("TermAndBillingCycle"),
        billing_frequency=cells.text("BillingFrequency"),
        reference=cells.key("ReferenceId"),
        promotion=cells.text("PromotionId"),
        credit_reason=cells.text("CreditReasonCode"),
        qualifiers=cells.text("ProductQualifiers"),
        adjustments=cells.text("PriceAdjustmentDescription"),
        reservation_order=cells.key("ReservationOrderId"),
    )


def _reconciled_product(line: LineItem, cells: RowCells) -> LineItem:
    return replace(
        line,
        category=category_of(
            term_text=cells.text("TermAndBillingCycle"),
            has_end=line.charge_ends_on is not None,
            unit_type=cells.text("UnitType"),
            meter=cells.text("MeterDescription"),
            subscription_description=cells.text("SubscriptionDescription"),
            publisher=cells.text("PublisherName"),
            billing_frequency=cells.text("BillingFrequency"),
        ),
        subscription=SubscriptionId(cells.key("SubscriptionId")),
        product_id=cells.text("ProductId"),
        sku_id=cells.text("SkuId"),
        availability_id=cells.text("AvailabilityId"),
        product_name=cells.text("ProductName") or cells.text("SkuName"),
        sku_name=cells.text("SkuName"),
        meter_name=cells.text("MeterDescription"),
        unit_type=cells.text("UnitType"),
        publisher=cells.text("PublisherName"),
    )


def _license(cells: RowCells) -> LineItem:
    return replace(
        _every_kind(cells),
        subscription=SubscriptionId(cells.key("SyndicationPartnerSubscriptionNumber")),
        product_id=cells.key("DurableOfferId"),
        product_name=cells.text("OfferName"),
        sku_name=cells.text("OfferName"),
        quantity=cells.figure("Quantity"),
        unit_price=cells.figure("UnitPrice"),
        effective_unit_price=cells.figure("UnitPrice"),
        discount=cells.figure("TotalOtherDiscount"),
        amount=cells.figure("Subtotal"),
        tax=cells.figure("Tax"),
        billing_frequency=_frequency(cells.text("BillingCycleType")),
    )


def _frequency(cycle: str) -> str:
    """Legacy says Monthly, Annual, Annual-Monthly…; new commerce only Monthly and Annual."""
    plain = cycle.lower()
    return "Annual" if plain.startswith("annual") else "Monthly" if plain == "monthly" else cycle


def _usage(cells: RowCells) -> LineItem:
    line = _every_kind(cells)
    names = (cells.text(column) for column in ("ServiceName", "ServiceType", "ResourceName"))
    places = (cells.text(column) for column in ("Region", "DetailLineItemId"))
    return replace(
        line,
        category="usage",
        customer=line.customer or _by_name(cells),
        subscription=SubscriptionId(cells.key("SubscriptionId")),
        product_id=cells.key("ResourceGuid"),
        sku_id=cells.text("Sku"),
        availability_id="/".join(filter(None, places)),
        product_name=", ".join(filter(None, names)),
        sku_name=cells.text("ServiceType"),
        meter_name=cells.text("ResourceName"),
        unit_type=cells.text("Unit"),
        quantity=cells.figure("OverageQuantity"),
        unit_price=cells.figure("ListPrice"),
        effective_unit_price=cells.first_figure(("PretaxEffectiveRate", "ListPrice")),
        amount=cells.figure("PretaxCharges"),
        tax=cells.figure("TaxAmount"),
    )


def _by_name(cells: RowCells) -> CustomerId:
    """Older usage files name a customer only by its company."""
    return CustomerId(f"name:{cells.key('CustomerCompanyName')}" if cells.text("CustomerCompanyName") else "")


_LINES: Mapping[BilledKind, Callable[[RowCells], LineItem]] = {
    "nce-reconciliation": _reconciliation,
    "legacy-license": _license,
    "legacy-usage": _usage,
}
