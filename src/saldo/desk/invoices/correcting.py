"""What a person does with one issued document: cancel it, correct and reissue it, credit it, record the authority's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.money import amount_text
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, read_figure, say_refusal
from saldo.desk.form_page import form_of
from saldo.desk.invoices.correcting_forms import BUYER, correction_fields, credit_fields
from saldo.desk.invoices.shown import get_shown_invoice, say_because
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows.correct_documents import cancel_document, correct_document
from saldo.flows.issue_wave import order_mails
from saldo.invoicing.actions.charging import record_authority_document
from saldo.invoicing.actions.corrected import Corrections, preview_reissue
from saldo.invoicing.actions.crediting import approve_credit_note, issue_credit_note, propose_credit_note
from saldo.invoicing.backups import newest_backup
from saldo.invoicing.queries import Invoice, InvoiceLine, list_lines_of
from saldo.invoicing.treating import DECIDE_TAX
from saldo.outbox import documents
from saldo.parties.company import company_context

_LARGEST_FILE = 20 * 1024 * 1024


@require_POST
@gate_everywhere("sell.invoice.issue")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Take a document back by its mirror."""
    visitor = get_visitor(request)
    found = get_shown_invoice(visitor, number)
    done = cancel_document(
        company=visitor.company.id,
        number=found.number,
        reason=request.POST.get("reason", "")[:500],
        by=visitor.actor,
        world=get_world(),
        today=visitor.today,
    )
    if done.refused is not None:
        messages.error(request, say_refusal(done.refused))
    elif done.proposal is not None:
        messages.success(request, figures.say("pages.invoices.correction-proposed", number=found.number))
    else:
        messages.success(request, figures.say("pages.invoices.cancelled", number=found.number, mirror=done.mirror))
    return redirect("desk:invoice", found.number)


@gate_everywhere("sell.invoice.issue")
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """A form with the document as it is; what is changed in it becomes a new document, the old one is mirrored."""
    visitor = get_visitor(request)
    found = get_shown_invoice(visitor, number)
    lines = list_lines_of(company=visitor.company.id, number=found.number)
    fields = correction_fields(found, lines)
    if request.method != "POST":
        return _form(request, found, "correct", fields, None, {})
    asked = Asked(request.POST)
    wanted = _corrections(found, lines, asked)
    if not asked.faults and wanted == Corrections(keeps_due_day=wanted.keeps_due_day):
        asked.faults[""] = figures.say("pages.invoices.nothing-changed")
    note: dict[str, str] = {}
    if not asked.faults:
        try:
            note = _tax_to_confirm(visitor, found, wanted, asked)
            if not note:
                return _correct(request, visitor, found, wanted, asked)
        except Refused as refused:
            asked.refuse(refused, {field.name: field.label for field in fields}, about={"no-reason": "reason"})
    return _form(request, found, "correct", fields, request.POST, asked.faults, note)


@gate_everywhere("credit-note.propose")
def credit(request: HttpRequest, number: str) -> HttpResponse:
    """Propose to give part of a document back; the credit note waits as a draft until it is issued."""
    visitor = get_visitor(request)
    found = get_shown_invoice(visitor, number)
    fields = credit_fields(found, list_lines_of(company=visitor.company.id, number=found.number))
    if request.method != "POST":
        return _form(request, found, "credit", fields, None, {})
    asked = Asked(request.POST)
    nets = _nets(asked, {field.name for field in fields})
    if not asked.faults:
        try:
            draft = propose_credit_note(
                company=visitor.company.id,
                number=found.number,
                nets=nets,
                reason=asked.text("reason"),
                by=visitor.actor,
                at=get_world().clock.now(),
            )
        except Refused as refused:
            asked.refuse(refused, {field.name: field.label for field in fields}, about={"no-reason": "reason"})
        else:
            messages.success(request, figures.say("pages.invoices.credit-proposed", number=found.number))
            if visitor.may_everywhere("buy.invoice.read"):
                return redirect("desk:invoices-review", draft)
            return redirect("desk:invoice", found.number)
    return _form(request, found, "credit", fields, request.POST, asked.faults)


@require_POST
@gate_everywhere("credit-note.issue")
def credit_act(request: HttpRequest, draft: int) -> HttpResponse:
    """Stand for a credit note over the limit, or issue one."""
    visitor = get_visitor(request)
    company, at = visitor.company.id, get_world().clock.now()
    try:
        if request.POST.get("act") == "approve":
            approve_credit_note(company=company, draft=draft, by=visitor.actor, at=at)
            messages.success(request, figures.say("pages.invoices.credit-approved"))
            return redirect("desk:invoices-review", draft)
        with company_context(company):
            issued = issue_credit_note(
                company=company,
                draft=draft,
                today=visitor.today,
                by=visitor.actor,
                at=at,
                newest_backup=newest_backup(company=company),
            )
            order_mails(company=company, documents=[issued], by=visitor.actor, at=at)
        messages.success(request, figures.say("pages.invoices.credit-issued", number=issued.number))
        return redirect("desk:invoice", issued.number)
    except Refused as refused:
        if refused.code.endswith(".unknown"):
            raise Http404(figures.say("pages.invoices.no-draft")) from None
        messages.error(request, say_refusal(refused))
    return redirect("desk:invoices-review", draft)


