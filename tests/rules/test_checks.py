"""Sums against invoices, credit notes and balances."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saldo.charges.rules.checks import FileSum, judge_balance, judge_invoice_total, judge_with_credit_notes


def rows(gross: str, tax: str = "0") -> FileSum:
    return FileSum(net=Decimal(gross) - Decimal(tax), tax=Decimal(tax), gross=Decimal(gross))


class TestInvoiceTotal:
    @pytest.mark.parametrize(
        ("gross", "tax", "charged", "verdict"),
        [
            ("30154.25", "2615.61", "30154.25", "passed"),
            ("450.00", "90.00", "450.02", "tolerated"),
            ("450.00", "90.00", "460.00", "failed"),
            ("360.00", "0", "450.00", "tolerated"),
            ("360.00", "0", "361.00", "failed"),
        ],
    )
    def test_rows_come_to_the_invoice_or_differ_by_tax_only(
        self, gross: str, tax: str, charged: str, verdict: str
    ) -> None:
        judged = judge_invoice_total(rows=rows(gross, tax), charged=Decimal(charged), currency="USD")
        assert judged == verdict


class TestCreditNotes:
    @pytest.mark.parametrize(("gross", "verdict"), [("324.00", "passed"), ("360.00", "passed"), ("301.00", "failed")])
    @pytest.mark.parametrize("sign", [1, -1])
    def test_rows_come_to_the_invoice_with_or_without_its_notes(self, gross: str, verdict: str, sign: int) -> None:
        judged = judge_with_credit_notes(
            rows=rows(gross), charged=Decimal("360.00"), credited=[sign * Decimal("36.00")], currency="SEK"
        )
        assert judged == verdict


class TestBalance:
    @pytest.mark.parametrize(("balance", "verdict"), [("300.00", "passed"), ("300.01", "failed")])
    def test_all_that_is_open_is_the_balance(self, balance: str, verdict: str) -> None:
        assert judge_balance(balance=Decimal(balance), open_items=[Decimal("100.00"), Decimal("200.00")]) == verdict
