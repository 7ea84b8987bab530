"""What becomes of one line of Microsoft's: rated, not billed, held or unmatched.

Pure: agreements price the line, a person's decision overrides, whatever cannot be told is held and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from saldo.agreements.rules.exchange import Rate, Rates, UnableToConvert
from saldo.agreements.rules.prices import LineFacts, RuleBook, find_rule
from saldo.agreements.rules.pricing import (
    DEFAULT_USED,
    NotBilled,
    Price,
    PricedFacts,
    UnableToPrice,
    price_line,
)
from saldo.charges.rules.line import LineItem
from saldo.core.periods import Month
from saldo.invoicing.rules.parts import listed_of, part_of, signed_quantity

Bucket = Literal["rated", "not-billed", "held", "unmatched"]
BUCKETS: tuple[Bucket, ...] = ("rated", "not-billed", "held", "unmatched")
DECIDABLE = frozenset({"rated", "not-billed", "held"})
"""What a person may decide about a line."""

NO_CUSTOMER = "invoicing.line.no-customer"
NO_DEBTOR = "invoicing.line.no-debtor"
BY_RULE = "invoicing.line.not-billed-by-rule"
DECIDED = "invoicing.line.decided"
CONTRADICTS = "invoicing.line.contradicts-itself"
TAKEN_BACK = "invoicing.line.voided-and-rebilled"


class Payer(NamedTuple):
    """Who pays for a tenant: debtor number, segment, and the currency agreed ("" is that of the charge)."""

    debtor: str
    segment: str
    currency: str


class Decided(NamedTuple):
    """A person's word on a line: its bucket, and who said so."""

    bucket: Bucket
    by: str


@dataclass(frozen=True, slots=True)
class RatedLine:
    """A line that the customer pays: what, at which price, under which rule and rate."""

    item: LineItem
    debtor: str
    currency: str
    quantity: Decimal  # negative on rows that give back
    unit_price: Decimal
    net: Decimal
    price_rule: str  # "code/version", "default" where the list price stood in
    rate: Rate | None
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Bucketed:
    """A line that the customer does not pay (yet), with the reason."""

    item: LineItem
    bucket: Bucket
    because: str
    facts: Mapping[str, Any]
    decided_by: str = ""
    price_rule: str = ""


def rate(
    *,
    item: LineItem,
    payer: Payer | None,
    book: RuleBook,
    rates: Rates,
    month: Month,
    decision: Decided | None = None,
) -> RatedLine | Bucketed:
    """What becomes of a line in a month's bill; amounts in another currency take the rate of the month's last day.

    Without ``payer`` it is unmatched. Held: what contradicts itself, has no price or no exchange rate.
    """
    if payer is None:
        return Bucketed(item, "unmatched", NO_DEBTOR if item.customer else NO_CUSTOMER, {"customer": item.customer})
    if decision is not None and decision.bucket != "rated":
        return Bucketed(item, decision.bucket, DECIDED, {}, decided_by=decision.by)
    if decision is None and (odd := _oddity(item)):
        return Bucketed(item, "held", CONTRADICTS, {"why": odd})
    try:
        price = _price(item, payer, book, rates, month.ends_on)
    except (UnableToPrice, UnableToConvert) as refused:
        return Bucketed(item, "held", refused.code, refused.facts)
    by = decision.by if decision else ""
    if isinstance(price, NotBilled):
        rule = price.rule
        return Bucketed(
            item, "not-billed", BY_RULE, {"reason": price.reason}, by, price_rule=f"{rule.code}/{rule.version}"
        )
    return RatedLine(
        item=item,
        debtor=payer.debtor,
        currency=price.currency,
        quantity=signed_quantity(item),
        unit_price=price.unit_price,
        net=price.net,
        price_rule=_rule_text(price),
        rate=price.rate,
        decided_by=by,
    )


def is_default(price_rule: str) -> bool:
    """Whether the list price stood in where no rule was found."""
    return price_rule == "default"


def is_credit(item: LineItem) -> bool:
    """Whether a line gives back by a document of another period, or as a credit to the customer (reference 7)."""
    return item.amount < 0 and (bool(item.amends) or "credit" in item.charge_type.casefold())


def facts_of(item: LineItem, payer: Payer, month: Month, cycle_starts_on: date | None = None) -> LineFacts:
    """What price rules may look at."""
    return LineFacts(
        tenant=item.customer,
        debtor=payer.debtor,
        segment=payer.segment,
        product_id=item.product_id,
        product_name=item.product_name,
        sku_id=item.sku_id,
        publisher=item.publisher,
        category=item.category,
        charge_type=item.charge_type,
        term_starts_on=item.term_starts_on,
        charge_starts_on=item.charge_starts_on,
        month=month.starts_on,
        cycle_starts_on=cycle_starts_on,
    )


def _price(item: LineItem, payer: Payer, book: RuleBook, rates: Rates, on: date) -> Price | NotBilled:
    cycle = part_of(item)
    priced = PricedFacts(
        quantity=item.quantity,
        unit_price=item.unit_price,
        cost=item.amount,
        currency=item.currency,
        pricing_currency=item.pricing_currency,
        rate=item.exchange_rate,
        part=cycle.part,
        months=cycle.months,
        adjustments=item.adjustments,
        listed=listed_of(item, cycle.part),
    )
    rule = find_rule(book, facts_of(item, payer, Month.of(on), cycle.starts_on))
    return price_line(priced, rule, currency=payer.currency or item.currency, rates=rates, on=on)


def _rule_text(price: Price) -> str:
    if price.because == DEFAULT_USED or price.rule is None:
        return "default"
    return f"{price.rule.code}/{price.rule.version}"


def _oddity(item: LineItem) -> str:
    """What in a line contradicts itself, so that a person must look before a customer pays for it."""
    if item.quantity < 0 and item.platform == "new-commerce":
        return "quantity"  # refund rows are positive there (reference 5)
    if item.effective_unit_price * item.amount < 0 and item.quantity > 0 and item.platform == "new-commerce":
        return "sign"
    return "currency" if not item.currency else ""
