"""The customer's bill as compare reads it: what Microsoft charged, at the customer's prices.

Nothing of the partner's cost stays in a line made here: its prices, amount and place are those of the customer's
invoice. What caused a change (days, seats, a promotion that the agreement passes on) is still Microsoft's event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from saldo.agreements.rules.prices import PriceRule
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId
from saldo.core.money import ZERO
from saldo.explain.rules.bill import Basis, BillLine
from saldo.explain.rules.charge_types import is_metered
from saldo.explain.rules.explanation import Explanation, Fact, Reason
from saldo.explain.rules.reading import read_line

_ONLY_MICROSOFT_SAYS = (
    *("charge_type", "sku_id", "availability_id", "sku_name", "meter_name", "unit_type", "publisher", "term_text"),
    *("reference", "promotion", "credit_reason", "qualifiers", "adjustments", "reservation_order"),
)
_DIGITS, _PLAIN = 10**12, 10**7
_OF_COST = frozenset({"rate_before", "rate_after", "document", "amends"})
"""Facts of Microsoft's documents, which are the partner's: their numbers, and the rates they were converted at."""


_BASES: Mapping[str, Basis] = {
    "markup-on-cost": "cost",
    "pass-through": "cost",
    "discount-from-list": "list",
    "list-price": "list",
}


def basis_of(rule: PriceRule | None) -> tuple[Basis, Fraction]:
    """What a rule makes a price of, and by what factor: cost and 1.1 for ten per cent on top.

    A price of the partner's own has no basis but itself; without a rule the list price stands in (interface.md).
    """
    if rule is None:
        return "list", Fraction(1)
    basis = _BASES.get(rule.method, "own")
    percent = Fraction(str(rule.value.get("percent", 0))) / 100
    if rule.method == "markup-on-cost":
        return basis, 1 + percent
    return basis, 1 - percent if rule.method == "discount-from-list" else Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """One line of one of our invoices. ``unit_price`` is before tax, in the invoice's currency, for a whole cycle.

    ``rate`` is what the price was converted at into that currency, 1 where it was not; ``own`` is what the rule makes
    of its basis. ``mirrors`` names the invoice of ours that the line takes back.
    """

    number: str
    position: int
    customer: CustomerId
    currency: str
    product: str
    net: Decimal
    unit_price: Decimal
    rate: Decimal
    price_rule: str
    basis: Basis
    own: Fraction
    charge: str = ""
    mirrors: str = ""
    quantity: Decimal = ZERO
    starts_on: date | None = None
    ends_on: date | None = None


def price_line(priced: Priced, item: LineItem) -> BillLine:
    """Microsoft's line as the customer is charged for it."""
    rate = Fraction(priced.rate) * (1 if priced.basis == "own" else Fraction(item.exchange_rate) or 1)
    listed, effective = _prices(priced, item, rate)
    charged = replace(
        item,
        file=FileId(priced.number),
        row=priced.position,
        document=MicrosoftInvoiceId(priced.number if priced.mirrors else item.document),
        amends=(MicrosoftInvoiceId(priced.mirrors),) if priced.mirrors else item.amends,
        product_name=priced.product or item.product_name,
        unit_price=_figure(listed),
        effective_unit_price=_figure(effective),
        discount=ZERO,
        amount=priced.net,
        tax=ZERO,
        currency=priced.currency,
        pricing_currency=priced.currency if priced.basis == "own" else item.pricing_currency,
        exchange_rate=_figure(rate),
        adjustments="",
    )
    return BillLine(item=charged, price_rule=priced.price_rule, basis=priced.basis, own=priced.own or Fraction(1))


def _prices(priced: Priced, item: LineItem, rate: Fraction) -> tuple[Fraction, Fraction]:
    """The customer's price of a whole cycle, and of the part charged, in the currency it was agreed in."""
    paid = Fraction(priced.unit_price) / rate
    if is_metered(item):
        return paid, paid
    read = read_line(item)
    if read is None:
        return paid, paid
    if priced.basis == "cost":
        listed = read.price * priced.own
        return listed, listed * read.cycle.share * read.kept
    listed = Fraction(item.unit_price) * priced.own if priced.basis == "list" else paid
    return listed, listed * read.cycle.share


def fee_line(priced: Priced) -> BillLine:
    """A fee of the partner's own: support, a late fee, a monthly minimum."""
    code = priced.charge or priced.product
    return BillLine(item=_without_source(priced, code=code, amount=priced.net), own_fee=code)


def tax_line(priced: Priced, *, percent: Decimal, tax: Decimal) -> BillLine:
    """The tax at one rate on the lines of one invoice; ``priced`` is any of them."""
    return BillLine(
        item=_without_source(priced, code=f"tax/{percent.normalize():f}", amount=tax, product=""), is_tax=True
    )


def without_taken_back(lines: tuple[Priced, ...]) -> tuple[Priced, ...]:
    """Lines without those of an invoice that was cancelled within the same bill, and without what cancelled it.

    An invoice corrected on the day it was sent changes nothing for the customer but its number.
    """
    here = {line.number for line in lines}
    cancelled = {line.mirrors for line in lines if line.mirrors in here and line.mirrors}
    whole = {number for number in cancelled if not _sum(lines, number)}
    return tuple(line for line in lines if line.number not in whole and line.mirrors not in whole)


def _sum(lines: tuple[Priced, ...], number: str) -> Decimal:
    """What is left of an invoice after its mirror."""
    return sum((line.net for line in lines if number in (line.number, line.mirrors)), ZERO)


def for_customer(explanation: Explanation) -> Explanation:
    """The explanation without facts of Microsoft's documents to the partner."""
    return replace(explanation, reasons=tuple(map(_reason_for_customer, explanation.reasons)))


def _reason_for_customer(reason: Reason) -> Reason:
    facts: dict[str, Fact] = {name: fact for name, fact in reason.facts.items() if name not in _OF_COST}
    return replace(reason, facts=facts)


def _figure(value: Fraction) -> Decimal:
    """To twelve digits after the point: far finer than any price, so that arithmetic still finds its parts.

    A price that was kept in the invoice's currency comes back with a last digit too much or too little; it is dropped.
    """
    plain = Fraction(round(value * _PLAIN), _PLAIN)
    shown = plain if abs(plain - value) * _PLAIN * 1000 < abs(value) + 1 else value
    return Decimal(round(shown * _DIGITS)) / _DIGITS


def _without_source(priced: Priced, *, code: str, amount: Decimal, product: str | None = None) -> LineItem:
    """A line that nothing of Microsoft's stands behind: everything that only its rows could say is empty."""
    texts = dict.fromkeys(_ONLY_MICROSOFT_SAYS, "")
    return LineItem(
        **texts,
        file=FileId(priced.number),
        row=priced.position,
        document=MicrosoftInvoiceId(priced.number),
        amends=(MicrosoftInvoiceId(priced.mirrors),) if priced.mirrors else (),
        is_estimated=False,
        platform="new-commerce",
        category="licence",
        customer=priced.customer,
        subscription=SubscriptionId(""),
        product_id=code,
        product_name=priced.product if product is None else product,
        quantity=priced.quantity,
        unit_price=priced.unit_price,
        effective_unit_price=priced.unit_price,
        discount=ZERO,
        amount=amount,
        tax=ZERO,
        currency=priced.currency,
        pricing_currency=priced.currency,
        exchange_rate=Decimal(1),
        ordered_on=priced.starts_on,
        charge_starts_on=priced.starts_on,
        charge_ends_on=priced.ends_on,
        term_starts_on=None,
        term_ends_on=None,
        billing_frequency="Monthly",
    )
