"""A document has one month, and its rows never change it."""

from __future__ import annotations

from datetime import date

from saldo.charges.rules.months import HeaderDays, month_of_document, month_of_rows
from saldo.core.periods import Month

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


class TestMonth:
    def test_is_the_one_that_most_rows_speak_for(self) -> None:
        assert month_of_rows({MARCH: 2, APRIL: 40}) == Month(2026, 4)

    def test_is_the_earlier_one_when_as_many_speak_for_each(self) -> None:
        assert month_of_rows({APRIL: 3, MARCH: 3}) == Month(2026, 3)

    def test_is_unknown_when_no_row_names_a_day(self) -> None:
        assert month_of_rows({}) is None

    def test_is_that_of_the_billing_period_whatever_the_rows_say(self) -> None:
        header = HeaderDays(invoiced_on=date(2026, 4, 8), period_starts_on=MARCH)
        assert month_of_document(own=Month(2026, 4), header=header) == Month(2026, 3)

    def test_is_that_of_the_invoice_where_the_header_names_no_period(self) -> None:
        header = HeaderDays(invoiced_on=date(2016, 3, 6), period_starts_on=None)
        assert month_of_document(own=None, header=header) == Month(2016, 3)

    def test_is_the_rows_own_while_no_header_is_here(self) -> None:
        assert month_of_document(own=Month(2026, 4), header=None) == Month(2026, 4)
