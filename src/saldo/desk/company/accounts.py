"""Bank accounts, ours and Microsoft's: proposed, approved by another person, usable after a waiting day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, Field, choices_of, say_refusal
from saldo.desk.form_page import form_of
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.parties.billing_actions import approve_bank_account, close_bank_account, propose_bank_account
from saldo.parties.debtors import OWN, BankAccount, list_bank_accounts
from saldo.parties.queries import list_names
from saldo.payables.queries import PARTY

_FIELDS = ("code", "owner", "name", "currency", "iban", "bic", "giro", "number")
_OPTIONAL = frozenset({"iban", "bic", "giro", "number"})
_MARKS = {"proposed": "warn", "active": "plain", "closed": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountShown:
    """One account; the acts are addresses, "" where this person may not."""

    code: str
    name: str
    owner: str
    number: str
    currency: str
    mark: str
    state: str
    note: str
    approve_href: str
    close_href: str


def list_shown(visitor: Visitor) -> list[AccountShown]:
    """All accounts, those that wait for a person first, closed ones last."""
    found = list_bank_accounts(company=visitor.company.id, owner=None)
    actors = {one for account in found for one in (account.proposed_by, account.approved_by)}
    numbers = {actor: int(actor[5:]) for actor in actors if actor.startswith("user:")}
    names = list_names(users=numbers.values())
    people = {actor: names.get(number, actor) for actor, number in numbers.items()}
    order = ("proposed", "active", "closed")
    ordered = sorted(found, key=lambda one: (order.index(one.state), one.owner != OWN, one.code))
    return [_shown(visitor, account, people) for account in ordered]


def _shown(visitor: Visitor, account: BankAccount, people: dict[str, str]) -> AccountShown:
    may_approve = visitor.may_everywhere("bank-account.approve") and account.proposed_by != visitor.actor
    may_close = visitor.may_everywhere("bank-account.propose") and account.state != "closed"
    is_proposed = account.state == "proposed"
    state = account.state
    if state == "active" and not account.is_usable_on(visitor.today):
        state = "waiting-day"
    return AccountShown(
        code=account.code,
        name=account.name,
        owner=_owner(account.owner),
        number=account.iban or account.giro or account.number,
        currency=account.currency,
        mark="wait" if state == "waiting-day" else _MARKS[account.state],
        state=figures.say(f"pages.company.account.{state}"),
        note=_note(visitor, account, people),
        approve_href=reverse("desk:bank-account-approve", args=[account.code]) if is_proposed and may_approve else "",
        close_href=reverse("desk:bank-account-close", args=[account.code]) if may_close else "",
    )


def _owner(owner: str) -> str:
    code = f"pages.company.owner.{owner}"
    return figures.say(code) if figures.has_words(code) else owner


def _note(visitor: Visitor, account: BankAccount, people: dict[str, str]) -> str:
    proposer = people.get(account.proposed_by, figures.say("pages.company.somebody"))
    if account.state == "proposed":
        own = account.proposed_by == visitor.actor
        return figures.say("parties.approval.own") if own else figures.say("pages.company.proposed-by", name=proposer)
    if account.state == "active" and account.usable_from is not None:
        approver = people.get(account.approved_by, figures.say("pages.company.somebody"))
        return figures.say("pages.company.approved-by", name=approver, day=figures.day(account.usable_from))
    return ""


@gate_everywhere("bank-account.propose")
def propose(request: HttpRequest) -> HttpResponse:
    """A new account; another person approves it."""
    visitor = get_visitor(request)
    asked = Asked(request.POST)
    if request.method == "POST":
        said = {name: asked.text(name) for name in _FIELDS}
        said["currency"] = said["currency"].upper()
        try:
            propose_bank_account(company=visitor.company.id, by=visitor.actor, at=get_world().clock.now(), **said)
        except Refused as refused:
            about = {"exists": "code", "same-number": "iban", "no-number": "iban"}
            asked.refuse(refused, {field.name: field.label for field in _fields(visitor)}, about=about)
        else:
            messages.success(request, figures.say("pages.company.account-proposed", account=said["code"]))
            return redirect(f"{reverse('desk:company-settings')}#accounts")
    form = form_of(_fields(visitor), request.POST.dict() if request.method == "POST" else None, asked.faults)
    context = {"form": form, "title_code": "pages.company.account-new", "hint_code": "pages.company.account-new-hint"}
    return render(request, "desk/company/form.html", context)


@require_POST
@gate_everywhere("bank-account.approve")
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Agree to an account that somebody else proposed."""
    return _change(request, code, approve_bank_account, "pages.company.account-approved")


@require_POST
@gate_everywhere("bank-account.propose")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Use an account no more."""
    return _change(request, code, close_bank_account, "pages.company.account-closed")


def _change(request: HttpRequest, code: str, act: Callable[..., None], done: str) -> HttpResponse:
    visitor = get_visitor(request)
    try:
        act(company=visitor.company.id, code=code, by=visitor.actor, at=get_world().clock.now())
        messages.success(request, figures.say(done, account=code))
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect(f"{reverse('desk:company-settings')}#accounts")


def _fields(visitor: Visitor) -> list[Field]:
    values = {"owner": OWN, "currency": visitor.company.currency}
    return [
        Field(
            name=name,
            label=figures.say(f"pages.company.account-field.{name}"),
            value=values.get(name, ""),
            kind="select" if name == "owner" else "text",
            choices=choices_of((OWN, PARTY), "company.owner") if name == "owner" else (),
            hint=figures.say("pages.company.hint.account-code") if name == "code" else "",
            is_optional=name in _OPTIONAL,
        )
        for name in _FIELDS
    ]
