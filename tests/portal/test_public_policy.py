"""A policy's public page: read by anybody, from the published text alone, and a debtor's own days by its own link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saldo.core.identity import LANGUAGES, CompanyId
from saldo.doors.middleware import POLICY
from saldo.dunning.actions.publishing import publish_policy, save_policy_draft
from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.links import DebtorLink, debtor_path, policy_path
from saldo.dunning.publications import list_acknowledged
from saldo.dunning.rules.policy import hash_of
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.parties.models import Debtor
from tests.conftest import NOW
from tests.pages.test_headers import faults_of

STANDARD = ready_policy("standard")
SECOND = STANDARD.replace("triage-days: 3", "triage-days: 4")
TODAY = NOW.date()
FAR = date(2099, 1, 1)


@pytest.fixture(autouse=True)
def _alone(settings: Any) -> Iterator[None]:
    """A throttle of its own, in memory."""
    from django.core.cache import cache

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def house(db: None) -> CompanyId:
    """A company with two published versions, a draft, and one debtor."""
    made = found_company(name="Fjordlys Cloud AB", country="SE", currency="SEK", cloud="global", actor="test", at=NOW)
    with company_context(made):
        for text in (STANDARD, SECOND):
            publish(made, text)
        save_policy_draft(company=made, code="secret", text="policy: secret\n# not yet", by="user:1", at=NOW)
        Debtor.objects.create(
            company_id=made, number="D-17", name="Nordlund Bygg", country="SE", first_seen_at=NOW, language="sv"
        )
    return made


def publish(company: CompanyId, text: str) -> None:
    save_policy_draft(company=company, code="standard", text=text, by="user:1", at=NOW)
    publish_policy(
        company=company,
        code="standard",
        text=text,
        starts_on=TODAY,
        country="SE",
        today=TODAY,
        by="user:2",
        at=NOW,
    )


def address(company: CompanyId, *, version: int = 1, language: str = "en") -> str:
    return policy_path(company=company, policy="standard", version=version, language=language)


def link(company: CompanyId, **others: Any) -> DebtorLink:
    facts = {"company": company, "debtor": "D-17", "policy": "standard", "version": 2, "until": FAR} | others
    return DebtorLink(**facts)


def text_of(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


class TestPublicPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_read_without_sign_in_in_every_language(self, house: CompanyId, language: str) -> None:
        page = text_of(address(house, language=language))
        assert f'<html lang="{language}"' in page
        assert hash_of(STANDARD) in page
        assert "portal.policy." not in page
        assert "dunning.said." not in page
        for other in LANGUAGES:
            assert f'href="{address(house, language=other)}"' in page

    def test_is_found_by_the_letters_of_the_name_too(self, house: CompanyId) -> None:
        assert "Fjordlys Cloud AB" in text_of("/policy/fjordlys-cloud-ab/standard/1/en")

    def test_says_the_steps_the_products_and_how_to_object(self, house: CompanyId) -> None:
        page = text_of(address(house))
        for words in (
            "Final notice",
            "Microsoft offers no way to stop it.",
            "tell us which line or amount",
            "50.00 SEK",
        ):
            assert words in page

    def test_leads_to_older_versions_and_says_that_it_was_replaced(self, house: CompanyId) -> None:
        first, second = text_of(address(house)), text_of(address(house, version=2))
        assert f'href="{address(house, version=2)}"' in first
        assert f'href="{address(house)}"' in second
        assert "A newer version is in force" in first
        assert "A newer version is in force" not in second

    @pytest.mark.parametrize(
        "path",
        [
            "/policy/{company}/standard/3/en",
            "/policy/{company}/standard/0/en",
            "/policy/{company}/secret/1/en",
            "/policy/{company}/standard/1/fr",
            "/policy/{company}/standard/99999999999999999999/en",
            "/policy/999999/standard/1/en",
            "/policy/nobody/standard/1/en",
            "/policy/{other}/standard/1/en",
        ],
    )
    def test_is_not_there_for_what_was_never_published(self, house: CompanyId, path: str) -> None:
        facts = {"country": "SE", "currency": "SEK", "cloud": "global", "actor": "test", "at": NOW}
        other = found_company(name="Another", **facts)
        assert Client().get(path.format(company=house, other=other)).status_code == 404

    def test_names_no_customer_and_no_draft(self, house: CompanyId) -> None:
        page = text_of(address(house))
        for word in ("Nordlund", "D-17", "secret", "not yet", "user:1", "csrf"):
            assert word not in page

    def test_may_be_kept_by_caches_and_is_asked_for_again_cheaply(self, house: CompanyId) -> None:
        answer = Client().get(address(house))
        assert answer["Cache-Control"].startswith("public")
        again = Client().get(address(house), headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_loads_nothing_foreign_and_runs_nothing_inline(self, house: CompanyId) -> None:
        answer = Client().get(address(house))
        assert answer["Content-Security-Policy"] == POLICY
        assert faults_of(answer.content.decode()) == []

    def test_asks_the_database_a_bounded_number_of_times(self, house: CompanyId) -> None:
        with CaptureQueriesContext(connection) as asked:
            text_of(address(house))
        assert len(asked) <= 40

    def test_is_throttled_by_address(self, house: CompanyId) -> None:
        statuses = [Client().get(address(house)).status_code for _ in range(65)]
        assert statuses[:60] == [200] * 60
        assert statuses[-1] == 429

    def test_is_only_read(self, house: CompanyId) -> None:
        assert Client().post(address(house)).status_code == 405


class TestOwnPage:
    def test_shows_the_debtor_and_is_kept_by_nobody(self, house: CompanyId) -> None:
        answer = Client().get(debtor_path(link(house), language="en"))
        page = answer.content.decode()
        assert "Nordlund Bygg, if nothing arrives" in page
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"  # stricter, and browsers send forms without their origin
        assert faults_of(page) == []

    def test_takes_an_acknowledgement_once_and_shows_it(self, house: CompanyId) -> None:
        path = debtor_path(link(house), language="sv")
        said = {"name": "  Ann  Berg ", "agrees": "yes"}
        for _ in range(2):
            assert Client().post(path, said).status_code == 302
        with company_context(house):
            (one,) = list_acknowledged(company=house, code="standard", version=2)
        assert (one.debtor, one.said_by, one.how, one.language) == ("D-17", "Ann Berg", "page", "sv")
        assert one.sha256 == hash_of(SECOND)
        assert "Ann Berg" in text_of(path)

    @pytest.mark.parametrize(
        "said", [{"name": "", "agrees": "yes"}, {"name": "Ann"}, {"name": "x" * 200, "agrees": "yes"}]
    )
    def test_takes_none_without_a_name_and_a_tick(self, house: CompanyId, said: dict[str, str]) -> None:
        answer = Client().post(debtor_path(link(house), language="en"), said)
        assert 'role="alert"' in answer.content.decode()
        with company_context(house):
            assert list_acknowledged(company=house, code="standard", version=2) == ()

    def test_takes_none_without_the_token_of_the_form(self, house: CompanyId) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(debtor_path(link(house), language="en"), {"name": "A", "agrees": "yes"}).status_code == 403

    def test_opens_to_no_token_that_was_changed_ran_out_or_is_about_something_else(self, house: CompanyId) -> None:
        good = debtor_path(link(house), language="en")
        page, _, token = good.rpartition("/")
        ran_out = debtor_path(link(house, until=date(2020, 1, 1)), language="en")
        nobody = debtor_path(link(house, debtor="D-18"), language="en")
        elsewhere = address(house, version=1) + f"/for/{token}"
        assert Client().get(good).status_code == 200
        for path in (f"{page}/{token[:-1]}", f"{page}/x{token[1:]}", f"{page}/no-token", ran_out, nobody, elsewhere):
            assert Client().get(path).status_code == 404
            assert Client().post(path, {"name": "Ann", "agrees": "yes"}).status_code == 404
