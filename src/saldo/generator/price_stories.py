"""Stories of prices: renewals, promotions, things bought at once or for good, and what is priced in dollars."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from saldo.core.money import minor_unit
from saldo.generator import catalogue
from saldo.generator.contracts import Act, Contract
from saldo.generator.names import guid
from saldo.generator.stories import Setting, contract, some_month

_RISES = (Decimal("1.05"), Decimal("1.08"), Decimal("1.15"), Decimal("0.96"))
_DISCOUNTS = (Decimal("0.1"), Decimal("0.15"), Decimal("0.2"))


def renewed(setting: Setting) -> list[Contract]:
    """A renewal at a new list price, one in three times with other seats as well."""
    random = setting.random
    made = contract(setting, random.choice(catalogue.SEATS))
    month = some_month(setting)
    made.first = month - 12
    rise, unit = random.choice(_RISES), minor_unit(setting.currency)
    price = tuple((old * rise).quantize(unit, rounding=ROUND_HALF_UP) for old in made.prices)
    seats = random.randint(1, 3) if random.random() < 0.34 else 0
    made.acts[month] = Act(kind="renew", price=price, seats=seats)
    return [made]


def promoted(setting: Setting) -> list[Contract]:
    """A promotion that ends inside the story, or begins with a renewal in it."""
    random = setting.random
    product = random.choice(catalogue.SEATS)
    made = contract(setting, product)
    promotion = f"{product.product_id}:{int(product.sku_id)}:CFQ7TTC0{random.getrandbits(16):04X}"
    discount, month = random.choice(_DISCOUNTS), some_month(setting)
    if random.random() < 0.6:
        made.discount, made.promotion = discount, promotion
        made.acts[month] = Act(kind="promotion", discount=Decimal(0))
    else:
        made.first = month - 12
        made.acts[month] = Act(kind="promotion", discount=discount, promotion=promotion)
    return [made]


def paid_by_the_year(setting: Setting) -> list[Contract]:
    """A year paid at once: a renewal or a purchase inside the story."""
    random = setting.random
    month = some_month(setting, after=0)
    made = contract(setting, random.choice(catalogue.SEATS), billing="Annual", first=month - random.choice((0, 12)))
    made.prices = tuple(price * 12 for price in made.prices)
    return [made]


def bought_for_good(setting: Setting) -> list[Contract]:
    """A server licence, paid once; it has no end."""
    seats = setting.random.randint(1, 4)
    return [
        contract(
            setting,
            catalogue.SOFTWARE,
            billing="",
            term_months=1200,
            first=some_month(setting, after=0),
            seats=seats,
            term_text="",
        )
    ]


def reserved(setting: Setting) -> list[Contract]:
    """A reservation: three years at once, or by the month in dollars."""
    random = setting.random
    is_upfront = random.random() < 0.4
    first = some_month(setting, after=0) if is_upfront or random.random() < 0.3 else -random.randint(1, 20)
    made = contract(
        setting,
        catalogue.RESERVATION,
        billing="" if is_upfront else "Monthly",
        term_months=36,
        first=first,
        seats=random.randint(1, 6),
        term_text="3 Years Reservation",
        reservation_order=guid(random),
    )
    if is_upfront:
        made.prices = tuple(price * 36 for price in made.prices)
    return [made]


def saving(setting: Setting) -> list[Contract]:
    """A savings plan of one year, by the month in dollars."""
    random = setting.random
    return [
        contract(
            setting,
            catalogue.SAVINGS_PLAN,
            first=-random.randint(1, 11),
            seats=random.randint(1, 3),
            term_text="1 Year Savings Plan",
            reservation_order=guid(random),
        )
    ]


def from_the_marketplace(setting: Setting) -> list[Contract]:
    """Another publisher's service, priced in dollars; sometimes with more seats from a renewal of its month on."""
    random = setting.random
    made = contract(setting, random.choice(catalogue.MARKETPLACE), term_months=1, term_text="1 Month Subscription")
    if random.random() < 0.4:
        made.acts[some_month(setting)] = Act(kind="renew", seats=random.randint(1, 5))
    return [made]
