"""The one door of every page: asked once, answered by the table of roles, denials written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.audit import log
from saldo.core.identity import CustomerId
from saldo.doors.visitor import Visitor, find_visitor
from saldo.doors.world import get_world
from saldo.parties.debtors import is_own_debtor
from saldo.parties.queries import find_customer_owner
from saldo.parties.rules.roles import TABLE, Answer

View = Callable[..., HttpResponse]
_YES = Answer(is_allowed=True, because="signed-in")
SIGNED_IN = "signed-in"
"""What pages ask that are everybody's own: settings, the palette."""


def gate(capability: str, *, customer: str = "", debtor: str = "") -> Callable[[View], View]:
    """Open the page to those who may; ``customer`` is the address part that names the customer asked about.

    ``debtor`` is the part that names who pays: it is somebody's own when everything charged to it is.

    Without sign-in: the sign-in page. Without the right: the reason in words with 403, and an entry in the audit log.
    An unknown customer is 404 for those who may see all of them and 403 for others, so that nobody can probe for names.
    """
    if capability == SIGNED_IN:
        return _guard(capability, lambda visitor, said: _YES)
    _known(capability)
    if debtor:
        return _guard(capability, lambda visitor, said: _ask_about_debtor(visitor, capability, said[debtor]))
    return _guard(
        capability, lambda visitor, said: _ask(visitor, capability, said.get(customer, "")), customer=customer
    )


def gate_everywhere(capability: str) -> Callable[[View], View]:
    """Open a page about the whole partner: to those who may with every customer, not only with some."""
    _known(capability)

    def ask(visitor: Visitor, said: Mapping[str, Any]) -> Answer:
        answer = visitor.answer(capability)
        if answer.is_allowed and not visitor.may_everywhere(capability):
            return Answer(is_allowed=False, because="only-some-customers")
        return answer

    return _guard(capability, ask)


def _known(capability: str) -> None:
    if capability not in TABLE:
        raise KeyError(capability)


def _guard(
    capability: str, ask: Callable[[Visitor, Mapping[str, Any]], Answer], *, customer: str = ""
) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            visitor = find_visitor(request)
            if visitor is None:
                return _outside(request)
            answer = ask(visitor, kwargs)
            if not answer.is_allowed:
                return _deny(request, visitor, capability, answer, customer=kwargs.get(customer, ""))
            return view(request, *args, **kwargs)

        guarded.gated_by = capability  # type: ignore[attr-defined]  # read by the test that walks all addresses
        return guarded

    return guard


def _ask(visitor: Visitor, capability: str, customer: str) -> Answer:
    """Whose customer it is, is looked up only where that decides; one whom nobody has, the page looks for in vain."""
    general = visitor.answer(capability)
    if not customer or not general.is_allowed:
        return general
    with_any = visitor.answer(capability, is_own_customer=False)
    if with_any.is_allowed:
        return with_any
    owner = find_customer_owner(company=visitor.company.id, key=CustomerId(customer))
    return visitor.answer(capability, is_own_customer=owner is not None and owner.user == visitor.user)


def _ask_about_debtor(visitor: Visitor, capability: str, number: str) -> Answer:
    with_any = visitor.answer(capability, is_own_customer=False)
    if with_any.is_allowed or not visitor.may(capability):
        return with_any
    is_own = is_own_debtor(company=visitor.company.id, number=number, owner=visitor.user)
    return visitor.answer(capability, is_own_customer=is_own)


def _outside(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return render(request, "doors/refused.html", {"because": "doors.refused.no-role-in-company"}, status=403)
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = reverse("account_login")
        return answer
    return redirect_to_login(request.get_full_path())


def _deny(request: HttpRequest, visitor: Visitor, capability: str, answer: Answer, *, customer: str) -> HttpResponse:
    owner = find_customer_owner(company=visitor.company.id, key=CustomerId(customer)) if customer else None
    page = request.path.replace(customer, "…") if customer else request.path  # a key may be a name, and stays out
    log.record(
        company=visitor.company.id,
        code="doors.gate.denied",
        actor=visitor.actor,
        subject=f"customer:{owner.customer}" if owner else visitor.actor,
        at=get_world().clock.now(),
        facts={"capability": capability, "because": answer.because, "page": page[:200]},
    )
    return render(request, "doors/refused.html", {"because": f"doors.refused.{answer.because}"}, status=403)
