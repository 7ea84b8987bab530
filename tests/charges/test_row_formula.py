"""I10 in SQL judges rows as the proration arithmetic does (docs/algorithms/proration.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from saldo.charges.rules.proration import (
    effective_unit_price,
    rule_of_seats,
    seats_by_rule_a,
    seats_by_rule_b,
    usage_charged,
)
from saldo.charges.store.checks_sql import row_checks, with_factors
from saldo.core.money import minor_digits, minor_unit

SHOWN = Decimal("0.0000000001")
"""Ten digits after the point: what the check reads of a price that goes on."""


@dataclass(frozen=True)
class Row:
    """A seat row before anybody rounded it."""

    price: Fraction
    quantity: Decimal
    rate: Decimal
    currency: str

    @property
    def shown(self) -> Decimal:
        """The effective unit price as the file writes it."""
        exact = Decimal(self.price.numerator) / Decimal(self.price.denominator)
        return exact.quantize(SHOWN, rounding=ROUND_DOWN)

    @property
    def exact(self) -> Fraction:
        """The amount before it was cut."""
        return self.price * Fraction(self.quantity) * Fraction(self.rate)

    def is_near_a_cut(self) -> bool:
        """Whether the digits that are not shown can move a cut: of one unit, of the line, of a metered cost."""
        unit = Fraction(minor_unit(self.currency))
        cuts = (self.price * Fraction(self.rate) / unit, self.exact / unit, self.price * Fraction(self.quantity) * 100)
        return any(min(rest, 1 - rest) < Fraction(1, 100) for rest in (cut % 1 for cut in cuts))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    of_days = draw(st.sampled_from([28, 30, 31, 365]))
    price = effective_unit_price(
        unit_price=draw(st.decimals("0.50", "900", places=2)),
        discount=draw(st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.15")])),
        days=draw(st.integers(1, of_days)),
        of_days=of_days,
    )
    sign = draw(st.sampled_from([1, -1]))
    return Row(
        price=sign * price,
        quantity=Decimal(draw(st.integers(1, 500))),
        rate=draw(st.sampled_from([Decimal(1), Decimal("10.4567"), Decimal("0.9213")])),
        currency=draw(st.sampled_from(["SEK", "JPY", "KWD"])),
    )


@pytest.fixture(scope="module")
def line_engine():
    connection = duckdb.connect()
    yield connection
    connection.close()


def verdict(line_engine: duckdb.DuckDBPyConnection, row: Row, amount: Decimal) -> str:
    """What SQL says of the row with this amount."""
    check = next(
        check
        for check in row_checks("nce-reconciliation", minor_digits=minor_digits(row.currency))
        if check.code == "I10"
    )
    figures = {
        "EffectiveUnitPrice": row.shown,
        "BillableQuantity": row.quantity,
        "Quantity": row.quantity,
        "PCToBCExchangeRate": row.rate,
        "Subtotal": amount,
    }
    listed = ", ".join(f"CAST('{value:f}' AS DECIMAL(38,18)) AS {name}" for name, value in figures.items())
    rows = with_factors("nce-reconciliation", f"SELECT {listed}")
    found = line_engine.execute(f"SELECT {check.verdict} FROM ({rows})").fetchone()
    assert found is not None
    return str(found[0])


def given_figures(row: Row) -> dict[str, object]:
    return {"price": row.price, "quantity": row.quantity, "exchange_rate": row.rate, "currency": row.currency}


def usage_rule(row: Row) -> Decimal:
    """The amount if the row were metered: cut in pricing currency, exchanged, cut again."""
    cost = seats_by_rule_a(price=row.price, quantity=row.quantity, currency="USD")
    return usage_charged(cost=cost, exchange_rate=row.rate, currency=row.currency)


class TestSeatRows:
    @given(rows())
    def test_what_rule_a_or_rule_b_charges_passes(self, line_engine: duckdb.DuckDBPyConnection, row: Row) -> None:
        assume(not row.is_near_a_cut())
        for rule in (seats_by_rule_a, seats_by_rule_b):
            assert verdict(line_engine, row, rule(**given_figures(row))) == "passed"

    @given(rows())
    def test_a_cut_that_hidden_digits_decide_is_never_called_wrong(
        self, line_engine: duckdb.DuckDBPyConnection, row: Row
    ) -> None:
        for rule in (seats_by_rule_a, seats_by_rule_b):
            assert verdict(line_engine, row, rule(**given_figures(row))) in {"passed", "tolerated"}

    @given(rows(), st.integers(-2000, 2000))
    def test_any_other_amount_is_judged_as_the_arithmetic_judges_it(
        self, line_engine: duckdb.DuckDBPyConnection, row: Row, units: int
    ) -> None:
        unit = minor_unit(row.currency)
        amount = seats_by_rule_a(**given_figures(row)) + units * unit
        edge = Fraction(unit) * (Fraction(row.quantity) + 1)
        assume(not row.is_near_a_cut() and abs(abs(Fraction(amount) - row.exact) - edge) > Fraction(unit) / 100)
        expected = rule_of_seats(amount=amount, **given_figures(row))
        is_usage = amount == usage_rule(row)  # of a file's rows, SQL does not ask which are metered
        wanted = "passed" if is_usage else {"A": "passed", "B": "passed", "none": "failed"}.get(expected, expected)
        assert verdict(line_engine, row, amount) == wanted
