"""The command palette: pages, customers and acts in one list, only what the person may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.doors.gate import SIGNED_IN, gate
from saldo.doors.navigation import groups_for
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.words import say
from saldo.parties.queries import Customer, list_customers

SHOWN_CUSTOMERS = 8
SHOWN_COMPARISONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of the palette."""

    text: str
    address: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines under one heading."""

    heading: str
    found: tuple[Found, ...]


@gate(SIGNED_IN)
def palette(request: HttpRequest) -> HttpResponse:
    """What fits the words typed so far; everything with a page of its own when nothing is typed."""
    visitor = get_visitor(request)
    said = request.GET.get("q", "").strip()[:100]
    customers = _customers(visitor, said)
    groups = (
        Group(heading="desk.palette.customers", found=tuple(_to_customer(customer) for customer in customers)),
        Group(heading="desk.palette.do", found=_acts(visitor, said, customers)),
        Group(heading="desk.palette.pages", found=_pages(visitor, said)),
    )
    return render(request, "desk/_palette_found.html", {"groups": [group for group in groups if group.found]})


def _customers(visitor: Visitor, said: str) -> tuple[Customer, ...]:
    if not said or not visitor.may("customer.read"):
        return ()
    owner = visitor.owner_to_show("customer.read")
    found = list_customers(company=visitor.company.id, search=said, owner=owner)
    exact = [customer for customer in found if said.casefold() in {customer.key.casefold(), customer.name.casefold()}]
    return tuple(dict.fromkeys([*exact, *found]))[:SHOWN_CUSTOMERS]


def _to_customer(customer: Customer) -> Found:
    address = reverse("desk:customer", args=[customer.key])
    return Found(text=customer.name, address=address, icon="users", note=customer.domain)


def _acts(visitor: Visitor, said: str, customers: tuple[Customer, ...]) -> tuple[Found, ...]:
    acts = []
    if customers and visitor.may("explanation.read"):
        acts += [
            Found(
                text=say("desk.palette.compare", customer=customer.name),
                address=reverse("desk:compare-months", args=[customer.key]),
                icon="arrows-right-left",
            )
            for customer in customers[:SHOWN_COMPARISONS]
        ]
    offered = [
        ("buy.file.import", "desk.palette.import", "desk:imports", "upload"),
        ("people.manage", "desk.palette.invite", "desk:user-invite", "user-plus"),
    ]
    for capability, code, address, icon in offered:
        if visitor.may_everywhere(capability) and _fits(say(code), said):
            acts.append(Found(text=say(code), address=reverse(address), icon=icon))
    return tuple(acts)


def _pages(visitor: Visitor, said: str) -> tuple[Found, ...]:
    places = [place for group in groups_for(visitor) for place in group.places]
    found = [Found(text=say(place.words), address=place.address, icon=place.icon) for place in places]
    found.append(Found(text=say("doors.nav.settings"), address=reverse("desk:settings"), icon="settings"))
    return tuple(one for one in found if _fits(one.text, said))


def _fits(text: str, said: str) -> bool:
    return all(word in text.casefold() for word in said.casefold().split())
