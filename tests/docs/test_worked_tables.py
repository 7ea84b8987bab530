"""The worked tables of docs/algorithms, recomputed by the functions they describe: a figure that is wrong fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.charges.rules.cells import CellFault, is_excel_damaged, read_customer, read_day, read_decimal
from saldo.charges.rules.checks import FileSum, judge_invoice_total
from saldo.charges.rules.months import HeaderDays, month_of_document, month_of_rows
from saldo.charges.rules.proration import (
    anchored_cycle,
    cycle_days,
    effective_unit_price,
    legacy_amount,
    legacy_unit_price,
    seats_by_rule_a,
    seats_by_rule_b,
    usage_charged,
    usage_cost,
)
from saldo.core.money import Money, amount_text, round_down, round_half_up
from saldo.core.periods import Month
from tests.docs.tables import TableRow, WorkedTable, tables_of, worked_tables

Recompute = Callable[[TableRow], TableRow]
"""The computed columns of a row, from its given ones."""


def cycles(row: TableRow) -> TableRow:
    cycle = anchored_cycle(month=Month.parse(row["month"]), anchor=int(row["anchor"]))
    last = date.fromordinal(cycle.ends_before.toordinal() - 1)
    return {"first day": f"{cycle.starts_on}", "last day": f"{last}", "days": f"{cycle.days}"}


def days_counted(row: TableRow) -> TableRow:
    days = cycle_days(
        starts_on=date.fromisoformat(row["begins on"]),
        billing_frequency=row["billing"],
        is_legacy=row["platform"] == "legacy",
    )
    return {"days counted": f"{days}"}


def seats(row: TableRow) -> TableRow:
    price = effective_unit_price(
        unit_price=Decimal(row["list price"]),
        discount=Decimal(row["discount"]),
        days=int(row["days"]),
        of_days=int(row["of days"]),
    )
    given = {"quantity": Decimal(row["seats"]), "exchange_rate": Decimal(row["exchange rate"])}
    a, b = (rule(price=price, currency=row["currency"], **given) for rule in (seats_by_rule_a, seats_by_rule_b))
    return {"rule A": amount_text(a, row["currency"]), "rule B": amount_text(b, row["currency"])}


def legacy(row: TableRow) -> TableRow:
    price, currency = Decimal(row["list price"]), row["currency"]
    part = {"days": int(row["days"]), "of_days": int(row["of days"])}
    shown = legacy_unit_price(unit_price=price, currency=currency, **part)
    amount = legacy_amount(unit_price=price, quantity=Decimal(row["quantity"]), currency=currency, **part)
    return {"unit price shown": amount_text(shown, currency), "amount": amount_text(amount, currency)}


def usage(row: TableRow) -> TableRow:
    cost = usage_cost(
        unit_price=Decimal(row["list price"]),
        quantity=Decimal(row["quantity"]),
        earned_credit=Decimal(row["earned credit"]),
        currency=row["pricing currency"],
    )
    charged = usage_charged(cost=cost, exchange_rate=Decimal(row["exchange rate"]), currency=row["currency"])
    return {"cost": amount_text(cost, row["pricing currency"]), "charged": amount_text(charged, row["currency"])}


def rounding(row: TableRow) -> TableRow:
    exact, currency = Decimal(row["exact"]), row["currency"]
    return {
        "rounded half up": amount_text(round_half_up(exact, currency), currency),
        "cut": amount_text(round_down(exact, currency), currency),
    }


def sharing(row: TableRow) -> TableRow:
    shares = Money(Decimal(row["whole"]), row["currency"]).split([int(weight) for weight in row["weights"].split(",")])
    return {"shares": ", ".join(map(str, shares))}


def months(row: TableRow) -> TableRow:
    votes = dict(vote.split(":") for vote in row["rows by month"].split(",") if vote)
    own = month_of_rows({Month.parse(month.strip()).starts_on: int(count) for month, count in votes.items()})
    header = None
    if row["invoiced on"]:
        begins = row["period begins on"]
        header = HeaderDays(
            invoiced_on=date.fromisoformat(row["invoiced on"]),
            period_starts_on=date.fromisoformat(begins) if begins else None,
        )
    return {"month": str(month_of_document(own=own, header=header) or "")}


def totals(row: TableRow) -> TableRow:
    net, tax = Decimal(row["net"]), Decimal(row["tax"])
    rows = FileSum(net=net, tax=tax, gross=net + tax)
    return {"verdict": judge_invoice_total(rows=rows, charged=Decimal(row["invoice"]), currency=row["currency"])}


def as_written(read: object) -> str:
    """What came of a cell, as the tables write it."""
    if isinstance(read, CellFault):
        return read.code
    return "nothing" if read is None else f"{read:f}" if isinstance(read, Decimal) else str(read)


RECOMPUTED: dict[tuple[str, str], Recompute] = {
    ("proration.md", "cycles"): cycles,
    ("proration.md", "cycle days"): days_counted,
    ("proration.md", "seats"): seats,
    ("proration.md", "legacy"): legacy,
    ("proration.md", "usage"): usage,
    ("rounding.md", "rounding"): rounding,
    ("rounding.md", "sharing"): sharing,
    ("months.md", "months"): months,
    ("checks.md", "totals"): totals,
    ("reading.md", "figures"): lambda row: {"read": as_written(read_decimal(row["cell"]))},
    ("reading.md", "days"): lambda row: {"read": as_written(read_day(row["cell"]))},
    ("reading.md", "customers"): lambda row: {"customer": read_customer(row["cell"])},
    ("reading.md", "spreadsheet"): lambda row: {"broken": "yes" if is_excel_damaged(row["cell"]) else "no"},
}

# each has a test of its own beside its room
ELSEWHERE = {"compare.md", "interest.md", "ladder.md", "prices.md", "totals.md"}
TABLES = [table for table in worked_tables() if table.file not in ELSEWHERE]


class TestWorkedTables:
    def test_every_worked_table_is_recomputed_and_every_recomputation_has_its_table(self) -> None:
        assert {(table.file, table.name) for table in TABLES} == set(RECOMPUTED)

    @pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.file}:{table.name}")
    def test_the_figures_are_what_the_code_says(self, table: WorkedTable) -> None:
        recompute = RECOMPUTED[table.file, table.name]
        wrong = {
            number: (row, computed)
            for number, row in enumerate(table.rows, start=1)
            if not (computed := recompute(row)) or any(row[column] != value for column, value in computed.items())
        }
        assert wrong == {}


class TestReadingTheTables:
    def test_a_mark_without_a_table_is_an_error_and_not_a_table_without_rows(self, tmp_path: Path) -> None:
        (tmp_path / "x.md").write_text("<!-- worked: cycles -->\n\nno table\n")
        with pytest.raises(ValueError, match="no table behind"):
            tables_of(tmp_path / "x.md")
