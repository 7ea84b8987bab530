"""Coming in: password, second factor, throttle, invitation; strangers learn nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId
from saldo.parties import people
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.parties.queries import find_person
from saldo.parties.rules.roles import Grant, Role
from tests.conftest import NOW
from tests.pages.people import PASSWORD, a_person, signed_in


@pytest.fixture(autouse=True)
def _fresh_throttle() -> Iterator[None]:
    """The throttle counts across requests, so each test begins with an empty one."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(company: CompanyId) -> Any:
    """A Billing admin without a second factor."""
    return a_person(company=company, grants=Role.BILLING_ADMIN, email="ada@fjordlys.example")


def sign_in(client: Client, email: str = "ada@fjordlys.example", password: str = PASSWORD) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password})


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def acts(company: CompanyId) -> list[str]:
    with company_context(company):
        return [entry.code for entry in list_entries(company=company)][::-1]


class TestPassword:
    def test_opens_the_desk_and_is_written_down(self, company: CompanyId, ada: Any) -> None:
        client = Client()
        assert sign_in(client)["Location"] == "/"
        assert client.get("/")["Location"] == "/home/"
        assert acts(company)[-1] == "doors.sign-in.done"

    def test_that_was_changed_is_written_down(self, company: CompanyId, ada: Any) -> None:
        client = Client()
        sign_in(client)
        chosen = {"password1": "another walk by the sea", "password2": "another walk by the sea"}
        client.post("/password/", {"oldpassword": PASSWORD} | chosen)
        assert acts(company)[-1] == "doors.password.set"
        assert is_in(client)

    def test_works_in_any_case_of_the_address(self, ada: Any) -> None:
        client = Client()
        sign_in(client, email="ADA@Fjordlys.Example")
        assert is_in(client)

    def test_that_is_wrong_and_an_unknown_address_are_told_alike(self, company: CompanyId, ada: Any) -> None:
        pages = [
            sign_in(Client(), password="not the fjord at all").content,
            sign_in(Client(), email="eve@elsewhere.example", password="not the fjord at all").content,
        ]
        told = {re.sub(rb'value="[^"]*"|nonce-\w+', b"", page) for page in pages}
        assert len(told) == 1
        assert b"parties." not in pages[0]
        assert acts(company)[-1] == "doors.sign-in.failed"

    def test_is_not_even_looked_at_after_five_wrong_ones(self, ada: Any) -> None:
        client = Client()
        for _ in range(5):
            assert sign_in(client, password="not the fjord at all").status_code == 200
        sign_in(client)
        assert not is_in(client)
        assert not is_in(client)
        cache.clear()  # as if the five minutes were over
        sign_in(client)
        assert is_in(client)

    def test_of_a_closed_account_opens_nothing_and_ends_what_was_open(self, company: CompanyId, ada: Any) -> None:
        boss = a_person(company=company, grants=Role.GLOBAL_ADMIN)
        client = Client()
        sign_in(client)
        assert is_in(client)
        with company_context(company):
            by = find_person(company=company, user=boss.pk)
            assert by is not None
            people.disable_person(company=company, user=ada.pk, by=by, at=NOW)
        assert not is_in(client)
        assert not is_in_after(sign_in, Client())


def is_in_after(act: Any, client: Client) -> bool:
    act(client)
    return is_in(client)


