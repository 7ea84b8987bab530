"""Times on pages are the company's own, and say so."""

from __future__ import annotations

from datetime import UTC, datetime

from saldo.audit import log
from saldo.parties.actions import found_company
from saldo.parties.company import company_context
from saldo.parties.rules.roles import Role
from tests.conftest import NOW
from tests.pages.people import a_person, signed_in

HALF_PAST_MIDNIGHT = datetime(2026, 5, 12, 22, 30, tzinfo=UTC)
"""In Stockholm, where it is the 13th already."""


def test_an_act_stands_in_the_log_at_the_hour_and_day_of_the_company(db: None) -> None:
    company = found_company(
        name="Fjordlys Cloud AB",
        country="SE",
        currency="SEK",
        cloud="global",
        actor="test",
        at=NOW,
        zone="Europe/Stockholm",
    )
    client = signed_in(a_person(company=company, grants=Role.GLOBAL_ADMIN))
    with company_context(company):
        log.record(company=company, code="test.act", actor="command", subject="thing:1", at=HALF_PAST_MIDNIGHT)
    page = client.get("/audit/?day=2026-05-13").content.decode()
    assert "test.act" in page
    assert "00:30" in page
    assert "Europe/Stockholm" in page
    assert "test.act" not in client.get("/audit/?day=2026-05-12").content.decode()
