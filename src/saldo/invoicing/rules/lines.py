"""Lines on their way onto a document or into their bucket, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from saldo.agreements.rules.exchange import Rate
from saldo.charges.rules.line import LineItem
from saldo.core.money import ZERO
from saldo.invoicing.rules.rating import Bucketed, RatedLine

OWN_FEE = "own-fee"
"""The category of fees of our own."""


class DraftLine(NamedTuple):
    """A line as it is kept: on a document, or in its bucket without one. Field by field the columns of the table."""

    bucket: str
    because: str
    facts: Mapping[str, Any]
    decided_by: str
    file: str
    row: int
    document: str
    charge: str
    mirrors_line: int | None
    customer: str
    subscription: str
    product: str
    product_id: str
    sku_id: str
    category: str
    charge_type: str
    starts_on: date | None
    ends_on: date | None
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal
    tax_percent: Decimal
    tax_treatment: str
    price_rule: str
    rate: Decimal
    cost: Decimal
    cost_currency: str


class Billable(NamedTuple):
    """A line on its way onto a document in ``currency``; ``credits`` names the issued document it gives back."""

    line: DraftLine
    currency: str
    credits: str = ""
    original: str = ""  # of a correction: where the line stood that it takes back
    rate: Rate | None = None


def billable_of(rated: RatedLine, *, credits: str = "", mirrors_line: int | None = None) -> Billable:
    """A rated line of Microsoft's, ready for a document."""
    item = rated.item
    line = _line_of(item, bucket="rated", decided_by=rated.decided_by)._replace(
        mirrors_line=mirrors_line,
        quantity=rated.quantity,
        unit_price=rated.unit_price,
        net=rated.net,
        price_rule=rated.price_rule,
        rate=rated.rate.rate if rated.rate else Decimal(1),
    )
    return Billable(line, rated.currency, credits=credits, rate=rated.rate)


def bucket_line(bucketed: Bucketed) -> DraftLine:
    """A line of Microsoft's that no customer pays (yet), as it is kept."""
    line = _line_of(bucketed.item, bucket=bucketed.bucket, decided_by=bucketed.decided_by)
    facts = {name: str(value) for name, value in bucketed.facts.items()}
    return line._replace(because=bucketed.because, facts=facts, price_rule=bucketed.price_rule)


def _line_of(item: LineItem, *, bucket: str, decided_by: str) -> DraftLine:
    meter = item.meter_name
    named = not meter or item.product_name.endswith(meter)
    return DraftLine(
        bucket=bucket,
        because="",
        facts={},
        decided_by=decided_by,
        file=item.file,
        row=item.row,
        document=item.document,
        charge="",
        mirrors_line=None,
        customer=item.customer,
        subscription=item.subscription,
        product=item.product_name if named else ", ".join(filter(None, (item.product_name, meter))),
        product_id=item.product_id,
        sku_id=item.sku_id,
        category=item.category,
        charge_type=item.charge_type,
        starts_on=item.charge_starts_on,
        ends_on=item.charge_ends_on,
        quantity=item.quantity,
        unit_price=ZERO,
        net=ZERO,
        tax=ZERO,
        tax_percent=ZERO,
        tax_treatment="",
        price_rule="",
        rate=Decimal(1),
        cost=item.amount,
        cost_currency=item.currency,
    )


_BLANK = DraftLine(
    bucket="rated",
    because="",
    facts={},
    decided_by="",
    file="",
    row=0,
    document="",
    charge="",
    mirrors_line=None,
    customer="",
    subscription="",
    product="",
    product_id="",
    sku_id="",
    category=OWN_FEE,
    charge_type="",
    starts_on=None,
    ends_on=None,
    quantity=ZERO,
    unit_price=ZERO,
    net=ZERO,
    tax=ZERO,
    tax_percent=ZERO,
    tax_treatment="",
    price_rule="",
    rate=Decimal(1),
    cost=ZERO,
    cost_currency="",
)


def own_line(
    *,
    charge: str,
    customer: str,
    code: str,
    name: str,
    starts_on: date,
    ends_on: date,
    quantity: Decimal,
    unit_price: Decimal,
    net: Decimal,
    rate: Decimal = Decimal(1),
    price_rule: str = "",
) -> DraftLine:
    """A fee of our own: no source of Microsoft's, no cost."""
    return _BLANK._replace(
        charge=charge,
        customer=customer,
        product=name,
        charge_type=code,
        starts_on=starts_on,
        ends_on=ends_on,
        quantity=quantity,
        unit_price=unit_price,
        net=net,
        rate=rate,
        price_rule=price_rule,
    )
