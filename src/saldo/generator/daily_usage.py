"""The daily rated usage file: one row a meter, resource and day, that adds up to the reconciliation file (reference 6).

Built from prepared pieces of text and whole numbers, since a month of a large partner is millions of rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import NamedTuple

from saldo.generator.azure import AzurePlan, meter_key
from saldo.generator.meters import Meter
from saldo.generator.names import guid
from saldo.generator.reconciliation import MPN_ID, PARTNER_ID, PARTNER_NAME, us_day
from saldo.generator.rows import Row, decimal_text

COLUMNS = (
    "PartnerId", "PartnerName", "CustomerId", "CustomerName", "CustomerDomainName", "CustomerCountry", "MpnId",
    "Tier2MpnId", "InvoiceNumber", "ProductId", "SkuId", "AvailabilityId", "SkuName", "ProductName", "PublisherName",
    "PublisherId", "SubscriptionDescription", "SubscriptionId", "ChargeStartDate", "ChargeEndDate", "UsageDate",
    "MeterType", "MeterCategory", "MeterId", "MeterSubCategory", "MeterName", "MeterRegion", "Unit",
    "ResourceLocation", "ConsumedService", "ResourceGroup", "ResourceURI", "ChargeType", "UnitPrice", "Quantity",
    "UnitType", "EffectiveUnitPrice", "BillingPreTaxTotal", "BillingCurrency", "PricingPreTaxTotal",
    "PricingCurrency", "ServiceInfo1", "ServiceInfo2", "Tags", "AdditionalInfo", "PCToBCExchangeRate",
    "PCToBCExchangeRateDate", "EntitlementId", "EntitlementDescription", "PartnerEarnedCreditPercentage",
    "CreditPercentage", "CreditType", "BenefitOrderId", "BenefitId", "BenefitType", "HasPartnerEarnedCredit",
)  # fmt: skip

_SCALE = 15  # digits of a quantity; enough for dust like 1.234567e-09
_PRICE_SCALE = 12
_RATE_SCALE = 9
_SHOWN = 18
_DUST = 1_234_567  # 1.234567e-09 units
_DUST_SHARE = 0.004
_RESOURCES = 6  # at most so many resources of one meter in one plan
_TEAMS = ("finance", "logistik", "产品", "vendas", "almacén", "platform", "data-science")


class Template(NamedTuple):
    """A row of one resource without what changes from day to day."""

    before_day: str
    before_quantity: str
    before_billed: str
    before_priced: str
    after: str


def daily_lines(plan: AzurePlan, row: Row, *, count: int, invoice: str, random: Random) -> Iterator[str]:
    """Exactly ``count`` lines whose quantities add up to the row's own, each day's charge unrounded (reference 8.4)."""
    templates = [_template(plan, row, invoice, random) for _ in range(min(count, random.randint(1, _RESOURCES)))]
    days = [us_day(row.starts_on + timedelta(days=d)) for d in range((row.ends_on or row.starts_on).day)]
    price = int(row.effective_price * 10**_PRICE_SCALE)
    rate = int(Fraction(row.rate) * 10**_RATE_SCALE)
    cut_priced = 10 ** (_SCALE + _PRICE_SCALE - _SHOWN)
    cut_billed = cut_priced * 10**_RATE_SCALE
    resources, length = len(templates), len(days)
    for number, units in enumerate(_shares(row.quantity, count, random)):
        template = templates[number % resources]
        exact = price * units
        yield (
            f"{template.before_day}{days[number // resources % length]}{template.before_quantity}"
            f"{_quantity(units)}{template.before_billed}{_point(exact * rate // cut_billed)}"
            f"{template.before_priced}{_point(exact // cut_priced)}{template.after}"
        )


def _shares(quantity: Decimal, count: int, random: Random) -> Iterator[int]:
    """The quantity in units of 1e-15, shared over so many rows; the last row takes what is left."""
    whole = int(quantity.scaleb(_SCALE))
    grain = 10 ** (_SCALE - 6)
    usual = whole // count
    left = whole
    noise = random.random
    for _ in range(count - 1):
        if noise() < _DUST_SHARE:
            part = min(_DUST, left)
        else:
            part = min(left, int(usual * (0.7 + 0.6 * noise())) // grain * grain)
        left -= part
        yield part
    yield left


def _quantity(units: int) -> str:
    """Plain digits, but dust as Microsoft prints it: ``1.234567e-09``."""
    return "1.234567e-09" if units == _DUST else _point(units, _SCALE)


def _point(units: int, digits: int = _SHOWN) -> str:
    whole, part = divmod(units, 10**digits)
    return f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".") if part else str(whole)


def _template(plan: AzurePlan, row: Row, invoice: str, random: Random) -> Template:
    """The fixed cells of one resource, escaped once."""
    cells = _cells(plan, row, plan.meters[meter_key(row)], invoice, random)
    marked = [cells.get(name, "") for name in COLUMNS]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(marked)
    return Template(*text.getvalue().split("\x00"))


def _cells(plan: AzurePlan, row: Row, meter: Meter, invoice: str, random: Random) -> dict[str, str]:
    customer, product = row.customer, row.product
    entitlement, entitlement_name = random.choice(plan.entitlements)
    earned = "15" if row.discount else "0"
    return {
        "PartnerId": PARTNER_ID, "PartnerName": PARTNER_NAME, "CustomerId": customer.id,
        "CustomerName": customer.name, "CustomerDomainName": customer.domain, "CustomerCountry": customer.country,
        "MpnId": MPN_ID, "Tier2MpnId": "0", "InvoiceNumber": invoice, "ProductId": product.product_id,
        "SkuId": product.sku_id, "AvailabilityId": product.availability_id, "SkuName": product.sku_name,
        "ProductName": product.product_name, "PublisherName": product.publisher,
        "SubscriptionDescription": row.description, "SubscriptionId": row.subscription,
        "ChargeStartDate": us_day(row.starts_on), "ChargeEndDate": us_day(row.ends_on), "UsageDate": "\x00",
        "MeterType": meter.unit, "MeterCategory": meter.category, "MeterId": _meter_id(meter),
        "MeterSubCategory": meter.sub_category, "MeterName": meter.name, "MeterRegion": "EU West",
        "Unit": meter.unit, "ResourceLocation": "westeurope", "ConsumedService": meter.service,
        "ChargeType": row.charge_type, "UnitPrice": f"{row.unit_price:f}", "Quantity": "\x00",
        "UnitType": row.unit_type, "EffectiveUnitPrice": decimal_text(row.effective_price),
        "BillingPreTaxTotal": "\x00", "BillingCurrency": row.currency, "PricingPreTaxTotal": "\x00",
        "PricingCurrency": row.pricing_currency, "PCToBCExchangeRate": f"{row.rate:f}",
        "PCToBCExchangeRateDate": us_day(row.starts_on), "EntitlementId": entitlement,
        "EntitlementDescription": entitlement_name, "PartnerEarnedCreditPercentage": earned,
        "CreditPercentage": "0", "CreditType": "Credit Not Applied",
        "HasPartnerEarnedCredit": "True" if row.discount else "False",
        **_resource(entitlement, meter, random),
    }  # fmt: skip


def _resource(entitlement: str, meter: Meter, random: Random) -> dict[str, str]:
    team, number = random.choice(_TEAMS), random.randint(1, 99)
    group = f"rg-{team}-{number % 7:02d}"
    name = f"{meter.name.split()[0].casefold()}-{random.getrandbits(20):05x}"
    tags = {"env": random.choice(("prod", "test")), "team": team, "cost center": f"{4000 + number}"}
    more = {"UsageType": meter.name, "ServiceType": meter.sub_category, "VCPUs": number % 8 + 1}
    return {
        "ResourceGroup": group,
        "ResourceURI": f"/subscriptions/{entitlement}/resourceGroups/{group}/providers/{meter.service}/units/{name}",
        "Tags": json.dumps(tags, ensure_ascii=False),
        "AdditionalInfo": json.dumps(more, ensure_ascii=False),
    }


def _meter_id(meter: Meter) -> str:
    return guid(Random(f"{meter.product.product_id}{meter.product.sku_id}"))
