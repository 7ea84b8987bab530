"""What a page about one customer stands on: the customer, their months with bills, the currency that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest

from saldo.charges.queries import MonthTotal, sum_by_month
from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.doors.visitor import COST, Visitor, get_visitor
from saldo.parties.queries import Customer, find_customer, find_customer_owner
from saldo.parties.rules.roles import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One customer in one currency; ``sums`` are the months in order, with amounts that only cost pages may read."""

    visitor: Visitor
    customer: Customer
    currency: str
    currencies: tuple[str, ...]
    is_asked: bool  # the currency came with the address, so links carry it on
    sees_cost: bool  # whether the visitor may see what this customer costs us
    sums: tuple[MonthTotal, ...]

    @property
    def months(self) -> tuple[Month, ...]:
        """Months with a bill in this currency, oldest first."""
        return tuple(one.month for one in self.sums)

    @property
    def currency_facts(self) -> dict[str, str]:
        """What links add so that the currency stays."""
        return {"currency": self.currency} if self.is_asked else {}

    def month(self, said: str) -> Month:
        """The month an address names; one without a bill is 404 in words."""
        try:
            month = Month.parse(said)
        except ValueError:
            raise Http404(figures.say("pages.problem.no-month", month=said[:20])) from None
        if month not in self.months:
            raise Http404(figures.say("pages.problem.no-month", month=figures.month(month)))
        return month

    def net(self, month: Month) -> Decimal:
        """The bill of a month; nothing where there is none."""
        return next((one.net for one in self.sums if one.month == month), Decimal(0))


def show_customer(request: HttpRequest, key: str) -> Shown:
    """The customer of an address; an unknown one is 404 in words."""
    visitor = get_visitor(request)
    customer = find_customer(company=visitor.company.id, key=CustomerId(key))
    if customer is None:
        raise Http404(figures.say("pages.problem.no-customer", customer=key[:80]))
    sums = sum_by_month(company=visitor.company.id, customer=customer.key)
    currencies = _by_weight(sums, visitor.company.currency)
    asked = request.GET.get("currency", "")
    currency = asked if asked in currencies else (currencies[0] if currencies else visitor.company.currency)
    return Shown(
        visitor=visitor,
        customer=customer,
        currency=currency,
        currencies=currencies,
        is_asked=asked in currencies,
        sees_cost=_sees_cost(visitor, customer.key),
        sums=tuple(sorted((one for one in sums if one.currency == currency), key=lambda one: one.month)),
    )


def _sees_cost(visitor: Visitor, key: CustomerId) -> bool:
    if visitor.reach(COST) is not Reach.OWN_CUSTOMERS:
        return visitor.sees_all_cost
    owner = find_customer_owner(company=visitor.company.id, key=key)
    return owner is not None and owner.user == visitor.user


def _by_weight(sums: tuple[MonthTotal, ...], own: str) -> tuple[str, ...]:
    """Our own currency first, the others by how many months they have."""
    held = sorted({one.currency for one in sums})
    return tuple(sorted(held, key=lambda code: (code != own, -sum(one.currency == code for one in sums), code)))
