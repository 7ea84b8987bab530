"""Legacy Azure usage of one customer: a billed row a resource and region, and its days (reference 4, 8.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from saldo.core.periods import Month
from saldo.generator.azure import AzurePlan
from saldo.generator.catalogue import Product
from saldo.generator.cycles import cycle_of
from saldo.generator.legacy_stories import ANNIVERSARY
from saldo.generator.meters import step_of
from saldo.generator.names import Customer, guid
from saldo.generator.rows import Row, decimal_text

SKU = "7UD-00001"
TIER = "1"
"""DetailLineItemId of the only tier that these resources have."""

_SERVICES = (
    ("VIRTUAL MACHINES", "A1 VM", "COMPUTE HOURS", "US WEST", "0.51", "1 Hour", 740),
    ("STORAGE", "GEO REDUNDANT", "STANDARD IO - TABLE", "", "0.045", "1 GB/Month", 900),
    ("DATA MANAGEMENT", "", "DATA TRANSFER OUT (GB)", "ZONE 1", "0.82", "1 GB", 120),
    ("SQL DATABASE", "STANDARD S1", "S1 DATABASE DAYS", "EU NORTH", "9.25", "1 Day", 31),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One resource of the legacy price list, in the region that rates it."""

    service: str
    service_type: str
    resource: str
    region: str
    price: Decimal
    unit: str
    usual: int

    @property
    def product(self) -> Product:
        """The resource as a product: ResourceGuid, Sku, Region and tier are its key."""
        return Product(
            product_id=guid(Random(f"resource {self.resource}")),
            sku_id=SKU,
            availability_id="/".join(filter(None, (self.region, TIER))),
            product_name=self.resource,
            sku_name=self.service_type,
            dollars=self.price,
        )


SERVICES = tuple(
    Service(service=s, service_type=t, resource=r, region=g, price=Decimal(p), unit=u, usual=n)
    for s, t, r, g, p, u, n in _SERVICES
)


@dataclass(slots=True, kw_only=True)
class LegacyAzure(AzurePlan):
    """A legacy Azure subscription; the arithmetic of its causes is that of a plan."""

    services: dict[str, Service] = field(default_factory=dict)


def make_legacy_azure(
    customer: Customer, *, size: int, months: int, start: Month, currency: str, random: Random
) -> LegacyAzure:
    """Usage of the cycle before each invoice, in billing currency."""
    made = LegacyAzure(customer=customer, id=guid(random), entitlements=())
    chosen = random.sample(SERVICES, k=random.randint(2, len(SERVICES)))
    units = {service.resource: Fraction(service.usual * size * random.randint(5, 20), 10) for service in chosen}
    dearer_from = random.randint(1, months) if random.random() < 0.3 else months
    for month in range(months):
        cycle = cycle_of(start.plus(month - 1), ANNIVERSARY)
        for service in chosen:
            units[service.resource] = units[service.resource] * random.randint(80, 125) / 100
            price = service.price * 2 if month >= dearer_from else service.price
            step = step_of(Fraction(price))
            quantity = Decimal(decimal_text(max(1, units[service.resource] // step) * step))
            row = Row(
                customer=customer, product=service.product, subscription=made.id,
                charge_type="ASSESS USAGE FEE FOR CURRENT CYCLE", ordered_on=cycle.ends_on, quantity=quantity,
                unit_price=price, starts_on=cycle.starts_on, ends_on=cycle.ends_on, currency=currency,
                pricing_currency=currency, is_usage=True, is_legacy=True, description="MICROSOFT AZURE",
                unit_type=service.unit, order_id=f"5674535{random.getrandbits(36)}",
            )  # fmt: skip
            made.rows.setdefault(month, []).append(row)
            made.services[service.product.product_id] = service
    return made


def days_of(row: Row, random: Random) -> list[tuple[date, Decimal]]:
    """The days a billed quantity came from; they add up to it (invariant I4)."""
    count = random.randint(2, 5)
    each = (row.quantity / count).quantize(Decimal("0.000001"))
    first = row.starts_on
    parts = [(first + timedelta(days=4 * index), each) for index in range(count - 1)]
    return [*parts, (first + timedelta(days=4 * count), row.quantity - each * (count - 1))]
