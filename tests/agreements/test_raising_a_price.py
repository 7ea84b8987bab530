"""Raising a price by 5 % shows who pays when, from the files that Microsoft delivered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from saldo.agreements.actions import set_price_rule, set_terms
from saldo.agreements.queries import list_price_rules
from saldo.agreements.rules.terms import Terms
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.price_change import preview_price_change
from saldo.parties.billing_actions import ensure_debtors
from saldo.parties.debtors import map_tenants
from tests.agreements.builders import fixed, markup
from tests.microsoft_files import AZURE, SEATS, SODER, seats, usage
from tests.rooms.importing import Postman

NOW = datetime(2026, 5, 12, 7, 12, tzinfo=UTC)
MARCH = Month(2026, 3)
TODAY = date(2026, 5, 12)
TERM = {"SubscriptionStartDate": "9/1/2025", "SubscriptionEndDate": "8/31/2026"}
OLD = fixed("40", currency="SEK", starts_on=date(2025, 1, 1))
NEW = replace(OLD, version=2, value={"price": "42"}, starts_on=date(2026, 7, 1))


@pytest.fixture
def partner(company: CompanyId, tmp_path: Path, settings: Any) -> Postman:
    """Two customers with seats, one of them with a refund and more seats in the middle of the month, and one meter."""
    settings.LINE_STORE = tmp_path / "store"
    (tmp_path / "files").mkdir()
    postman = Postman(company, tmp_path / "files")
    added = {"ChargeStartDate": "3/17/2026", "OrderDate": "3/17/2026", "ChargeType": "addQuantity"}
    part = {"EffectiveUnitPrice": "17.419354", "Subtotal": "-174.19", "Total": "-174.19"}
    more = {"EffectiveUnitPrice": "17.419354", "Subtotal": "209.03", "Total": "209.03"}
    postman.bring(
        seats(**TERM),
        seats(**TERM | added | part),
        seats(seats=12, **TERM | added | more),
        seats(customer=SODER, seats=3, SubscriptionId="5a6b7c8d-0001-4000-8000-000000000009", **TERM),
        usage(),
    )
    ensure_debtors(company=company, at=NOW, by="test")
    set_price_rule(company=company, rule=OLD, by="test", at=NOW)
    return postman


def test_each_subscription_pays_more_from_its_renewal_for_the_seats_it_has_now(partner: Postman) -> None:
    told = preview_price_change(company=partner.company, version=NEW, month=MARCH, today=TODAY, notice_days=60)
    seats_told = [one for one in told if one.subscription != AZURE]
    assert [(one.subscription[-1], one.quantity, one.effective_on, one.difference) for one in seats_told] == [
        (SEATS[-1], Decimal(12), date(2026, 9, 1), Decimal("24.00")),
        ("9", Decimal(3), date(2026, 9, 1), Decimal("6.00")),
    ]
    assert {(one.announce_by, one.is_in_time) for one in seats_told} == {(date(2026, 7, 3), True)}
    assert list_price_rules(company=partner.company) == (OLD,)


def test_a_rule_from_a_date_reaches_the_next_cycle(partner: Postman) -> None:
    version = replace(NEW, reaches="from-date")
    told = preview_price_change(company=partner.company, version=version, month=MARCH, today=TODAY)
    assert {one.effective_on for one in told} == {date(2026, 7, 1)}


def test_a_markup_on_seats_counts_a_whole_cycle_also_where_the_last_row_was_a_part(partner: Postman) -> None:
    version = markup("20", level="tenant", target=SODER, starts_on=date(2026, 7, 1))
    told = preview_price_change(company=partner.company, version=version, month=MARCH, today=TODAY)
    assert [(one.price_before, one.price_after, one.difference) for one in told] == [
        (Decimal(40), Decimal("43.2"), Decimal("9.60"))
    ]
    everybody = markup("20", code="all", starts_on=date(2026, 7, 1), category="licence")
    told = preview_price_change(company=partner.company, version=everybody, month=MARCH, today=TODAY)
    assert [one.price_after for one in told] == [Decimal("43.2"), Decimal("43.2")]


def test_who_agreed_a_longer_notice_is_told_sooner_and_what_comes_too_soon_is_warned_of(partner: Postman) -> None:
    (soder,) = (number for tenant, number in map_tenants(company=partner.company).items() if tenant == SODER)
    for terms in (Terms(notice_days=30, starts_on=date(2026, 1, 1)), Terms(debtor=soder, notice_days=120)):
        agreed = replace(terms, starts_on=date(2026, 1, 1))
        set_terms(company=partner.company, terms=agreed, by="test", at=NOW)
    told = preview_price_change(company=partner.company, version=NEW, month=MARCH, today=TODAY)
    notices = {one.tenant: (one.announce_by, one.warning) for one in told if one.subscription != AZURE}
    assert notices.pop(SODER) == (date(2026, 5, 4), "agreements.price.notice-too-short")
    assert set(notices.values()) == {(date(2026, 8, 2), "")}
