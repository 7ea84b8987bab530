"""Small files in Microsoft's formats, one keyword-only function a kind; a row is a sentence of what differs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

HAVSBRIS = "0b1f3a52-6c1d-4c8e-9a57-2f3d5e7a9b01"
SODER = "7d2c4e66-1a3b-4f5d-8c9e-0a1b2c3d4e02"
SEATS = "5a6b7c8d-0001-4000-8000-000000000001"
AZURE = "5a6b7c8d-0002-4000-8000-000000000002"
METER = "69211eff-2111-4e6b-8392-fe75d4fdc289"

Row = Mapping[str, Any]


def seats(*, customer: str = HAVSBRIS, seats: int = 10, price: str = "36.00", **other: Any) -> Row:
    """A month of seats, as new commerce bills it."""
    amount = f"{seats * Decimal(price):.2f}"
    return {
        "PartnerId": "8f7c2d10-3a5e-4b6f-9c81-5d2e7a904b13",
        "CustomerId": customer,
        "CustomerName": {HAVSBRIS: "Havsbris Hotell AB", SODER: "Söder & Co"}.get(customer, customer),
        "CustomerCountry": "SE",
        "InvoiceNumber": "G000000001",
        "OrderDate": "3/4/2026",
        "ProductId": "CFQ7TTC0LF8R",
        "SkuId": "0001",
        "AvailabilityId": "CFQ7TTC0F8R1",
        "SkuName": "Office 365 E3",
        "ProductName": "Office 365 E3",
        "ChargeType": "cycleCharge",
        "UnitPrice": price,
        "Subtotal": amount,
        "TaxTotal": "0",
        "Total": amount,
        "Currency": "SEK",
        "PublisherName": "Microsoft Corporation",
        "SubscriptionDescription": "",
        "SubscriptionId": SEATS,
        "ChargeStartDate": "3/1/2026",
        "ChargeEndDate": "3/31/2026",
        "TermAndBillingCycle": "One-Year commitment for monthly/yearly billing",
        "EffectiveUnitPrice": price,
        "UnitType": "",
        "BillableQuantity": str(seats),
        "BillingFrequency": "Monthly",
        "PricingCurrency": "SEK",
        "PCToBCExchangeRate": "1",
    } | other


def usage(*, consumed: str = "400", price: str = "2.50", **other: Any) -> Row:
    """A month of one Azure meter, as new commerce bills it."""
    amount = f"{Decimal(consumed) * Decimal(price):.2f}"
    return (
        seats()
        | {
            "ProductId": "DZH318Z0BNZ5",
            "SkuId": "006G",
            "AvailabilityId": "DZH318Z08B80",
            "ProductName": "Virtual Machines",
            "ChargeType": "new",
            "Subtotal": amount,
            "Total": amount,
            "SubscriptionDescription": "Azure plan",
            "SubscriptionId": AZURE,
            "TermAndBillingCycle": "",
            "EffectiveUnitPrice": price,
            "UnitPrice": price,
            "UnitType": "1 Hour",
            "BillableQuantity": consumed,
            "BillingFrequency": "",
        }
        | other
    )


def day(*, used: str = "200", price: str = "2.50", on: str = "3/10/2026", **other: Any) -> Row:
    """One day of that meter, as the daily rated usage file tells it."""
    return {
        "CustomerId": HAVSBRIS,
        "CustomerName": "Havsbris Hotell AB",
        "InvoiceNumber": "G000000001",
        "ProductId": "DZH318Z0BNZ5",
        "SkuId": "006G",
        "AvailabilityId": "DZH318Z08B80",
        "SubscriptionId": AZURE,
        "UsageDate": on,
        "MeterName": "D2 v3",
        "ResourceURI": "/subscriptions/x/resourceGroups/y",
        "EffectiveUnitPrice": price,
        "Quantity": used,
        "BillingPreTaxTotal": str(Decimal(used) * Decimal(price)),
        "BillingCurrency": "SEK",
        "PCToBCExchangeRate": "1",
        "EntitlementId": "9c0d1e2f-0003-4000-8000-000000000003",
    } | other


def licence(*, amount: str = "100.00", tax: str = "25.00", **other: Any) -> Row:
    """A cycle of licences on the legacy platform; such a file names no invoice."""
    return {
        "CustomerId": HAVSBRIS,
        "CustomerName": "HAVSBRIS HOTELL AB",
        "SyndicationPartnerSubscriptionNumber": SEATS.upper(),
        "DurableOfferId": "8411E223-0F38-4342-93D0-DFBF44D43902",
        "OfferName": "MICROSOFT 365 BUSINESS PREMIUM",
        "ChargeStartDate": "3/5/2026",
        "ChargeEndDate": "4/4/2026",
        "ChargeType": "CYCLE FEE",
        "UnitPrice": amount,
        "Quantity": "1",
        "Amount": amount,
        "TotalOtherDiscount": "0.00",
        "Subtotal": amount,
        "Tax": tax,
        "TotalForCustomer": str(Decimal(amount) + Decimal(tax)),
        "Currency": "SEK",
        "BillingCycleType": "MONTHLY",
    } | other


def legacy_usage(*, consumed: str = "40", amount: str = "80.00", tax: str = "20.00", **other: Any) -> Row:
    """A cycle of one meter on the legacy platform."""
    return {
        "CustomerCompanyName": "Havsbris Hotell AB",
        "CustomerId": HAVSBRIS,
        "InvoiceNumber": "D000000001",
        "ChargeStartDate": "2/5/2026",
        "ChargeEndDate": "3/4/2026",
        "SubscriptionId": AZURE,
        "ServiceName": "SQL DATABASE",
        "ServiceType": "STANDARD S1",
        "ResourceGuid": METER,
        "ResourceName": "S1 DATABASE DAYS",
        "Region": "EU NORTH",
        "Sku": "7UD-00001",
        "DetailLineItemId": "1",
        "ConsumedQuantity": consumed,
        "IncludedQuantity": "0",
        "OverageQuantity": consumed,
        "ListPrice": "2",
        "PretaxCharges": amount,
        "TaxAmount": tax,
        "PostTaxTotal": str(Decimal(amount) + Decimal(tax)),
        "Currency": "SEK",
        "ChargeType": "ASSESS USAGE FEE FOR CURRENT CYCLE",
    } | other


def legacy_day(*, consumed: str = "20", on: str = "2/6/2026", **other: Any) -> Row:
    """One day of that meter."""
    kept = ("CustomerCompanyName", "CustomerId", "InvoiceNumber", "ChargeStartDate", "ChargeEndDate", "SubscriptionId")
    kept += ("ServiceName", "ServiceType", "ResourceGuid", "ResourceName", "Region")
    return {name: legacy_usage()[name] for name in kept} | {"UsageDate": on, "ConsumedQuantity": consumed} | other


def header(*, number: str = "G000000001", total: str = "360.00", on: str = "2026-04-08", **other: Any) -> Row:
    """An invoice header; new commerce names the billing period, the legacy platform does not."""
    period = {} if number.startswith("D") else {"billingPeriodStartDate": "2026-03-01T00:00:00Z"}
    return {
        "id": number,
        "invoiceDate": f"{on}T00:00:00Z",
        **period,
        "totalCharges": total,
        "paidAmount": "0.00",
        "currencyCode": "SEK",
        "documentType": "invoice",
    } | other


def write_csv(path: Path, rows: Iterable[Row], *, encoding: str = "utf-8-sig") -> Path:
    """A portal file with these rows."""
    rows = list(rows)
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_json(path: Path, found: Any) -> Path:
    """A saved answer of the API."""
    path.write_text(json.dumps(found), encoding="utf-8")
    return path
