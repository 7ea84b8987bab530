"""Pages: who works here, and with which of the five roles."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from saldo.core.problems import Refused
from saldo.desk.role_form import RoleBox, boxes_for, read_grants
from saldo.doors.entrance import invitation_address
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.words import say
from saldo.doors.world import get_world
from saldo.parties.people import change_roles, disable_person, enable_person, invite_person, permit_link
from saldo.parties.queries import Person, find_person, list_people
from saldo.parties.rules.roles import Grant, Role, count_approvers


@gate_everywhere("people.manage")
def users(request: HttpRequest) -> HttpResponse:
    """People by roles, and the alarm when fewer than two could approve something."""
    visitor = get_visitor(request)
    people = list_people(company=visitor.company.id)
    factors = _with_second_factor(people)
    active = [(person.id, grant) for person in people if person.is_active for grant in person.grants]
    context = {
        "roles": tuple(Role),
        "rows": [_row(person, person.id in factors) for person in people],
        "approvers": count_approvers(grants=active, company=visitor.company.id, today=visitor.today),
        "count": len(people),
        "without_factor": sum(person.is_active and person.id not in factors for person in people),
    }
    return render(request, "desk/users.html", context)


@gate_everywhere("people.manage")
def invite(request: HttpRequest) -> HttpResponse:
    """Ask for address, name and roles; answer with the link that sets the password."""
    visitor = get_visitor(request)
    email, name = request.POST.get("email", "").strip(), request.POST.get("name", "").strip()
    grants, faults = read_grants(request.POST, company=visitor.company.id)
    if request.method == "POST":
        faults |= _address_faults(email)
        if not grants and not faults:
            faults["roles"] = "desk.user.no-role"
        if not faults:
            try:
                return _invite(request, visitor, email, name, grants)
            except Refused as refused:
                faults["form"] = refused.code
    context = {"boxes": boxes_for(grants, faults), "email": email, "name": name, "faults": faults}
    return render(request, "desk/user_invite.html", context)


def _invite(request: HttpRequest, visitor: Visitor, email: str, name: str, grants: tuple[Grant, ...]) -> HttpResponse:
    made = invite_person(
        company=visitor.company.id,
        email=email,
        name=name,
        grants=grants,
        language=getattr(request, "language", "en"),
        by=_me(visitor),
        at=get_world().clock.now(),
    )
    person = _person(request, made)
    if person.is_invited and _refusal_of_link(visitor, made) is None:
        return _show_link(request, visitor, made)
    # They have an account already, perhaps in another company: its password is theirs, or that company's to give.
    messages.success(request, say("desk.user.has-account", name=person.name or person.email))
    return redirect("desk:user", made)


@gate_everywhere("people.manage")
def user(request: HttpRequest, user: int) -> HttpResponse:
    """One person's roles, and what each opens."""
    visitor, person = get_visitor(request), _person(request, user)
    grants, faults = person.grants, dict[str, str]()
    if request.method == "POST":
        grants, faults = read_grants(request.POST, company=visitor.company.id)
        if not faults:
            try:
                at = get_world().clock.now()
                if change_roles(company=visitor.company.id, user=user, grants=grants, by=_me(visitor), at=at):
                    messages.success(request, say("desk.user.roles-saved", name=person.name or person.email))
                return redirect("desk:user", user)
            except Refused as refused:
                faults["form"] = refused.code
    return _show_person(request, person, boxes_for(grants, faults), faults)


@require_POST
@gate_everywhere("people.manage")
def disable(request: HttpRequest, user: int) -> HttpResponse:
    """Let somebody sign in no more."""
    return _change(request, user, disable_person, "desk.user.now-disabled")


@require_POST
@gate_everywhere("people.manage")
def enable(request: HttpRequest, user: int) -> HttpResponse:
    """Let somebody sign in again."""
    return _change(request, user, enable_person, "desk.user.now-enabled")


@require_POST
@gate_everywhere("people.manage")
def link(request: HttpRequest, user: int) -> HttpResponse:
    """A new link that sets the password; who holds it comes in as this person, so it is written down."""
    visitor = get_visitor(request)
    _person(request, user)
    refused = _refusal_of_link(visitor, user)
    if refused is not None:
        messages.error(request, say(refused))
        return redirect("desk:user", user)
    return _show_link(request, visitor, user)


def _refusal_of_link(visitor: Visitor, user: int) -> str | None:
    """Why they may not hold this person's link; None when they may, which then stands in the log."""
    try:
        permit_link(company=visitor.company.id, user=user, by=_me(visitor), at=get_world().clock.now())
    except Refused as refused:
        return refused.code
    return None


def _change(request: HttpRequest, user: int, act: Any, done: str) -> HttpResponse:
    visitor, person = get_visitor(request), _person(request, user)
    try:
        act(company=visitor.company.id, user=user, by=_me(visitor), at=get_world().clock.now())
        messages.success(request, say(done, name=person.name or person.email))
    except Refused as refused:
        messages.error(request, say(refused.code))
    return redirect("desk:user", user)


def _person(request: HttpRequest, user: int) -> Person:
    person = find_person(company=get_visitor(request).company.id, user=user)
    if person is None:
        raise Http404
    return person


def _me(visitor: Visitor) -> Person:
    me = find_person(company=visitor.company.id, user=visitor.user)
    if me is None:
        raise Http404
    return me


def _show_person(
    request: HttpRequest, person: Person, boxes: tuple[RoleBox, ...], faults: dict[str, str]
) -> HttpResponse:
    visitor = get_visitor(request)
    context = {
        "person": person,
        "boxes": boxes,
        "faults": faults,
        "is_self": person.id == visitor.user,
        "has_second_factor": person.id in _with_second_factor((person,)),
    }
    return render(request, "desk/user.html", context)


def _show_link(request: HttpRequest, visitor: Visitor, user: int) -> HttpResponse:
    person = find_person(company=visitor.company.id, user=user)
    return render(request, "desk/user_link.html", {"person": person, "link": invitation_address(request, user=user)})


def _address_faults(email: str) -> dict[str, str]:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": "desk.user.bad-address"}
    return {}


def _with_second_factor(people: tuple[Person, ...]) -> set[int]:
    users = [person.id for person in people]
    found = Authenticator.objects.filter(user_id__in=users, type=Authenticator.Type.TOTP)
    return set(found.values_list("user_id", flat=True))


def _row(person: Person, has_second_factor: bool) -> dict[str, Any]:
    by_role = {grant.role: grant for grant in person.grants}
    return {
        "person": person,
        "cells": [by_role.get(role) for role in Role],
        "has_second_factor": has_second_factor,
    }
