"""The worked bills of docs/algorithms/compare.md, explained by the real functions, and its decision table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest

from saldo.charges.rules.line import LineItem
from saldo.core.identity import CustomerId, FileId, MicrosoftInvoiceId, SubscriptionId
from saldo.core.money import amount_text
from saldo.explain.rules.bill import Bill, BillLine
from saldo.explain.rules.compare import Rule
from saldo.explain.rules.explanation import CODES, Code
from saldo.explain.rules.factors import Factor, share_change
from saldo.explain.rules.reasons import explain
from tests.docs.tables import FOLDER, TableRow, tables_of

TABLES = {table.name: table.rows for table in tables_of(FOLDER / "compare.md")}
CUSTOMER = CustomerId("c0ffee00-0000-4000-8000-000000000001")

FACTORS: dict[str, Code] = {
    "seats": "seats-added",
    "list price": "price-changed",
    "kept after discount": "promotion-changed",
    "rate": "exchange-rate",
}
SHARES = {
    "seats": "seats' share",
    "list price": "price's share",
    "kept after discount": "discount's share",
    "rate": "rate's share",
}


class TestDecisionTable:
    def test_names_the_rules_of_the_code_in_their_order(self) -> None:
        assert [row["rule"] for row in TABLES["rules"]] == list(get_args(Rule))

    def test_gives_every_public_code_and_no_other(self) -> None:
        given = {code.strip(" `") for row in TABLES["rules"] for code in row["gives"].split(",")}
        assert given | {"rounding"} == set(CODES)


class TestSharing:
    @pytest.mark.parametrize("row", TABLES["shapley"])
    def test_every_order_of_moving_counts_alike(self, row: TableRow) -> None:
        factors = [Factor(code, *map(Fraction, row[column].split(" → "))) for column, code in FACTORS.items()]
        shares = share_change(factors)
        told = {column: Fraction(row[shown]) for column, shown in SHARES.items()}
        assert told == {column: shares.get(code, Fraction(0)) for column, code in FACTORS.items()}
        assert sum(told.values()) == Fraction(row["change"])


def a_line(row: TableRow, number: int) -> BillLine:
    """One row of the table as a line of a bill."""
    is_usage = row["charge type"] == "usage"
    return BillLine(
        item=LineItem(
            file=FileId("f" * 64),
            row=number,
            document=MicrosoftInvoiceId(f"G-{row['period']}"),
            amends=(),
            is_estimated=False,
            platform="new-commerce",
            category="usage" if is_usage else "licence",
            charge_type="new" if is_usage else row["charge type"],
            customer=CUSTOMER,
            subscription=SubscriptionId(row["subscription"]),
            product_id=row["product"],
            sku_id="0001",
            availability_id="a",
            product_name=row["product"],
            sku_name=row["product"],
            meter_name=row["product"] if is_usage else "",
            unit_type="1 Hour" if is_usage else "",
            publisher="Microsoft Corporation",
            quantity=Decimal(row["seats or units"]),
            unit_price=Decimal(row["list price"]),
            effective_unit_price=Decimal(row["paid"]),
            discount=Decimal(0),
            amount=Decimal(row["amount"]),
            tax=Decimal(0),
            currency="SEK",
            pricing_currency="SEK" if row["rate"] == "1" else "USD",
            exchange_rate=Decimal(row["rate"]),
            ordered_on=date.fromisoformat(row["from"]),
            charge_starts_on=date.fromisoformat(row["from"]),
            charge_ends_on=date.fromisoformat(row["to"]),
            term_starts_on=None,
            term_ends_on=None,
            term_text="",
            billing_frequency="" if is_usage else "Monthly",
            reference=row["reference"],
            promotion="",
            credit_reason="",
            qualifiers="",
            adjustments="",
            reservation_order="",
        )
    )


def a_bill(case: str, period: str) -> Bill:
    """The rows of one case and period as a bill."""
    rows = [row for row in TABLES["bills"] if (row["case"], row["period"]) == (case, period)]
    lines = tuple(a_line(row, number) for number, row in enumerate(rows, start=1))
    return Bill(customer=CUSTOMER, currency="SEK", side="cost", period=period, lines=lines)


class TestWorkedBills:
    def test_every_case_has_rows_and_an_answer(self) -> None:
        assert {row["case"] for row in TABLES["bills"]} == {row["case"] for row in TABLES["told"]}

    @pytest.mark.parametrize("told", TABLES["told"], ids=lambda row: row["case"])
    def test_is_explained_as_the_page_says(self, told: TableRow) -> None:
        found = explain(before=a_bill(told["case"], "before"), after=a_bill(told["case"], "after"))
        assert amount_text(found.change, "SEK") == told["change"]
        assert ", ".join(f"{r.code} {amount_text(r.amount, 'SEK')}" for r in found.reasons) == told["reasons"]
        assert found.unexplained == 0
