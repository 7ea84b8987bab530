"""Forms: terms, tax and fees of one debtor; each begins on its own day and changes nothing before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from saldo.agreements.actions import set_service_fee, set_tax_profile, set_terms
from saldo.agreements.queries import list_service_fees, list_tax_profiles, list_terms
from saldo.agreements.rules.fees import ServiceFee
from saldo.agreements.rules.tax import TREATMENTS, TaxProfile, TreatmentCode
from saldo.agreements.rules.terms import DELIVERIES, GROUPINGS, USUAL, Delivery, Grouping, SplitGroup, Terms, TermsBook
from saldo.core.money import minor_digits
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, choices_of, say_refusal
from saldo.desk.form_page import form_of
from saldo.desk.prices.debtor import get_shown_debtor
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.parties.debtors import list_tenants

_ABOUT = {
    "bad-net-days": "net_days",
    "bad-invoice-day": "invoice_day",
    "bad-notice-days": "notice_days",
    "empty-split": "split",
    "before-last": "starts_on",
    "bad-withholding": "withholding",
    "no-certificate": "certificate",
    "no-code": "fee_code",
    "no-name": "fee_name",
    "bad-price": "unit_price",
    "bad-period": "ends_on",
}
_CURRENCY = 3


@gate_everywhere("price-list.edit")
def terms(request: HttpRequest, number: str) -> HttpResponse:
    """How a debtor is billed from a day on."""
    visitor = get_visitor(request)
    get_shown_debtor(visitor, number)
    rows = [*list_terms(company=visitor.company.id, debtor=""), *list_terms(company=visitor.company.id, debtor=number)]
    now = TermsBook.of_rows(rows).of(number, visitor.today)
    groupings, deliveries = choices_of(GROUPINGS, "prices.grouping"), choices_of(DELIVERIES, "prices.delivery")
    fields = [
        _field("starts_on", visitor.today.isoformat(), kind="date"),
        _field("net_days", str(now.net_days), kind="figure"),
        _field("invoice_day", str(now.invoice_day), kind="figure"),
        _field("notice_days", str(now.notice_days), kind="figure"),
        _field("currency", now.currency, is_optional=True),
        _field("purchase_order", now.purchase_order, is_optional=True),
        _field("delivery", now.delivery, kind="select", choices=deliveries),
        _field("grouping", now.grouping, kind="select", choices=groupings),
        _field("split", _split_text(now.split), kind="area", is_optional=True),
    ]
    return _answer(request, number, "terms", fields, lambda asked: _save_terms(visitor, number, now, asked))


@gate_everywhere("price-list.edit")
def tax(request: HttpRequest, number: str) -> HttpResponse:
    """How a debtor is taxed from a day on, with its proof."""
    visitor = get_visitor(request)
    get_shown_debtor(visitor, number)
    known = [
        one for one in list_tax_profiles(company=visitor.company.id, debtor=number) if one.starts_on <= visitor.today
    ]
    now = known[-1] if known else TaxProfile(debtor=number, starts_on=date.min, treatment="standard")
    until = now.certificate_until.isoformat() if now.certificate_until else ""
    fields = [
        _field("starts_on", visitor.today.isoformat(), kind="date"),
        _field("treatment", now.treatment, kind="select", choices=choices_of(TREATMENTS, "prices.treatment")),
        _field("certificate", now.certificate, is_optional=True),
        _field("certificate_until", until, kind="date", is_optional=True),
        _field("withholding", figures.number(now.withholding.normalize()), kind="figure", unit="%"),
        _field("region", now.region, is_optional=True),
    ]
    return _answer(request, number, "tax", fields, lambda asked: _save_tax(visitor, number, asked))


@gate_everywhere("price-list.edit")
def fee(request: HttpRequest, number: str) -> HttpResponse:
    """A fee of our own, every month while it holds."""
    visitor = get_visitor(request)
    get_shown_debtor(visitor, number)
    tenants = list_tenants(company=visitor.company.id, debtor=number)
    whom = (("", figures.say("pages.prices.whole-debtor")), *((str(one.key), one.name) for one in tenants))
    fields = [
        _field("fee_name", ""),
        _field("fee_code", ""),
        _field("tenant", "", kind="select", choices=whom),
        _field("quantity", "1", kind="figure"),
        _field("unit_price", "", kind="figure"),
        _field("currency", visitor.company.currency),
        _field("starts_on", visitor.today.isoformat(), kind="date"),
        _field("ends_on", "", kind="date", is_optional=True),
    ]
    return _answer(request, number, "fee", fields, lambda asked: _save_fee(visitor, number, asked))


@require_POST
@gate_everywhere("price-list.edit")
def end_fee(request: HttpRequest, number: str) -> HttpResponse:
    """Let a fee hold no more after a day."""
    visitor = get_visitor(request)
    get_shown_debtor(visitor, number)
    asked = Asked(request.POST)
    last = asked.day("ends_on")
    held = [
        one
        for one in list_service_fees(company=visitor.company.id, debtor=number)
        if (one.code, one.tenant) == (asked.text("fee_code"), asked.text("tenant"))
    ]
    if last is None or not held:
        messages.error(request, asked.faults.get("ends_on", figures.say("pages.prices.no-fee")))
        return redirect("desk:price-debtor", number)
    ended = replace(held[-1], ends_before=last + timedelta(days=1))
    try:
        set_service_fee(company=visitor.company.id, fee=ended, by=visitor.actor, at=get_world().clock.now())
        messages.success(request, figures.say("pages.prices.fee-ends", fee=ended.name, day=figures.day(last)))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:price-debtor", number)


def _answer(
    request: HttpRequest, number: str, kind: str, fields: Sequence[Field], save: Callable[[Asked], None]
) -> HttpResponse:
    visitor, asked = get_visitor(request), Asked(request.POST)
    if request.method == "POST":
        try:
            save(asked)
        except Refused as refused:
            asked.refuse(refused, {field.name: field.label for field in fields}, about=_ABOUT)
        if not asked.faults:
            messages.success(request, figures.say(f"pages.prices.{kind}-agreed"))
            return redirect("desk:price-debtor", number)
    context = {
        "form": form_of(fields, request.POST.dict() if request.method == "POST" else None, asked.faults),
        "debtor": get_shown_debtor(visitor, number),
        "title_code": f"pages.prices.{kind}-title",
        "hint_code": f"pages.prices.{kind}-hint",
    }
    return render(request, "desk/prices/debtor_form.html", context)


def _save_terms(visitor: Visitor, number: str, now: Terms, asked: Asked) -> None:
    starts_on, net_days, day = asked.day("starts_on"), asked.whole("net_days"), asked.whole("invoice_day")
    currency, notice = _currency(asked, is_optional=True), now.notice_days
    if asked.text("notice_days"):
        notice = asked.whole("notice_days") or 0
    if asked.faults or starts_on is None or net_days is None or day is None:
        return
    agreed = replace(
        now if now != USUAL else Terms(),
        debtor=number,
        starts_on=starts_on,
        net_days=net_days,
        invoice_day=day,
        notice_days=notice,
        currency=currency,
        purchase_order=asked.text("purchase_order"),
        grouping=cast(Grouping, asked.text("grouping")),
        delivery=cast(Delivery, asked.text("delivery")),
        split=_read_split(asked.said.get("split", "")),
    )
    set_terms(company=visitor.company.id, terms=agreed, by=visitor.actor, at=get_world().clock.now())


def _save_tax(visitor: Visitor, number: str, asked: Asked) -> None:
    starts_on, withholding = asked.day("starts_on"), asked.figure("withholding")
    until = asked.day("certificate_until") if asked.text("certificate_until") else None
    if asked.faults or starts_on is None or withholding is None:
        return
    profile = TaxProfile(
        debtor=number,
        starts_on=starts_on,
        treatment=cast(TreatmentCode, asked.text("treatment")),
        region=asked.text("region"),
        certificate=asked.text("certificate"),
        certificate_until=until,
        withholding=withholding,
    )
    set_tax_profile(company=visitor.company.id, profile=profile, by=visitor.actor, at=get_world().clock.now())


def _save_fee(visitor: Visitor, number: str, asked: Asked) -> None:
    quantity, price, starts_on = asked.figure("quantity"), asked.figure("unit_price"), asked.day("starts_on")
    last = asked.day("ends_on") if asked.text("ends_on") else None
    currency = _currency(asked)
    tenant = asked.text("tenant")
    if tenant and tenant not in {one.key for one in list_tenants(company=visitor.company.id, debtor=number)}:
        asked.faults["tenant"] = figures.say("pages.form.empty")
    if asked.faults or quantity is None or price is None or starts_on is None:
        return
    agreed = ServiceFee(
        code=asked.text("fee_code"),
        name=asked.text("fee_name"),
        debtor=number,
        tenant=tenant,
        quantity=quantity,
        unit_price=price,
        currency=currency,
        starts_on=starts_on,
        ends_before=last + timedelta(days=1) if last else None,
    )
    set_service_fee(company=visitor.company.id, fee=agreed, by=visitor.actor, at=get_world().clock.now())


def _currency(asked: Asked, *, is_optional: bool = False) -> str:
    code = asked.text("currency").upper()
    is_code = len(code) == _CURRENCY and code.isascii() and code.isalpha()
    if not (is_code and minor_digits(code) >= 0) and not (is_optional and not code):
        asked.faults["currency"] = figures.say("pages.form.no-currency")
    return code


def _read_split(text: str) -> tuple[SplitGroup, ...]:
    """One invoice a line: ``name; purchase order; subscription, subscription; tag, tag``."""
    groups = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, order, subscriptions, tags = ([part.strip() for part in line.split(";")] + [""] * 3)[:4]
        groups.append(
            SplitGroup(name=name, purchase_order=order, subscriptions=_words(subscriptions), tags=_words(tags))
        )
    return tuple(groups)


def _split_text(split: Sequence[SplitGroup]) -> str:
    return "\n".join(
        "; ".join((one.name, one.purchase_order, ", ".join(sorted(one.subscriptions)), ", ".join(sorted(one.tags))))
        for one in split
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, (word.strip() for word in text.split(","))))


def _field(name: str, value: str, **more: Any) -> Field:
    code = f"pages.prices.hint.{name}"
    hint = figures.say(code) if figures.has_words(code) else ""
    return Field(name=name, label=figures.say(f"pages.prices.field.{name}"), value=value, hint=hint, **more)
