"""When an invoice is dated and due, which invoice a line goes on, and what a fee of our own charges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.agreements.rules.fees import ServiceFee, fee_of_month
from saldo.agreements.rules.terms import USUAL, Group, SplitGroup, Terms, TermsBook, dated_on, due_on, group_of
from saldo.core.periods import Month

JUNE = Month(2026, 6)


class TestWhoseTerms:
    EVERYBODY = Terms(starts_on=date(2026, 1, 1), net_days=20)
    OWN = Terms(debtor="10001", starts_on=date(2026, 3, 1), net_days=60)
    NEWER = Terms(debtor="10001", starts_on=date(2026, 6, 1), net_days=45)
    BOOK = TermsBook.of_rows([NEWER, EVERYBODY, OWN])

    @pytest.mark.parametrize(
        ("debtor", "on", "holds"),
        [
            ("10001", date(2026, 2, 28), EVERYBODY),
            ("10001", date(2026, 5, 31), OWN),
            ("10001", date(2026, 6, 1), NEWER),
            ("10002", date(2026, 6, 1), EVERYBODY),
            ("10002", date(2025, 6, 1), USUAL),
        ],
    )
    def test_own_terms_come_before_those_of_everybody(self, debtor, on, holds) -> None:
        assert self.BOOK.of(debtor, on) == holds


class TestDays:
    def test_thirty_days_after_the_invoice(self) -> None:
        assert due_on(date(2026, 7, 3), 30) == date(2026, 8, 2)

    @pytest.mark.parametrize(
        ("month", "day", "dated"),
        [(JUNE, 0, date(2026, 7, 8)), (JUNE, 5, date(2026, 7, 5)), (Month(2026, 1), 31, date(2026, 2, 28))],
    )
    def test_the_agreed_day_of_the_month_after_or_the_day_of_issue(self, month, day, dated) -> None:
        assert dated_on(Terms(invoice_day=day), month=month, issued_on=date(2026, 7, 8)) == dated


class TestGroups:
    SPLIT = Terms(
        grouping="split",
        purchase_order="PO-1",
        split=(
            SplitGroup(name="School", subscriptions=frozenset({"s1"})),
            SplitGroup(name="Library", purchase_order="PO-2", tags=frozenset({"library"})),
        ),
    )

    @pytest.mark.parametrize(
        ("terms", "subscription", "tags", "group"),
        [
            (Terms(purchase_order="PO-1"), "s1", (), Group("", "", "PO-1")),
            (Terms(grouping="tenant"), "s1", (), Group("tenant:t1", "", "")),
            (Terms(grouping="subscription"), "s1", (), Group("subscription:s1", "", "")),
            (Terms(grouping="subscription"), "", (), Group("", "", "")),
            (SPLIT, "s1", ("library",), Group("split:School", "School", "PO-1")),
            (SPLIT, "s2", ("library",), Group("split:Library", "Library", "PO-2")),
            (SPLIT, "s2", (), Group("", "", "PO-1")),
        ],
    )
    def test_a_line_goes_on_the_invoice_of_its_group(self, terms, subscription, tags, group) -> None:
        assert group_of(terms, tenant="t1", subscription=subscription, tags=tags) == group


class TestFees:
    def fee(self, starts_on: date, ends_before: date | None = None) -> ServiceFee:
        return ServiceFee(
            code="support",
            name="Support",
            debtor="10001",
            quantity=Decimal(2),
            unit_price=Decimal("150.25"),
            currency="EUR",
            starts_on=starts_on,
            ends_before=ends_before,
        )

    @pytest.mark.parametrize(
        ("starts_on", "ends_before", "net"),
        [
            (date(2026, 1, 1), None, "300.50"),
            (date(2026, 6, 21), None, "100.17"),
            (date(2026, 1, 1), date(2026, 6, 11), "100.17"),
            (date(2026, 1, 1), date(2026, 7, 1), "300.50"),
        ],
    )
    def test_a_part_of_a_month_pays_its_days(self, starts_on, ends_before, net) -> None:
        charged = fee_of_month(self.fee(starts_on, ends_before), JUNE)
        assert charged is not None
        assert charged.net == Decimal(net)

    @pytest.mark.parametrize(
        ("starts_on", "ends_before"), [(date(2026, 7, 1), None), (date(2026, 1, 1), date(2026, 6, 1))]
    )
    def test_a_month_outside_pays_nothing(self, starts_on, ends_before) -> None:
        assert fee_of_month(self.fee(starts_on, ends_before), JUNE) is None

    @given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 3, 31)))
    def test_the_months_of_a_fee_hold_each_of_its_days_once(self, first, last) -> None:
        first, last = min(first, last), max(first, last)
        months = [Month(2026, 1).plus(index) for index in range(15)]
        charged = [fee_of_month(self.fee(first, last), month) for month in months]
        assert sum(one.period.days for one in charged if one) == (last - first).days
        assert all(0 < one.part <= Fraction(1) for one in charged if one)
