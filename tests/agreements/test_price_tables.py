"""The worked tables of docs/algorithms/prices.md, recomputed by the rules they describe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from saldo.agreements.rules.earned_credit import before_credit
from saldo.agreements.rules.exact import Exact
from saldo.agreements.rules.price_changes import SubscriptionSeen, reaches_on
from saldo.agreements.rules.prices import PriceRule, RuleBook, find_rule
from saldo.core.money import amount_text, every_digit
from tests.agreements.builders import line, markup, priced, row, rule
from tests.docs.tables import FOLDER, TableRow, WorkedTable, tables_of

FACTS = line(tenant="T", product_id="P", sku_id="0001")
NAMED = {"product": "P", "sku": "0001", "publisher": "Microsoft", "category": "licence", "charge_type": "cycleFee"}
TARGETS = {"company": "", "segment": "school", "debtor": "10001", "tenant": "T"}


def written(cell: str, code: str) -> PriceRule:
    level, _, conditions = cell.partition(",")
    named = {name: NAMED[name] for name in conditions.split()}
    return markup("5", code=code, level=level, target=TARGETS[level], **named)


def precedence(cells: TableRow) -> TableRow:
    book = RuleBook.of([written(cells[name], name) for name in ("one", "another")])
    wins = find_rule(book, FACTS)
    return {"wins": wins.code if wins else "none"}


def versions(cells: TableRow) -> TableRow:
    second = markup("6", version=2, starts_on=date(2026, 6, 1), reaches=cells["version 2 reaches"])
    term, cycle = (date.fromisoformat(cells[name]) for name in ("term begins", "cycle begins"))
    facts = line(category=cells["category"], term_starts_on=term, charge_starts_on=cycle)
    wins = find_rule(RuleBook.of([markup("5"), second]), facts)
    return {"version": str(wins.version) if wins else "none"}


def value_of(method: str, cell: str) -> dict[str, Any]:
    if method == "tiers":
        steps = [step.split(":") for step in cell.split()]
        return {"steps": [{"from": start, "price": price} for start, price in steps]}
    return {"price": cell} if method == "fixed-price" else {"percent": cell}


def amounts(cells: TableRow) -> TableRow:
    method, currency = cells["method"], cells["currency"]
    facts = row(
        cells["quantity"],
        cells["list price"],
        cells["cost"],
        currency=currency,
        part=Fraction(cells["part"]),
        months=int(cells["months"]),
    )
    agreed = rule("agreed", method, value_of(method, cells["value"]), currency=currency)
    return {"charged": amount_text(priced(facts, agreed, currency).net, currency)}


def earned(cells: TableRow) -> TableRow:
    base = before_credit(
        at_list=Exact(Decimal(cells["quantity"]) * Decimal(cells["list price"])),
        cost=Decimal(cells["cost"]),
        adjustments=cells["adjustments"],
        rate=Decimal(1),
        currency="EUR",
        pricing_currency="EUR",
    )
    return {"before the credit": every_digit(base.above / base.below)}


def reach(cells: TableRow) -> TableRow:
    version = markup("5", version=2, starts_on=date.fromisoformat(cells["version begins"]), reaches=cells["reaches"])
    first, last = (date.fromisoformat(day) for day in cells["term"].split(" to "))
    facts = line(term_starts_on=first, charge_starts_on=date.fromisoformat(cells["cycle begins"]))
    seen = SubscriptionSeen("s", "P", facts, row(months=int(cells["months"])), last, "EUR")
    return {"first day": f"{reaches_on(version, seen)}"}


RECOMPUTED: dict[str, Callable[[TableRow], TableRow]] = {
    "precedence": precedence,
    "versions": versions,
    "amounts": amounts,
    "earned credit": earned,
    "reach": reach,
}
TABLES = tables_of(FOLDER / "prices.md")


def test_every_worked_table_is_recomputed() -> None:
    assert {table.name for table in TABLES} == set(RECOMPUTED)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_figures_are_what_the_code_says(table: WorkedTable) -> None:
    for cells in table.rows:
        computed = RECOMPUTED[table.name](cells)
        assert computed == {name: cells[name] for name in computed}, cells
