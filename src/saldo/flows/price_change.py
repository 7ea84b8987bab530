"""A price is about to change: who pays something else because of it, from when, and how much a month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from saldo.agreements.queries import load_rates, load_rule_book, load_terms
from saldo.agreements.rules.exact import Exact, over, rounded, times
from saldo.agreements.rules.price_changes import SubscriptionSeen, Touched, who_is_touched
from saldo.agreements.rules.prices import METERED, PriceRule
from saldo.agreements.rules.pricing import PricedFacts
from saldo.charges.month_lines import count_by_customer, list_month_lines, open_month
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.invoicing.rules.parts import part_of
from saldo.invoicing.rules.rating import Payer, facts_of
from saldo.parties.company import company_context
from saldo.parties.debtors import Debtor, list_debtors_numbered, map_tenants

_CHUNK = 500  # customers whose lines are held at once


def preview_price_change(
    *, company: CompanyId, version: PriceRule, month: Month, today: date, notice_days: int = 0
) -> tuple[Touched, ...]:
    """Whom a new version touches, judged by what was charged in ``month``; nothing is written.

    Each debtor is given the notice of its terms, ``notice_days`` at least; what comes sooner is warned of with a code.
    A subscription counts with the seats of its last charge, a meter with the use of the month.
    Refuses: UnableToPrice, UnableToConvert, as pricing the lines would.
    """
    with company_context(company):
        book = load_rule_book(company)
        rates = load_rates(company, today - timedelta(days=1), today)
        terms = load_terms(company)
        numbers = set(map_tenants(company=company).values())
        return who_is_touched(
            _list_seen(company, month, version),
            book=book,
            version=version,
            today=today,
            notice_days=notice_days,
            rates=rates,
            notices={number: terms.of(number, today).notice_days for number in numbers},
        )


def _list_seen(company: CompanyId, month: Month, version: PriceRule) -> Iterator[SubscriptionSeen]:
    tenants = map_tenants(company=company)
    debtors = list_debtors_numbered(company=company, numbers=set(tenants.values()))
    terms = load_terms(company)
    lines = open_month(company=company, month=month)
    meant = {tenant for tenant, number in tenants.items() if _is_meant(version, tenant, debtors[number])}
    customers = sorted({one.customer for one in count_by_customer(month=lines)} & meant)
    payers: Mapping[str, Payer] = {
        number: Payer(number, debtor.segment, terms.of(number, month.ends_on).currency)
        for number, debtor in debtors.items()
    }
    for start in range(0, len(customers), _CHUNK):
        found = list_month_lines(month=lines, customers=customers[start : start + _CHUNK])
        for item in _last_charges(found):
            yield _seen(item, payers[tenants[item.customer]], month)


def _is_meant(version: PriceRule, tenant: CustomerId, debtor: Debtor) -> bool:
    """Whether the version can hold for a tenant of this debtor at all; the lines of others are not read."""
    if version.level == "company":
        return True
    target = {"segment": debtor.segment, "debtor": debtor.number, "tenant": tenant}[version.level]
    return " ".join(target.casefold().split()) == " ".join(version.target.casefold().split())


def _last_charges(items: Iterable[LineItem]) -> Iterator[LineItem]:
    """Every meter's rows, and the newest charge of each subscription that was not given back since."""
    newest: dict[tuple[str, ...], LineItem] = {}
    for item in items:
        if item.amount <= 0 or not item.quantity:
            continue
        if item.category == METERED:
            yield item
            continue
        key = (item.customer, item.subscription, item.product_id, item.sku_id)
        if key not in newest or _order(item) >= _order(newest[key]):
            newest[key] = item
    yield from newest.values()


def _order(item: LineItem) -> tuple[date, date, date]:
    days = (item.charge_ends_on, item.charge_starts_on, item.ordered_on)
    ends, starts, ordered = (day or date.min for day in days)
    return (ends, starts, ordered)


def _seen(item: LineItem, payer: Payer, month: Month) -> SubscriptionSeen:
    cycle = part_of(item)
    priced = PricedFacts(
        quantity=item.quantity,
        unit_price=item.unit_price,
        cost=_for_a_whole_cycle(item.amount, cycle.part, item.currency),
        currency=item.currency,
        pricing_currency=item.pricing_currency,
        rate=item.exchange_rate,
        months=cycle.months,
        adjustments=item.adjustments,
    )
    return SubscriptionSeen(
        subscription=item.subscription,
        product=item.product_name,
        facts=facts_of(item, payer, month, cycle.starts_on),
        priced=priced,
        term_ends_on=None if item.category == METERED else item.term_ends_on,
        currency=payer.currency or item.currency,
    )


def _for_a_whole_cycle(amount: Decimal, part: Fraction, currency: str) -> Decimal:
    if part in (0, 1):
        return amount
    return rounded(over(times(Exact(amount), part.denominator), Decimal(part.numerator)), currency)
