"""`saldo bill` and `saldo explain` with --side price: our invoices, tax included, and nothing of Microsoft's papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from saldo.core.periods import Month
from saldo.flows.month_close import close_month
from tests.cli.asking import Asker
from tests.rooms.importing import A_WORLD

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


@pytest.fixture
def billed(imported: tuple[Asker, dict[str, Any]]) -> tuple[Asker, str]:
    """Two months issued at list price; the asker, and a customer who was billed in both."""
    asker, truth = imported
    for month in (JANUARY, FEBRUARY):
        day = month.plus(1).starts_on.replace(day=9)
        close_month(company=asker.company, month=month, issue=True, by="user:1", world=A_WORLD, today=day)
    return asker, truth["customers"][0]["id"]


def told(asker: Asker, *words: str) -> dict[str, Any]:
    """The document of a command that was not refused."""
    document = asker.ask(*words, "--side", "price").document
    assert document is not None
    return document


class TestPriceSide:
    def test_of_a_bill_is_what_the_customer_has_to_pay(self, billed: tuple[Asker, str]) -> None:
        asker, customer = billed
        bill = told(asker, "bill", "--customer", customer, "--month", "2026-01")
        total = sum((Decimal(line["amount"]) for line in bill["lines"]), Decimal(0))
        assert Decimal(bill["total"]) == total > 0
        assert [line["charge_type"] for line in bill["lines"]][-1] == "tax"
        assert {line["document"] for line in bill["lines"]} == {line["source"]["file"] for line in bill["lines"]}
        assert all(document.startswith("2026-") for document in {line["document"] for line in bill["lines"]})

    def test_of_a_change_adds_up_with_its_tax(self, billed: tuple[Asker, str]) -> None:
        asker, customer = billed
        found = told(asker, "explain", "--customer", customer, "--from", "2026-01", "--to", "2026-02")
        reasons = sum((Decimal(reason["amount"]) for reason in found["reasons"]), Decimal(0))
        assert reasons + Decimal(found["unexplained"]) == Decimal(found["change"]) != 0
        assert found["unexplained"] == "0.00"
        assert "tax" in {reason["code"] for reason in found["reasons"]}

    def test_takes_our_own_numbers(self, billed: tuple[Asker, str]) -> None:
        asker, customer = billed
        bill = told(asker, "bill", "--customer", customer, "--month", "2026-01")
        number = bill["lines"][0]["document"]
        found = told(asker, "explain", "--customer", customer, "--from", number, "--to", number)
        assert (found["change"], found["reasons"]) == ("0.00", [])

    def test_says_which_months_were_issued(self, billed: tuple[Asker, str]) -> None:
        asker, customer = billed
        answer = asker.ask("bill", "--customer", customer, "--month", "2026-03", "--side", "price")
        assert (answer.code, answer.facts) == (
            "explain.month.not-issued",
            {"month": "2026-03", "months": ["2026-01", "2026-02"]},
        )

    def test_has_no_estimates(self, billed: tuple[Asker, str]) -> None:
        asker, customer = billed
        answer = asker.ask("bill", "--customer", customer, "--month", "2026-01", "--side", "price", "--estimate")
        assert answer.code == "explain.side.no-estimates"

    def test_is_refused_while_nothing_was_issued(self, imported: tuple[Asker, dict[str, Any]]) -> None:
        asker, truth = imported
        customer = truth["customers"][0]["id"]
        answer = asker.ask("bill", "--customer", customer, "--month", "2026-01", "--side", "price")
        assert answer.code == "explain.side.no-prices"
