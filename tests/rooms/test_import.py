"""A file arrives: it counts once, in one version, in one month; what is refused changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saldo.audit.models import Entry
from saldo.charges import actions, history, models
from saldo.charges.queries import find_month_of_document, sum_by_customer
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.generator.generation import generate
from saldo.parties.queries import list_customers
from tests.conftest import NOW
from tests.microsoft_files import (
    HAVSBRIS,
    SODER,
    day,
    header,
    legacy_usage,
    licence,
    seats,
    usage,
    write_csv,
    write_json,
)
from tests.rooms.importing import MARCH, Postman

APRIL = Month(2026, 4)


class TestArrival:
    def test_a_file_is_accepted_and_its_lines_are_in_the_bill(self, postman: Postman) -> None:
        result = postman.bring(seats(seats=10), seats(customer=SODER, seats=2))
        assert (result.state, result.outcome.rows, result.outcome.lines) == ("accepted", 2, 2)
        assert result.outcome.total == Decimal("432.00")
        assert postman.amounts() == ["360.00"]
        assert postman.amounts(customer=SODER) == ["72.00"]

    def test_it_teaches_the_names_of_its_customers(self, postman: Postman) -> None:
        postman.bring(seats(), seats(customer=SODER))
        assert [customer.name for customer in list_customers(company=postman.company)] == [
            "Havsbris Hotell AB",
            "Söder & Co",
        ]

    def test_the_same_content_twice_changes_nothing_whatever_it_is_called(self, postman: Postman) -> None:
        postman.bring(seats(), name="march.csv")
        again = postman.bring(seats(), name="march-copy.csv")
        assert again.state == "duplicate"
        assert again.outcome.total == Decimal("360.00")
        assert postman.states() == ["counts"]
        assert postman.amounts() == ["360.00"]

    def test_other_content_of_the_same_document_takes_its_place_and_the_old_one_stays_readable(
        self, postman: Postman
    ) -> None:
        postman.bring(seats(seats=10))
        assert postman.bring(seats(seats=11)).state == "replaced"
        assert postman.states() == ["superseded", "counts"]
        assert postman.amounts() == ["396.00"]
        opened = history.get_delivery(company=postman.company, delivery=postman.delivery(1))
        assert (opened.seen.total, len(opened.versions)) == (Decimal("360.00"), 2)

    def test_two_documents_of_a_month_add_up(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring(seats(seats=1, InvoiceNumber="G000000002"))
        assert sorted(postman.amounts()) == ["36.00", "360.00"]
        (total,) = sum_by_customer(company=postman.company, month=MARCH)
        assert (total.net, total.lines) == (Decimal("396.000"), 2)

    def test_a_licence_file_that_names_no_invoice_replaces_the_one_of_its_month(self, postman: Postman) -> None:
        postman.bring(licence())
        assert postman.bring(licence(amount="120.00", tax="30.00")).state == "replaced"
        next_month = licence(ChargeStartDate="4/5/2026", ChargeEndDate="5/4/2026")
        assert postman.bring(next_month).state == "accepted"
        assert postman.amounts() == ["120.00"]
        assert postman.amounts(month=APRIL) == ["100.00"]

    def test_the_stub_of_a_cycle_belongs_to_the_month_of_the_next_cycle(self, postman: Postman) -> None:
        postman.bring(licence(ChargeStartDate="2/20/2026", ChargeEndDate="3/4/2026", ChargeType="PURCHASE FEE"))
        assert postman.amounts(month=MARCH) == ["100.00"]

    def test_every_arrival_stands_in_the_audit_log_and_in_the_history(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring(seats(seats=11))
        codes = list(
            Entry.objects.filter(subject__startswith="delivery:").order_by("id").values_list("code", flat=True)
        )
        assert codes == ["charges.delivery.imported", "charges.delivery.replaced"]
        assert list(models.Attempt.objects.order_by("id").values_list("state", flat=True)) == ["accepted", "replaced"]


class TestRefusal:
    def test_a_file_whose_money_cannot_be_read_changes_nothing_but_the_history(self, postman: Postman) -> None:
        result = postman.bring(seats(), seats(Subtotal="12,4O"))
        assert (result.state, result.code) == ("refused", "charges.file.bad-cell")
        assert (result.facts["row"], result.facts["column"], result.facts["seen"]) == (2, "Subtotal", "12,4O")
        assert postman.states() == []
        assert list_customers(company=postman.company) == ()
        (attempt,) = history.list_fruitless_attempts(company=postman.company, limit=5)
        assert (attempt.state, attempt.code) == ("refused", "charges.file.bad-cell")

    def test_an_amount_finer_than_its_currency_is_refused_since_nothing_is_rounded(self, postman: Postman) -> None:
        result = postman.bring(seats(Subtotal="360.005"))
        assert (result.code, result.facts["why"]) == ("charges.file.bad-cell", "charges.line.too-many-digits")

    def test_yen_have_no_hundredths_and_dinars_have_thousandths(self, postman: Postman) -> None:
        assert postman.bring(seats(Currency="JPY", Subtotal="360.5")).state == "refused"
        assert postman.bring(seats(Currency="KWD", Subtotal="360.125", InvoiceNumber="G000000009")).state == "accepted"

    def test_rows_of_several_invoices_in_one_file_are_refused_with_their_numbers(self, postman: Postman) -> None:
        result = postman.bring(seats(), seats(InvoiceNumber="G000000002"))
        assert (result.code, result.facts["seen"]) == ("charges.file.several-documents", "G000000001, G000000002")

    def test_figures_too_large_to_add_up_are_refused(self, postman: Postman) -> None:
        row = seats(Subtotal="99999999999999999999", Total="99999999999999999999")
        assert postman.bring(row, row).code == "charges.file.too-large-sum"

    def test_a_text_that_no_database_takes_refuses_the_file_and_leaves_nothing(self, postman: Postman) -> None:
        rows = [seats(OrderId="x" * 5000), seats(ProductName="Office\x00365")]
        assert postman.bring(*rows).code == "charges.file.unstorable"
        assert postman.states() == []
        assert list_customers(company=postman.company) == ()

    def test_a_refused_file_does_not_stop_the_others(self, postman: Postman) -> None:
        good = write_csv(postman.folder / "b.csv", [seats()])
        (postman.folder / "a.csv").write_text("<html>Sign in</html>")
        (postman.folder / "c.csv").write_text("a,b\n1,2\n")
        states = {result.path.rsplit("/", 1)[1]: result.state for result in postman.bring_paths(postman.folder)}
        assert states == {"a.csv": "refused", good.name: "accepted", "c.csv": "refused"}

    def test_a_path_that_is_not_there_is_refused_by_name(self, postman: Postman) -> None:
        (result,) = postman.bring_paths(postman.folder / "nothing.csv")
        assert (result.state, result.code, result.sha256) == ("refused", "charges.file.missing", "")


class TestProblems:
    def test_a_row_with_an_unreadable_cell_is_no_line_but_its_money_stays_in_the_bill(self, postman: Postman) -> None:
        result = postman.bring(seats(), seats(seats=1, OrderDate="31/31/2026", ReferenceId="x"))
        outcome = result.outcome
        assert (result.state, outcome.rows, outcome.lines) == ("accepted", 2, 1)
        assert [(one.code, one.row, one.column, one.seen) for one in outcome.problems] == [
            ("charges.line.bad-day", 2, "OrderDate", "31/31/2026")
        ]
        assert outcome.total == Decimal("396.00")
        assert sorted(postman.amounts()) == ["36.00", "360.00"]

    def test_an_unknown_column_is_kept(self, postman: Postman) -> None:
        assert postman.bring(seats(SomethingNew="x")).state == "accepted"


class TestNames:
    def test_usage_that_knows_its_customer_by_name_only_joins_that_customer(self, postman: Postman) -> None:
        postman.bring(legacy_usage(CustomerId="", InvoiceNumber="D000000001", CustomerCompanyName="HAVSBRIS HOTELL AB"))
        assert [customer.key for customer in list_customers(company=postman.company)] == ["name:havsbris hotell ab"]
        postman.bring(licence(ChargeStartDate="2/5/2026", ChargeEndDate="3/4/2026"))
        assert [customer.key for customer in list_customers(company=postman.company)] == [HAVSBRIS]
        assert postman.amounts(month=Month(2026, 2)) == ["80.00", "100.00"]

    def test_two_customers_of_that_name_leave_it_open(self, postman: Postman) -> None:
        postman.bring(seats(), seats(customer=SODER, CustomerName="Havsbris Hotell AB"))
        postman.bring(legacy_usage(CustomerId=""))
        keys = [customer.key for customer in list_customers(company=postman.company)]
        assert sorted(keys) == sorted([HAVSBRIS, SODER, "name:havsbris hotell ab"])


class TestEstimates:
    def test_unbilled_rows_add_to_no_bill(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        assert postman.amounts() == []
        assert postman.amounts(with_estimates=True) == ["360.00"]

    def test_the_billed_file_takes_the_place_of_the_estimate_of_its_month(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        assert postman.bring(seats(seats=12)).state == "accepted"
        assert postman.states() == ["superseded", "counts"]
        assert postman.amounts(with_estimates=True) == ["432.00"]
        assert postman.checks(2)["I15"] == (1, 0, 0)

    def test_an_estimate_that_comes_too_late_counts_nowhere(self, postman: Postman) -> None:
        postman.bring(seats(seats=12))
        assert postman.bring(seats(InvoiceNumber="")).state == "accepted"
        assert postman.states() == ["counts", "superseded"]

    def test_an_estimate_of_another_month_stays(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber="", OrderDate="4/4/2026"))
        postman.bring(seats())
        assert postman.states() == ["counts", "counts"]

    def test_a_newer_estimate_replaces_the_older_one(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        assert postman.bring(seats(InvoiceNumber="", seats=11)).state == "replaced"
        assert postman.amounts(with_estimates=True) == ["396.00"]

    @pytest.mark.parametrize("currencies", [("SEK", "EUR"), ("EUR", "SEK")])
    def test_an_estimate_in_two_currencies_never_stands_beside_what_was_billed(
        self, postman: Postman, currencies: tuple[str, str]
    ) -> None:
        postman.bring(*(seats(InvoiceNumber="", Currency=currency) for currency in currencies))
        postman.bring(seats())
        assert postman.states() == ["superseded", "counts"]
        assert postman.checks(2)["I15"] == (1, 0, 0)

    def test_unbilled_daily_usage_leaves_the_estimate_of_the_bill_alone(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        postman.bring(day())
        assert postman.states() == ["counts", "counts"]


class TestMonths:
    def test_without_a_header_a_document_has_the_month_of_most_of_its_orders(self, postman: Postman) -> None:
        postman.bring(seats(OrderDate="2/27/2026"), seats(), seats())
        assert find_month_of_document(company=postman.company, document="g000000001") == MARCH

    @pytest.mark.parametrize("is_header_first", [True, False])
    def test_the_header_decides_whenever_it_comes(self, postman: Postman, is_header_first: bool) -> None:
        april = header(billingPeriodStartDate="2026-04-01T00:00:00Z")
        if is_header_first:
            postman.bring_header(april)
        postman.bring(seats())
        if not is_header_first:
            postman.bring_header(april)
        assert postman.amounts(month=APRIL) == ["360.00"]
        assert postman.amounts(month=MARCH) == []

    def test_a_legacy_document_has_the_month_of_its_invoice(self, postman: Postman) -> None:
        postman.bring(licence(InvoiceNumber="D000000001", ChargeStartDate="2/5/2026", ChargeEndDate="3/4/2026"))
        postman.bring_header(header(number="D000000001", on="2026-03-06", total="125.00"))
        assert postman.amounts(month=MARCH) == ["100.00"]

    def test_an_estimate_follows_when_the_billed_month_moves(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        postman.bring(seats())
        postman.bring_header(header(billingPeriodStartDate="2026-04-01T00:00:00Z"))
        assert postman.states() == ["counts", "counts", "counts"]

    def test_a_later_header_of_the_same_invoice_takes_the_place_of_the_first(self, postman: Postman) -> None:
        postman.bring_header(header())
        assert postman.bring_header(header(paidAmount="360.00")).state == "replaced"


class TestDeciding:
    def test_taking_a_version_out_lets_the_one_before_count_again(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        postman.bring(seats(seats=11))
        self._withdraw(postman, 2)
        assert postman.states() == ["counts", "withdrawn"]
        assert postman.amounts() == ["360.00"]

    def test_taking_the_billed_file_out_lets_the_estimate_count_again(self, postman: Postman) -> None:
        postman.bring(seats(InvoiceNumber=""))
        postman.bring(seats())
        self._withdraw(postman, 2)
        assert postman.states() == ["counts", "withdrawn"]

    def test_taking_a_header_out_gives_the_document_its_own_month_again(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring_header(header(billingPeriodStartDate="2026-04-01T00:00:00Z"))
        self._withdraw(postman, 2)
        assert postman.amounts(month=MARCH) == ["360.00"]
        assert "I7" not in postman.checks(1)

    def test_what_was_taken_out_stays_out_when_the_same_file_comes_again(self, postman: Postman) -> None:
        postman.bring(seats())
        self._withdraw(postman, 1)
        assert postman.bring(seats()).state == "duplicate"
        assert postman.amounts() == []

    def test_a_reason_and_the_log_keep_what_was_decided(self, postman: Postman) -> None:
        postman.bring(seats())
        accepted = {"reason": "Microsoft says so", "actor": "user:1", "at": NOW}
        actions.accept_delivery(company=postman.company, delivery=postman.delivery(1), **accepted)
        seen = history.get_delivery(company=postman.company, delivery=postman.delivery(1)).seen
        assert (seen.state, seen.accepted_because) == ("counts", "Microsoft says so")
        entry = Entry.objects.latest("id")
        assert (entry.code, entry.actor, entry.facts["reason"]) == (
            "charges.delivery.accepted",
            "user:1",
            "Microsoft says so",
        )

    def test_nothing_is_decided_about_what_does_not_count(self, postman: Postman) -> None:
        postman.bring(seats(seats=10))
        postman.bring(seats(seats=11))
        with pytest.raises(Refused, match="not-counting"):
            self._withdraw(postman, 1)
        with pytest.raises(Refused, match="unknown"):
            actions.withdraw_delivery(company=postman.company, delivery=0, reason="x", actor="user:1", at=NOW)

    def _withdraw(self, postman: Postman, place: int) -> None:
        actions.withdraw_delivery(
            company=postman.company, delivery=postman.delivery(place), reason="wrong file", actor="user:1", at=NOW
        )


class TestPages:
    def test_pages_of_one_answer_are_one_delivery_and_each_is_a_file_of_its_own(self, postman: Postman) -> None:
        for number, count in ((1, 10), (2, 5)):
            write_json(postman.folder / f"lines-{number}.json", {"items": [seats(seats=count)], "links": {}})
        results = postman.bring_paths(postman.folder)
        assert [(result.state, result.outcome.total) for result in results] == [
            ("accepted", Decimal("360.00")),
            ("accepted", Decimal("180.00")),
        ]
        assert postman.states() == ["counts"]
        assert sorted(postman.amounts()) == ["180.00", "360.00"]

    def test_a_page_saved_twice_is_one_page(self, postman: Postman) -> None:
        for number in (1, 2):
            write_json(postman.folder / f"lines-{number}.json", {"items": [seats()], "links": {}})
        assert [result.state for result in postman.bring_paths(postman.folder)] == ["accepted", "duplicate"]
        assert postman.amounts() == ["360.00"]
        assert [result.state for result in postman.bring_paths(postman.folder)] == ["duplicate", "duplicate"]

    def test_an_exchange_rate_is_one_over_all_pages(self, postman: Postman) -> None:
        for number, rate in ((1, "10.5"), (2, "10.6")):
            row = usage(PricingCurrency="USD", PCToBCExchangeRate=rate)
            write_json(postman.folder / f"lines-{number}.json", {"items": [row], "links": {}})
        postman.bring_paths(postman.folder)
        assert postman.checks(1)["I14"] == (0, 0, 1)


class TestFolders:
    def test_the_files_of_a_synthetic_partner_come_in_as_a_folder_without_their_truth(self, postman: Postman) -> None:
        generate(folder=postman.folder, customers=2, months=1, seed=5, start=MARCH)
        assert (postman.folder / "truth.json").exists()
        results = postman.bring_paths(postman.folder)
        assert {result.state for result in results} == {"accepted"}
        failed = [check for result in results for check in result.outcome.checks if check.failed]
        assert failed == []

    def test_a_folder_within_a_folder_is_walked_and_hidden_files_are_left_alone(self, postman: Postman) -> None:
        (postman.folder / "march").mkdir()
        write_csv(postman.folder / "march" / "lines.csv", [seats()])
        (postman.folder / ".DS_Store").write_bytes(b"\x00")
        assert [result.state for result in postman.bring_paths(postman.folder)] == ["accepted"]
