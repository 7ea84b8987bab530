"""What a person does with one document: say yes or take it back, enter, read, pay, dispute, use a credit."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from saldo.core.money import Money
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import Asked, say_refusal
from saldo.desk.payables.document import draw, find_payable
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows import pay_from_bank, pay_microsoft
from saldo.parties.company import company_context
from saldo.parties.debtors import find_bank_account
from saldo.payables.actions.claiming import open_claim
from saldo.payables.actions.crediting import use_credit
from saldo.payables.actions.deciding import approve as say_yes
from saldo.payables.actions.deciding import name_line
from saldo.payables.actions.deciding import withdraw as take_yes_back
from saldo.payables.actions.payments import record_payment
from saldo.payables.queries import PayableShown

Act = Callable[[Visitor, PayableShown], None]


@require_POST
@gate_everywhere("buy.payable.approve")
def approve(request: HttpRequest, document: str) -> HttpResponse:
    """Say yes to paying it."""

    def act(visitor: Visitor, one: PayableShown) -> None:
        found = say_yes(
            company=visitor.company.id,
            document=one.document,
            by=visitor.actor,
            at=get_world().clock.now(),
            today=visitor.today,
        )
        code = "pages.payables.is-approved" if found.is_approved else "pages.payables.needs-second"
        messages.success(request, figures.say(code, document=one.document))

    return _do(request, document, act)


@require_POST
@gate_everywhere("buy.payable.approve")
def withdraw(request: HttpRequest, document: str) -> HttpResponse:
    """Take one's own yes back."""

    def act(visitor: Visitor, one: PayableShown) -> None:
        take_yes_back(
            company=visitor.company.id,
            document=one.document,
            by=visitor.actor,
            at=get_world().clock.now(),
            today=visitor.today,
        )
        messages.success(request, figures.say("pages.payables.withdrawn", document=one.document))

    return _do(request, document, act)


@require_POST
@gate_everywhere("buy.payment.record")
def enter_line(request: HttpRequest, document: str) -> HttpResponse:
    """Enter an amount that the document shows and its files do not."""
    asked = Asked(request.POST)
    name, net = asked.text("line-name"), asked.figure("line-net")

    def act(visitor: Visitor, one: PayableShown) -> None:
        name_line(
            company=visitor.company.id,
            document=one.document,
            name=name,
            net=net or Decimal(0),
            by=visitor.actor,
            at=get_world().clock.now(),
            today=visitor.today,
        )
        messages.success(request, figures.say("pages.payables.line-entered", name=name))

    about = {"nameless": "line-name", "no-amount": "line-net", "finer-than-its-currency": "line-net"}
    return _take(request, document, asked, act, about)


@require_POST
@gate_everywhere("buy.payment.record")
def read(request: HttpRequest, document: str) -> HttpResponse:
    """Note what stands on the document itself."""
    asked = Asked(request.POST)
    total, tax = asked.figure("read-total"), asked.figure("read-tax")
    invoiced_on, due_on = asked.day("read-invoiced"), asked.day("read-due")

    def act(visitor: Visitor, one: PayableShown) -> None:
        if total is None or tax is None or invoiced_on is None or due_on is None:
            return
        pay_microsoft.read_document(
            company=visitor.company.id,
            document=one.document,
            currency=one.currency,
            total=total,
            tax=tax,
            invoiced_on=invoiced_on,
            due_on=due_on,
            by=visitor.actor,
            world=get_world(),
        )
        messages.success(request, figures.say("pages.payables.is-read", document=one.document))

    about = {
        "due-before-invoice": "read-due",
        "tax-beyond-total": "read-tax",
        "finer-than-its-currency": "read-total",
    }
    return _take(request, document, asked, act, about)


