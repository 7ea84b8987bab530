"""Azure meters with real shapes: hours, gigabytes, operations, tiers; prices in USD."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from saldo.generator.catalogue import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One meter. ``tiers`` are (units up to which, price); the last tier has no end; ``usual`` units a month."""

    product: Product
    category: str
    sub_category: str
    name: str
    unit: str
    service: str
    tiers: tuple[tuple[int | None, Decimal], ...]
    usual: int
    earns_credit: bool = True


def _meter(ids: str, category: str, sub: str, name: str, unit: str, service: str, tiers: str, usual: int) -> Meter:
    product_id, sku_id, availability_id = ids.split()
    read = []
    for tier in tiers.split():
        price, _, end = tier.partition("<")
        read.append((int(end) if end else None, Decimal(price)))
    product = Product(
        product_id=product_id,
        sku_id=sku_id,
        availability_id=availability_id,
        product_name=f"{category} - {sub} - EU West" if sub else f"{category} - EU West",
        sku_name=name,
        dollars=read[0][1],
        publisher="Microsoft Corporation",
        is_priced_in_dollars=True,
    )
    return Meter(
        product=product, category=category, sub_category=sub, name=name, unit=unit, service=service,
        tiers=tuple(read), usual=usual, earns_credit=category not in {"Bandwidth", "Virtual Machines Spot"},
    )  # fmt: skip


METERS = (
    _meter(
        "DZH318Z0BNZ5 006G DZH318Z08B80",
        "Virtual Machines",
        "Dsv5 Series",
        "D4s v5",
        "1 Hour",
        "Microsoft.Compute",
        "0.23",
        730,
    ),
    _meter(
        "DZH318Z0BQ57 00D2 DZH318Z0C4L7",
        "Virtual Machines",
        "BS Series",
        "B2s",
        "1 Hour",
        "Microsoft.Compute",
        "0.048",
        1460,
    ),
    _meter(
        "DZH318Z0BQ4L 00FH DZH318Z0B9FW",
        "Virtual Machines Spot",
        "Ev4 Series",
        "E8 v4 Spot",
        "1 Hour",
        "Microsoft.Compute",
        "0.12",
        300,
    ),
    _meter(
        "DZH318Z0BNXJ 001K DZH318Z0BK3S",
        "Storage",
        "Tiered Block Blob",
        "Hot LRS Data Stored",
        "1 GB/Month",
        "Microsoft.Storage",
        "0.02<2000 0.018",
        1400,
    ),
    _meter(
        "DZH318Z0BP04 0067 DZH318Z0BJ4C",
        "Storage",
        "Premium SSD Managed Disks",
        "P10 LRS Disk",
        "1/Month",
        "Microsoft.Compute",
        "19.2",
        5,
    ),
    _meter(
        "DZH318Z0BNXJ 00T3 DZH318Z0BHQN",
        "Storage",
        "Tiered Block Blob",
        "Hot Read Operations",
        "10K",
        "Microsoft.Storage",
        "0.004",
        9000,
    ),
    _meter(
        "DZH318Z0BNVX 0040 DZH318Z0BK6Z",
        "Bandwidth",
        "Inter-Region",
        "Data Transfer Out",
        "1 GB",
        "Microsoft.Network",
        "0.08<400 0.06",
        300,
    ),
    _meter(
        "DZH318Z0BP53 0012 DZH318Z0C2M4",
        "SQL Database",
        "Single Standard",
        "S2 DTUs",
        "1/Day",
        "Microsoft.Sql",
        "2.4",
        31,
    ),
    _meter(
        "DZH318Z0BNZH 000V DZH318Z0BX0J",
        "Azure App Service",
        "Premium v3 Plan",
        "P1 v3 App",
        "1 Hour",
        "Microsoft.Web",
        "0.16",
        730,
    ),
    _meter(
        "DZH318Z0BP7D 0008 DZH318Z0BLB8",
        "Log Analytics",
        "",
        "Analytics Logs Data Ingestion",
        "1 GB",
        "microsoft.operationalinsights",
        "2.5",
        60,
    ),
    _meter(
        "DZH318Z0BQ35 0031 DZH318Z0BSPT",
        "Azure DNS",
        "",
        "Private Queries",
        "1M",
        "Microsoft.Network",
        "0.4<500 0.2",
        430,
    ),
    _meter(
        "DZH318Z0BP88 0019 DZH318Z0BT21",
        "Backup",
        "",
        "Azure VM Protected Instances",
        "1/Month",
        "Microsoft.RecoveryServices",
        "10",
        6,
    ),
)
"""A customer's plan draws from these; spot machines and traffic earn no partner credit (reference 9)."""


def step_of(price: Fraction) -> Fraction:
    """The smallest decimal amount of units that costs whole cents at this price.

    Quantities are whole steps, so that the charge in dollars is exact and EffectiveUnitPrice is the price itself.
    """
    cents = price * 100
    above = cents.numerator
    divisor = 1
    for prime in (2, 5):
        while above % prime == 0:
            above //= prime
            divisor *= prime
    return Fraction(cents.denominator, divisor)
