"""Who may not see cost meets none of it: not on a page, in a download, a tooltip, a fragment or a page's source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import pytest

from saldo.charges import models
from saldo.core.identity import LANGUAGES
from saldo.core.money import round_half_up
from saldo.core.written import write_amount, write_number
from saldo.parties.company import company_context
from tests.pages.crawl import walk
from tests.pages.desk import Desk
from tests.pages.people import signed_in

START = (
    "/",
    "/customers/",
    "/compare/",
    "/palette/?q=a",
    "/palette/?q=e",
    "/settings/",
    "/home/",
    "/imports/",
    "/audit/",
)
ENOUGH_TO_TELL_APART = Decimal(50)


def found_in(text: str, figures: Iterable[str]) -> set[str]:
    """Which of these figures stand in a text, each for itself and not as a part of a longer number."""
    whole = text.replace("&nbsp;", "\u00a0")
    return {f for f in figures if f in whole and re.search(rf"(?<!\d){re.escape(f)}(?!\d)", whole)}


def written(amounts: Iterable[Decimal], language: str) -> set[str]:
    """These amounts in every way a page or file could write them, without their sign."""
    found = set()
    for amount in map(abs, amounts):
        money = round_half_up(amount, "SEK")
        found |= {write_amount(money, "SEK", language), write_number(amount, language), f"{money:f}"}
    return {text.lstrip("−-+") for text in found}


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
    found = {amount for line in lines for amount in line[:3]} | set(by_month.values()) | changes
    quantities = {line[3] for line in lines}
    return {cost for cost in found if abs(cost) >= ENOUGH_TO_TELL_APART and cost % 1 and cost not in quantities}


def spoken(desk: Desk, who: str, language: str) -> None:
    person = desk.people[who]
    person.language = language
    person.save(update_fields=["language"])


class TestCost:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("who", ["helpdesk", "sales", "manager", "helpdesk-of-provider"])
    def test_is_nowhere_for_who_may_not_see_it(self, desk: Desk, who: str, language: str) -> None:
        forbidden = written(costs(desk), language)
        spoken(desk, who, language)
        told = {page.address: found_in(page.text, forbidden) for page in walk(signed_in(desk.people[who]), start=START)}
        assert {address: figures for address, figures in told.items() if figures} == {}

    @pytest.mark.parametrize("language", ["en", "sv"])
    def test_is_found_by_the_same_walk_for_who_may_see_it(self, desk: Desk, language: str) -> None:
        """Else the test above could not fail."""
        forbidden = written(costs(desk), language)
        spoken(desk, "billing", language)
        told = set[str]()
        names = set[str]()
        for page in walk(signed_in(desk.people["billing"]), start=START):
            found = found_in(page.text, forbidden)
            told |= found
            names |= {page.name} if found else set()
        assert len(told) > 50
        assert names >= {
            *("desk:home", "desk:customers", "desk:customer", "desk:customer-bill", "desk:customer-daily"),
            *("desk:compare-months", "desk:compare-evidence", "desk:compare-csv", "desk:compare-xlsx"),
            *("desk:imports", "desk:import-row"),
        }

    @pytest.mark.parametrize("who", ["helpdesk", "sales"])
    def test_leaves_the_walk_something_to_see(self, desk: Desk, who: str) -> None:
        names = {page.name for page in walk(signed_in(desk.people[who]), start=START) if page.status == 200}
        assert names >= {
            *("desk:customers", "desk:customer", "desk:customer-bill", "desk:customer-daily"),
            *("desk:compare-months", "desk:compare-evidence", "desk:compare-csv", "desk:compare-xlsx"),
        }
