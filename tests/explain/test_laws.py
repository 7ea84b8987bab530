"""Whatever two bills hold, their explanation adds up; and what Microsoft's arithmetic made is explained to the cent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from saldo.core.money import minor_unit
from saldo.explain.rules.bill import Bill
from saldo.explain.rules.explanation import Explanation
from saldo.explain.rules.reasons import explain
from tests.explain.random_bills import two_bills, two_orderly_bills

OPPOSITES = {"ended-subscription": "new-subscription", "seats-removed": "seats-added"}
A_MILLION = range(1_000_000, 2_000_000, 25_000)


class TestAnyTwoBills:
    @pytest.mark.parametrize("first", range(0, 6_000, 1_500))
    def test_reasons_and_what_is_unexplained_are_the_change(self, first: int) -> None:
        for seed in range(first, first + 1_500):
            assert_adds_up(seed)

    @pytest.mark.laws
    @pytest.mark.parametrize("first", A_MILLION)
    def test_so_they_are_a_million_times(self, first: int) -> None:
        for seed in range(first, first + A_MILLION.step):
            assert_adds_up(seed)

    @pytest.mark.parametrize("seed", range(100, 120))
    def test_a_bill_of_hundreds_of_lines_adds_up(self, seed: int) -> None:
        pairs = [two_bills(number) for number in range(seed * 100, seed * 100 + 100)]
        alike = [pair for pair in pairs if (pair[0].currency, pair[0].side) == (pairs[0][0].currency, pairs[0][0].side)]
        before, after = (
            replace(pairs[0][place], lines=tuple(line for pair in alike for line in pair[place].lines))
            for place in (0, 1)
        )
        assert_adds_up_of(before, after, seed)

    def test_a_bill_against_itself_has_no_reason(self) -> None:
        for seed in range(10_000, 11_000):
            for bill in two_bills(seed):
                found = explain(before=bill, after=bill)
                assert not found.reasons, f"seed {seed}"
                assert not found.unexplained, f"seed {seed}"

    def test_the_order_of_lines_does_not_matter(self) -> None:
        for seed in range(20_000, 21_500):
            random = Random(seed)
            before, after = two_bills(seed)
            mixed = explain(before=shuffled(random, before), after=shuffled(random, after))
            assert amounts_of(mixed) == amounts_of(explain(before=before, after=after)), f"seed {seed}"

    def test_backwards_the_change_is_the_opposite_and_adds_up_too(self) -> None:
        for seed in range(30_000, 32_000):
            before, after = two_bills(seed)
            assert_adds_up_of(after, before, seed)
            forth, back = explain(before=before, after=after), explain(before=after, after=before)
            assert back.change == -forth.change, f"seed {seed}"

    def test_every_reason_names_rows_of_the_bills(self) -> None:
        for seed in range(40_000, 41_000):
            before, after = two_bills(seed)
            rows = {(line.item.file, line.item.row) for line in (*before.lines, *after.lines)}
            for reason in explain(before=before, after=after).reasons:
                named = {(line.file, line.row) for line in reason.lines}
                assert named, f"seed {seed}"
                assert named <= rows, f"seed {seed}"


class TestBillsOfMicrosofts:
    def test_nothing_is_unexplained_where_every_row_obeys_its_arithmetic(self) -> None:
        for seed in range(1_500):
            assert_nothing_unexplained(seed)

    @pytest.mark.laws
    @pytest.mark.parametrize("first", range(100_000, 200_000, 10_000))
    def test_nor_in_a_hundred_thousand_of_them(self, first: int) -> None:
        for seed in range(first, first + 10_000):
            assert_nothing_unexplained(seed)

    def test_backwards_every_cause_is_the_opposite_but_for_one_minor_unit(self) -> None:
        for seed in range(5_000, 5_600):
            before, after = two_orderly_bills(seed)
            forth, back = (
                opposable(explain(before=one, after=other)) for one, other in ((before, after), (after, before))
            )
            for name in forth.keys() | back.keys():
                assert abs(forth[name] + back[name]) <= minor_unit(after.currency), f"seed {seed}: {name}"


def assert_adds_up(seed: int) -> None:
    """One pair of the random bills."""
    before, after = two_bills(seed)
    assert_adds_up_of(before, after, seed)


def assert_adds_up_of(before: Bill, after: Bill, seed: int) -> None:
    """The law, and that reasons are one a key and code, and none of nothing."""
    found = explain(before=before, after=after)
    assert found.change == after.net - before.net, f"seed {seed}"
    assert sum((reason.amount for reason in found.reasons), found.unexplained) == found.change, f"seed {seed}"
    assert len({(reason.key, reason.code) for reason in found.reasons}) == len(found.reasons), f"seed {seed}"
    assert all(reason.amount for reason in found.reasons), f"seed {seed}"


def assert_nothing_unexplained(seed: int) -> None:
    """One pair of orderly bills."""
    before, after = two_orderly_bills(seed)
    found = explain(before=before, after=after)
    assert not found.unexplained, f"seed {seed}"
    assert sum(reason.amount for reason in found.reasons) == found.change, f"seed {seed}"


def amounts_of(found: Explanation) -> dict[tuple[str, str], Decimal]:
    """Amounts by key and code, and what is unexplained."""
    amounts = {(reason.key, str(reason.code)): reason.amount for reason in found.reasons}
    return amounts | {("", "unexplained"): found.unexplained}


def opposable(found: Explanation) -> Counter[tuple[str, str]]:
    """Amounts by key and code, with what came and what went under one name."""
    amounts: Counter[tuple[str, str]] = Counter()
    for (key, code), amount in amounts_of(found).items():
        amounts[key, OPPOSITES.get(code, code)] += amount  # type: ignore[assignment]  # a Counter of amounts
    return amounts


def shuffled(random: Random, bill: Bill) -> Bill:
    """The same lines in another order."""
    return replace(bill, lines=tuple(random.sample(bill.lines, len(bill.lines))))
