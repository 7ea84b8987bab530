"""What a person does with a month: draft it, hold and release, issue what was counted, stop the mail of a wave."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.invoices.month import read_month
from saldo.desk.invoices.running import DRAFT_TASK, ISSUE_TASK
from saldo.desk.paging import address
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows.issue_wave import issue_wave
from saldo.flows.month_close import close_month
from saldo.invoicing.actions.charging import hold_draft, release_draft
from saldo.invoicing.actions.issuing import check_may_issue
from saldo.invoicing.actions.recalling import recall_wave
from saldo.invoicing.backups import newest_backup
from saldo.invoicing.ready import list_waiting
from saldo.parties.debtors import count_debtors
from saldo.parties.queries import list_customers

LARGE = 500
"""From so many on, it is left to the worker: a page must not wait for it."""


@require_POST
@gate_everywhere("sell.invoice.issue")
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the month, or draft it again where something changed."""
    visitor, month = get_visitor(request), _month(request)
    if _is_large(visitor):
        get_world().queue.enqueue(
            DRAFT_TASK,
            company=visitor.company.id,
            month=str(month),
            by=visitor.actor,
            today=visitor.today.isoformat(),
        )
        return _back(month)
    try:
        closed = close_month(
            company=visitor.company.id, month=month, by=visitor.actor, world=get_world(), today=visitor.today
        )
        messages.success(request, figures.say_many("pages.invoices.drafted", closed.drafts))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return _back(month)


@require_POST
@gate_everywhere("sell.invoice.issue")
def mark(request: HttpRequest) -> HttpResponse:
    """Hold the drafts that were ticked, or let them go with the next wave."""
    visitor, month = get_visitor(request), _month(request)
    act = release_draft if request.POST.get("act") == "release" else hold_draft
    drafts = [int(said) for said in request.POST.getlist("draft") if said.isascii() and said.isdigit()][:200]
    try:
        for one in drafts:
            act(company=visitor.company.id, draft=one, by=visitor.actor, at=get_world().clock.now())
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return _back(month, request)
    if not drafts:
        messages.error(request, figures.say("pages.invoices.none-ticked"))
    else:
        code = "pages.invoices.released" if act is release_draft else "pages.invoices.held"
        messages.success(request, figures.say_many(code, len(drafts)))
    return _back(month, request)


@require_POST
@gate_everywhere("sell.invoice.issue")
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the drafts that were counted and summed on the page; anything else refuses."""
    visitor, month = get_visitor(request), _month(request)
    count, totals = _confirmed(request)
    company, backup = visitor.company.id, newest_backup(company=visitor.company.id)
    try:
        if count > LARGE:
            check_may_issue(company=company, newest_backup=backup, at=get_world().clock.now())
            _leave_to_worker(visitor, month, count, totals)
            return _back(month)
        issued = issue_wave(
            company=company,
            month=month,
            confirm_count=count,
            confirm_totals=totals,
            by=visitor.actor,
            world=get_world(),
            today=visitor.today,
            newest_backup=backup,
        )
        messages.success(request, figures.say_many("pages.invoices.issued-now", issued.count))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return _back(month)
    return redirect("desk:invoices-waves")


@require_POST
@gate_everywhere("sell.invoice.issue")
def recall(request: HttpRequest, wave: int) -> HttpResponse:
    """Stop the mail of a wave while its recall time runs."""
    visitor = get_visitor(request)
    try:
        done = recall_wave(company=visitor.company.id, wave=wave, by=visitor.actor, at=get_world().clock.now())
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:invoices-waves")
    told = [figures.say_many("pages.invoices.recalled", done.stopped)]
    told += [figures.say_many("pages.invoices.recalled-too-late", done.left)] if done.left else []
    told.append(figures.say_many("pages.invoices.recalled-stay", done.documents))
    messages.success(request, " ".join(told))
    return redirect("desk:invoices-wave", wave)


def _leave_to_worker(visitor: Visitor, month: Month, count: int, totals: dict[str, Decimal]) -> None:
    """The worker counts again; what is no longer as confirmed is refused here, where a person still reads it."""
    waiting = list_waiting(company=visitor.company.id, month=month, today=visitor.today)
    if (waiting.count, dict(waiting.totals)) != (count, totals):
        raise Refused(code="pages.invoices.changed-since")
    get_world().queue.enqueue(
        ISSUE_TASK,
        company=visitor.company.id,
        month=str(month),
        by=visitor.actor,
        today=visitor.today.isoformat(),
        count=count,
        totals={currency: f"{value}" for currency, value in totals.items()},
    )


def _is_large(visitor: Visitor) -> bool:
    company = visitor.company.id
    return max(count_debtors(company=company), len(list_customers(company=company))) > LARGE


def _confirmed(request: HttpRequest) -> tuple[int, dict[str, Decimal]]:
    said = request.POST.get("count", "")
    count = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
    totals = {}
    for part in request.POST.get("totals", "").split():
        currency, _, value = part.partition("=")
        try:
            totals[currency] = Decimal(value)
        except InvalidOperation:
            totals[currency] = Decimal(0)
    return count, totals


def _month(request: HttpRequest) -> Month:
    """The month of the form; one that cannot be read is the newest there is, as everywhere in this group."""
    return read_month(get_visitor(request), request.POST.get("month", ""))[0]


def _back(month: Month, request: HttpRequest | None = None) -> HttpResponse:
    draft = request.POST.get("back", "") if request else ""
    if draft.isascii() and draft.isdigit():
        return redirect("desk:invoices-review", int(draft))
    return redirect(address(reverse("desk:invoices"), {"month": month}))
