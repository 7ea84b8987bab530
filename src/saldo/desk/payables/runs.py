"""Pages: payment runs. Documents are chosen, a file for the bank is made, and somebody says that the bank has it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.core.workdays import any_closed, is_workday, plus_workdays
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, say_refusal
from saldo.desk.form_page import form_of
from saldo.desk.payables.pages import frame
from saldo.desk.payables.people import name_actors
from saldo.desk.payables.shown import payable_href, show_row, sum_by_currency
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows import pay_microsoft
from saldo.outbox.documents import UnableToRead
from saldo.outbox.documents import read as read_kept
from saldo.outbox.queries import get_channel
from saldo.outbox.rules.gate import decide
from saldo.parties.calendars import calendar_of
from saldo.parties.company import company_context
from saldo.parties.debtors import OWN, list_bank_accounts
from saldo.payables.actions.paying import cancel_run
from saldo.payables.pay_queries import RunShown, get_run, list_runs
from saldo.payables.queries import PayableShown, UnableToFind, get_settings, list_payables

_MARKS = {"ordered": "warn", "captured": "", "handed-over": "plain", "cancelled": "plain"}
_SHOWN_RUNS = 50


@gate_everywhere("buy.payment.record")
def choose(request: HttpRequest) -> HttpResponse:
    """What may be paid now, what stands in the way of the rest, and the runs before."""
    return _draw(request)


@require_POST
@gate_everywhere("buy.payment.record")
def order(request: HttpRequest) -> HttpResponse:
    """Order a run of the documents ticked, and make its file."""
    visitor, asked = get_visitor(request), Asked(request.POST)
    pay_on = asked.day("pay-on")
    if pay_on is not None:
        try:
            run = pay_microsoft.order_payment_run(
                company=visitor.company.id,
                documents=request.POST.getlist("documents"),
                account=asked.text("account"),
                pay_on=pay_on,
                by=visitor.actor,
                world=get_world(),
                today=visitor.today,
            )
            return redirect("desk:payables-run", run.number)
        except Refused as refused:
            about = {"past": "pay-on", "not-a-workday": "pay-on", "account-not-usable": "account"}
            asked.refuse(refused, {"pay-on": "", "account": ""}, about=about)
    return _draw(request, asked)


@gate_everywhere("buy.invoice.read")
def run(request: HttpRequest, number: str) -> HttpResponse:
    """One run: what it pays, its file, and where it is."""
    visitor = get_visitor(request)
    found = _find(visitor, number)
    decision = decide(
        channel=get_channel(company=visitor.company.id, kind=pay_microsoft.CHANNEL), waiting_count=1, sent_today=0
    )
    may = visitor.may_everywhere("buy.payment.record")
    names = name_actors({found.ordered_by, found.handed_over_by} - {""})
    page = {
        "run": found,
        "mark": _MARKS[found.state],
        "state": figures.say(f"payables.run-state.{found.state}"),
        "pay_on": figures.day(found.pay_on),
        "currency": found.lines[0].currency if found.lines else "",
        "ordered": figures.say(
            "pages.payables.by-on", name=names[found.ordered_by], day=figures.minute(found.ordered_at)
        ),
        "handed": figures.say(
            "pages.payables.by-on", name=names[found.handed_over_by], day=figures.minute(found.handed_over_at)
        )
        if found.handed_over_at
        else "",
        "lines": [(line.document, payable_href(line.document), line.value) for line in found.lines],
        "file_href": reverse("desk:payables-run-file", args=[found.number]) if found.file and may else "",
        "may_hand_over": may and found.state == "ordered" and decision.verdict == "go",
        "is_held": found.state == "ordered" and decision.verdict != "go",
        "may_cancel": may and found.state in ("ordered", "captured"),
        "may_settings": visitor.may_everywhere("company.settings"),
        "text": _text(found) if found.state == "captured" and may else "",
    }
    return render(request, "desk/payables/run.html", {"page": page})


@gate_everywhere("buy.payment.record")
def run_file(request: HttpRequest, number: str) -> HttpResponse:
    """The payment file as the bank takes it; a rehearsal's says so in its name."""
    found = _find(get_visitor(request), number)
    try:
        data = read_kept(found.file)
    except UnableToRead:
        raise Http404(figures.say("pages.payables.no-run-file", run=found.number)) from None
    ending = "rehearsal.xml" if found.state == "captured" else "xml"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{found.number}.pain.001.{ending}')}"}
    return HttpResponse(data, content_type="application/xml", headers=headers)


