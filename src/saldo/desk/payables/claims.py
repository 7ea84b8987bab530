"""Page: what can be claimed from Microsoft, and until when; cancellation windows as the data shows them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.identity import CustomerId
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.fields import Asked, Field, choices_of, say_refusal
from saldo.desk.form_page import form_of
from saldo.desk.payables.claim_rows import say_left, show_claim
from saldo.desk.payables.pages import frame
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.parties.company import company_context
from saldo.parties.queries import name_customers
from saldo.payables.actions.claiming import move_claim, open_claim
from saldo.payables.pay_queries import list_claims, list_windows
from saldo.payables.rules.claims import ClaimKind, Window, fraud_claim_by, sla_claim_by

Happening = Literal["sla-azure", "sla-other", "fraud", "dispute", "window"]
_ASKED: tuple[Happening, ...] = get_args(Happening)[:4]
_KINDS: dict[str, ClaimKind] = {
    "sla-azure": "sla-credit",
    "sla-other": "sla-credit",
    "fraud": "fraud-credit",
    "dispute": "dispute",
    "window": "cancellation-window",
}


@gate_everywhere("buy.invoice.read")
def claims(request: HttpRequest) -> HttpResponse:
    """Claims by their last day, windows that close, and what became of claims before."""
    return _draw(request)


@gate_everywhere("buy.invoice.read")
def claims_csv(request: HttpRequest) -> HttpResponse:
    """Every claim as CSV."""
    return _download(request, "csv")


@gate_everywhere("buy.invoice.read")
def claims_xlsx(request: HttpRequest) -> HttpResponse:
    """Every claim as an Excel workbook."""
    return _download(request, "xlsx")


@require_POST
@gate_everywhere("buy.payment.record")
def claim(request: HttpRequest) -> HttpResponse:
    """Write a claim down; its last day follows from what happened and when."""
    visitor, asked = get_visitor(request), Asked(request.POST)
    what, about, on = asked.text("claim-what"), asked.text("claim-about"), asked.day("claim-on")
    value = asked.figure("claim-value") if asked.text("claim-value") else None
    if what not in _KINDS:
        asked.faults["claim-what"] = figures.say("pages.form.empty")
    if not about:
        asked.faults["claim-about"] = figures.say("payables.claim.about-nothing")
    if on is None or asked.faults:
        return _draw(request, asked)
    with company_context(visitor.company.id):
        open_claim(
            company=visitor.company.id,
            kind=_KINDS[what],
            about=about,
            customer=asked.text("claim-customer"),
            claim_by=_last_day(what, on),
            value=value,
            currency=asked.text("claim-currency")[:3] or visitor.company.currency,
            text=asked.text("claim-text", longest=2000),
            by=visitor.actor,
            at=get_world().clock.now(),
        )
    messages.success(request, figures.say("pages.payables.is-claimed", day=figures.day(_last_day(what, on))))
    return redirect("desk:payables-claims")


@require_POST
@gate_everywhere("buy.payment.record")
def move(request: HttpRequest, claim: int) -> HttpResponse:
    """Say that a claim was filed, granted, refused or dropped."""
    visitor, asked = get_visitor(request), Asked(request.POST)
    state = asked.text("state")
    granted = asked.figure("granted") if state == "granted" and asked.text("granted") else None
    try:
        with company_context(visitor.company.id):
            move_claim(
                company=visitor.company.id,
                claim=claim,
                state=state,
                granted=granted,
                by=visitor.actor,
                at=get_world().clock.now(),
            )
        messages.success(request, figures.say(f"pages.payables.moved.{state}"))
    except Refused as refused:
        told = {
            name: figures.say(f"payables.claim-state.{refused.facts[name]}")
            for name in ("before", "after")
            if figures.has_words(f"payables.claim-state.{refused.facts.get(name, '')}")
        }
        messages.error(request, say_refusal(refused, told))
    return redirect("desk:payables-claims")


def _last_day(what: str, on: date) -> date:
    if what.startswith("sla-"):
        return sla_claim_by(incident_on=on, service=what.removeprefix("sla-"))
    return fraud_claim_by(first_use_on=on) if what == "fraud" else on


def _fields() -> tuple[Field, ...]:
    return (
        Field(
            name="claim-what",
            label=figures.say("pages.payables.claim-what"),
            kind="select",
            choices=choices_of(_ASKED, "payables.what"),
            hint=figures.say("pages.payables.claim-what-hint"),
        ),
        Field(name="claim-on", label=figures.say("pages.payables.claim-on"), kind="date"),
        Field(name="claim-about", label=figures.say("pages.payables.claim-about")),
        Field(name="claim-value", label=figures.say("pages.payables.value"), kind="figure", is_optional=True),
        Field(name="claim-text", label=figures.say("pages.payables.claim-text"), kind="area", is_optional=True),
    )


def _draw(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    visitor = get_visitor(request)
    company, today = visitor.company.id, visitor.today
    standing = list_claims(company=company, today=today)
    windows = list_windows(company=company, today=today)
    known = {(one.about, one.customer) for one in standing if one.kind == "cancellation-window"}
    names = name_customers(company=company, keys=[CustomerId(one.customer) for one in windows])
    page: dict[str, Any] = frame(visitor, "claims") | {
        "claims": [show_claim(one) for one in standing],
        "settled": [show_claim(one) for one in list_claims(company=company, today=today, is_settled=True)[:50]],
        "windows": [
            _window(visitor, one, str(names.get(CustomerId(one.customer), one.customer)))
            | {"is_kept": (one.subscription, one.customer) in known}
            for one in windows
        ],
        "may_record": visitor.may_everywhere("buy.payment.record"),
        "form": form_of(_fields(), asked.said if asked else None, asked.faults if asked else {}),
        "is_asked": asked is not None,
        "csv_href": reverse("desk:payables-claims-csv"),
        "xlsx_href": reverse("desk:payables-claims-xlsx"),
    }
    return render(request, "desk/payables/claims.html", {"page": page})


def _window(visitor: Visitor, one: Window, name: str) -> dict[str, Any]:
    return {
        "subscription": one.subscription,
        "customer": one.customer,
        "name": name,
        "product": one.product,
        "opened": figures.day(one.opened_on),
        "last_day": figures.day(one.last_day),
        "last_iso": one.last_day.isoformat(),
        "days": say_left((one.last_day - visitor.today).days),
        "value": one.value,
        "currency": one.currency,
    }


_COLUMNS = ("claim-kind", "claim-about", "claim-by", "claim-state", "value", "currency", "granted", "claim-text")


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    found = [
        one
        for is_settled in (False, True)
        for one in list_claims(company=visitor.company.id, today=visitor.today, is_settled=is_settled)
    ]
    rows = tuple(
        (
            figures.say(f"payables.claim-kind.{one.kind}"),
            one.about,
            one.claim_by,
            figures.say(f"payables.claim-state.{one.state}"),
            one.value,
            one.currency,
            one.granted,
            one.text,
        )
        for one in found
    )
    head = tuple(figures.say(f"pages.payables.{column}") for column in _COLUMNS)
    return download(Sheet(name=figures.say("pages.payables.way.claims"), head=head, rows=rows), "claims", form)
