"""Payment files of refunds: ordered from the page of refunds, downloaded, handed over, or given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.core.workdays import is_workday, plus_workdays
from saldo.desk import figures
from saldo.desk.fields import Asked, say_refusal
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows import pay_refunds
from saldo.outbox.documents import UnableToRead
from saldo.outbox.documents import read as read_kept
from saldo.outbox.queries import get_channel
from saldo.parties.calendars import calendar_of
from saldo.parties.company import company_context
from saldo.parties.debtors import list_bank_accounts
from saldo.receipts.actions.refund_orders import cancel_order
from saldo.receipts.refund_queries import Refund, RefundOrder, find_order, list_orders

_MARKS = {"ordered": "warn", "captured": "", "handed-over": "plain", "cancelled": "idle"}


def show_files(visitor: Visitor, refunds: tuple[Refund, ...]) -> dict[str, Any]:
    """What can be put into a file now, from which account and on which day; and the files made before."""
    payable = [one for one in refunds if one.state == "approved" and not one.order and one.payable_from]
    first = max([visitor.today, *(one.payable_from for one in payable if one.payable_from)])
    accounts = list_bank_accounts(company=visitor.company.id, usable_on=first)
    return {
        "accounts": [(one.code, f"{one.name or one.code} · {one.currency}") for one in accounts],
        "pay_on": _workday(visitor, first).isoformat(),
        "may_order": bool(payable) and visitor.may_everywhere("refund.approve"),
        "is_rehearsal": not get_channel(company=visitor.company.id, kind=pay_refunds.CHANNEL).is_open,
        "orders": [_show(one, visitor) for one in list_orders(company=visitor.company.id)],
    }


@require_POST
@gate_everywhere("refund.approve")
def order(request: HttpRequest) -> HttpResponse:
    """Make a payment file of the refunds that are ticked."""
    visitor, asked = get_visitor(request), Asked(request.POST)
    pay_on = asked.day("pay_on")
    if pay_on is None:
        messages.error(request, asked.faults["pay_on"])
        return redirect("desk:refunds")
    keys = [key[:200] for key in request.POST.getlist("refunds")][:500]
    _do(
        request,
        lambda: pay_refunds.order_refund_file(
            company=visitor.company.id,
            refunds=keys,
            account=asked.text("account"),
            pay_on=pay_on,
            by=visitor.actor,
            world=get_world(),
            today=visitor.today,
        ),
        "pages.receipts.refund.is-ordered",
    )
    return redirect("desk:refunds")


@gate_everywhere("refund.approve")
def file(request: HttpRequest, number: str) -> HttpResponse:
    """The payment file as the bank takes it; a rehearsal's says so in its name."""
    found = _find(request, number)
    try:
        data = read_kept(found.file)
    except UnableToRead:
        raise Http404(figures.say("receipts.refund-order.unknown", order=number)) from None
    ending = "rehearsal.xml" if found.state == "captured" else "xml"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{found.number}.pain.001.{ending}')}"}
    return HttpResponse(data, content_type="application/xml", headers=headers)


@require_POST
@gate_everywhere("refund.approve")
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Say that the bank has the file."""
    visitor, found = get_visitor(request), _find(request, number)
    _do(
        request,
        lambda: pay_refunds.hand_over(
            company=visitor.company.id, number=found.number, by=visitor.actor, world=get_world()
        ),
        "pages.receipts.refund.is-handed-over",
    )
    return redirect("desk:refunds")


@require_POST
@gate_everywhere("refund.approve")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Give a file up before the bank has it."""
    visitor, found = get_visitor(request), _find(request, number)

    def give_up() -> None:
        """Within a transaction of its own."""
        with company_context(visitor.company.id):
            cancel_order(company=visitor.company.id, number=found.number, by=visitor.actor, at=get_world().clock.now())

    _do(request, give_up, "pages.receipts.refund.order-is-cancelled")
    return redirect("desk:refunds")


def _do(request: HttpRequest, act: Callable[[], Any], told: str) -> None:
    try:
        act()
    except Refused as refused:
        state = f"payables.run-state.{refused.facts.get('state', '')}"
        messages.error(request, say_refusal(refused, {"state": figures.say(state)} if figures.has_words(state) else {}))
    else:
        messages.success(request, figures.say(told))


def _find(request: HttpRequest, number: str) -> RefundOrder:
    found = find_order(company=get_visitor(request).company.id, number=number[:40])
    if found is None:
        raise Http404(figures.say("receipts.refund-order.unknown", order=number))
    return found


def _show(one: RefundOrder, visitor: Visitor) -> dict[str, Any]:
    may = visitor.may_everywhere("refund.approve")
    return {
        "number": one.number,
        "pay_on": figures.day(one.pay_on),
        "account": one.account,
        "count": len(one.refunds),
        "amount": figures.amount(one.total, one.currency),
        "currency": one.currency,
        "mark": _MARKS[one.state],
        "state": figures.say(f"payables.run-state.{one.state}"),
        "file_href": reverse("desk:refund-file", args=[one.number]) if one.file and may else "",
        "may_hand_over": may and one.state == "ordered",
        "may_cancel": may and one.state in ("ordered", "captured"),
    }


def _workday(visitor: Visitor, first: date) -> date:
    """That day, or the next on which our bank is open."""
    closed = calendar_of(visitor.company.country)
    if is_workday(first, closed=closed):
        return first
    return plus_workdays(first - timedelta(days=1), 1, closed=closed)