@require_POST
@gate_everywhere("buy.payment.record")
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Say that the bank has the file."""
    visitor = get_visitor(request)
    found = _find(visitor, number)
    try:
        pay_microsoft.hand_over(company=visitor.company.id, number=found.number, by=visitor.actor, world=get_world())
        messages.success(request, figures.say("pages.payables.is-handed-over", run=found.number))
    except Refused as refused:
        messages.error(request, _say(refused))
    return redirect("desk:payables-run", found.number)


@require_POST
@gate_everywhere("buy.payment.record")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Give the run up, so that its documents may go into another."""
    visitor = get_visitor(request)
    found = _find(visitor, number)
    try:
        with company_context(visitor.company.id):
            cancel_run(company=visitor.company.id, number=found.number, by=visitor.actor, at=get_world().clock.now())
        messages.success(request, figures.say("pages.payables.is-cancelled", run=found.number))
    except Refused as refused:
        messages.error(request, _say(refused))
    return redirect("desk:payables-run", found.number)


def _say(refused: Refused) -> str:
    """A state of a run in words, not by its code."""
    code = f"payables.run-state.{refused.facts.get('state', '')}"
    return say_refusal(refused, {"state": figures.say(code)} if figures.has_words(code) else {})


def _find(visitor: Visitor, number: str) -> RunShown:
    try:
        return get_run(company=visitor.company.id, number=number)
    except UnableToFind as refused:
        raise Http404(say_refusal(refused)) from None


def _text(found: RunShown) -> str:
    """What a rehearsal's file says, to be looked at instead of sent."""
    try:
        return read_kept(found.file).decode()
    except UnableToRead:
        return ""


def _draw(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    visitor = get_visitor(request)
    owed = [one for one in list_payables(company=visitor.company.id, today=visitor.today) if one.open > 0]
    ready = [one for one in owed if not _obstacle(one)]
    accounts = list_bank_accounts(company=visitor.company.id, owner=OWN, usable_on=visitor.today)
    ticked = request.POST.getlist("documents") if asked else [one.document for one in ready if one.level != "far"]
    choices = tuple((one.code, f"{one.name or one.code} · {one.currency}") for one in accounts)
    fields = (
        Field(name="account", label=figures.say("pages.payables.from-account"), kind="select", choices=choices),
        Field(name="pay-on", label=figures.say("pages.payables.pay-on"), kind="date", value=_next_workday(visitor)),
    )
    page: dict[str, Any] = frame(visitor, "") | {
        "ready": [(show_row(one), one.document in ticked) for one in ready],
        "sums": sum_by_currency(ready),
        "blocked": [(show_row(one), _obstacle(one)) for one in owed if _obstacle(one)],
        "has_accounts": bool(accounts),
        "is_rehearsal": not get_channel(company=visitor.company.id, kind=pay_microsoft.CHANNEL).is_open,
        "form": form_of(fields, asked.said if asked else None, asked.faults if asked else {}),
        "runs": [_run_row(one) for one in list_runs(company=visitor.company.id)[:_SHOWN_RUNS]],
        "may_settings": visitor.may_everywhere("company.settings"),
    }
    return render(request, "desk/payables/pay.html", {"page": page})


def _obstacle(one: PayableShown) -> str:
    """Why a document cannot go into a run now, or ""."""
    if one.run:
        return figures.say("payables.run.in-another-run", document=one.document, run=one.run)
    if not one.tie_out.ties:
        return figures.say("payables.run.does-not-tie-out", document=one.document)
    if not one.is_approved:
        return figures.say("payables.run.not-approved", document=one.document)
    return ""


def _next_workday(visitor: Visitor) -> str:
    """Today, or the next day on which both banks are open."""
    microsoft = calendar_of(get_settings(company=visitor.company.id).microsoft_country)
    closed = any_closed(calendar_of(visitor.company.country), microsoft)
    today = visitor.today
    return (today if is_workday(today, closed=closed) else plus_workdays(today, 1, closed=closed)).isoformat()


def _run_row(one: RunShown) -> dict[str, Any]:
    return {
        "number": one.number,
        "href": reverse("desk:payables-run", args=[one.number]),
        "pay_on": figures.day(one.pay_on),
        "count": len(one.lines),
        "total": one.total if one.lines else Decimal(0),
        "currency": one.lines[0].currency if one.lines else "",
        "mark": _MARKS[one.state],
        "state": figures.say(f"payables.run-state.{one.state}"),
    }
