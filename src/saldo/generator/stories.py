"""What may happen to a subscription, as plans that charging turns into rows; truth can name every cause planted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.core.money import minor_unit
from saldo.generator import catalogue
from saldo.generator.catalogue import Product
from saldo.generator.contracts import Act, Contract
from saldo.generator.names import Customer, guid

MONTH_END_ANCHORS = (29, 30, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every story needs to know: whose, how large, how long, in which currency."""

    customer: Customer
    seats: int
    months: int
    currency: str
    dollar: Decimal
    random: Random

    def price(self, product: Product) -> Decimal:
        """List price of a month, in the product's pricing currency."""
        if product.is_priced_in_dollars:
            return product.dollars
        unit = minor_unit(self.currency)
        return (product.dollars * self.dollar).quantize(unit, rounding=ROUND_HALF_UP)


def contract(setting: Setting, *products: Product, **plan: object) -> Contract:
    """A subscription of these products that began before the story, unless the plan says otherwise."""
    random = setting.random
    is_foreign = products[0].is_priced_in_dollars
    figures: dict[str, object] = {
        "customer": setting.customer,
        "id": guid(random),
        "products": products,
        "prices": tuple(setting.price(product) for product in products),
        "currency": setting.currency,
        "pricing_currency": "USD" if is_foreign else setting.currency,
        "seats": max(1, setting.seats + random.randint(-setting.seats // 4, setting.seats // 4)),
        "anchor": random.randint(1, 28),
        "first": -random.randint(1, 24),
        "order_id": f"{random.getrandbits(48):012x}",
        **plan,
    }
    return Contract(**figures)  # type: ignore[arg-type]  # the plan names fields of Contract, tests read every one


def some_month(setting: Setting, *, after: int = 1, before: int = 1) -> int:
    """A month with so many before it and after it in the story; the earliest possible in a short one."""
    last = max(after, setting.months - 1 - before)
    return setting.random.randint(after, last) if setting.months > after else setting.months


def steady(setting: Setting) -> list[Contract]:
    """The same every month; about one in six bought on one of the last days of a month."""
    random = setting.random
    anchor = random.choice(MONTH_END_ANCHORS) if random.random() < 0.17 else random.randint(1, 28)
    return [contract(setting, random.choice(catalogue.SEATS), anchor=anchor)]


def bought(setting: Setting) -> list[Contract]:
    """A new subscription in some month; one in two aligned to the calendar, so that its first cycle is short."""
    random = setting.random
    month = some_month(setting, after=0)
    is_aligned = random.random() < 0.5
    plan = {"anchor": 1, "first_days_in": random.randint(1, 26)} if is_aligned else {}
    return [contract(setting, random.choice(catalogue.SEATS), first=month, **plan)]


def more_seats(setting: Setting) -> list[Contract]:
    """Seats added inside a cycle, one in four times to a licence with a telco part."""
    random = setting.random
    products = catalogue.E5 if random.random() < 0.25 else (random.choice(catalogue.SEATS),)
    made = contract(setting, *products, anchor=random.randint(1, 14))
    step = max(1, made.seats // random.randint(3, 8))
    days_in = random.randint(1, 13)
    made.acts[some_month(setting)] = Act(kind="seats", days_in=days_in, seats=step, reference=guid(random))
    return [made]


def fewer_seats(setting: Setting) -> list[Contract]:
    """Seats removed within seven days of a monthly term's renewal."""
    random = setting.random
    made = contract(setting, random.choice(catalogue.SEATS), anchor=random.randint(1, 20), term_months=1)
    made.term_text = "One-Month commitment for monthly billing"
    made.seats += 2
    step = random.randint(1, max(1, made.seats // 3))
    days_in = random.randint(1, 6)
    made.acts[some_month(setting)] = Act(kind="seats", days_in=days_in, seats=-step, reference=guid(random))
    return [made]
