"""`saldo bill` shows what Microsoft charges for a customer in a month, each line with the row it comes from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.cli.commands import parser
from saldo.cli.table import lay_out, width
from saldo.core.periods import Month
from tests.cli.asking import a_delivery, a_line
from tests.cli.conftest import CUSTOMER

APRIL = Month(2026, 4)
BILL = ("bill", "--customer", CUSTOMER, "--month", "2026-04")


class TestTheDocument:
    def test_has_every_line_with_its_source_and_a_total_in_minor_digits(self, asker):
        file = a_delivery(
            company=asker.company,
            month=APRIL,
            lines=[
                a_line(),
                a_line(charge_type="removeQuantity", quantity=Decimal("2"), amount="-33.03", unit_price=Decimal("36")),
            ],
        )
        assert asker.ask(*BILL).document == {
            "customer": CUSTOMER,
            "customer_name": "Havsbris Hotell AB",
            "currency": "SEK",
            "side": "cost",
            "month": "2026-04",
            "total": "326.97",
            "lines": [
                {
                    "product": "Microsoft 365 E3",
                    "subscription": "s-1",
                    "charge_type": "cycleFee",
                    "quantity": "10",
                    "unit_price": "36.00",
                    "amount": "360.00",
                    "document": "G000000001",
                    "source": {"file": file, "row": 1},
                },
                {
                    "product": "Microsoft 365 E3",
                    "subscription": "s-1",
                    "charge_type": "removeQuantity",
                    "quantity": "2",
                    "unit_price": "36.00",
                    "amount": "-33.03",
                    "document": "G000000001",
                    "source": {"file": file, "row": 2},
                },
            ],
        }

    def test_writes_no_minor_digits_where_the_currency_has_none_and_fine_prices_as_they_are(self, asker):
        usage = a_line(
            amount="120",
            currency="JPY",
            pricing_currency="USD",
            unit_price=Decimal("0.0000125"),
            quantity=Decimal("1E+3"),
        )
        a_delivery(company=asker.company, month=APRIL, lines=[usage])
        document = asker.ask(*BILL).document
        assert document["total"] == "120"
        line = document["lines"][0]
        assert (line["amount"], line["unit_price"], line["quantity"]) == ("120", "0.0000125", "1000")

    def test_of_a_month_without_charges_is_empty_in_the_companys_currency(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line(customer="22222222-2222-2222-2222-222222222222")])
        answer = asker.ask(*BILL)
        assert (answer.document["total"], answer.document["lines"], answer.document["currency"]) == ("0.00", [], "SEK")
        assert "No charges." in answer.text

    def test_adds_up_to_every_invoice_of_files_in_microsofts_formats(self, imported):
        asker, truth = imported
        sums = dict.fromkeys((invoice["month"] for invoice in truth["invoices"]), Decimal(0))
        for month in sums:
            for customer in truth["customers"]:
                document = asker.ask("bill", "--customer", customer["id"], "--month", month).document
                assert Decimal(document["total"]) == sum(Decimal(line["amount"]) for line in document["lines"])
                sums[month] += Decimal(document["total"])
        for month, total in sums.items():
            assert total == sum(Decimal(i["total"]) for i in truth["invoices"] if i["month"] == month)


class TestWhatCounts:
    def test_estimates_are_left_out_until_asked_for_and_then_marked(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line()])
        a_delivery(company=asker.company, month=APRIL, document="", is_estimated=True, lines=[a_line(amount="40.00")])
        assert asker.ask(*BILL).document["total"] == "360.00"
        answer = asker.ask(*BILL, "--estimate")
        assert answer.document["total"] == "400.00"
        assert [line.get("estimated") for line in answer.document["lines"]] == [None, True]
        assert "Microsoft 365 E3 (estimate)" in answer.text

    def test_a_month_of_estimates_alone_is_there_only_when_they_are_asked_for(self, asker):
        a_delivery(company=asker.company, month=APRIL, document="", is_estimated=True, lines=[a_line()])
        assert asker.ask(*BILL).code == "explain.month.none"
        assert asker.ask(*BILL, "--estimate").document["total"] == "360.00"

    def test_daily_usage_never_adds_to_a_bill(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line()])
        a_delivery(company=asker.company, month=APRIL, kind="nce-daily-usage", lines=[a_line(amount="5.00")])
        assert asker.ask(*BILL).document["total"] == "360.00"


class TestRefusals:
    def test_several_currencies_are_refused_with_the_list_until_one_is_named(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line(), a_line(currency="EUR", amount="31.20")])
        refused = asker.ask(*BILL)
        assert (refused.code, refused.facts) == ("explain.currency.several", {"currencies": ["EUR", "SEK"]})
        assert asker.ask(*BILL, "--currency", "eur").document["total"] == "31.20"
        other = asker.ask(*BILL, "--currency", "USD")
        assert (other.code, other.facts["currencies"]) == ("explain.currency.unknown", ["EUR", "SEK"])

    def test_a_month_that_was_not_imported_is_refused_with_those_that_were(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line()])
        refused = asker.ask("bill", "--customer", CUSTOMER, "--month", "2025-04")
        assert (refused.code, refused.facts["months"]) == ("explain.month.unknown", ["2026-04"])

    def test_the_price_side_waits_for_prices(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line()])
        assert asker.ask(*BILL, "--side", "price").code == "explain.side.no-prices"

    def test_a_customer_is_named_by_id_or_exact_name_and_an_unknown_one_is_refused(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line()])
        for name in (CUSTOMER.upper(), "Havsbris Hotell AB"):
            assert asker.ask("bill", "--customer", name, "--month", "2026-04").document["total"] == "360.00"
        assert asker.ask("bill", "--customer", "Havsbris", "--month", "2026-04").code == "parties.customer.unknown"

    def test_a_name_of_two_customers_is_refused_with_both_ids(self, asker):
        from saldo.parties.actions import CustomerSeen, note_customers
        from tests.conftest import NOW

        other = "33333333-3333-3333-3333-333333333333"
        twin = CustomerSeen(key=other, name="Havsbris Hotell AB", domain="", country="SE")
        note_customers(company=asker.company, seen=[twin], at=NOW)
        refused = asker.ask("bill", "--customer", "Havsbris Hotell AB", "--month", "2026-04")
        assert (refused.code, refused.facts["ids"]) == ("parties.customer.several", [CUSTOMER, other])

    @pytest.mark.parametrize("month", ["2026-13", "April", "2026-4", ""])
    def test_a_month_that_is_none_is_wrong_usage(self, month, capsys):
        words = ["bill", "--customer", CUSTOMER, "--month", month]
        with pytest.raises(SystemExit) as left:
            parser(words).parse_args(words)
        assert left.value.code == 2
        assert "--month" in capsys.readouterr().err


class TestTheText:
    def test_is_a_table_with_columns_under_each_other_and_the_total_last(self, asker):
        usage = a_line(
            product_name="Virtual Machines",
            meter_name="D4s v5",
            quantity=Decimal("1460.5"),
            unit_price=Decimal("0.23"),
            pricing_currency="USD",
            amount="3452.17",
            charge_starts_on=date(2026, 4, 1),
            charge_ends_on=date(2026, 4, 1),
        )
        a_delivery(company=asker.company, month=APRIL, lines=[a_line(), usage])
        assert asker.ask(*BILL).text.splitlines() == [
            "Havsbris Hotell AB, April 2026, SEK before tax",
            "",
            "Product                   Days charged        Quantity  Unit price    Amount",
            "Microsoft 365 E3          1 April – 30 April        10       36.00    360.00",
            "Virtual Machines, D4s v5  1 April              1,460.5    0.23 USD  3,452.17",
            "Total                                                               3,812.17",
        ]

    def test_names_a_meter_once(self, asker):
        name = "DATA MANAGEMENT, DATA TRANSFER OUT (GB), DATA TRANSFER OUT (GB)"
        product, _, meter = name.rpartition(", ")
        a_delivery(company=asker.company, month=APRIL, lines=[a_line(product_name=product, meter_name=meter)])
        text = asker.ask(*BILL).text
        assert (product in text, name in text) == (True, False)

    def test_every_digit_of_a_quantity_leaves_the_house(self, asker):
        quantity = Decimal("12345678901234567890.123456789012345678")
        a_delivery(company=asker.company, month=APRIL, lines=[a_line(quantity=quantity)])
        answer = asker.ask(*BILL)
        assert answer.document["lines"][0]["quantity"] == str(quantity)
        assert "12,345,678,901,234,567,890.123456789012345678" in answer.text

    def test_speaks_the_language_asked_for(self, asker):
        a_delivery(company=asker.company, month=APRIL, lines=[a_line(amount="1360.00")])
        swedish = asker.ask(*BILL, "--lang", "sv").text
        assert swedish.startswith("Havsbris Hotell AB, april 2026, SEK före moms")
        assert swedish.endswith("1\u00a0360,00\n")

    def test_a_chinese_name_takes_two_places_a_letter(self):
        assert (width("许可证"), width("Licens"), width("e\u0301")) == (6, 6, 1)
        assert lay_out(rows=[("许可证", "1"), ("abc", "20")], figures=(False, True)) == ["许可证   1", "abc     20"]
