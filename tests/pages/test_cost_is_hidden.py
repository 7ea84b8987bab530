"""Who may not see cost meets none of it: not on a page, in a download, a tooltip, a fragment or a page's source."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from pytest_django import DjangoDbBlocker

from saldo.charges import models
from saldo.charges.drill_down import list_daily_rows
from saldo.charges.queries import list_lines
from saldo.core.identity import LANGUAGES, CustomerId
from saldo.core.money import round_half_up
from saldo.core.periods import Month
from saldo.core.written import write_amount, write_number
from saldo.invoicing.queries import get_invoice, list_lines_of
from saldo.parties.actions import assign_customers
from saldo.parties.company import company_context
from saldo.parties.rules.roles import Grant, Role, Scope
from tests.conftest import NOW
from tests.pages.crawl import look, walk
from tests.pages.desk import Desk
from tests.pages.people import a_person, signed_in

START = (
    "/",
    "/customers/",
    "/compare/",
    "/palette/?q=a",
    "/palette/?q=e",
    "/settings/",
    "/home/",
    "/imports/",
    "/payables/",
    "/payables/pay/",
    "/cash/",
    "/audit/",
    "/invoices/",
    "/invoices/issued/",
    "/invoices/waves/",
    "/margin/",
    "/policies/",
)
_RUN = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
_SEPARATOR = re.compile(r"([.,\u00a0\u202f])")
_LONGEST = 9  # pieces of one figure, its separators counted
ENOUGH_TO_TELL_APART = Decimal(50)
ABOUT_A_CUSTOMER = ("customer", "customer-bill", "compare-months", "compare-csv", "compare-xlsx")


def figures_in(text: str) -> set[str]:
    """Every figure of a text, and every piece of one that stands between separators: in CSV two figures touch."""
    found = set[str]()
    for run in set(_RUN.findall(text.replace("&nbsp;", "\u00a0"))):
        parts = _SEPARATOR.split(run)
        found |= {
            "".join(parts[first : last + 1])
            for first in range(0, len(parts), 2)
            for last in range(first, min(first + _LONGEST, len(parts)), 2)
        }
    return found


def written(amounts: Iterable[Decimal], language: str) -> set[str]:
    """These amounts in every way a page or file could write them, without their sign."""
    found = set()
    for amount in map(abs, amounts):
        money = round_half_up(amount, "SEK")
        found |= {write_amount(money, "SEK", language), write_number(amount, language), f"{money:f}"}
    return {text.lstrip("−-+") for text in found}


@pytest.fixture(scope="module")
def all_costs(made_desk: Desk, django_db_blocker: DjangoDbBlocker) -> set[Decimal]:
    """What may not be seen, gathered once."""
    with django_db_blocker.unblock():
        return costs(made_desk)


def starts(desk: Desk) -> tuple[str, ...]:
    """Where the walk begins: the pages anybody could type in, and the days of a meter, many links away."""
    with company_context(desk.company):
        lines = list_lines(company=desk.company, customer=desk.own, month=desk.month)
    meter = next(line for line in lines if line.category == "usage" and line.platform == "new-commerce")
    keys = {"subscription": meter.subscription, "product": meter.product_id, "sku": meter.sku_id}
    days = f"{desk.address('customer-daily')}?{urlencode(keys | {'offer': meter.availability_id})}"
    return (*START, days)


def costs(desk: Desk) -> set[Decimal]:
    """What Microsoft charges: prices, amounts, sums of customers and changes between months."""
    with company_context(desk.company):
        lines = list(models.Line.objects.values_list("amount", "unit_price", "effective_unit_price", "quantity"))
        totals = list(models.CustomerTotal.objects.values_list("customer", "delivery__month", "net"))
    by_month: dict[tuple[str, object], Decimal] = {}
    for customer, month, net in totals:
        by_month[customer, month] = by_month.get((customer, month), Decimal(0)) + net
    changes = {
        after - before
        for (customer, month), before in by_month.items()
        for (other, later), after in by_month.items()
        if customer == other and month != later
    }
    found = {amount for line in lines for amount in line[:3]} | set(by_month.values()) | changes | days(desk)
    quantities = {line[3] for line in lines}
    return {cost for cost in found - charged(desk) if is_telling(cost) and cost not in quantities}


def charged(desk: Desk) -> set[Decimal]:
    """What an issued document charges its customer may be read, also where it happens to be what Microsoft charges."""
    with company_context(desk.company):
        lines = list_lines_of(company=desk.company, number=desk.invoice)
        document = get_invoice(company=desk.company, number=desk.invoice)
    own = {document.net, document.tax, document.gross} | {Decimal(row["base"]) for row in document.taxes}
    return own | {amount for line in lines for amount in (line.net, line.unit_price)}


def days(desk: Desk) -> set[Decimal]:
    """What single days of Azure cost."""
    found = set[Decimal]()
    with company_context(desk.company):
        usage = models.Line.objects.filter(category="usage", delivery__kind="nce-reconciliation")
        meters = usage.values_list(
            "customer", "delivery__month", "subscription", "product_id", "sku_id", "availability_id"
        )
        for customer, month, *meter in meters:
            keys = dict(zip(("subscription", "product_id", "sku_id", "availability_id"), meter, strict=True))
            rows = list_daily_rows(company=desk.company, customer=customer, month=Month.of(month), **keys)
            found |= {row.amount for row in rows if row.amount is not None}
    return found


def is_telling(cost: Decimal) -> bool:
    """Whether a figure can hardly stand on a page for another reason: large, or with many digits."""
    return bool(cost % 1) and (abs(cost) >= ENOUGH_TO_TELL_APART or cost.normalize().as_tuple().exponent < -4)


def spoken(desk: Desk, who: str, language: str) -> None:
    person = desk.people[who]
    person.language = language
    person.save(update_fields=["language"])


BLIND = [("helpdesk", language) for language in LANGUAGES] + [
    (who, "sv") for who in ("sales", "manager", "helpdesk-of-provider")
]


class TestCost:
    @pytest.mark.parametrize(("who", "language"), BLIND)
    def test_is_nowhere_for_who_may_not_see_it(
        self, desk: Desk, all_costs: set[Decimal], who: str, language: str
    ) -> None:
        forbidden = written(all_costs, language)
        spoken(desk, who, language)
        pages = walk(signed_in(desk.people[who]), start=starts(desk))
        told = {page.address: figures_in(page.text) & forbidden for page in pages}
        assert {address: figures for address, figures in told.items() if figures} == {}

    @pytest.mark.parametrize("language", ["en", "sv"])
    def test_is_found_by_the_same_walk_for_who_may_see_it(
        self, desk: Desk, all_costs: set[Decimal], language: str
    ) -> None:
        """Else the test above could not fail."""
        forbidden = written(all_costs, language)
        spoken(desk, "billing", language)
        told = {
            page.name: found
            for page in walk(signed_in(desk.people["billing"]), start=starts(desk))
            if (found := figures_in(page.text) & forbidden)
        }
        assert told.keys() >= {
            *("desk:home", "desk:customers", "desk:customer", "desk:customer-bill", "desk:customer-daily"),
            *("desk:compare-months", "desk:compare-evidence", "desk:compare-csv", "desk:compare-xlsx"),
            *("desk:imports", "desk:import-row"),
        }

    @pytest.mark.parametrize("who", ["helpdesk", "sales"])
    def test_leaves_the_walk_something_to_see(self, desk: Desk, who: str) -> None:
        pages = walk(signed_in(desk.people[who]), start=starts(desk))
        assert {page.name for page in pages if page.status == 200} >= {
            *("desk:customers", "desk:customer", "desk:customer-bill", "desk:customer-daily"),
            *("desk:compare-months", "desk:compare-evidence", "desk:compare-csv", "desk:compare-xlsx"),
        }


class TestCostOfOwnCustomersOnly:
    """Somebody who answers for everybody, and is Billing admin of their own customers alone."""

    NARROWED = (
        {"scope": Scope.OWN_CUSTOMERS},
        {"scope": Scope.HANDED_OVER, "scope_of": "Norrhjälp AB"},
    )

    def person(self, desk: Desk, narrowed: dict[str, Any], *, own: CustomerId) -> Any:
        everybody = Grant(company=desk.company, role=Role.HELPDESK_AGENT)
        some = Grant(company=desk.company, role=Role.BILLING_ADMIN, **narrowed)
        person = a_person(company=desk.company, grants=[everybody, some], email="both@fjordlys.example")
        with company_context(desk.company):
            assign_customers(company=desk.company, customers=[own], to=person.pk, actor="test", at=NOW)
        return person

    @pytest.mark.parametrize("narrowed", NARROWED)
    def test_shows_none_of_another_customer(
        self, desk: Desk, all_costs: set[Decimal], narrowed: dict[str, Any]
    ) -> None:
        client = signed_in(self.person(desk, narrowed, own=desk.own))
        forbidden = written(all_costs, "en")
        pages = [desk.address(page, customer=desk.other) for page in ABOUT_A_CUSTOMER]
        told = {
            page: figures_in(seen.text) & forbidden
            for page in [*pages, "/customers/", "/customers/?sort=-change", "/compare/", "/palette/?q=a"]
            if (seen := look(client, page)).status == 200
        }
        assert len(told) == len(pages) + 4
        assert {page: figures for page, figures in told.items() if figures} == {}

    def test_shows_that_of_their_own(self, desk: Desk, all_costs: set[Decimal]) -> None:
        client = signed_in(self.person(desk, {"scope": Scope.OWN_CUSTOMERS}, own=desk.own))
        forbidden = written(all_costs, "en")
        for page in ABOUT_A_CUSTOMER:
            assert figures_in(look(client, desk.address(page, customer=desk.own)).text) & forbidden


class TestOrder:
    def test_of_reasons_tells_nothing_of_what_each_comes_to(self, desk: Desk) -> None:
        """Neither their order nor their numbers in addresses: by product, whoever reads."""
        address = desk.address("compare-csv")
        blind, seeing = (
            [row[:4] for row in csv.reader(io.StringIO(look(signed_in(desk.people[who]), address).text))][1:]
            for who in ("helpdesk", "billing")
        )
        assert len(blind) > 2
        assert [row[1].casefold() for row in blind] == sorted(row[1].casefold() for row in blind)
        assert [row[1] for row in blind] != [row[1] for row in seeing if row[1]]
