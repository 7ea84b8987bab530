"""Page: what if. Two rules over the last three months, customer by customer, and what the second brings more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saldo.agreements.rules.prices import LEVELS, Method, PriceRule
from saldo.agreements.rules.rule_faults import find_rule_fault
from saldo.charges.queries import sum_by_customer, sum_by_month
from saldo.core.identity import CustomerId
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, choices_of
from saldo.desk.form_page import form_of
from saldo.desk.paging import Window, address, read_page
from saldo.desk.prices.rule_reading import OFFERED, PRICED, SCOPE, read_scope, read_value
from saldo.desk.prices.wording import say_method
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.flows.what_if import compare_rules
from saldo.parties.debtors import list_debtors_numbered, map_tenants
from saldo.parties.queries import name_customers

_MONTHS = 3
_A_PAGE = 25
_AS_AGREED = "as-agreed"
_METHODS = tuple(method for method in OFFERED if method != "minimum")
_SIDES = ("first", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """One customer in one currency."""

    name: str
    currency: str
    first: Decimal
    second: Decimal
    difference: Decimal


@gate_everywhere("price-list.edit")
def what_if(request: HttpRequest) -> HttpResponse:
    """The form, and under it what was asked; an address can be kept and sent."""
    visitor, asked = get_visitor(request), Asked(request.GET)
    is_asked = "second" in request.GET
    page: dict[str, Any] | None = None
    if is_asked:
        rules = _read_rules(visitor, asked)
        if not asked.faults:
            page = _compare(request, visitor, rules)
    form = form_of(_fields(visitor), request.GET.dict() if is_asked else None, asked.faults)
    context = {
        "form": form,
        "plain": [field for field in form.fields if field.name not in SCOPE],
        "only": [field for field in form.fields if field.name in SCOPE],
        "is_narrowed": any(field.value for field in form.fields if field.name in SCOPE),
        "page": page,
    }
    return render(request, "desk/prices/what_if.html", context)


def _read_rules(visitor: Visitor, asked: Asked) -> list[PriceRule | None]:
    scope = read_scope(visitor.company.id, asked)
    rules: list[PriceRule | None] = []
    for side in _SIDES:
        method = asked.text(side)
        if method == _AS_AGREED:
            rules.append(None)
            continue
        value = read_value(asked, method, f"{side}_figure")
        rule = PriceRule(
            code=f"what-if-{side}",
            version=1,
            **scope,
            method=cast(Method, method),
            value=value,
            currency=asked.text("currency").upper() if method in PRICED else "",
            starts_on=date.min,
            reaches="from-date",
        )
        fault = None if asked.faults else find_rule_fault(rule)
        if fault is not None:
            labels = {field.name: field.label for field in _fields(visitor)}
            asked.refuse(Refused(code=fault.code, facts={"rule": rule.code, "field": fault.field}), labels)
        rules.append(rule)
    return rules


def _compare(request: HttpRequest, visitor: Visitor, rules: list[PriceRule | None]) -> dict[str, Any]:
    months = sorted({one.month for one in sum_by_month(company=visitor.company.id)})[-_MONTHS:]
    scope = next((rule for rule in rules if rule is not None), None)
    names = _meant(visitor, months, scope)
    window = Window(number=read_page(request.GET.get("page", "1")), total=len(names), size=_A_PAGE)
    shown = dict(list(names.items())[window.rows])
    found = compare_rules(
        company=visitor.company.id, customers=list(shown), months=months, first=rules[0], second=rules[1]
    )
    rows = [
        ComparedRow(
            name=shown[one.customer],
            currency=one.currency,
            first=one.first,
            second=one.second,
            difference=one.difference,
        )
        for one in found
    ]
    facts: dict[str, object] = {name: value for name, value in request.GET.items() if name != "page"}
    return {
        "months": [figures.month(month) for month in months],
        "first": _say(rules[0]),
        "second": _say(rules[1]),
        "rows": sorted(rows, key=lambda row: (row.name, row.currency)),
        "totals": _totals(rows),
        "is_whole": len(names) <= _A_PAGE,
        "count": len(shown),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
    }


def _meant(visitor: Visitor, months: list[Month], scope: PriceRule | None) -> dict[CustomerId, str]:
    """The names of customers that the rules could touch and that were charged in one of the months, by name."""
    company = visitor.company.id
    charged = {one.customer for month in months for one in sum_by_customer(company=company, month=month)}
    if scope is not None and scope.level != "company":
        charged &= _tenants_of(visitor, scope)
    names = name_customers(company=company, keys=charged)
    return dict(sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def _tenants_of(visitor: Visitor, scope: PriceRule) -> set[CustomerId]:
    company, target = visitor.company.id, scope.target.casefold()
    if scope.level == "tenant":
        return {CustomerId(scope.target)}
    tenants = map_tenants(company=company)
    if scope.level == "debtor":
        return {key for key, number in tenants.items() if number.casefold() == target}
    debtors = list_debtors_numbered(company=company, numbers=set(tenants.values()))
    return {key for key, number in tenants.items() if debtors[number].segment.casefold() == target}


def _totals(rows: list[ComparedRow]) -> list[ComparedRow]:
    currencies = sorted({row.currency for row in rows})
    return [
        ComparedRow(
            name="",
            currency=currency,
            first=sum((row.first for row in rows if row.currency == currency), Decimal(0)),
            second=sum((row.second for row in rows if row.currency == currency), Decimal(0)),
            difference=sum((row.difference for row in rows if row.currency == currency), Decimal(0)),
        )
        for currency in currencies
    ]


def _say(rule: PriceRule | None) -> str:
    return figures.say("pages.prices.as-agreed") if rule is None else say_method(rule, with_cost=True)


def _fields(visitor: Visitor) -> list[Field]:
    say = figures.say
    methods = choices_of(_METHODS, "prices.method-choice")
    levels = choices_of(LEVELS, "prices.level")
    own = ((_AS_AGREED, say("pages.prices.as-agreed")), *methods)
    fields = [
        Field(name="level", label=say("pages.prices.field.level"), value="company", kind="select", choices=levels),
        Field(name="target", label=say("pages.prices.field.target"), hint=say("pages.prices.hint.target")),
        *(Field(name=name, label=say(f"pages.prices.field.{name}"), is_optional=True) for name in SCOPE),
        Field(name="currency", label=say("pages.prices.field.currency"), value=visitor.company.currency),
    ]
    for side, choices in (("first", own), ("second", methods)):
        label = say(f"pages.prices.field.{side}")
        fields.append(Field(name=side, label=label, value=choices[0][0], kind="select", choices=choices))
        hint = say("pages.prices.hint.figure")
        fields.append(Field(name=f"{side}_figure", label=say("pages.prices.field.figure"), is_optional=True, hint=hint))
    return fields