class TestSecondFactor:
    def with_factor(self, user: Any) -> str:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        return secret

    def test_is_asked_for_after_the_password_and_its_code_opens_the_desk(self, ada: Any) -> None:
        secret = self.with_factor(ada)
        client = Client()
        assert sign_in(client)["Location"] == "/sign-in/code/"
        assert not is_in(client)
        assert client.post("/sign-in/code/", {"code": code_now(secret)})["Location"] == "/"
        assert is_in(client)

    def test_refuses_a_wrong_code_and_one_that_was_used(self, ada: Any) -> None:
        secret = self.with_factor(ada)
        code = code_now(secret)
        first, second = Client(), Client()
        sign_in(first)
        assert first.post("/sign-in/code/", {"code": "000000" if code != "000000" else "111111"}).status_code == 200
        assert not is_in(first)
        first.post("/sign-in/code/", {"code": code})
        assert is_in(first)
        sign_in(second)
        second.post("/sign-in/code/", {"code": code})
        assert not is_in(second)

    def test_is_throttled_too(self, ada: Any) -> None:
        secret = self.with_factor(ada)
        client = Client()
        sign_in(client)
        right = code_now(secret)
        wrong = "000000" if right != "000000" else "111111"
        for _ in range(6):
            client.post("/sign-in/code/", {"code": wrong})
        client.post("/sign-in/code/", {"code": right})
        assert not is_in(client)

    def test_is_turned_on_from_the_settings_and_written_down(self, company: CompanyId, ada: Any) -> None:
        client = Client()
        sign_in(client)
        assert client.get("/second-factor/on/")["Location"].startswith("/sign-in/again/")
        client.post("/sign-in/again/", {"password": PASSWORD})
        page = client.get("/second-factor/on/").content.decode()
        secret = re.search(r'class="mono by-hand">([A-Z2-7]+)<', page)
        assert secret is not None
        client.post("/second-factor/on/", {"code": code_now(secret[1])})
        assert Authenticator.objects.filter(user=ada, type=Authenticator.Type.TOTP).exists()
        assert "doors.second-factor.on" in acts(company)

    def test_has_new_recovery_codes_only_with_an_entry_in_the_log(self, company: CompanyId, ada: Any) -> None:
        secret = self.with_factor(ada)
        client = Client()
        sign_in(client)
        client.post("/sign-in/code/", {"code": code_now(secret)})
        client.post("/sign-in/again/", {"password": PASSWORD})
        assert client.post("/second-factor/recovery/new/")["Location"] == "/second-factor/recovery/"
        assert acts(company)[-1] == "doors.recovery-codes.new"

    def test_that_was_answered_wrongly_is_written_down(self, company: CompanyId, ada: Any) -> None:
        secret = self.with_factor(ada)
        client = Client()
        sign_in(client)
        client.post("/sign-in/code/", {"code": "000000" if code_now(secret) != "000000" else "111111"})
        assert acts(company)[-1] == "doors.sign-in.code-failed"

    def test_lies_in_no_table_as_it_is(self, ada: Any) -> None:
        secret = self.with_factor(ada)
        assert secret not in str(Authenticator.objects.get(user=ada).data)


