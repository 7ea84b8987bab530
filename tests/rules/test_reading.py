"""One row as Microsoft sent it becomes one line, or every reason why it is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from saldo.charges.rules.line import LineItem
from saldo.charges.rules.reading import BilledKind, read_row
from saldo.core.identity import FileId
from saldo.core.problems import Place, Problem

AT = Place(file=FileId("f" * 64), row=17)

RECONCILED = {
    "CustomerId": " ORG:835A59A7-1F2B ",
    "InvoiceNumber": "g000055433",
    "Currency": "sek",
    "PricingCurrency": "USD",
    "PCToBCExchangeRate": "10.6174271",
    "Subtotal": "-145.16",
    "TaxTotal": "0.00",
    "UnitPrice": "36",
    "EffectiveUnitPrice": "1.234567e-09",
    "Quantity": "7",
    "BillableQuantity": "5",
    "ChargeType": " addQuantity ",
    "OrderDate": "3/7/2026",
    "ChargeStartDate": "2026-03-07T00:00:00Z",
    "ChargeEndDate": "3/31/2026",
    "SubscriptionEndDate": "0001-01-01",
    "SkuName": "Microsoft 365 E3",
    "ProductQualifiers": '["Trial"]',
    "ReferenceId": "AB-1",
}
USAGE = {
    "CustomerCompanyName": "Havsbris Hotell AB ",
    "Currency": "SEK",
    "PretaxCharges": "5.98",
    "OverageQuantity": "2.5",
    "ListPrice": "2.392",
    "ResourceGuid": "C0FFEE",
    "Region": "EU West",
    "ServiceName": "Storage",
    "ResourceName": "LRS",
}
LICENCE = {
    "CustomerId": "c-1",
    "Currency": "SEK",
    "Amount": "120.00",
    "TotalOtherDiscount": "20.00",
    "Subtotal": "100.00",
    "UnitPrice": "12",
    "Quantity": "10",
    "BillingCycleType": "Annual-Monthly",
}


def a_line(row: dict[str, str], kind: BilledKind) -> LineItem:
    read = read_row(row, kind=kind, at=AT)
    assert isinstance(read, LineItem)
    return read


def the_problems(row: dict[str, str], kind: BilledKind) -> list[tuple[str, str]]:
    read = read_row(row, kind=kind, at=AT)
    assert isinstance(read, tuple)
    return [(problem.place.column, problem.code.removeprefix("charges.line.")) for problem in read]


class TestReconciliation:
    def test_names_are_compared_in_one_spelling_and_figures_keep_every_digit(self) -> None:
        line = a_line(RECONCILED, "nce-reconciliation")
        assert (line.file, line.row) == (AT.file, AT.row)
        assert (line.customer, line.document, line.currency) == ("835a59a7-1f2b", "G000055433", "SEK")
        assert (line.charge_type, line.reference) == ("addQuantity", "ab-1")
        assert (line.amount, line.effective_unit_price) == (Decimal("-145.16"), Decimal("0.000000001234567"))
        assert (line.pricing_currency, line.exchange_rate) == ("USD", Decimal("10.6174271"))

    def test_what_was_billed_goes_before_what_was_ordered(self) -> None:
        assert a_line(RECONCILED, "nce-reconciliation").quantity == 5
        assert a_line(RECONCILED | {"BillableQuantity": ""}, "nce-reconciliation").quantity == 7

    def test_days_come_in_two_spellings_and_the_first_of_the_year_one_is_none(self) -> None:
        line = a_line(RECONCILED, "nce-reconciliation")
        assert (line.ordered_on, line.charge_starts_on) == (date(2026, 3, 7), date(2026, 3, 7))
        assert (line.charge_ends_on, line.term_ends_on) == (date(2026, 3, 31), None)

    def test_a_row_without_an_invoice_is_an_estimate(self) -> None:
        assert not a_line(RECONCILED, "nce-reconciliation").is_estimated
        assert a_line(RECONCILED | {"InvoiceNumber": " "}, "nce-reconciliation").is_estimated

    def test_the_name_of_the_sku_stands_in_for_a_missing_product(self) -> None:
        assert a_line(RECONCILED, "nce-reconciliation").product_name == "Microsoft 365 E3"

    def test_without_a_rate_both_currencies_are_one(self) -> None:
        assert a_line(RECONCILED | {"PCToBCExchangeRate": ""}, "nce-reconciliation").exchange_rate == 1


class TestLegacy:
    def test_an_older_usage_file_names_its_customer_by_its_company(self) -> None:
        assert a_line(USAGE, "legacy-usage").customer == "name:havsbris hotell ab"
        assert a_line(USAGE | {"CustomerId": "X-1"}, "legacy-usage").customer == "x-1"
        assert a_line(USAGE | {"CustomerCompanyName": ""}, "legacy-usage").customer == ""

    def test_a_meter_is_named_by_what_there_is_of_its_names(self) -> None:
        line = a_line(USAGE, "legacy-usage")
        assert (line.product_id, line.availability_id, line.product_name) == ("c0ffee", "EU West", "Storage, LRS")

    def test_the_effective_rate_goes_before_the_list_price(self) -> None:
        assert a_line(USAGE, "legacy-usage").effective_unit_price == Decimal("2.392")
        assert a_line(USAGE | {"PretaxEffectiveRate": "2.3"}, "legacy-usage").effective_unit_price == Decimal("2.3")
        assert a_line(USAGE | {"ListPrice": ""}, "legacy-usage").effective_unit_price == 0

    def test_a_discount_is_already_off_the_subtotal(self) -> None:
        line = a_line(LICENCE, "legacy-license")
        assert (line.amount, line.discount) == (100, 20)

    def test_billing_cycles_are_called_as_new_commerce_calls_them(self) -> None:
        cycles = {"Annual-Monthly": "Annual", "monthly": "Monthly", "": "", "Triennial": "Triennial"}
        for seen, called in cycles.items():
            assert a_line(LICENCE | {"BillingCycleType": seen}, "legacy-license").billing_frequency == called


class TestProblems:
    def test_every_cell_that_cannot_be_read_is_named_once(self) -> None:
        row = RECONCILED | {"Subtotal": " ", "UnitPrice": "12,50", "OrderDate": "31.12.2026", "Currency": ""}
        assert the_problems(row, "nce-reconciliation") == [
            ("Currency", "empty"),
            ("Subtotal", "empty"),
            ("UnitPrice", "bad-number"),
            ("OrderDate", "bad-day"),
        ]

    def test_a_problem_says_where_and_what_was_seen(self) -> None:
        read = read_row(RECONCILED | {"UnitPrice": "12,50"}, kind="nce-reconciliation", at=AT)
        place = Place(file=AT.file, row=17, column="UnitPrice")
        assert read == (Problem(code="charges.line.bad-number", place=place, seen="12,50"),)

    def test_money_finer_than_its_currency_is_never_rounded(self) -> None:
        assert the_problems(RECONCILED | {"TaxTotal": "0.005"}, "nce-reconciliation") == [
            ("TaxTotal", "too-many-digits")
        ]
        assert the_problems(RECONCILED | {"Currency": "JPY", "Subtotal": "1.5"}, "nce-reconciliation") == [
            ("Subtotal", "too-many-digits")
        ]
        assert a_line(RECONCILED | {"Currency": "KWD", "Subtotal": "1.005"}, "nce-reconciliation").amount == Decimal(
            "1.005"
        )

    def test_a_price_with_more_digits_than_there_is_room_for_is_no_price(self) -> None:
        row = RECONCILED | {"UnitPrice": "0.1234567890123456789"}
        assert the_problems(row, "nce-reconciliation") == [("UnitPrice", "too-many-digits")]