@require_POST
@gate_everywhere("buy.payment.record")
def pay(request: HttpRequest, document: str) -> HttpResponse:
    """Record a payment as it happened."""
    asked = Asked(request.POST)
    account, certificate = asked.text("pay-account"), asked.text("pay-certificate")
    paid_on, value = asked.day("pay-on"), asked.figure("pay-value")
    bank = asked.figure("pay-bank") if asked.text("pay-bank") else None
    withheld = asked.figure("pay-withheld") if asked.text("pay-withheld") else Decimal(0)

    def act(visitor: Visitor, one: PayableShown) -> None:
        found = find_bank_account(company=visitor.company.id, code=account)
        if paid_on is None or value is None or withheld is None:
            return
        at = get_world().clock.now()
        record_payment(
            company=visitor.company.id,
            key=f"hand:{one.document}:{at.isoformat()}",
            document=one.document,
            account=account,
            paid_on=paid_on,
            value=value,
            withheld=withheld,
            certificate=certificate,
            from_bank=Money(bank, found.currency) if bank is not None and found else None,
            run=one.run,
            by=visitor.actor,
            at=at,
        )
        amount = f"{figures.amount(value, one.currency)} {one.currency}"
        messages.success(request, figures.say("pages.payables.is-recorded", amount=amount, document=one.document))

    about = {"no-amount": "pay-value", "other-currency": "pay-bank", "unknown-account": "pay-account"}
    return _take(request, document, asked, act, about | {"period-closed": "pay-on", "finer-than-currency": "pay-value"})


@require_POST
@gate_everywhere("buy.payment.record")
def take_payment_back(request: HttpRequest, document: str) -> HttpResponse:
    """Undo a payment by its mirror; an entry of the bank that paid is open again."""

    def act(visitor: Visitor, one: PayableShown) -> None:
        pay_from_bank.take_back(
            company=visitor.company.id,
            key=request.POST.get("payment", ""),
            on=visitor.today,
            by=visitor.actor,
            at=get_world().clock.now(),
        )
        messages.success(request, figures.say("pages.payables.is-taken-back", document=one.document))

    return _do(request, document, act)


@require_POST
@gate_everywhere("buy.payment.record")
def dispute(request: HttpRequest, document: str) -> HttpResponse:
    """Open a dispute about it; paying goes on (practice 16)."""
    asked = Asked(request.POST)
    text, by_day = asked.text("dispute-text", longest=2000), asked.day("dispute-by")
    value = asked.figure("dispute-value") if asked.text("dispute-value") else None
    if not text:
        asked.faults["dispute-text"] = figures.say("pages.form.empty")

    def act(visitor: Visitor, one: PayableShown) -> None:
        if by_day is None:
            return
        open_claim(
            company=visitor.company.id,
            kind="dispute",
            about=one.document,
            claim_by=by_day,
            value=value,
            currency=one.currency,
            text=text,
            by=visitor.actor,
            at=get_world().clock.now(),
        )
        messages.success(request, figures.say("pages.payables.is-disputed", document=one.document))

    return _take(request, document, asked, act, {})


@require_POST
@gate_everywhere("buy.payment.record")
def take_credit(request: HttpRequest, document: str) -> HttpResponse:
    """Settle it with a free credit of Microsoft's."""
    asked = Asked(request.POST)
    item = request.POST.get("credit-item", "")[:300]
    value = asked.figure("credit-value") if asked.text("credit-value") else None

    def act(visitor: Visitor, one: PayableShown) -> None:
        used = use_credit(
            company=visitor.company.id,
            credit=item,
            document=one.document,
            value=value,
            on=visitor.today,
            by=visitor.actor,
            at=get_world().clock.now(),
        )
        amount = f"{figures.amount(used, one.currency)} {one.currency}"
        messages.success(request, figures.say("pages.payables.is-credited", amount=amount, document=one.document))

    about = {"unknown": "credit-item", "not-free": "credit-item", "too-much": "credit-value"}
    return _take(request, document, asked, act, about)


def _do(request: HttpRequest, document: str, act: Act) -> HttpResponse:
    """An act without a form: what stands in its way is said on the page."""
    visitor = get_visitor(request)
    one = find_payable(visitor, document)
    try:
        with company_context(visitor.company.id):
            act(visitor, one)
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:payable", one.document)


def _take(request: HttpRequest, document: str, asked: Asked, act: Act, about: dict[str, str]) -> HttpResponse:
    """An act with a form: with a fault the page comes back with everything that was said."""
    visitor = get_visitor(request)
    one = find_payable(visitor, document)
    if not asked.faults:
        try:
            with company_context(visitor.company.id):
                act(visitor, one)
            return redirect("desk:payable", one.document)
        except Refused as refused:
            asked.refuse(refused, dict.fromkeys(about.values(), ""), about=about)
    return draw(request, document, asked.said, asked.faults)
