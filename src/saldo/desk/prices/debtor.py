"""Pages: what is agreed with each debtor: terms, tax, fees, own prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.agreements.queries import (
    RulesAsked,
    is_valid_vat_id,
    list_price_rules_of,
    list_rule_codes,
    list_service_fees,
    list_tax_profiles,
    list_terms,
    load_tax,
)
from saldo.agreements.rules.fees import ServiceFee
from saldo.agreements.rules.tax import TaxFacts, UnableToTreat, treat
from saldo.agreements.rules.terms import Terms, TermsBook
from saldo.core.written import write_number
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.paging import Window, address, read_page
from saldo.desk.prices.rules import row_of
from saldo.desk.prices.wording import name_targets, sight_of
from saldo.doors.gate import gate
from saldo.doors.visitor import Visitor, get_visitor
from saldo.parties.debtors import Debtor, count_debtors, find_debtor, list_debtors, list_tenants

_MOST_RULES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorRow:
    """One debtor and its terms in short."""

    number: str
    name: str
    href: str
    terms: str
    is_own: bool
    delivery: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRow:
    """One fee of our own while it holds."""

    code: str
    tenant: str
    name: str
    quantity: str
    price: str
    currency: str
    period: str
    is_over: bool


@gate("price-list.read")
def debtors(request: HttpRequest) -> HttpResponse:
    """Every debtor with its terms today."""
    visitor = get_visitor(request)
    search = request.GET.get("q", "").strip()[:200]
    owner = owner_of(visitor)
    total = count_debtors(company=visitor.company.id, search=search, owner=owner)
    window = Window(number=read_page(request.GET.get("page", "1")), total=total)
    found = list_debtors(
        company=visitor.company.id, search=search, owner=owner, limit=window.size, offset=window.offset
    )
    facts: dict[str, object] = {"q": search or None}
    page = {
        "search": search,
        "rows": [_row(visitor, debtor) for debtor in found],
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
    }
    return render(request, "desk/prices/debtors.html", {"page": page})


@gate("price-list.read")
def agreements(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that is agreed with one debtor."""
    visitor = get_visitor(request)
    debtor = get_shown_debtor(visitor, number)
    may_edit = visitor.may_everywhere("price-list.edit")
    page = {
        "debtor": debtor,
        "tenants": [tenant.name for tenant in list_tenants(company=visitor.company.id, debtor=number)],
        "terms": _terms(visitor, number),
        "tax": _tax(visitor, debtor),
        "fees": _fees(visitor, number),
        "rules": _rules(visitor, number),
        "may_edit": may_edit,
        "yesterday": (visitor.today - timedelta(days=1)).isoformat(),
        "today": visitor.today.isoformat(),
        "new_rule_href": address(reverse("desk:price-new"), {"debtor": number}) if may_edit else "",
    }
    return render(request, "desk/prices/debtor.html", {"page": page})


def owner_of(visitor: Visitor) -> int | None:
    """Whose debtors they see; None is everybody's."""
    owners = {visitor.owner_to_show(one) for one in ("price-list.read", "customer.read")} - {None}
    return min((owner for owner in owners if owner is not None), default=None)


def get_shown_debtor(visitor: Visitor, number: str) -> Debtor:
    """The debtor of an address; one that is not there, or not for this person, is 404 in words."""
    found = find_debtor(company=visitor.company.id, number=number)
    sight = sight_of(visitor)
    if found is None or (sight.debtors is not None and number not in sight.debtors):
        raise Http404(figures.say("pages.prices.no-debtor", debtor=number[:40]))
    return found


def say_terms(terms: Terms) -> str:
    """Terms in one line."""
    return figures.say_many("pages.prices.net-days", terms.net_days)


def _held(visitor: Visitor, number: str) -> tuple[Terms, tuple[Terms, ...]]:
    own = list_terms(company=visitor.company.id, debtor=number)
    everybody = list_terms(company=visitor.company.id, debtor="")
    return TermsBook.of_rows([*everybody, *own]).of(number, visitor.today), own


def _row(visitor: Visitor, debtor: Debtor) -> DebtorRow:
    held, _ = _held(visitor, debtor.number)
    return DebtorRow(
        number=debtor.number,
        name=debtor.name,
        href=reverse("desk:price-debtor", args=[debtor.number]),
        terms=say_terms(held),
        is_own=held.debtor == debtor.number,
        delivery=figures.say(f"pages.prices.delivery.{held.delivery}"),
    )


