"""What a person does with an entry: book it, undo that, set it aside, take it up, hold it, take a receipt back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.paging import address
from saldo.desk.receipts.match_page import lay_out
from saldo.desk.receipts.other_entries import is_matchable
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.doors.world import get_world
from saldo.receipts.actions.asides import take_up
from saldo.receipts.actions.matching import match, set_aside, undo_match
from saldo.receipts.actions.money_back import hold_until_settled, return_receipt
from saldo.receipts.actions.part_returns import return_part
from saldo.receipts.actions.refunding import record_refund_paid
from saldo.receipts.queries import find_entry

_LONGEST = 500
_Act = Callable[[CompanyId, str, datetime], Any]


@require_POST
@gate_everywhere("receipt.match")
def book(request: HttpRequest) -> HttpResponse:
    """Book what is ticked and go to the next entry; nothing ticked books nothing and says so."""
    said, visitor = request.POST, get_visitor(request)
    key = said.get("entry", "")[:200]
    entry = find_entry(company=visitor.company.id, key=key)
    if entry is None or not is_matchable(entry):
        messages.error(request, figures.say("pages.receipts.not-to-match"))
        return _back(request)
    work = lay_out(company=visitor.company.id, entry=entry, said=said.dict(), ticked=said.getlist("item"))
    chosen = work.chosen
    if not chosen.is_something:
        messages.error(request, figures.say("pages.receipts.nothing-ticked"))
        return _back(request, entry=key, debtor=said.get("debtor"))
    if not _do(
        request,
        lambda company, by, at: match(
            company=company,
            entry=key,
            shares=chosen.shares,
            differences=chosen.differences,
            because=chosen.because,
            by=by,
            at=at,
        ),
    ):
        return _back(request, entry=key, debtor=said.get("debtor"))
    return _back(request, entry=said.get("next") or None, done=key)


@require_POST
@gate_everywhere("receipt.match")
def undo(request: HttpRequest) -> HttpResponse:
    """Take a match back by mirror postings; its entry waits again."""
    reason = request.POST.get("reason", "").strip()[:_LONGEST]
    key = request.POST.get("match", "")[:300]
    done = _do(
        request,
        lambda company, by, at: undo_match(company=company, match=key, by=by, at=at, because=reason),
        figures.say("pages.receipts.is-undone"),
    )
    shown = {"entry": request.POST.get("entry", "")[:200] or None}
    return redirect(address(reverse("desk:receipts"), shown)) if done else _back(request, **shown)


@require_POST
@gate_everywhere("receipt.match")
def aside(request: HttpRequest) -> HttpResponse:
    """Say that an entry is not a customer's money, with the reason."""
    key, reason = request.POST.get("entry", "")[:200], request.POST.get("reason", "").strip()[:_LONGEST]
    done = _do(
        request,
        lambda company, by, at: set_aside(company=company, entry=key, reason=reason, by=by, at=at),
    )
    return _back(request, entry=request.POST.get("next"), aside=key) if done else _back(request, entry=key)


@require_POST
@gate_everywhere("receipt.match")
def take_up_again(request: HttpRequest) -> HttpResponse:
    """Let an entry that was set aside wait again."""
    key = request.POST.get("entry", "")[:200]
    _do(request, lambda company, by, at: take_up(company=company, entry=key, by=by, at=at))
    return redirect(address(reverse("desk:receipts"), {"entry": key}))


@require_POST
@gate_everywhere("receipt.match")
def hold(request: HttpRequest) -> HttpResponse:
    """Let money that can still be taken back settle nothing before a day."""
    key = request.POST.get("entry", "")[:200]
    try:
        day = date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        messages.error(request, figures.say("pages.form.no-day"))
        return _back(request, entry=key)
    _do(
        request,
        lambda company, by, at: hold_until_settled(company=company, entry=key, settles_on=day, by=by, at=at),
        figures.say("pages.receipts.is-held", day=figures.day(day)),
    )
    return _back(request, entry=key)


@require_POST
@gate_everywhere("receipt.match")
def taken_back(request: HttpRequest) -> HttpResponse:
    """Say which receipt the bank took back with this entry: what it settled is open again."""
    key, receipt = request.POST.get("entry", "")[:200], request.POST.get("receipt", "")[:200]
    _do(
        request,
        lambda company, by, at: return_receipt(company=company, entry=key, receipt=receipt, by=by, at=at),
        figures.say("pages.receipts.is-returned"),
    )
    return redirect(address(reverse("desk:receipts"), {"entry": key}))


@require_POST
@gate_everywhere("receipt.match")
def part_taken_back(request: HttpRequest) -> HttpResponse:
    """Say of which receipt the bank took a part back with this entry, and which debt is open again first."""
    key, receipt = request.POST.get("entry", "")[:200], request.POST.get("receipt", "")[:200]
    first = [item[:300] for item in request.POST.getlist("first") if item][:20]
    _do(
        request,
        lambda company, by, at: return_part(company=company, entry=key, receipt=receipt, first=first, by=by, at=at),
        figures.say("pages.receipts.part-is-returned"),
    )
    return redirect(address(reverse("desk:receipts"), {"entry": key}))


@require_POST
@gate_everywhere("receipt.match")
def refund_left(request: HttpRequest) -> HttpResponse:
    """Say that a refund left with this entry."""
    key, refund = request.POST.get("entry", "")[:200], request.POST.get("refund", "")[:200]
    _do(
        request,
        lambda company, by, at: record_refund_paid(company=company, refund=refund, entry=key, by=by, at=at),
        figures.say("pages.receipts.refund.is-paid"),
    )
    return redirect(address(reverse("desk:receipts"), {"entry": key}))


def _do(request: HttpRequest, act: _Act, told: str = "") -> bool:
    """One act, whole or not at all; a refusal is said in words and changed nothing."""
    visitor = get_visitor(request)
    try:
        with transaction.atomic():
            act(visitor.company.id, visitor.actor, get_world().clock.now())
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return False
    if told:
        messages.success(request, told)
    return True


def _back(request: HttpRequest, **facts: object) -> HttpResponse:
    """To the list the person came from, on the same page of it."""
    show, page = request.POST.get("show", ""), request.POST.get("page", "")
    kept = {"show": show if show and show != "open" else None, "page": page or None}
    return redirect(address(reverse("desk:receipts"), {**kept, **{n: v or None for n, v in facts.items()}}))
