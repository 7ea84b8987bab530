"""Files of one document are held against each other and against their invoice, whichever of them comes last."""

from __future__ import annotations

import pytest

from saldo.charges import history
from tests.microsoft_files import AZURE, day, header, legacy_day, legacy_usage, licence, seats, usage, write_csv
from tests.rooms.importing import Postman

PASSED, TOLERATED, FAILED = (1, 0, 0), (0, 1, 0), (0, 0, 1)


class TestInvoiceTotal:
    @pytest.mark.parametrize("is_header_first", [True, False])
    def test_the_rows_come_to_the_invoice_on_both_sides(self, postman: Postman, is_header_first: bool) -> None:
        bring = [lambda: postman.bring(seats()), lambda: postman.bring_header(header())]
        for one in reversed(bring) if is_header_first else bring:
            one()
        assert postman.checks(1)["I7"] == postman.checks(2)["I7"] == PASSED

    def test_a_missing_row_is_found(self, postman: Postman) -> None:
        postman.bring_header(header(total="720.00"))
        postman.bring(seats())
        assert postman.checks(2)["I7"] == FAILED
        opened = history.get_delivery(company=postman.company, delivery=postman.delivery(2))
        (check,) = (check for check in opened.checks if check.code == "I7")
        assert (check.samples[0]["expected"], check.samples[0]["seen"]) == ("720", "360")

    def test_it_is_asked_anew_when_the_file_is_replaced(self, postman: Postman) -> None:
        postman.bring_header(header(total="720.00"))
        postman.bring(seats())
        postman.bring(seats(seats=20))
        assert postman.checks(1)["I7"] == postman.checks(3)["I7"] == PASSED

    def test_a_tax_that_stands_on_the_invoice_only_is_tolerated(self, postman: Postman) -> None:
        postman.bring_header(header(total="450.00"))
        postman.bring(seats())
        assert postman.checks(2)["I7"] == TOLERATED

    def test_taxes_cut_row_by_row_are_tolerated(self, postman: Postman) -> None:
        postman.bring_header(header(total="450.02"))
        postman.bring(seats(TaxTotal="90.00", Total="450.00"))
        assert postman.checks(2)["I7"] == TOLERATED

    @pytest.mark.parametrize("is_header_first", [True, False])
    def test_a_row_in_another_currency_counts_for_nothing(self, postman: Postman, is_header_first: bool) -> None:
        bring = [
            lambda: postman.bring(seats(), seats(Currency="EUR", PricingCurrency="EUR")),
            lambda: postman.bring_header(header(total="720.00")),
        ]
        for one in reversed(bring) if is_header_first else bring:
            one()
        assert postman.checks(1)["I7"] == postman.checks(2)["I7"] == FAILED

    def test_legacy_licences_and_usage_come_to_one_invoice_together(self, postman: Postman) -> None:
        postman.bring_header(header(number="D000000001", on="2026-03-06", total="225.00"))
        postman.bring(licence())
        assert "I1" not in postman.checks(2), "half an invoice says nothing yet"
        postman.bring(legacy_usage())
        assert [postman.checks(place)["I1"] for place in (1, 2, 3)] == [PASSED] * 3

    def test_the_licence_file_finds_its_invoice_also_when_the_header_comes_last(self, postman: Postman) -> None:
        postman.bring(licence())
        postman.bring(legacy_usage())
        postman.bring_header(header(number="D000000001", on="2026-03-06", total="224.00"))
        assert [postman.checks(place)["I1"] for place in (1, 2, 3)] == [FAILED] * 3

    def test_a_credit_note_without_rows_is_taken_off_its_invoice(self, postman: Postman) -> None:
        postman.bring(seats(), seats(seats=1, Subtotal="-36.00", Total="-36.00", ChargeType="cancelImmediate"))
        note = header(number="G000000002", total="-36.00", documentType="adjustment_note", amendsOf="G000000001")
        postman.bring_header(header(), note)
        assert postman.checks(1)["I8"] == PASSED
        assert "I7" not in postman.checks(1)

    def test_a_credit_note_with_rows_of_its_own_is_held_against_those(self, postman: Postman) -> None:
        postman.bring(seats())
        note = header(number="G000000002", total="36.00", documentType="adjustment_note", amendsOf="G000000001")
        postman.bring_header(header(), note)
        postman.bring(seats(InvoiceNumber="G000000002", Subtotal="-36.00", Total="-36.00"))
        assert postman.checks(1)["I7"] == postman.checks(3)["I7"] == PASSED
        assert postman.checks(2)["I7"] == (2, 0, 0)


class TestBalance:
    def test_the_open_balance_is_all_invoices_less_what_was_paid(self, postman: Postman) -> None:
        headers = header(on="2026-03-08", paidAmount="-60.00"), header(number="G000000002", total="100.00")
        postman.bring_header(*headers)
        self._say(postman, "400.00")
        assert postman.checks(1)["I5"] == postman.checks(2)["I5"] == PASSED

    def test_another_balance_is_found(self, postman: Postman) -> None:
        self._say(postman, "401.00")
        postman.bring_header(header(on="2026-03-08"))
        assert postman.checks(1)["I5"] == FAILED

    def test_it_is_not_asked_while_the_first_invoice_is_missing(self, postman: Postman) -> None:
        postman.bring_header(header())
        self._say(postman, "360.00")
        assert "I5" not in postman.checks(2)

    def test_balances_of_two_currencies_in_one_file_are_one_check_of_two(self, postman: Postman) -> None:
        first = "firstInvoiceCreationDate"
        said = {"accountingDate": "2026-04-30", first: "2026-04-08"}
        in_euro = header(number="G000000002", total="100.00", currencyCode="EUR")
        postman.bring_header(header(total="360.00"), in_euro)
        postman.bring_header(
            {"balanceAmount": "360.00", "currencyCode": "SEK"} | said,
            {"balanceAmount": "99.00", "currencyCode": "EUR"} | said,
        )
        assert postman.checks(1)["I5"] == postman.checks(2)["I5"] == (1, 0, 1)
        opened = history.get_delivery(company=postman.company, delivery=postman.delivery(2))
        (sample,) = next(check.samples for check in opened.checks if check.code == "I5")
        assert (sample["group"], sample["expected"], sample["seen"]) == ("EUR", "99", "100")

    def _say(self, postman: Postman, balance: str) -> None:
        said = {"balanceAmount": balance, "currencyCode": "SEK", "accountingDate": "2026-04-30"}
        postman.bring_header(said | {"firstInvoiceCreationDate": "2026-03-08"})


