"""Page: cancellations and corrections over one person's limit, that wait for somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.invoices.month import read_month, ways
from saldo.desk.payables.people import list_approvers, name_actors
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows.correct_documents import confirm_proposal
from saldo.invoicing.actions.confirming import withdraw_correction
from saldo.invoicing.proposals import Proposal, find_proposal, list_proposals

CONFIRM = "sell.invoice.issue"


@gate_everywhere("buy.invoice.read")
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, who proposed it and who may confirm it."""
    visitor = get_visitor(request)
    found = list_proposals(company=visitor.company.id)
    page = {"rows": show_proposals(visitor, found), "ways": ways(visitor, read_month(visitor, "")[0], "proposals")}
    return render(request, "desk/invoices/proposals.html", {"page": page})


@require_POST
@gate_everywhere(CONFIRM)
def decide(request: HttpRequest, proposal: int) -> HttpResponse:
    """Confirm what somebody else proposed, or take a proposal back."""
    visitor = get_visitor(request)
    found = find_proposal(company=visitor.company.id, proposal=proposal)
    try:
        if request.POST.get("act") == "withdraw":
            asked: dict[str, Any] = {"proposal": proposal, "by": visitor.actor, "at": get_world().clock.now()}
            number = withdraw_correction(company=visitor.company.id, **asked)
            messages.success(request, figures.say("pages.invoices.proposal-withdrawn", number=number))
            return redirect("desk:invoice", number)
        done = confirm_proposal(
            company=visitor.company.id,
            proposal=proposal,
            number=found.number if found else "",
            by=visitor.actor,
            world=get_world(),
            today=visitor.today,
        )
    except Refused as refused:
        messages.error(request, say_refusal(refused))
        return redirect("desk:invoices-proposals")
    code = "pages.invoices.reissued" if done.new else "pages.invoices.cancelled"
    messages.success(request, figures.say(code, number=done.number, mirror=done.mirror, new=done.new))
    return redirect("desk:invoice", done.new or done.number)


def show_proposals(visitor: Visitor, found: tuple[Proposal, ...]) -> list[dict[str, Any]]:
    """Proposals in words, with what this person may do about each; the proposer never confirms."""
    names = name_actors(one.proposed_by for one in found)
    return [_row(visitor, one, names) for one in found]


def _row(visitor: Visitor, one: Proposal, names: Mapping[str, str]) -> dict[str, Any]:
    is_own = one.proposed_by == visitor.actor
    may = visitor.may_everywhere(CONFIRM)
    others = list_approvers(visitor, but=[one.proposed_by], capability=CONFIRM)
    return {
        "number": one.number,
        "href": reverse("desk:invoice", args=[one.number]),
        "what": figures.say(f"pages.invoices.proposal.{one.act}"),
        "given": one.given,
        "currency": one.currency,
        "reason": one.reason,
        "by": names[one.proposed_by],
        "when": figures.minute(one.proposed_at),
        "may_confirm": may and not is_own,
        "may_withdraw": may,
        "who": _who(others, may_self=may and not is_own),
        "act_href": reverse("desk:invoices-proposal", args=[one.id]),
    }


def _who(others: list[str], *, may_self: bool) -> str:
    if may_self:
        return figures.say("pages.invoices.proposal-you")
    if not others:
        return figures.say("pages.invoices.proposal-nobody")
    return figures.say("pages.invoices.proposal-who", names=", ".join(others))
