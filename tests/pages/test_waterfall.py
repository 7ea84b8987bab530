"""The waterfall's geometry: bars stay on the axis, the chain never breaks, the eye walks up once and down once."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saldo.desk.waterfall import SHOWN_AT_MOST, Bar, Waterfall, choose_axis, draw_waterfall, walking_order

amounts = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2)
rests = st.one_of(st.just(Decimal("0.00")), st.decimals(min_value=-500, max_value=500, places=2))


def _bars(drawn: Waterfall) -> list[Bar]:
    chain = [step.bar for step in drawn.steps]
    if drawn.fold is not None:
        chain.extend(step.bar for step in drawn.fold.steps)
    return [*chain, *([drawn.unexplained] if drawn.unexplained is not None else [])]


@given(amounts, st.lists(amounts, max_size=30), rests)
def test_no_bar_leaves_the_axis(before: Decimal, changes: list[Decimal], rest: Decimal) -> None:
    drawn = draw_waterfall(before=before, changes=changes, after=before + sum(changes, Decimal(0)) + rest)
    for bar in [drawn.before, *_bars(drawn), drawn.after]:
        assert bar.left >= 0
        assert bar.left + bar.width <= 100
        assert 0 <= bar.comes_in <= 100
        assert 0 <= bar.goes_out <= 100


@given(amounts, st.lists(amounts, max_size=30), rests)
def test_each_bar_starts_where_the_one_before_ended(before: Decimal, changes: list[Decimal], rest: Decimal) -> None:
    drawn = draw_waterfall(before=before, changes=changes, after=before + sum(changes, Decimal(0)) + rest)
    level = drawn.before.goes_out
    for bar in _bars(drawn):
        assert bar.comes_in == level
        level = bar.goes_out
    assert level == drawn.after.comes_in
    if drawn.fold is not None:
        assert drawn.fold.bar.goes_out == drawn.fold.steps[-1].bar.goes_out


@given(amounts, st.lists(amounts, max_size=30))
def test_no_reason_is_lost_and_no_amount_changes(before: Decimal, changes: list[Decimal]) -> None:
    drawn = draw_waterfall(before=before, changes=changes, after=before + sum(changes, Decimal(0)))
    inside = drawn.fold.steps if drawn.fold is not None else ()
    assert sorted(step.index for step in [*drawn.steps, *inside]) == list(range(len(changes)))
    assert all(step.amount == changes[step.index] for step in [*drawn.steps, *inside])
    shown = sum((step.amount for step in drawn.steps), Decimal(0))
    assert shown + (drawn.fold.amount if drawn.fold is not None else 0) == sum(changes, Decimal(0))


@given(st.lists(amounts, max_size=30))
def test_the_eye_walks_up_once_and_down_once(changes: list[Decimal]) -> None:
    walked = [changes[index] for index in walking_order(changes)]
    assert walked == sorted(walked, reverse=True)


@given(st.lists(amounts, min_size=1, max_size=8))
def test_the_axis_holds_all_amounts_on_round_steps(held: list[Decimal]) -> None:
    axis = choose_axis(held)
    assert axis.lowest <= min(held)
    assert max(held) <= axis.highest
    assert axis.is_cut == (axis.lowest > 0)


class TestTheExampleOfTheDesign:
    changes = [Decimal(text) for text in ("1141.33", "2678.58", "504.00", "465.00", "385.00", "195.32")] + [
        Decimal(text) for text in ("-748.80", "-178.16", "-312.40")
    ]
    drawn = draw_waterfall(before=Decimal("36611.27"), changes=changes, after=Decimal("40741.14"))

    def test_puts_increases_first_and_the_smallest_decrease_before_the_largest(self) -> None:
        assert [step.amount for step in self.drawn.steps[:2]] == [Decimal("2678.58"), Decimal("1141.33")]
        assert self.drawn.steps[-1].amount == Decimal("-748.80")

    def test_cuts_the_axis_and_says_so(self) -> None:
        assert self.drawn.axis.is_cut
        assert self.drawn.axis.written == (Decimal(35000), Decimal(39000), Decimal(43000))

    def test_leaves_nothing_unexplained(self) -> None:
        assert self.drawn.unexplained is None


class TestManyReasons:
    def test_folds_the_smallest_so_that_twelve_rows_remain(self) -> None:
        changes = [Decimal(size) for size in range(1, 31)]
        drawn = draw_waterfall(before=Decimal(100), changes=changes, after=Decimal(565))
        assert drawn.fold is not None
        assert len(drawn.steps) + 1 == SHOWN_AT_MOST
        assert max(step.amount for step in drawn.fold.steps) < min(step.amount for step in drawn.steps)

    def test_twelve_are_not_folded(self) -> None:
        drawn = draw_waterfall(before=Decimal(0), changes=[Decimal(1)] * SHOWN_AT_MOST, after=Decimal(12))
        assert drawn.fold is None


class TestEdges:
    def test_two_empty_months_draw_an_axis_from_zero(self) -> None:
        drawn = draw_waterfall(before=Decimal(0), changes=[], after=Decimal(0))
        assert drawn.axis.lowest == 0
        assert not drawn.axis.is_cut
        assert drawn.steps == ()

    def test_a_remainder_gets_its_own_bar(self) -> None:
        drawn = draw_waterfall(before=Decimal(10), changes=[Decimal(2)], after=Decimal(15))
        assert drawn.unexplained is not None
        assert drawn.unexplained.direction == "up"

    def test_a_bill_below_zero_stands_left_of_the_zero_point(self) -> None:
        drawn = draw_waterfall(before=Decimal(-50), changes=[Decimal(80)], after=Decimal(30))
        assert drawn.before.left + drawn.before.width == drawn.after.left == drawn.axis.place(Decimal(0))

    def test_a_cent_beside_a_million_is_still_seen(self) -> None:
        drawn = draw_waterfall(
            before=Decimal(0), changes=[Decimal(1_000_000), Decimal("0.01")], after=Decimal("1000000.01")
        )
        assert drawn.steps[1].bar.width > 0