def _terms(visitor: Visitor, number: str) -> dict[str, Any]:
    held, own = _held(visitor, number)
    say = figures.say
    day = figures.say("pages.prices.issue-day")
    told = [
        ("net_days", say_terms(held)),
        ("invoice_day", say("pages.prices.day-of-month", day=held.invoice_day) if held.invoice_day else day),
        ("notice_days", figures.say_many("pages.prices.notice", held.notice_days) if held.notice_days else ""),
        ("currency", held.currency or say("pages.prices.currency-of-charge")),
        ("purchase_order", held.purchase_order),
        ("grouping", say(f"pages.prices.grouping.{held.grouping}")),
        ("delivery", say(f"pages.prices.delivery.{held.delivery}")),
    ]
    return {
        "facts": [(say(f"pages.prices.field.{name}"), text) for name, text in told if text],
        "split": held.split,
        "is_own": held.debtor == number,
        "since": figures.day(held.starts_on) if held.starts_on > date.min else "",
        "later": [figures.day(one.starts_on) for one in own if one.starts_on > visitor.today],
    }


def _tax(visitor: Visitor, debtor: Debtor) -> dict[str, Any]:
    """How it is taxed today, and what is missing for what was agreed."""
    book = load_tax(visitor.company.id)
    profile = book.profile_of(debtor.number, visitor.today)
    is_valid = is_valid_vat_id(debtor.vat_id, debtor.country)
    later = [
        figures.day(one.starts_on)
        for one in list_tax_profiles(company=visitor.company.id, debtor=debtor.number)
        if one.starts_on > visitor.today
    ]
    told = [("vat_id", debtor.vat_id or figures.say("pages.prices.no-vat-id"))]
    if profile is not None:
        until = figures.day(profile.certificate_until) if profile.certificate_until else ""
        told += [("treatment", figures.say(f"pages.prices.treatment.{profile.treatment}"))]
        told += [("region", profile.region), ("certificate", profile.certificate), ("certificate_until", until)]
        told += [("withholding", _percent(profile.withholding) if profile.withholding else "")]
    shown: dict[str, Any] = {"later": later, "problem": ""}
    try:
        held = treat(
            visitor.company.country,
            TaxFacts(debtor.country, is_valid, profile),
            on=visitor.today,
            book=book,
        )
    except UnableToTreat as refused:
        shown |= {"words": "", "problem": say_refusal(refused)}
    else:
        shown["words"] = f"{_percent(held.percent)} · {figures.say(held.reason)}"
        shown["problem"] = figures.say(held.problem) if held.problem else ""
    shown["facts"] = [(figures.say(f"pages.prices.field.{name}"), text) for name, text in told if text]
    return shown


def _percent(value: Any) -> str:
    return figures.say("pages.prices.percent", percent=write_number(value.normalize(), figures.language()))


def _fees(visitor: Visitor, number: str) -> list[FeeRow]:
    found = list_service_fees(company=visitor.company.id, debtor=number)
    return [_fee(fee, visitor.today) for fee in found]


def _fee(fee: ServiceFee, today: date) -> FeeRow:
    last = fee.ends_before - timedelta(days=1) if fee.ends_before else None
    first = figures.day(fee.starts_on)
    until = figures.say("pages.period", first=first, last=figures.day(last))
    return FeeRow(
        code=fee.code,
        tenant=fee.tenant,
        name=fee.name,
        quantity=figures.number(fee.quantity.normalize()),
        price=figures.amount(fee.unit_price, fee.currency),
        currency=fee.currency,
        period=until if last else figures.say("pages.prices.since", day=first),
        is_over=fee.ends_before is not None and fee.ends_before <= today,
    )


def _rules(visitor: Visitor, number: str) -> list[Any]:
    tenants = [tenant.key for tenant in list_tenants(company=visitor.company.id, debtor=number)]
    asked = RulesAsked(debtors=[number], tenants=tenants, of_somebody=True)
    codes = list_rule_codes(company=visitor.company.id, asked=asked, limit=_MOST_RULES)
    found = list_price_rules_of(company=visitor.company.id, codes=codes)
    names = name_targets(visitor.company.id, [versions[-1] for versions in found.values()])
    with_cost = sight_of(visitor).with_cost
    return [row_of(found[code], today=visitor.today, names=names, with_cost=with_cost) for code in codes]