@require_POST
@gate_everywhere("sell.invoice.issue")
def authority(request: HttpRequest, number: str) -> HttpResponse:
    """Record the authority's document for a statement: only now is it owed (practice 7)."""
    visitor = get_visitor(request)
    found = get_shown_invoice(visitor, number)
    asked = Asked(request.POST)
    on, file = asked.day("authority_on"), request.FILES.get("file")
    if on is None or file is None or (file.size or 0) > _LARGEST_FILE:
        messages.error(request, figures.say("pages.invoices.authority-missing"))
        return redirect("desk:invoice", found.number)
    try:
        record_authority_document(
            company=visitor.company.id,
            number=found.number,
            authority_number=asked.text("authority_number"),
            issued_on=on,
            file=documents.keep(file.read()),
            by=visitor.actor,
            at=get_world().clock.now(),
        )
        messages.success(request, figures.say("pages.invoices.authority-recorded", number=found.number))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:invoice", found.number)


def _correct(request: HttpRequest, visitor: Visitor, found: Invoice, wanted: Corrections, asked: Asked) -> HttpResponse:
    done = correct_document(
        company=visitor.company.id,
        number=found.number,
        corrections=wanted,
        reason=asked.text("reason"),
        by=visitor.actor,
        world=get_world(),
        today=visitor.today,
    )
    if done.proposal is not None:
        messages.success(request, figures.say("pages.invoices.correction-proposed", number=found.number))
        return redirect("desk:invoice", found.number)
    messages.success(request, figures.say("pages.invoices.reissued", number=found.number, new=done.new))
    return redirect("desk:invoice", done.new)


def _tax_to_confirm(visitor: Visitor, found: Invoice, wanted: Corrections, asked: Asked) -> dict[str, str]:
    """How another country or VAT id changes the tax, to be seen before anything is issued; empty once it was seen."""
    if not DECIDE_TAX & wanted.buyer.keys():
        return {}
    seen = preview_reissue(
        company=visitor.company.id,
        number=found.number,
        corrections=wanted,
        today=visitor.today,
        at=get_world().clock.now(),
    )
    token = f"{[(tax['treatment'], tax['percent']) for tax in seen.taxes]} {seen.gross}"
    if asked.said.get("tax_seen") == token:
        return {}
    words = figures.say(
        "pages.invoices.tax-anew",
        before=_say_taxes(seen.taxes_before),
        after=_say_taxes(seen.taxes),
        gross=figures.amount(seen.gross, seen.currency),
        currency=seen.currency,
    )
    problem = say_because(seen.problem, {}) if seen.problem else ""
    return {"words": f"{words} {problem}".strip(), "token": token}


def _say_taxes(taxes: Sequence[Mapping[str, Any]]) -> str:
    """Treatment and rate of each tax of a document."""
    told = [
        f"{figures.say('pages.prices.treatment.' + tax['treatment'])} {figures.number(Decimal(tax['percent']))} %"
        for tax in taxes
    ]
    return ", ".join(told)


def _corrections(found: Invoice, lines: Sequence[InvoiceLine], asked: Asked) -> Corrections:
    """Only what differs from the document."""
    said = {name: asked.text(name) for name in BUYER}
    buyer = {name: text for name, text in said.items() if text != str(found.buyer.get(name) or "")}
    if not said["name"]:
        asked.faults["name"] = figures.say("pages.form.empty")
    order = asked.text("purchase_order")
    nets = _nets(asked, {f"net-{place}" for place in range(1, len(lines) + 1)})
    changed = {
        place: net
        for place, net in nets.items()
        if amount_text(net, found.currency) != amount_text(lines[place - 1].net, found.currency)
    }
    return Corrections(
        buyer=buyer,
        purchase_order=None if order == found.purchase_order else order,
        nets=changed,
        keeps_due_day=not asked.text("new_due_day"),
    )


def _nets(asked: Asked, names: set[str]) -> dict[int, Decimal]:
    """The figures of lines by place; one that cannot be read is a fault of its field, an empty one is left alone."""
    found = {}
    for name in sorted(names):
        if not name.startswith("net-") or not asked.text(name):
            continue
        value = read_figure(asked.text(name))
        if value is None:
            asked.faults[name] = figures.say("pages.form.no-figure")
        else:
            found[int(name.removeprefix("net-"))] = value
    return found


def _form(
    request: HttpRequest,
    found: Invoice,
    purpose: str,
    fields: Sequence[Field],
    said: Any,
    faults: Mapping[str, str],
    note: Mapping[str, str] | None = None,
) -> HttpResponse:
    form = form_of(fields, said, faults)
    page = {
        "number": found.number,
        "name": found.buyer.get("name") or found.debtor,
        "purpose": purpose,
        "title": figures.say(f"pages.invoices.{purpose}-title", number=found.number),
        "how": figures.say(f"pages.invoices.{purpose}-how"),
        "press": figures.say(f"pages.invoices.{purpose}-press"),
        "tax": note,
        "back_href": reverse("desk:invoice", args=[found.number]),
        "parties": [field for field in form.fields if field.name in (*BUYER, "purchase_order")],
        "lines": [field for field in form.fields if field.name.startswith("net-")],
        "rest": [field for field in form.fields if field.name in ("new_due_day", "reason")],
    }
    return render(request, "desk/invoices/form.html", {"page": page, "form": form})
