"""The customer's side: our invoices of a month, or one of them, as a bill that compare can read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from saldo.agreements.queries import load_rule_book
from saldo.agreements.rules.prices import PriceRule
from saldo.charges.queries import list_lines_at
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.explain.rules.bill import Bill, BillLine
from saldo.explain.rules.price_side import Priced, basis_of, fee_line, price_line, tax_line, without_taken_back
from saldo.invoicing.billed import DRAFT, BilledLine, list_billed_lines


def get_price_bill(
    *,
    company: CompanyId,
    customer: CustomerId,
    period: Month | str,
    currency: str,
    include_drafts: bool = False,
) -> Bill:
    """What we charged a customer, in a month or by one document, tax included; empty where it was nothing.

    The lines' places are our document and the position on it: Microsoft's rows are the partner's own evidence.
    """
    month, number = (period, None) if isinstance(period, Month) else (None, period)
    billed = list_billed_lines(
        company=company,
        customer=customer,
        month=month,
        number=number,
        currency=currency,
        include_drafts=include_drafts,
    )
    lines = tuple(_read_lines(company, billed))
    return Bill(customer=customer, currency=currency, side="price", period=str(period), lines=lines)


def get_document_bill(*, company: CompanyId, number: str, debtor: str, currency: str) -> Bill:
    """One of our documents, with the charges of all tenants on it, before tax: what its paper explains."""
    billed = list_billed_lines(company=company, number=number)
    lines = tuple(line for line in _read_lines(company, billed) if not line.is_tax)
    return Bill(customer=CustomerId(debtor), currency=currency, side="price", period=number, lines=lines)


def get_draft_bill(*, company: CompanyId, draft: int, debtor: str, currency: str) -> Bill:
    """A draft as the document it will be: what review explains before there is a number."""
    billed = list_billed_lines(company=company, draft=draft)
    lines = tuple(line for line in _read_lines(company, billed) if not line.is_tax)
    return Bill(customer=CustomerId(debtor), currency=currency, side="price", period=f"{DRAFT}{draft}", lines=lines)


def _read_lines(company: CompanyId, billed: Collection[BilledLine]) -> Iterable[BillLine]:
    """The lines with the rules that priced them and the rows behind them."""
    rules = {f"{rule.code}/{rule.version}": rule for rule in load_rule_book(company=company).rules()}
    places = {(line.file, line.row) for line in billed if line.file}
    customers = {line.customer for line in billed if line.file}
    items = list_lines_at(company=company, customers=customers, places=places) if places else {}
    return _lines(billed, rules, items)


def _lines(
    billed: Iterable[BilledLine], rules: Mapping[str, PriceRule], items: Mapping[tuple[str, int], LineItem]
) -> Iterable[BillLine]:
    pairs = [(line, _priced(line, rules)) for line in billed]
    kept = {(one.number, one.position) for one in without_taken_back(tuple(made for _, made in pairs))}
    taxes: dict[tuple[str, Decimal], Decimal] = {}
    first: dict[tuple[str, Decimal], Priced] = {}
    for line, made in pairs:
        if (line.number, line.position) not in kept:
            continue
        item = items.get((line.file, line.row))
        yield fee_line(made) if item is None else price_line(made, item)
        at = (line.number, line.tax_percent)
        taxes[at] = taxes.get(at, ZERO) + line.tax
        first.setdefault(at, made)
    for at, tax in taxes.items():
        if tax:
            yield tax_line(first[at], percent=at[1], tax=tax)


def _priced(line: BilledLine, rules: Mapping[str, PriceRule]) -> Priced:
    rule = rules.get(line.price_rule)
    basis, own = basis_of(rule)
    return Priced(
        number=line.number,
        position=line.position,
        customer=line.customer,
        currency=line.currency,
        product=line.product,
        net=line.net,
        unit_price=line.unit_price,
        rate=line.rate or Decimal(1),
        price_rule=line.price_rule or "default",
        basis=basis,
        own=own,
        charge=line.charge,
        mirrors=line.mirrors,
        quantity=line.quantity,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
    )
