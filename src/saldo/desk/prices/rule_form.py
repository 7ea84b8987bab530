"""Form: a new price rule, a new version of one, its end. Nobody agrees a price before its preview was shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from saldo.agreements.actions import set_price_rule
from saldo.agreements.queries import list_terms
from saldo.agreements.rules.prices import LEVELS, PriceRule
from saldo.agreements.rules.terms import TermsBook
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.fields import Asked, Field, choices_of
from saldo.desk.form_page import form_of
from saldo.desk.prices.preview import PricePreview, preview, preview_sheet
from saldo.desk.prices.rule import get_versions
from saldo.desk.prices.rule_reading import OFFERED, REACHES, SCOPE, Wanted, figure_text, labels, read_rule
from saldo.desk.prices.wording import category_choices, name_targets, say_scope, say_target
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world

_USUAL_NOTICE = "30"
_ABOUT = {"notice-too-short": "starts_on", "before-last": "starts_on", "bad-target": "target", "other-scope": "method"}


@gate_everywhere("price-list.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Agree a price that did not exist before."""
    return _answer(request, None)


@gate_everywhere("price-list.edit")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Agree another price from a day on."""
    versions, _ = get_versions(get_visitor(request), code)
    return _answer(request, versions[-1])


@gate_everywhere("price-list.edit")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Let a rule hold no more from a day on."""
    versions, _ = get_versions(get_visitor(request), code)
    return _answer(request, versions[-1], is_end=True)


def _answer(request: HttpRequest, before: PriceRule | None, *, is_end: bool = False) -> HttpResponse:
    visitor, asked, shown = get_visitor(request), Asked(request.POST), None
    is_post = request.method == "POST"
    wanted = read_rule(company=visitor.company.id, asked=asked, before=before, is_end=is_end) if is_post else None
    if wanted is not None:
        step = request.POST.get("step", "preview")
        if step == "csv":
            return _download(visitor, wanted, asked) or _page(request, before, asked, None, is_end=is_end)
        if step == "save" and request.POST.get("previewed") == wanted.fingerprint and _save(visitor, wanted, asked):
            messages.success(request, figures.say("pages.prices.agreed", rule=wanted.rule.code))
            return redirect("desk:price-rule", wanted.rule.code)
        shown = preview(visitor, wanted)
    return _page(request, before, asked, shown, is_end=is_end)


def _save(visitor: Visitor, wanted: Wanted, asked: Asked) -> bool:
    try:
        set_price_rule(
            company=visitor.company.id,
            rule=wanted.rule,
            by=visitor.actor,
            at=get_world().clock.now(),
            reason=wanted.reason,
            notice_days=wanted.notice_days,
        )
    except Refused as refused:
        asked.refuse(refused, labels(), about=_ABOUT)
        return False
    return True


def _download(visitor: Visitor, wanted: Wanted, asked: Asked) -> HttpResponse | None:
    try:
        return download(preview_sheet(visitor, wanted), "price-change", "csv")
    except Refused as refused:
        asked.refuse(refused, {})
        return None


def _page(
    request: HttpRequest, before: PriceRule | None, asked: Asked, shown: PricePreview | None, *, is_end: bool
) -> HttpResponse:
    visitor = get_visitor(request)
    fields = _fields(visitor, before, is_end=is_end, debtor=request.GET.get("debtor", "")[:40])
    kind = "end" if is_end else "change" if before else "new"
    names = name_targets(visitor.company.id, [before]) if before else {}
    form = form_of(fields, request.POST.dict() if request.method == "POST" else None, asked.faults)
    context: dict[str, Any] = {
        "form": form,
        "plain": [field for field in form.fields if field.name not in SCOPE],
        "only": [field for field in form.fields if field.name in SCOPE],
        "is_narrowed": any(field.value for field in form.fields if field.name in SCOPE),
        "preview": shown,
        "kind": kind,
        "code": before.code if before else "",
        "title_code": f"pages.prices.{kind}-title",
        "hint_code": f"pages.prices.{kind}-hint",
        "target": say_target(before, names) if before else "",
        "scope": say_scope(before) if before else (),
    }
    return render(request, "desk/prices/form.html", context)


def _fields(visitor: Visitor, before: PriceRule | None, *, is_end: bool, debtor: str = "") -> list[Field]:
    fields = [] if before else _scope_fields(debtor)
    if not is_end:
        fields += _method_fields(visitor, before)
    fields += [
        _field("starts_on", visitor.today.isoformat(), kind="date"),
        _field("reaches", "renewal", kind="select", choices=choices_of(REACHES, "prices.reach-choice")),
    ]
    if before:
        fields.append(_field("notice_days", _agreed_notice(visitor), kind="figure"))
    return [*fields, _field("reason", "", is_optional=True)]


def _agreed_notice(visitor: Visitor) -> str:
    """The notice agreed with everybody; a debtor with a longer one of its own is warned of in the preview."""
    usual = list_terms(company=visitor.company.id, debtor="")
    return str(TermsBook.of_rows(usual).of("", visitor.today).notice_days or _USUAL_NOTICE)


def _scope_fields(debtor: str) -> list[Field]:
    return [
        _field("level", "debtor", kind="select", choices=choices_of(LEVELS, "prices.level")),
        _field("target", debtor),
        *(
            _field(name, "", kind="select", choices=category_choices())
            if name == "category"
            else _field(name, "", is_optional=True)
            for name in SCOPE
        ),
    ]


def _method_fields(visitor: Visitor, before: PriceRule | None) -> list[Field]:
    is_minimum = before is not None and before.method == "minimum"
    methods = tuple(one for one in OFFERED if before is None or (one == "minimum") == is_minimum)
    method = before.method if before and before.method in methods else methods[0]
    currency = (before.currency if before else "") or visitor.company.currency
    return [
        _field("method", method, kind="select", choices=choices_of(methods, "prices.method-choice")),
        _field("figure", figure_text(before) if before else ""),
        _field("currency", currency, is_optional=True),
    ]


def _field(name: str, value: str, **more: Any) -> Field:
    code = f"pages.prices.hint.{name}"
    hint = figures.say(code) if figures.has_words(code) else ""
    return Field(name=name, label=figures.say(f"pages.prices.field.{name}"), value=value, hint=hint, **more)
