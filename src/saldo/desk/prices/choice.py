"""Page: which rule wins, for a customer and one of its charges, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.agreements.queries import load_rule_book
from saldo.agreements.rules.prices import Candidate, LineFacts, explain_choice
from saldo.charges.queries import list_lines, list_months
from saldo.charges.rules.line import LineItem
from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.paging import address
from saldo.desk.prices.wording import (
    Sight,
    group_of,
    name_targets,
    say_method,
    say_scope,
    say_target,
    say_when,
    sight_of,
)
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.invoicing.rules.parts import part_of
from saldo.invoicing.rules.rating import Payer, facts_of
from saldo.parties.debtors import get_debtor, map_tenants
from saldo.parties.queries import Customer, name_customer

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge of the customer's last month to ask about."""

    words: str
    more: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """One rule that applies to the charge, and why it wins or not."""

    href: str
    group: str
    target: str
    scope: tuple[str, ...]
    method: str
    when: str
    because: str
    wins: bool


@gate("price-list.read")
def choose(request: HttpRequest) -> HttpResponse:
    """Ask for a customer; then its charges; then the rules that could price one."""
    visitor = get_visitor(request)
    said = request.GET.get("customer", "").strip()[:200]
    page: dict[str, object] = {"said": said, "fault": "", "charges": [], "candidates": None}
    if said:
        try:
            customer = _customer(visitor, said)
            page |= _shown(request, visitor, customer)
        except Refused as refused:
            page["fault"] = say_refusal(refused)
    return render(request, "desk/prices/choice.html", {"page": page})


def _customer(visitor: Visitor, said: str) -> Customer:
    """The customer meant; another's is as unknown as one that does not exist."""
    found = name_customer(company=visitor.company.id, said=said)
    sight = sight_of(visitor)
    if sight.tenants is not None and found.key not in sight.tenants:
        raise Refused(code="parties.customer.unknown", facts={"customer": said})
    return found


def _shown(request: HttpRequest, visitor: Visitor, customer: Customer) -> dict[str, object]:
    month = _last_month(visitor, customer.key)
    items = _charges(visitor, customer.key, month) if month else []
    asked = request.GET.get("charge", "0")
    place = int(asked) if asked.isascii() and asked.isdigit() and int(asked[:6]) < len(items) else 0
    told = {"customer": customer.key}
    charges = [
        Charge(
            words=item.product_name,
            more=item.sku_name,
            href=address(request.path, told | {"charge": str(number)}),
            is_here=number == place,
        )
        for number, item in enumerate(items)
    ]
    number = map_tenants(company=visitor.company.id).get(customer.key)
    shown: dict[str, object] = {
        "customer": customer.name,
        "month": figures.month(month) if month else "",
        "charges": charges,
        "has_no_debtor": number is None,
    }
    if items and month is not None:
        shown["charge"] = items[place].product_name
        shown["candidates"] = _candidates(visitor, _facts(visitor, items[place], number or "", month))
    return shown


def _last_month(visitor: Visitor, customer: CustomerId) -> Month | None:
    return max(list_months(company=visitor.company.id, customer=customer), default=None)


def _charges(visitor: Visitor, customer: CustomerId, month: Month) -> list[LineItem]:
    """One line of each thing that was charged, by product."""
    seen: dict[tuple[str, ...], LineItem] = {}
    for item in list_lines(company=visitor.company.id, customer=customer, month=month):
        seen.setdefault((item.product_name, item.sku_id, item.subscription, item.charge_type), item)
    return [seen[key] for key in sorted(seen)][:_MOST]


def _facts(visitor: Visitor, item: LineItem, number: str, month: Month) -> LineFacts:
    segment = get_debtor(company=visitor.company.id, number=number).segment if number else ""
    return facts_of(item, Payer(number, segment, ""), month, part_of(item).starts_on)


def _candidates(visitor: Visitor, facts: LineFacts) -> list[CandidateRow]:
    found = explain_choice(load_rule_book(visitor.company.id), facts)
    names, sight = name_targets(visitor.company.id, [one.rule for one in found]), sight_of(visitor)
    return [_row(one, names, sight) for one in found]


def _row(one: Candidate, names: dict[str, str], sight: Sight) -> CandidateRow:
    rule = one.rule
    return CandidateRow(
        href=reverse("desk:price-rule", args=[rule.code]),
        group=figures.say(f"pages.prices.group.{group_of(rule)}"),
        target=say_target(rule, names),
        scope=say_scope(rule),
        method=say_method(rule, with_cost=sight.with_cost),
        when=say_when(rule),
        because=figures.say(one.because),
        wins=one.wins,
    )
