"""Which products a debtor has, by its newest bill: what a letter names when access is to stop. No amount is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from saldo.charges.queries import list_lines, list_months
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId
from saldo.dunning.rules.letter import Product
from saldo.dunning.rules.policy import ProductClass
from saldo.parties.debtors import list_tenants

_CLASSES: dict[str, ProductClass] = {
    "usage": "azure",
    "reservation": "reservations",
    "savings-plan": "reservations",
    "software-subscription": "software",
    "perpetual-software": "software",
    "marketplace": "saas",
}
_NEVER = date.min


def products_of(*, company: CompanyId, debtor: str) -> tuple[Product, ...]:
    """The products of a debtor's tenants by the newest month each was billed, licences with their seats.

    A bill does not say what is an add-on: it is told among the licences.
    """
    lines: list[LineItem] = []
    for tenant in list_tenants(company=company, debtor=debtor):
        months = list_months(company=company, customer=tenant.key)
        if months:
            lines += list_lines(company=company, customer=tenant.key, month=months[0])
    return gather_products(lines)


def gather_products(lines: Iterable[LineItem]) -> tuple[Product, ...]:
    """Products out of billed rows: for each subscription its newest charge, seats of one product added up."""
    newest: dict[tuple[str, str], LineItem] = {}
    for line in lines:
        if line.amount < 0 or line.quantity <= 0:  # a refund says what was, not what is
            continue
        key = (line.subscription, _name(line))
        if key not in newest or _age(line) >= _age(newest[key]):
            newest[key] = line
    found: dict[tuple[str, ProductClass], Decimal | None] = {}
    for line in newest.values():
        kind = _class_of(line)
        seats = line.quantity if kind in ("licences", "legacy-licences") else None
        before = found.get((_name(line), kind))
        found[_name(line), kind] = seats if before is None or seats is None else before + seats
    return _sorted([Product(name, seats, kind) for (name, kind), seats in found.items()])


def _sorted(products: Sequence[Product]) -> tuple[Product, ...]:
    return tuple(sorted(products, key=lambda one: (-(one.seats or 0), one.name)))


def _class_of(line: LineItem) -> ProductClass:
    if line.category == "licence":
        return "legacy-licences" if line.platform == "legacy" else "licences"
    return _CLASSES[line.category]


def _name(line: LineItem) -> str:
    """What the customer knows it by; meters of Azure are all of one name."""
    if line.category == "usage":
        return "Azure"
    return line.product_name or line.sku_name


def _age(line: LineItem) -> tuple[date, date, int]:
    return line.charge_starts_on or _NEVER, line.ordered_on or _NEVER, line.row
