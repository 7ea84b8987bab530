"""Totals: lines, tax and their shares always add up; the two ways of rounding stay within their bound."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.money import amount_text, minor_digits, round_half_up, share_out
from saldo.invoicing.rules.numbering import UnableToNumber, check_configured, number_of
from saldo.invoicing.rules.references import is_rf, rf_reference
from saldo.invoicing.rules.totals import Taxed, Totals, UnableToTotal, furthest_apart, total
from tests.docs.tables import TableRow, worked_tables

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "money"
ROWS = [row for table in worked_tables() if table.file == "totals.md" for row in table.rows]


def totals_of(row: TableRow, rounding: str) -> Totals:
    lines = [Taxed(Decimal(net), "standard", Decimal(row["percent"])) for net in row["nets"].split(", ")]
    return total(lines=lines, currency=row["currency"], rounding=rounding)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["nets"])
def test_the_worked_table_is_what_the_code_says(row: TableRow) -> None:
    def text(value: Decimal) -> str:
        return amount_text(value, row["currency"])

    by_rate, by_line = totals_of(row, "by-rate"), totals_of(row, "by-line")
    assert (text(by_rate.tax), text(by_line.tax)) == (row["by rate"], row["by line"])
    assert ", ".join(map(text, by_rate.line_taxes)) == row["shares"]
    assert ", ".join(map(text, by_line.line_taxes)) == row["shares by line"]


def test_there_is_a_worked_table() -> None:
    assert len(ROWS) == 8


currencies = st.sampled_from(["SEK", "JPY", "KWD"])
percents = st.sampled_from([Decimal(text) for text in ("0", "6", "19", "21", "25", "25.5", "8.875")])
lines_of_money = st.lists(st.tuples(st.integers(-9_999_999, 9_999_999), percents), min_size=1, max_size=40)


@given(currencies, lines_of_money)
def test_shares_add_up_and_the_modes_differ_within_their_bound(currency: str, drawn: list[tuple[int, Decimal]]) -> None:
    digits = minor_digits(currency)
    lines = [Taxed(Decimal(units).scaleb(-digits), "standard", percent) for units, percent in drawn]
    by_rate = total(lines=lines, currency=currency, rounding="by-rate")
    by_line = total(lines=lines, currency=currency, rounding="by-line")
    for found in (by_rate, by_line):
        assert found.net == sum(line.net for line in lines)
        assert found.tax == sum(found.line_taxes) == sum(tax.tax for tax in found.taxes)
        assert sum(tax.base for tax in found.taxes) == found.net
        assert found.gross == found.net + found.tax
        assert all(tax == round(tax, digits) for tax in found.line_taxes)
    bound = furthest_apart(lines=len(lines), rates=len(by_rate.taxes), currency=currency)
    assert abs(by_rate.tax - by_line.tax) <= bound


@given(currencies, st.lists(st.integers(-9_999_999, 9_999_999), min_size=1, max_size=40), percents)
def test_shares_are_those_of_the_one_way_of_sharing_that_the_house_has(
    currency: str, drawn: list[int], percent: Decimal
) -> None:
    nets = [Decimal(units).scaleb(-minor_digits(currency)) for units in drawn]
    found = total(lines=[Taxed(net, "standard", percent) for net in nets], currency=currency)
    exact = [Fraction(net) * Fraction(percent) / 100 for net in nets]
    assert list(found.line_taxes) == share_out(found.tax, exact, currency)


@given(lines_of_money)
def test_a_document_taken_back_is_its_exact_mirror(drawn: list[tuple[int, Decimal]]) -> None:
    lines = [Taxed(Decimal(units).scaleb(-2), "standard", percent) for units, percent in drawn]
    back = [line._replace(net=-line.net) for line in lines]
    there, mirrored = (total(lines=found, currency="SEK") for found in (lines, back))
    assert (mirrored.net, mirrored.tax, mirrored.gross) == (-there.net, -there.tax, -there.gross)


def test_an_unknown_way_of_rounding_is_refused() -> None:
    with pytest.raises(UnableToTotal, match="unknown-rounding"):
        total(lines=[], currency="SEK", rounding="by-mood")  # type: ignore[arg-type]


@pytest.mark.skipif(not DATA.exists(), reason="the vectors are not here")
def test_halves_go_where_published_vectors_send_them() -> None:
    vectors = json.loads((DATA / "rounding_vectors.json").read_text())["vectors"]
    asked = [vector for vector in vectors if vector["mode"] == "HALF_UP"]
    assert len(asked) > 5
    for vector in asked:
        assert round_half_up(Decimal(vector["value"]), "JPY") == Decimal(vector["expected"]), vector


@pytest.mark.skipif(not DATA.exists(), reason="the vectors are not here")
def test_sharing_is_the_largest_remainder_of_published_vectors() -> None:
    vectors = json.loads((DATA / "allocation_vectors.json").read_text())["vectors"]
    asked = [vector for vector in vectors if sum(vector["ratios"]) and "largest_remainder" in vector["agrees"]]
    assert len(asked) > 10
    for vector in asked:
        whole, ratios = vector["amount"], [Fraction(str(ratio)) for ratio in vector["ratios"]]
        parts = [Fraction(whole) * ratio / sum(ratios) for ratio in ratios]
        assert [int(share) for share in share_out(Decimal(whole), parts, "JPY")] == vector["expected"], vector


class TestNumbers:
    @pytest.mark.parametrize(
        ("series", "number"),
        [
            ("{year}-{number:05d}", "2026-00017"),
            ("F{number}/{year}", "F17/2026"),
            ("{year}{number:04d}", "20260017"),
        ],
    )
    def test_are_written_as_the_series_says(self, series: str, number: str) -> None:
        assert number_of(series=series, year=2026, place=17) == number

    @pytest.mark.parametrize(
        ("series", "code"),
        [
            ("FJORDLYS-{year}-{number:05d}", ""),  # FJORDLYS99999999999: 19 letters and digits
            ("FJORDLYSAB{year}{number}", ""),
            ("FJORDLYSCLOUD-{year}-{number}", "invoicing.series.too-long-for-reference"),
            ("{year}-FJORDLYS-CLOUD-STOCKHOLM-{number}", "invoicing.series.too-long"),
        ],
    )
    def test_a_series_too_long_for_references_is_refused_when_it_is_set(self, series: str, code: str) -> None:
        if not code:
            check_configured(series=series)
            assert is_rf(rf_reference(text=number_of(series=series, year=9999, place=9_999_999)))
            return
        with pytest.raises(UnableToNumber) as refused:
            check_configured(series=series)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        "series", ["{number}", "{year}", "{year}-{number}-{number}", "{year} {number}", "{year}{0}"]
    )
    def test_a_series_that_would_repeat_itself_is_refused(self, series: str) -> None:
        with pytest.raises(UnableToNumber, match="unreadable"):
            number_of(series=series, year=2026, place=1)

    @given(st.integers(2020, 2040), st.integers(1, 10**7), st.integers(2020, 2040), st.integers(1, 10**7))
    def test_two_places_never_share_a_number(self, year: int, place: int, other: int, another: int) -> None:
        for series in ("{year}{number}", "{number}{year}", "{year}-{number:03d}"):
            one = number_of(series=series, year=year, place=place)
            two = number_of(series=series, year=other, place=another)
            assert (one == two) == ((year, place) == (other, another))
