"""Forms: what our papers say of us, how we issue, how Microsoft is paid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from saldo.core.identity import LANGUAGES
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, choices_of
from saldo.desk.form_page import form_of
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.invoicing.actions.charging import set_invoicing
from saldo.invoicing.rules.totals import MODES
from saldo.invoicing.settings import FORMS, get_settings
from saldo.parties.billing_actions import set_particulars
from saldo.parties.debtors import get_particulars
from saldo.parties.rules.debtor_fields import F_TAX_COUNTRY, PARTICULARS_TEXTS
from saldo.payables.actions.deciding import set_settings
from saldo.payables.queries import get_settings as get_payables_settings

Save = Callable[[Visitor, Asked], None]
_HINTED = {"vat_id", "electronic_address", "series", "recall_minutes", "backup_days", "credit_limit", "fiscal_form"}
_HINTED |= {"has_f_tax", "two_people_above", "bank_lead_days", "microsoft_country", "demands_backup"}
_NEEDED = {"legal_name", "language"}


@gate_everywhere("company.settings")
def particulars(request: HttpRequest) -> HttpResponse:
    """Who we are on our papers."""
    said = get_particulars(company=get_visitor(request).company.id)
    fields = [
        _field(
            name,
            getattr(said, name),
            kind="select" if name == "language" else "text",
            choices=choices_of(LANGUAGES, "language") if name == "language" else (),
            is_optional=name not in _NEEDED,
        )
        for name in PARTICULARS_TEXTS
    ]
    if said.country == F_TAX_COUNTRY:
        fields.append(_field("has_f_tax", "yes" if said.has_f_tax else "", kind="tick"))
    return _answer(request, "particulars", fields, _save_particulars)


@gate_everywhere("company.settings")
def invoicing(request: HttpRequest) -> HttpResponse:
    """How invoices are numbered, rounded, recalled, and what must be there before one is issued."""
    visitor = get_visitor(request)
    now = get_settings(company=visitor.company.id)
    fields = [
        _field("fiscal_form", now.fiscal_form, kind="select", choices=choices_of(FORMS, "company.form")),
        _field("series", now.series),
        _field("rounding", now.rounding, kind="select", choices=choices_of(MODES, "company.rounding")),
        _field("recall_minutes", str(now.recall_minutes), kind="figure"),
        _field("backup_days", str(now.backup_days), kind="figure"),
        _field("credit_limit", figures.number(now.credit_limit), kind="figure", unit=visitor.company.currency),
        _field("demands_backup", "yes" if now.demands_backup else "", kind="tick"),
    ]
    return _answer(request, "invoicing", fields, _save_invoicing)


@gate_everywhere("company.settings")
def payables(request: HttpRequest) -> HttpResponse:
    """Who approves what is paid to Microsoft, and how long the bank takes."""
    visitor = get_visitor(request)
    now = get_payables_settings(company=visitor.company.id)
    limit = figures.number(now.two_people_above)
    fields = [
        _field("two_people_above", limit, kind="figure", unit=visitor.company.currency),
        _field("bank_lead_days", str(now.bank_lead_days), kind="figure"),
        _field("microsoft_country", now.microsoft_country),
    ]
    return _answer(request, "payables", fields, _save_payables)


def _answer(request: HttpRequest, kind: str, fields: Sequence[Field], save: Save) -> HttpResponse:
    asked = Asked(request.POST)
    if request.method == "POST":
        save(get_visitor(request), asked)
        if not asked.faults:
            messages.success(request, figures.say("pages.company.saved"))
            return redirect("desk:company-settings")
    form = form_of(fields, request.POST.dict() if request.method == "POST" else None, asked.faults)
    context = {"form": form, "title_code": f"pages.company.{kind}", "hint_code": f"pages.company.{kind}-hint"}
    return render(request, "desk/company/form.html", context)


def _save_particulars(visitor: Visitor, asked: Asked) -> None:
    changes: dict[str, Any] = {name: asked.text(name) for name in PARTICULARS_TEXTS}
    if visitor.company.country == F_TAX_COUNTRY:
        changes["has_f_tax"] = bool(asked.text("has_f_tax"))
    _do(asked, PARTICULARS_TEXTS, set_particulars, visitor, changes=changes)


def _save_invoicing(visitor: Visitor, asked: Asked) -> None:
    said: dict[str, Any] = {name: asked.text(name) for name in ("fiscal_form", "series", "rounding")}
    said |= {name: asked.whole(name) for name in ("recall_minutes", "backup_days")}
    said["credit_limit"] = asked.figure("credit_limit")
    said["demands_backup"] = bool(asked.text("demands_backup"))
    if not asked.faults:
        _do(asked, tuple(said), set_invoicing, visitor, changes=said)


def _save_payables(visitor: Visitor, asked: Asked) -> None:
    limit, days = asked.figure("two_people_above"), asked.whole("bank_lead_days")
    country = asked.text("microsoft_country")
    if not asked.faults:
        facts = {"two_people_above": limit, "bank_lead_days": days, "microsoft_country": country}
        _do(asked, tuple(facts), set_settings, visitor, **facts)


def _do(asked: Asked, fields: Sequence[str], act: Callable[..., Any], visitor: Visitor, **facts: Any) -> None:
    """Do it; a refusal stands under the field it is about."""
    labels = {name: figures.say(f"pages.company.field.{name}") for name in fields}
    try:
        act(company=visitor.company.id, by=visitor.actor, at=get_world().clock.now(), **facts)
    except Refused as refused:
        asked.refuse(refused, labels, about=_ABOUT)


_ABOUT = {
    **dict.fromkeys(("unreadable", "too-long", "too-long-for-reference"), "series"),
    "out-of-range": "bank_lead_days",
}


def _field(name: str, value: str, **more: Any) -> Field:
    code = f"pages.company.hint.{name}"
    hint = figures.say(code) if name in _HINTED and figures.has_words(code) else ""
    return Field(name=name, label=figures.say(f"pages.company.field.{name}"), value=value, hint=hint, **more)
