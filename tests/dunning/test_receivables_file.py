"""Receivables out of a CSV file: all rows read are receivables or problems, each with row and column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.dunning.formats.receivables import ReadReceivables, UnableToReadReceivables, read_receivables
from saldo.dunning.rules.receivable import Receivable
from tests.dunning.receivables import HEAD, a_file

GOOD = "Nordlund,F-1,2026-01-31,2026-03-02,1000.00,2026-03-20,no"
FIRST = Receivable(
    "Nordlund", "F-1", "SEK", date(2026, 1, 31), date(2026, 3, 2), Decimal("1000.00"), date(2026, 3, 20), False
)


def read(text: str) -> ReadReceivables:
    return read_receivables(text, currency="SEK", file="book.csv")


def faults(*rows: str, head: str = HEAD) -> list[tuple[str, int, str]]:
    problems = read(a_file(*rows, head=head)).problems
    return [(one.code.removeprefix("dunning.receivables."), one.place.row, one.place.column) for one in problems]


class TestColumns:
    def test_of_our_own_file(self) -> None:
        assert read(a_file(GOOD)).receivables == (FIRST,)

    def test_in_any_order_with_others_between_and_a_currency_of_their_own(self) -> None:
        text = a_file(
            "x;JPY;;2026-03-02;2026-01-31;F-1;Nordlund;120",
            head="note;Currency;settled;due;issued;INVOICE;customer;amount",
        )
        (one,) = read(text).receivables
        assert (one.currency, one.value, one.settled_on, one.is_disputed) == ("JPY", 120, None, False)

    def test_of_the_file_that_ibm_published(self) -> None:
        text = a_file(
            "391,0379-NEVHP,4/6/2013,0000611365,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0",
            "406,8976-AMJEO,3/3/2012,0007900770,1/26/2013,2/25/2013,61.74,Yes,,Electronic,36,6",
            head="countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,"
            "SettledDate,PaperlessBill,DaysToSettle,DaysLate",
        )
        one, other = read(text).receivables
        assert (one.customer, one.invoice, one.issued_on, one.settled_on) == (
            "0379-NEVHP", "0000611365", date(2013, 1, 2), date(2013, 1, 15)
        )  # fmt: skip
        assert (other.is_disputed, other.settled_on) == (True, None)

    @pytest.mark.parametrize("text", ["", "\n\n", "customer,invoice\n", "a,b,c\n1,2,3\n"])
    def test_that_are_missing_are_named(self, text: str) -> None:
        with pytest.raises(UnableToReadReceivables) as refusal:
            read(text)
        assert "amount" in refusal.value.facts["missing"]

    def test_a_cell_longer_than_any_table_has_is_no_csv(self) -> None:
        with pytest.raises(UnableToReadReceivables) as refusal:
            read(a_file('"' + "x" * 200_000 + '"'))
        assert refusal.value.code == "dunning.receivables.not-csv"


class TestRows:
    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ("Nordlund,F-1", [("wrong-width", 1, "")]),
            (",,2026-01-31,2026-03-02,1.00,,no", [("missing", 1, "customer"), ("missing", 1, "invoice")]),
            ("N,F,31/1/2026,,1.00,x,no", [("bad-day", 1, name) for name in ("issued", "due", "settled")]),
            ("N,F,2026-02-30,1066-01-01,1.00,,no", [("bad-day", 1, "issued"), ("bad-day", 1, "due")]),
            ("N,F,2026-01-31,2026-03-02,0,,no", [("bad-amount", 1, "amount")]),
            ("N,F,2026-01-31,2026-03-02,-1,,no", [("bad-amount", 1, "amount")]),
            ("N,F,2026-01-31,2026-03-02,1.005,,no", [("bad-amount", 1, "amount")]),
            ("N,F,2026-01-31,2026-03-02,1e3,,no", [("bad-amount", 1, "amount")]),
            ("N,F,2026-01-31,2026-03-02,1.00,,perhaps", [("bad-flag", 1, "disputed")]),
        ],
    )
    def test_faults(self, row: str, expected: list[tuple[str, int, str]]) -> None:
        assert faults(row) == expected

    def test_a_number_that_stands_in_an_earlier_row(self) -> None:
        assert faults(GOOD, GOOD) == [("duplicate", 2, "invoice")]

    def test_a_currency_that_is_none(self) -> None:
        assert faults(GOOD + ",crowns", head=HEAD + ",currency") == [("bad-currency", 1, "currency")]

    def test_one_bad_row_stops_no_other(self) -> None:
        found = read(a_file("x", GOOD, "N,F,?,?,?,?,?"))
        assert (found.rows, len(found.receivables), found.rows_with_problems, len(found.problems)) == (3, 1, 2, 6)
        assert found.problems[1].seen == "?"
        assert found.problems[1].place.file == "book.csv"

    @given(
        st.lists(
            st.sampled_from([GOOD, GOOD.replace("F-1", "F-2"), "x", GOOD.replace("1000", "?"), "", ",,,,,,"])
            | st.text(max_size=30).map(lambda text: text.replace("\n", " ").replace("\r", " ").replace('"', "")),
            max_size=12,
        )
    )
    def test_all_rows_are_receivables_or_problems(self, rows: list[str]) -> None:
        found = read(a_file(*rows))
        assert found.rows == len(found.receivables) + found.rows_with_problems
        assert all(1 <= one.place.row <= found.rows for one in found.problems)
