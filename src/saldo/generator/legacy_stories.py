"""Stories of the legacy platform: licences from one anniversary to the next, and their way to new commerce."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.core.money import minor_unit
from saldo.core.periods import Month
from saldo.generator import catalogue
from saldo.generator.catalogue import Product
from saldo.generator.contracts import Act, Contract
from saldo.generator.cycles import cycle_of
from saldo.generator.names import guid
from saldo.generator.stories import Setting, contract, some_month

ANNIVERSARY = 5
"""Day of the month on which the partner's legacy billing period begins."""


def offer_of(product: Product) -> Product:
    """The legacy offer of a product: its own ids, the name in capitals (reference 12)."""
    random = Random(f"offer {product.product_id}")
    name = product.product_name.upper()
    return replace(
        product,
        product_id=guid(random).upper(),
        sku_id=guid(random).upper(),
        availability_id="",
        product_name=name,
        sku_name=name,
    )


def _licence(setting: Setting, product: Product) -> Contract:
    first = -setting.random.randint(13, 23)
    return contract(setting, offer_of(product), anchor=ANNIVERSARY, is_legacy=True, first=first)


def stayed(setting: Setting) -> list[Contract]:
    """A licence that stays where it is, one in three times at a new price from some cycle on."""
    random = setting.random
    made = _licence(setting, random.choice(catalogue.SEATS))
    if random.random() < 0.34:
        price = (made.prices[0] * Decimal("1.1")).quantize(minor_unit(setting.currency), rounding=ROUND_HALF_UP)
        made.acts[some_month(setting)] = Act(kind="renew", price=(price,))
    return [made]


def migrated(setting: Setting, start: Month) -> list[Contract]:
    """Cancelled on the legacy side and bought the same day in new commerce; the refund comes with the next invoice."""
    random = setting.random
    product = random.choice(catalogue.SEATS)
    month = some_month(setting)
    old = _licence(setting, product)
    past = cycle_of(start.plus(month - 1), ANNIVERSARY)
    days_in = random.choice([d for d in range(1, past.days) if (past.starts_on + timedelta(days=d)).day <= 28])
    day = past.starts_on + timedelta(days=days_in)
    old.acts[month] = Act(kind="migrate", days_in=days_in)
    arrives = month if Month.of(day) == start.plus(month) else month - 1
    new = contract(setting, product, anchor=day.day, first=arrives, seats=old.seats)
    new.mark(arrives, "arrived")
    if arrives == month:
        old.mark(month, "upgrade")  # both sides are in this month, so the month after it is the same story
    return [old, new]
