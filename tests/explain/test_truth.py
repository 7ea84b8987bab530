"""What Saldo says of a change is what made it: the generator knows each cause and never tells the rules."""

from __future__ import annotations

from typing import Any

import pytest

from saldo.core.money import amount_text
from saldo.core.periods import Month
from saldo.explain.rules.bill import Bill
from saldo.explain.rules.reasons import explain
from saldo.generator.partner import make_partner
from saldo.generator.truth import truth_document
from tests.explain.synthetic import bills_of

CURRENCIES = ("SEK", "EUR", "USD", "JPY", "BRL", "CNY", "CHF")
EVERY_DAY = [(seed, CURRENCIES[seed % len(CURRENCIES)]) for seed in range(1, 29)]
LAWS = [(seed, CURRENCIES[seed % len(CURRENCIES)]) for seed in range(1000, 1120)]


class TestGeneratedPartners:
    @pytest.mark.parametrize(("seed", "currency"), EVERY_DAY)
    def test_every_change_is_told_by_its_causes_and_nothing_is_left(self, seed: int, currency: str) -> None:
        assert_is_true(seed, currency, customers=6, months=5)

    @pytest.mark.laws
    @pytest.mark.parametrize(("seed", "currency"), LAWS)
    def test_so_is_a_year_of_many_customers(self, seed: int, currency: str) -> None:
        assert_is_true(seed, currency, customers=25, months=12)


def assert_is_true(seed: int, currency: str, *, customers: int, months: int) -> None:
    """Every customer from month to month, by key, code and amount."""
    partner = make_partner(customers=customers, months=months, seed=seed, start=Month(2025, 11), currency=currency)
    bills = bills_of(partner)
    changes = truth_document(partner)["changes"]
    assert changes
    for number, change in enumerate(changes):
        month = 1 + number % (months - 1)
        customer = change["customer"]
        found = told(bills[customer, month - 1], bills[customer, month])
        assert found == truth(change), f"seed {seed} {currency}: {customer} {change['from']} to {change['to']}"


def told(before: Bill, after: Bill) -> dict[tuple[str, str], str]:
    """What the rules say."""
    found = explain(before=before, after=after)
    assert not found.unexplained
    amounts = {(reason.key, reason.code): amount_text(reason.amount, found.currency) for reason in found.reasons}
    assert len(amounts) == len(found.reasons)
    return amounts


def truth(change: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What the generator says."""
    return {(reason["key"], reason["code"]): reason["amount"] for reason in change["reasons"]}
