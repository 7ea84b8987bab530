"""Page: a debtor's particulars, and which tenants are charged to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.identity import LANGUAGES, CustomerId
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.debtors.page import get_shown
from saldo.desk.fields import Asked, Field, say_refusal
from saldo.desk.form_page import form_of
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.parties.billing_actions import assign_tenant, edit_debtor
from saldo.parties.debtors import Debtor, list_tenants, name_debtor
from saldo.parties.queries import find_customer, list_customers, list_customers_named

EDIT = "customer.billing-profile.edit"
TEXTS = (
    *("name", "street", "postcode", "city", "region", "country"),
    *("vat_id", "registration", "electronic_address", "segment", "zone"),
)
_OPTIONAL = frozenset(TEXTS) - {"name", "country"}
_NAMES = ("English", "Svenska", "简体中文", "Português (Brasil)", "Español")


@gate_everywhere(EDIT)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """The form; saving keeps the person on the debtor's page, a fault keeps what was typed."""
    visitor = get_visitor(request)
    found = get_shown(visitor, number)
    asked = Asked(request.POST)
    if request.method == "POST" and _save(request, visitor, found, asked):
        return redirect("desk:debtor", number)
    said = request.POST if request.method == "POST" else None
    page = {
        "debtor": found,
        "debtor_href": reverse("desk:debtor", args=[number]),
        "debtors_href": reverse("desk:debtors"),
        "form": form_of(_fields(found), said, asked.faults),
        "tenants": list_tenants(company=visitor.company.id, debtor=number),
    }
    return render(request, "desk/debtors/edit.html", {"page": page, "form": page["form"]})


@require_POST
@gate_everywhere(EDIT)
def tenant(request: HttpRequest, number: str) -> HttpResponse:
    """Charge a tenant to this debtor, or to another, from now on."""
    visitor = get_visitor(request)
    found = get_shown(visitor, number)
    said = " ".join(request.POST.get("customer", "").split())[:200]
    to = " ".join(request.POST.get("to", "").split())[:200]
    customer = _customer(visitor, said)
    if customer is None:
        messages.error(request, figures.say("pages.debtors.no-tenant", said=said))
        return redirect("desk:debtor-edit", number)
    try:
        with transaction.atomic():
            other = name_debtor(company=visitor.company.id, said=to).number if to else found.number
            assign_tenant(
                company=visitor.company.id,
                customer=customer,
                debtor=other,
                by=visitor.actor,
                at=get_world().clock.now(),
            )
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    else:
        messages.success(request, figures.say("pages.debtors.tenant-moved"))
    return redirect("desk:debtor-edit", number)


def _save(request: HttpRequest, visitor: Visitor, found: Debtor, asked: Asked) -> bool:
    changes: dict[str, Any] = {name: asked.text(name) for name in (*TEXTS, "language")}
    changes["country"] = changes["country"].upper()
    changes["emails"] = _contacts(asked.said.get("emails", ""))
    changes["parent"] = asked.text("parent") or None
    changes["is_active"] = "is_active" in asked.said
    try:
        with transaction.atomic():
            changed = edit_debtor(
                company=visitor.company.id,
                number=found.number,
                changes=changes,
                by=visitor.actor,
                at=get_world().clock.now(),
            )
    except Refused as refused:
        asked.refuse(refused, changes, about={"ring": "parent", "unknown": "parent"})
        return False
    messages.success(request, figures.say("pages.debtors.saved" if changed else "pages.debtors.same"))
    return True


def _contacts(said: str) -> list[tuple[str, str]]:
    """One a line: ``Eva Ek <eva@example.com>`` or the address alone."""
    found = []
    for line in said.splitlines()[:20]:
        name, _, rest = line.strip().partition("<")
        address = rest.rstrip("> ") if rest else name.strip()
        if address:
            found.append((name.strip() if rest else "", address))
    return found


def _fields(found: Debtor) -> list[Field]:
    def label(name: str) -> str:
        return figures.say(f"pages.debtors.field.{name.replace('_', '-')}")

    texts = [
        Field(name=name, label=label(name), value=getattr(found, name), is_optional=name in _OPTIONAL) for name in TEXTS
    ]
    languages = (("", figures.say("pages.debtors.field.language-of-company")), *zip(LANGUAGES, _NAMES, strict=True))
    contacts = "\n".join(f"{name} <{address}>" if name else address for name, address in found.emails)
    return [
        *texts,
        Field(name="language", label=label("language"), value=found.language, kind="select", choices=languages),
        Field(
            name="parent", label=label("parent"), value=found.parent or "", is_optional=True, hint=label("parent-hint")
        ),
        Field(name="emails", label=label("emails"), value=contacts, kind="area", is_optional=True),
        Field(name="is_active", label=label("is_active"), value="yes" if found.is_active else "", kind="tick"),
    ]


def _customer(visitor: Visitor, said: str) -> CustomerId | None:
    """The tenant a person means: by id, exact name, or a search that finds one alone."""
    if not said:
        return None
    company = visitor.company.id
    by_key = find_customer(company=company, key=CustomerId(said))
    found = (by_key,) if by_key else list_customers_named(company=company, name=said)
    found = found or list_customers(company=company, search=said)
    return found[0].key if len(found) == 1 else None
