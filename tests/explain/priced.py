"""Bills of a synthetic partner at its customers' prices, rated as the close of a month rates them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from saldo.agreements.rules.exchange import Rates
from saldo.agreements.rules.prices import PriceRule, RuleBook
from saldo.core.periods import Month
from saldo.explain.rules.bill import Bill, BillLine
from saldo.explain.rules.price_side import Priced, basis_of, price_line
from saldo.invoicing.rules.rating import Payer, RatedLine, rate


def a_rule(code: str, method: str, *, starts_on: date = date(2020, 1, 1), **more: object) -> PriceRule:
    """A rule of the whole company that holds from its day, also within a term."""
    value = {name: str(figure) for name, figure in more.items() if name in ("percent", "price")}
    scope = {name: str(said) for name, said in more.items() if name in ("category", "product", "currency")}
    version = int(str(more.get("version", 1)))
    return PriceRule(
        code=code,
        version=version,
        level="company",
        method=method,  # type: ignore[arg-type]
        value=value,
        starts_on=starts_on,
        reaches="from-date",
        **scope,
    )


def at_prices(bill: Bill, rules: list[PriceRule], *, month: Month) -> Bill:
    """A cost-side bill as the customer is charged for it."""
    book, rates = RuleBook.of(rules), Rates.of((), source="none")
    by_text = {f"{rule.code}/{rule.version}": rule for rule in rules}
    payer = Payer(debtor="10001", segment="", currency="")
    lines = []
    for position, line in enumerate(bill.lines, start=1):
        rated = rate(item=line.item, payer=payer, book=book, rates=rates, month=month)
        assert isinstance(rated, RatedLine), rated
        lines.append(_line(rated, position, f"S-{month}", by_text))
    return Bill(customer=bill.customer, currency=bill.currency, side="price", period=str(month), lines=tuple(lines))


def _line(rated: RatedLine, position: int, number: str, rules: Mapping[str, PriceRule]) -> BillLine:
    rule = rules.get(rated.price_rule)
    basis, own = basis_of(rule)
    priced = Priced(
        number=number,
        position=position,
        customer=rated.item.customer,
        currency=rated.currency,
        product=rated.item.product_name,
        net=rated.net,
        unit_price=rated.unit_price,
        rate=Decimal(1),
        price_rule=rated.price_rule,
        basis=basis,
        own=own,
    )
    return price_line(priced, rated.item)
