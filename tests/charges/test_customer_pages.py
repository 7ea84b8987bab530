"""A page of customers is cut and summed by the database: it says what a list of all of them would."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from saldo.charges import models
from saldo.charges.customer_pages import By, CustomerBills, page_customers
from saldo.charges.queries import sum_by_customer
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.parties.actions import CustomerSeen, assign_customers, note_customers
from saldo.parties.queries import list_customers
from saldo.parties.rules.roles import Role
from tests.conftest import NOW
from tests.pages.people import a_person

FEBRUARY, MARCH = Month(2026, 2), Month(2026, 3)
WORDS = ("Nordlys", "nordlys", "Åkeri", "Zeta", "alpha", "50%", "under_score", "深圳")
_NOTHING = Decimal(0)


def a_delivery(company: CompanyId, month: Month, content: str, **said: Any) -> models.Delivery:
    facts = {"kind": "nce-reconciliation", "source": "test", "document": content, "document_key": content}
    counted = {"rows": 1, "lines": 1, "total": 0, "received_at": NOW, "received_by": "test"}
    row = facts | counted | {"company_id": company, "content": content, "month": month.starts_on} | said
    return models.Delivery.objects.create(**row)


@pytest.fixture
def charged(company: CompanyId) -> CompanyId:
    """Forty customers with bills in either, both or none of two months, many of them equal; and what does not count."""
    chance = random.Random(11)
    keys = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(40)]
    seen = [
        CustomerSeen(key=CustomerId(key), name=f"{chance.choice(WORDS)} {chance.choice('AB')}", domain="", country="SE")
        for key in keys
    ]
    note_customers(company=company, seen=seen, at=NOW)
    deliveries = [
        a_delivery(company, FEBRUARY, "G1"),
        a_delivery(company, FEBRUARY, "G2"),
        a_delivery(company, MARCH, "G3"),
        a_delivery(company, MARCH, "G4", state="superseded"),
        a_delivery(company, MARCH, "G5", is_estimated=True),
        a_delivery(company, Month(2026, 1), "G6"),
    ]
    models.CustomerTotal.objects.bulk_create(
        models.CustomerTotal(
            company_id=company,
            delivery=delivery,
            customer=key,
            currency=currency,
            lines=chance.randrange(1, 4),
            net=Decimal(chance.choice(("0", "-12.500", "100", "100", "250.125"))),
        )
        for delivery in deliveries
        for key in keys
        for currency in ("SEK", "EUR")
        if chance.random() < 0.6
    )
    return company


def all_of_them(company: CompanyId, search: str = "", owner: int | None = None) -> list[CustomerBills]:
    """The list as one would make it by hand, by name."""
    before, after = (
        {one.customer: one for one in sum_by_customer(company=company, month=month, currency="SEK")}
        for month in (FEBRUARY, MARCH)
    )
    rows = []
    for customer in list_customers(company=company, search=search, owner=owner):
        old, new = before.get(customer.key), after.get(customer.key)
        rows.append(
            CustomerBills(
                key=customer.key,
                name=customer.name,
                domain=customer.domain,
                before=old.net if old else None,
                after=new.net if new else None,
                lines_before=old.lines if old else 0,
                lines_after=new.lines if new else 0,
            )
        )
    return sorted(rows, key=_by_name)


def _by_name(row: CustomerBills) -> Any:
    return (row.name.lower(), row.key)


def _change(row: CustomerBills) -> Decimal:
    return (row.after or _NOTHING) - (row.before or _NOTHING)


KEYS: dict[By, Any] = {
    "name": _by_name,
    "before": lambda row: (row.before or _NOTHING, row.lines_before),
    "after": lambda row: (row.after or _NOTHING, row.lines_after),
    "change": _change,
    "percent": lambda row: _change(row) / row.before if (row.before or 0) > 0 else _NOTHING,
    "lines-before": lambda row: row.lines_before,
    "lines-after": lambda row: row.lines_after,
}


def paged(company: CompanyId, **said: Any) -> list[CustomerBills]:
    """All pages of seven, one after the other."""
    rows: list[CustomerBills] = []
    while True:
        page = page_customers(
            company=company, months=(FEBRUARY, MARCH), currency="SEK", limit=7, offset=len(rows), **said
        )
        rows += page.rows
        if not page.rows:
            assert page.count == len(rows)
            assert page.before == sum((row.before or _NOTHING for row in rows), _NOTHING)
            assert page.after == sum((row.after or _NOTHING for row in rows), _NOTHING)
            assert page.lines_before == sum(row.lines_before for row in rows)
            assert page.lines_after == sum(row.lines_after for row in rows)
            return rows


class TestPages:
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("by", list(KEYS))
    def test_stand_in_the_order_of_the_whole_list(self, charged: CompanyId, by: By, descending: bool) -> None:
        wanted = sorted(all_of_them(charged), key=KEYS[by], reverse=descending)
        assert len(wanted) == 40
        assert paged(charged, by=by, descending=descending) == wanted

    @pytest.mark.parametrize("search", ["nord", "zeta a", "%", "_", "nobody", "000000", "深"])
    def test_hold_what_the_search_finds_and_sum_only_that(self, charged: CompanyId, search: str) -> None:
        assert paged(charged, search=search) == all_of_them(charged, search)

    def test_hold_only_a_sales_agents_own_customers(self, charged: CompanyId) -> None:
        agent = a_person(company=charged, grants=Role.SALES_AGENT)
        keys = [one.key for one in list_customers(company=charged)][::3]
        assign_customers(company=charged, customers=keys, to=agent.pk, actor="test", at=NOW)
        rows = paged(charged, owner=agent.pk, by="change", descending=True)
        assert {row.key for row in rows} == set(keys)
        assert paged(charged, owner=agent.pk) == all_of_them(charged, owner=agent.pk)

    def test_of_a_company_without_bills_have_names_and_no_amounts(self, charged: CompanyId) -> None:
        page = page_customers(company=charged, months=(None, None), currency="SEK", limit=5)
        assert (len(page.rows), page.count, page.before, page.lines_after) == (5, 40, 0, 0)
        assert {row.after for row in page.rows} == {None}

    def test_show_another_company_nothing(self, charged: CompanyId) -> None:
        other = CompanyId(charged + 1)
        assert page_customers(company=other, months=(FEBRUARY, MARCH), currency="SEK", limit=5).count == 0