class TestDailyUsage:
    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_days_come_to_what_was_billed_in_money_and_quantity(self, postman: Postman, order: tuple[int, int]) -> None:
        files = (
            write_csv(postman.folder / "r.csv", [usage(consumed="400")]),
            write_csv(postman.folder / "d.csv", [day(used="150"), day(used="250", on="3/11/2026")]),
        )
        for place in order:
            postman.bring_paths(files[place])
        for place in (1, 2):
            assert (postman.checks(place)["I11"], postman.checks(place)["I12"]) == (PASSED, PASSED)

    def test_a_missing_day_is_found_and_its_place_is_the_billed_row(self, postman: Postman) -> None:
        postman.bring(seats(), usage(consumed="400"))
        postman.bring(day(used="150"))
        opened = history.get_delivery(company=postman.company, delivery=postman.delivery(2))
        found = {check.code: check for check in opened.checks if check.failed}
        assert set(found) == {"I11", "I12"}
        (sample,) = found["I12"].samples
        assert (sample["row"], sample["expected"], sample["seen"]) == (2, "400", "150")
        assert history.find_place(company=postman.company, file=sample["file"])[0].kind == "nce-reconciliation"

    def test_a_credit_that_stands_in_the_bill_only_is_tolerated(self, postman: Postman) -> None:
        credit = {"CreditReasonCode": "Azure Credit Offer", "Subtotal": "-100.00", "Total": "-100.00"}
        postman.bring(usage(consumed="400"), usage(consumed="400", ChargeType="customerCredit", **credit))
        postman.bring(day(used="400"))
        assert (postman.checks(2)["I11"], postman.checks(2)["I12"]) == (TOLERATED, PASSED)

    def test_legacy_days_come_to_the_billed_quantity(self, postman: Postman) -> None:
        postman.bring(legacy_usage(consumed="40"))
        postman.bring(legacy_day(consumed="15"), legacy_day(consumed="25", on="2/7/2026"))
        assert postman.checks(1)["I4"] == postman.checks(2)["I4"] == PASSED

    def test_a_legacy_day_too_few_is_found(self, postman: Postman) -> None:
        postman.bring(legacy_usage(consumed="40"), legacy_usage(consumed="7", SubscriptionId=AZURE[::-1]))
        postman.bring(legacy_day(consumed="39"))
        assert postman.checks(1)["I4"] == (0, 0, 2)

    def test_one_portal_file_with_billing_and_daily_rows_is_two_deliveries(self, postman: Postman) -> None:
        billing = write_csv(postman.folder / "b.part", [legacy_usage(consumed="40")]).read_text("utf-8-sig")
        daily = write_csv(postman.folder / "d.part", [legacy_day(consumed="40")]).read_text("utf-8-sig")
        both = postman.folder / "usage.csv"
        both.write_text(f"{billing}\n{daily}", encoding="utf-8")
        results = postman.bring_paths(both)
        assert [(result.state, result.outcome.kind) for result in results] == [
            ("accepted", "legacy-usage"),
            ("accepted", "legacy-usage-daily"),
        ]
        assert postman.checks(2)["I4"] == PASSED
        assert [result.state for result in postman.bring_paths(both)] == ["duplicate", "duplicate"]


class TestCycles:
    def test_licences_are_charged_ahead_and_usage_behind(self, postman: Postman) -> None:
        postman.bring_header(header(number="D000000001", on="2026-03-06", total="1.00"))
        stub = licence(ChargeType="PURCHASE FEE", ChargeStartDate="2/20/2026", ChargeEndDate="3/4/2026")
        postman.bring(licence(), licence(), stub)
        late = legacy_usage(ChargeStartDate="1/5/2026", ChargeEndDate="2/1/2026", Region="EU WEST")
        postman.bring(legacy_usage(), late)
        assert postman.checks(2)["I6"] == (2, 0, 0)
        assert postman.checks(3)["I6"] == (1, 1, 0)

    def test_usage_of_a_time_to_come_is_found(self, postman: Postman) -> None:
        postman.bring_header(header(number="D000000001", on="2026-03-06", total="1.00"))
        postman.bring(legacy_usage(ChargeEndDate="3/20/2026"))
        assert postman.checks(2)["I6"] == FAILED


def test_a_file_in_two_currencies_has_no_total(postman: Postman) -> None:
    result = postman.bring(seats(), seats(Currency="EUR"))
    assert (result.state, result.outcome.currency, result.outcome.total) == ("accepted", "", None)


def test_total_of_daily_usage_keeps_every_digit(postman: Postman) -> None:
    long = "12345678901234567.123456789012345678"
    result = postman.bring(day(BillingPreTaxTotal=long), day(BillingPreTaxTotal="0.000000000000000001"))
    assert str(result.outcome.total) == "12345678901234567.123456789012345679"
