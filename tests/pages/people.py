"""Builders for tests of pages: people with roles, and clients that are signed in as them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from saldo.core.identity import CompanyId
from saldo.parties.company import company_context
from saldo.parties.people import _write_grants
from saldo.parties.rules.roles import Grant, Role
from tests.conftest import NOW

PASSWORD = "a long walk by the fjord"


def a_person(*, company: CompanyId, grants: Iterable[Grant] | Role, email: str = "", language: str = "en") -> Any:
    """A person who may sign in with `PASSWORD`, holding these roles in the company."""
    given = [Grant(company=company, role=grants)] if isinstance(grants, Role) else list(grants)
    address = email or f"{given[0].role.value if given else 'nobody'}-{len(given)}@fjordlys.example"
    user = get_user_model().objects.create_user(address, PASSWORD, name="", language=language, created_at=NOW)
    with company_context(company):
        _write_grants(company, user.pk, given, NOW)
    return user


def signed_in(user: Any) -> Client:
    """A browser in which this person is signed in; an exception in a page becomes the page of 500, as for them."""
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
