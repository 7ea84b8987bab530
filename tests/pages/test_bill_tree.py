"""The levels of a bill: every level is the sum of the one below, and without cost there is no amount anywhere."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saldo.charges.rules.line import LineItem
from saldo.desk.bill_tree import grow_bill_tree
from tests.pages.lines import a_line

any_lines = st.lists(
    st.builds(
        a_line,
        row=st.integers(1, 10_000),
        product_name=st.sampled_from(["Microsoft 365 E3", "Azure plan", "Visio Plan 2", ""]),
        subscription=st.sampled_from(["s-1", "s-2", "s-3"]),
        category=st.sampled_from(["licence", "usage", "reservation"]),
        amount=st.decimals(min_value=-100_000, max_value=100_000, places=2),
    ),
    max_size=40,
)


class TestBillTree:
    @given(any_lines)
    def test_every_level_is_the_sum_of_the_one_below(self, lines: list[LineItem]) -> None:
        tree = grow_bill_tree(lines=lines, with_cost=True)
        assert tree.amount == sum((line.amount for line in lines), Decimal(0))
        assert tree.amount == sum((p.amount or 0 for p in tree.products), Decimal(0))
        for product in tree.products:
            assert product.amount == sum((s.amount or 0 for s in product.subscriptions), Decimal(0))
            for level in product.subscriptions:
                assert level.amount == sum((row.amount or 0 for row in level.rows), Decimal(0))

    @given(any_lines)
    def test_no_row_is_lost(self, lines: list[LineItem]) -> None:
        tree = grow_bill_tree(lines=lines, with_cost=True)
        rows = [row.row for p in tree.products for s in p.subscriptions for row in s.rows]
        assert sorted(rows) == sorted(line.row for line in lines)
        assert tree.row_count == len(lines)

    def test_without_cost_no_amount_and_no_price_is_kept(self) -> None:
        lines = [a_line(amount="8765432.10", unit_price=Decimal("987654.32"))]
        kept = repr(_values(asdict(grow_bill_tree(lines=lines, with_cost=False))))
        assert "8765432" not in kept
        assert "987654" not in kept

    def test_a_refund_row_does_not_count_its_seats(self) -> None:
        refund = a_line(row=1, quantity=Decimal(42), amount="-5992.00", ordered_on=date(2026, 4, 11))
        charge = a_line(row=2, quantity=Decimal(50), amount="7133.33", ordered_on=date(2026, 4, 11))
        tree = grow_bill_tree(lines=[refund, charge], with_cost=True)
        assert tree.products[0].seats == 50

    def test_the_dearest_product_comes_first(self) -> None:
        lines = [a_line(product_name="A", amount="1"), a_line(product_name="B", amount="-900")]
        assert [level.product for level in grow_bill_tree(lines=lines, with_cost=True).products] == ["B", "A"]

    def test_usage_has_no_seats(self) -> None:
        tree = grow_bill_tree(lines=[a_line(category="usage")], with_cost=True)
        assert tree.products[0].seats is None

    def test_an_unknown_product_is_none(self) -> None:
        assert grow_bill_tree(lines=[a_line()], with_cost=True).find_product("no such") is None


def _values(kept: Any) -> list[Any]:
    if isinstance(kept, dict):
        return [value for part in kept.values() for value in _values(part)]
    if isinstance(kept, (list, tuple)):
        return [value for part in kept for value in _values(part)]
    return [kept]
