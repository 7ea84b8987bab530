"""Page: money sent back. One asks, another agrees, a day passes, then the bank's entry says that it left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, say_refusal
from saldo.desk.paging import Window, address, read_page
from saldo.desk.receipts.refund_files import show_files
from saldo.desk.receipts.said import name_actors
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.parties.debtors import name_debtors
from saldo.parties.rules.approvals import find_approval_refusal
from saldo.receipts.actions.refunding import approve_refund, propose_refund, withdraw_refund
from saldo.receipts.refund_queries import Refund, count_refunds, list_refunds

_MARKS = {"proposed": "warn", "approved": "wait", "paid": "plain", "withdrawn": "idle"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundShown:
    """One refund with what this person may do with it, or why not."""

    key: str
    debtor: str
    debtor_href: str
    payee: str
    reason: str
    amount: str
    currency: str
    mark: str
    state: str
    what_next: str
    may_approve: bool
    may_withdraw: bool
    may_order: bool


@gate_everywhere("receipt.read")
def refunds(request: HttpRequest) -> HttpResponse:
    """The newest first, each with its next step."""
    visitor = get_visitor(request)
    company = visitor.company.id
    window = Window(number=read_page(request.GET.get("page", "1")), total=count_refunds(company=company))
    found = list_refunds(company=company, limit=window.size, offset=window.offset)
    names = name_debtors(company=company, numbers={one.debtor for one in found}) if found else {}
    people = name_actors({actor for one in found for actor in (one.proposed_by, one.approved_by) if actor})
    page = {
        "rows": [_show(one, visitor, names, people) for one in found],
        "total": window.total,
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, {"page": window.previous}),
        "next_href": window.next and address(request.path, {"page": window.next}),
        "receipts_href": reverse("desk:receipts"),
    } | show_files(visitor, found)
    return render(request, "desk/receipts/refunds.html", {"page": page})


@require_POST
@gate_everywhere("receipt.match")
def propose(request: HttpRequest) -> HttpResponse:
    """Ask that money on a debtor's account be sent back."""
    asked = Asked(request.POST)
    value = asked.figure("value")
    back = request.POST.get("debtor", "")[:60]
    if value is None:
        messages.error(request, figures.say("pages.form.no-figure"))
    elif _do(
        request,
        lambda **facts: propose_refund(
            item=asked.text("item"),
            value=value,
            payee=asked.text("payee"),
            payee_account=asked.text("payee_account"),
            reason=asked.text("reason"),
            **facts,
        ),
        "pages.receipts.refund.is-proposed",
    ):
        return redirect("desk:refunds")
    return redirect("desk:debtor", back) if back else redirect("desk:refunds")


@require_POST
@gate_everywhere("refund.approve")
def approve(request: HttpRequest) -> HttpResponse:
    """Agree to what somebody else asked for."""
    key = request.POST.get("refund", "")[:200]
    _do(request, lambda **facts: approve_refund(refund=key, **facts), "pages.receipts.refund.is-approved")
    return redirect("desk:refunds")


@require_POST
@gate_everywhere("receipt.match")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Call one off before it is paid."""
    key = request.POST.get("refund", "")[:200]
    _do(request, lambda **facts: withdraw_refund(refund=key, **facts), "pages.receipts.refund.is-withdrawn")
    return redirect("desk:refunds")


def _do(request: HttpRequest, act: Callable[..., Any], told: str) -> bool:
    visitor = get_visitor(request)
    try:
        with transaction.atomic():
            act(company=visitor.company.id, by=visitor.actor, at=get_world().clock.now())
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return False
    messages.success(request, figures.say(told))
    return True


def _show(one: Refund, visitor: Visitor, names: Any, people: Any) -> RefundShown:
    is_waiting = one.state == "proposed"
    own = find_approval_refusal(proposed_by=one.proposed_by, approved_by=visitor.actor)
    return RefundShown(
        key=one.key,
        debtor=names.get(one.debtor, one.debtor),
        debtor_href=reverse("desk:debtor", args=[one.debtor]),
        payee=f"{one.payee}, {one.payee_account}",
        reason=one.reason,
        amount=figures.amount(one.value, one.currency),
        currency=one.currency,
        mark=_MARKS[one.state],
        state=figures.say(f"pages.receipts.refund.state.{one.state}"),
        what_next=_next(one, people, is_own=bool(own)),
        may_approve=is_waiting and not own and visitor.may_everywhere("refund.approve"),
        may_withdraw=one.state in {"proposed", "approved"}
        and not one.order
        and visitor.may_everywhere("receipt.match"),
        may_order=one.state == "approved" and not one.order and visitor.may_everywhere("refund.approve"),
    )


def _next(one: Refund, people: Any, *, is_own: bool) -> str:
    asked_by = people.get(one.proposed_by, one.proposed_by)
    if one.state == "proposed":
        code = "pages.receipts.refund.needs-another" if is_own else "pages.receipts.refund.asked-by"
        return figures.say(code, who=asked_by)
    if one.state == "approved" and one.order:
        return figures.say("pages.receipts.refund.in-file", order=one.order)
    if one.state == "approved":
        by = people.get(one.approved_by, one.approved_by)
        return figures.say("pages.receipts.refund.payable", day=figures.day(one.payable_from), who=by)
    return figures.say("pages.receipts.refund.asked-by", who=asked_by)