class TestInvitation:
    def link(self, company: CompanyId, boss: Any) -> str:
        page = signed_in(boss).post(
            "/users/invite/",
            {"email": "bo@fjordlys.example", "name": "Bo", "role-sales-agent": "on", "scope-sales-agent": "all"},
        )
        found = re.search(r'value="http://[^/]+(/invitation/[^"]+)"', page.content.decode())
        assert found is not None
        return found[1]

    def test_sets_the_password_once_and_leads_to_the_second_factor(self, company: CompanyId) -> None:
        boss = a_person(company=company, grants=Role.GLOBAL_ADMIN)
        link = self.link(company, boss)
        client = Client()
        chosen = {"new_password1": PASSWORD, "new_password2": PASSWORD}
        assert client.post(link, chosen)["Location"] == "/second-factor/on/"
        assert is_in(client)
        assert client.get("/second-factor/on/").status_code == 200
        assert Client().post(link, chosen).status_code == 410
        assert acts(company)[-3:] == ["parties.person.invited", "parties.person.link-made", "doors.password.set"]

    def test_refuses_a_password_that_is_too_short(self, company: CompanyId) -> None:
        boss = a_person(company=company, grants=Role.GLOBAL_ADMIN)
        link = self.link(company, boss)
        assert Client().post(link, {"new_password1": "short", "new_password2": "short"}).status_code == 200
        assert not sign_in(Client(), email="bo@fjordlys.example", password="short").get("Location")

    def test_does_not_open_the_desk_past_a_second_factor(self, company: CompanyId, ada: Any) -> None:
        boss = a_person(company=company, grants=Role.GLOBAL_ADMIN)
        TOTP.activate(ada, generate_totp_secret())
        page = signed_in(boss).post(f"/users/{ada.pk}/link/").content.decode()
        found = re.search(r'value="http://[^/]+(/invitation/[^"]+)"', page)
        assert found is not None
        client = Client()
        chosen = {"new_password1": "another walk by the sea", "new_password2": "another walk by the sea"}
        assert client.post(found[1], chosen)["Location"] == "/sign-in/"
        assert not is_in(client)

    def test_of_somebody_invited_elsewhere_gives_no_link_that_would_open_that_other_company(
        self, company: CompanyId
    ) -> None:
        elsewhere = found_company(name="Söder & Co", country="SE", currency="SEK", cloud="global", actor="t", at=NOW)
        invited = a_person(company=elsewhere, grants=Role.GLOBAL_ADMIN, email="bo@fjordlys.example")
        invited.set_unusable_password()
        invited.save()
        client = signed_in(a_person(company=company, grants=Role.USER_MANAGEMENT_ADMIN))
        answer = client.post("/users/invite/", {"email": "bo@fjordlys.example", "role-sales-agent": "on"}, follow=True)
        assert b"bo@fjordlys.example" in answer.content
        assert b"/invitation/" not in answer.content

    def test_of_somebody_with_an_account_gives_roles_and_no_link_to_its_password(self, company: CompanyId) -> None:
        boss = a_person(company=company, grants=Role.GLOBAL_ADMIN)
        a_person(company=company, grants=[], email="bo@fjordlys.example")
        answer = signed_in(boss).post("/users/invite/", {"email": "bo@fjordlys.example", "role-sales-agent": "on"})
        assert answer.status_code == 302
        with company_context(company):
            found = find_person(company=company, user=int(answer["Location"].strip("/").split("/")[-1]))
        assert found is not None
        assert [grant.role for grant in found.grants] == [Role.SALES_AGENT]


class TestUsersPage:
    def test_changes_roles_closes_and_opens_accounts_and_each_act_stands_in_the_log(
        self, company: CompanyId, ada: Any
    ) -> None:
        client = signed_in(a_person(company=company, grants=Role.USER_MANAGEMENT_ADMIN))
        assert b"ada@fjordlys.example" in client.get("/users/").content
        client.post(f"/users/{ada.pk}/", {"role-helpdesk-agent": "on", "scope-helpdesk-agent": "read-only"})
        client.post(f"/users/{ada.pk}/disable/")
        client.post(f"/users/{ada.pk}/enable/")
        client.post(f"/users/{ada.pk}/link/")
        assert acts(company)[-4:] == [
            "parties.person.roles-changed",
            "parties.person.disabled",
            "parties.person.enabled",
            "parties.person.link-made",
        ]

    @pytest.mark.parametrize("act", ["disable", "link"])
    def test_lets_no_user_manager_touch_a_global_admin(self, company: CompanyId, act: str) -> None:
        boss = a_person(company=company, grants=Role.GLOBAL_ADMIN)
        client = signed_in(a_person(company=company, grants=Role.USER_MANAGEMENT_ADMIN))
        assert client.post(f"/users/{boss.pk}/{act}/").status_code == 302
        assert acts(company)[-1] == "parties.company.founded"

    def test_shows_the_form_again_with_what_was_wrong(self, company: CompanyId) -> None:
        client = signed_in(a_person(company=company, grants=[Grant(company=company, role=Role.GLOBAL_ADMIN)]))
        page = client.post("/users/invite/", {"email": "nobody", "name": "Bo"}).content.decode()
        assert 'value="nobody"' in page
        assert "desk.user." not in page
