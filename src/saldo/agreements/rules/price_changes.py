"""Whom a change of price touches, from which day, and by how much a month (practice 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from saldo.agreements.rules.exchange import Rates, round_exact
from saldo.agreements.rules.prices import METERED, LineFacts, PriceRule, RuleBook, find_rule
from saldo.agreements.rules.pricing import Price, PricedFacts, price_line
from saldo.core.money import ZERO
from saldo.core.periods import Month, anchored

_DAYS_OF_MONTH = Fraction(3652425, 120000)


class SubscriptionSeen(NamedTuple):
    """A subscription as its last whole charge shows it."""

    subscription: str
    product: str
    facts: LineFacts  # of that charge: its term and the first day of its cycle
    priced: PricedFacts  # one whole cycle of its present seats
    term_ends_on: date | None  # last day; None where there is no term
    currency: str  # in which its debtor pays


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One subscription that a new version reaches. Amounts in ``currency``, before tax, for the present seats."""

    tenant: str
    debtor: str
    subscription: str
    product: str
    quantity: Decimal
    currency: str
    effective_on: date
    announce_by: date  # the last day on which the letter keeps the agreed notice
    is_in_time: bool
    price_before: Decimal
    price_after: Decimal
    difference: Decimal  # a month

    @property
    def warning(self) -> str:
        """The code of what speaks against the day: the agreed notice can no longer be kept."""
        return "" if self.is_in_time else "agreements.price.notice-too-short"


def who_is_touched(
    seen: Iterable[SubscriptionSeen],
    *,
    book: RuleBook,
    version: PriceRule,
    today: date,
    notice_days: int,
    rates: Rates,
    notices: Mapping[str, int] | None = None,
) -> tuple[Touched, ...]:
    """Every subscription that pays something else because of ``version``, soonest first.

    The notice is ``notice_days``, or what is agreed with a debtor in ``notices`` where that is longer. ``book`` is
    without the version, and its number does not count: it is given when the version is agreed. Compared is the day on
    which it reaches the subscription: what else changes on that day anyway is no part of the difference.
    Refuses as `price_line` does.
    """
    before = [rule for rule in book.rules() if rule.code == version.code]
    version = replace(version, version=1 + max((rule.version for rule in before), default=0))
    changed = RuleBook.of([*book.rules(), version])
    agreed = notices or {}
    found = (
        _touch(one, book, changed, version, today, max(notice_days, agreed.get(one.facts.debtor, 0)), rates)
        for one in seen
    )
    return tuple(
        sorted(
            (one for one in found if one is not None), key=lambda one: (one.effective_on, one.debtor, one.subscription)
        )
    )


def reaches_on(version: PriceRule, one: SubscriptionSeen) -> date:
    """The first day on which a version can hold for a subscription: a renewal, or with ``from-date`` a new cycle."""
    if one.facts.category == METERED or (one.term_ends_on is None and version.reaches == "renewal"):
        return max(version.starts_on, one.facts.charged_on)
    if version.reaches == "renewal" and one.facts.term_starts_on is not None and one.term_ends_on is not None:
        first, months = one.facts.term_starts_on, _months(one.facts.term_starts_on, one.term_ends_on)
    else:
        first, months = one.facts.charged_on, one.priced.months
    return next(day for day in _starts(first, months) if day >= version.starts_on)


def _touch(
    one: SubscriptionSeen,
    book: RuleBook,
    changed: RuleBook,
    version: PriceRule,
    today: date,
    notice_days: int,
    rates: Rates,
) -> Touched | None:
    effective_on = reaches_on(version, one)
    then = _facts_on(one, effective_on, version)
    before, after = find_rule(book, then), find_rule(changed, then)
    if before == after:
        return None
    old, new = (_price(one.priced, rule, one.currency, rates, today) for rule in (before, after))
    if old.net == new.net:
        return None
    announce_by = effective_on - timedelta(days=notice_days)
    return Touched(
        tenant=one.facts.tenant,
        debtor=one.facts.debtor,
        subscription=one.subscription,
        product=one.product,
        quantity=one.priced.quantity,
        currency=one.currency,
        effective_on=effective_on,
        announce_by=announce_by,
        is_in_time=today <= announce_by,
        price_before=old.unit_price,
        price_after=new.unit_price,
        difference=round_exact(Fraction(new.net - old.net) / one.priced.months, one.currency),
    )


def _price(priced: PricedFacts, rule: PriceRule | None, currency: str, rates: Rates, on: date) -> Price:
    price = price_line(priced, rule, currency=currency, rates=rates, on=on)
    if isinstance(price, Price):
        return price
    because = "agreements.price.not-billed"
    return Price(net=ZERO, unit_price=ZERO, charged_price=ZERO, currency=currency, rule=rule, because=because)


def _facts_on(one: SubscriptionSeen, day: date, version: PriceRule) -> LineFacts:
    """The same subscription on a later day: in a new term where that day begins one."""
    term = day if version.reaches == "renewal" and one.term_ends_on is not None else one.facts.term_starts_on
    if one.term_ends_on is not None and day > one.term_ends_on:
        term = day if term is None or version.reaches == "renewal" else _term_of(one, day)
    return one.facts._replace(
        term_starts_on=term, charge_starts_on=day, cycle_starts_on=None, month=Month.of(day).starts_on
    )


def _term_of(one: SubscriptionSeen, day: date) -> date:
    """The first day of the term that holds a day after the present term."""
    first, last = one.facts.term_starts_on, one.term_ends_on
    if first is None or last is None:
        return day
    held = first
    for start in _starts(first, _months(first, last)):
        if start > day:
            break
        held = start
    return held


def _starts(first: date, months: int) -> Iterator[date]:
    """This day and, that many months apart, the days after it; the anchor day is clipped to its month."""
    month = Month.of(first)
    return (anchored(month.plus(months * index), first.day) for index in count())


def _months(first: date, last: date) -> int:
    """How many months a term has, to the nearest; at least one."""
    return max(round(Fraction((last - first).days + 1) / _DAYS_OF_MONTH), 1)
