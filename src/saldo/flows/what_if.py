"""What if another rule held? Past months are rated twice, customer by customer; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from saldo.agreements.queries import list_price_rules, load_rates, load_terms
from saldo.agreements.rules.exchange import Rates
from saldo.agreements.rules.prices import PriceRule, RuleBook
from saldo.agreements.rules.terms import TermsBook
from saldo.charges.month_lines import list_month_lines, open_month
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.invoicing.rules.rating import Payer, RatedLine, rate
from saldo.parties.company import company_context
from saldo.parties.debtors import Debtor, list_debtors_numbered, map_tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One customer in one currency over all months: what it pays under each of two rules, before tax."""

    customer: CustomerId
    currency: str
    first: Decimal
    second: Decimal

    @property
    def difference(self) -> Decimal:
        """What the second rule brings more."""
        return self.second - self.first


def compare_rules(
    *,
    company: CompanyId,
    customers: Sequence[CustomerId],
    months: Sequence[Month],
    first: PriceRule | None,
    second: PriceRule | None,
) -> tuple[Compared, ...]:
    """These customers' months under both rules, in the order of their keys; None is what is agreed.

    A rule stands in for those agreed that apply to the same, and holds for every charge whatever its term.
    Lines that are held or not billed count with nothing.
    """
    if not months:
        return ()
    with company_context(company):
        agreed = list_price_rules(company=company)
        books = [_book(agreed, rule) for rule in (first, second)]
        rates = load_rates(company, min(months).starts_on, max(months).ends_on)
        tenants = map_tenants(company=company)
        debtors = list_debtors_numbered(company=company, numbers={tenants[key] for key in customers if key in tenants})
        payers = {key: debtors[tenants[key]] for key in customers if key in tenants}
        terms = load_terms(company)
        sums: dict[tuple[CustomerId, str], list[Decimal]] = {}
        for month in months:
            lines = list_month_lines(month=open_month(company=company, month=month), customers=customers)
            for item in lines:
                payer = payers.get(item.customer)
                nets = [] if payer is None else _nets(item, _payer(payer, terms, month), books, rates, month)
                for place, currency, net in nets:
                    sums.setdefault((item.customer, currency), [Decimal(0), Decimal(0)])[place] += net
    return tuple(
        Compared(customer=customer, currency=currency, first=pair[0], second=pair[1])
        for (customer, currency), pair in sorted(sums.items())
    )


def _book(agreed: Iterable[PriceRule], rule: PriceRule | None) -> RuleBook:
    if rule is None:
        return RuleBook.of(agreed)
    stands_in = replace(rule, starts_on=date.min, reaches="from-date")
    return RuleBook.of([*(one for one in agreed if one.scope != rule.scope), stands_in])


def _payer(debtor: Debtor, terms: TermsBook, month: Month) -> Payer:
    return Payer(debtor.number, debtor.segment, terms.of(debtor.number, month.ends_on).currency)


def _nets(
    item: LineItem, payer: Payer, books: Sequence[RuleBook], rates: Rates, month: Month
) -> list[tuple[int, str, Decimal]]:
    found = []
    for place, book in enumerate(books):
        rated = rate(item=item, payer=payer, book=book, rates=rates, month=month)
        if isinstance(rated, RatedLine):
            found.append((place, rated.currency, rated.net))
    return found
