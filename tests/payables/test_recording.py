"""What Microsoft wants stands in the books once, follows its files, and is corrected by mirror only."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from saldo.audit import models
from saldo.charges.actions import withdraw_delivery
from saldo.core.clock import FixedClock
from saldo.flows.payables_follow import follow
from saldo.ledger.queries import balances, sum_open
from saldo.payables.actions.recording import Recorded
from saldo.payables.queries import get_payable, list_payables
from saldo.ports.world import World
from tests.conftest import NOW
from tests.microsoft_files import header, licence, seats
from tests.rooms.importing import NoQueue, Postman

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "recon"
TODAY = NOW.date()


def followed(postman: Postman) -> Recorded:
    return follow(company=postman.company, world=World(clock=FixedClock(NOW), queue=NoQueue()))


def money(postman: Postman, on: date = TODAY) -> dict[str, str]:
    return {one.account: f"{one.value:.2f}" for one in balances(company=postman.company, on=on)}


def acts(postman: Postman) -> Counter[str]:
    return Counter(entry.code for entry in models.Entry.objects.filter(company=postman.company))


def owed(postman: Postman, on: date = TODAY) -> dict[str, str]:
    return {one.document: f"{one.open:.2f}" for one in list_payables(company=postman.company, today=on)}


class TestOneDocument:
    def test_an_invoice_becomes_cost_input_tax_and_a_debt(self, postman: Postman) -> None:
        postman.bring(seats(TaxTotal="90.00", Total="450.00"))
        postman.bring_header(header(total="450.00"))
        assert money(postman) == {"cost": "360.00", "input-tax": "90.00", "microsoft": "-450.00"}
        shown = get_payable(company=postman.company, document="g000000001", today=TODAY)
        assert (shown.kind, shown.source, shown.net, shown.tax) == ("invoice", "header", Decimal(360), Decimal(90))
        assert (shown.invoiced_on, shown.due_on, shown.is_due_assumed) == (date(2026, 4, 8), date(2026, 6, 7), True)
        assert shown.tie_out.ties

    def test_told_again_nothing_changes(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring_header(header())
        again = followed(postman)
        assert (again.new, again.corrected, again.gone, again.allocated) == (0, 0, 0, 0)
        assert money(postman) == {"cost": "360.00", "microsoft": "-360.00"}

    def test_rows_without_a_header_are_owed_as_they_are_and_not_yet_to_be_approved(self, postman: Postman) -> None:
        postman.bring(seats())
        shown = get_payable(company=postman.company, document="G000000001", today=TODAY)
        assert (shown.source, shown.is_due_assumed, shown.gross) == ("lines", True, Decimal(360))
        assert shown.invoiced_on == date(2026, 4, 1)  # the earliest that it can be
        assert shown.tie_out.code == "payables.tie-out.no-document"

    def test_a_header_that_comes_later_corrects_by_mirror(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring_header(header(total="450.00", on="2026-04-09"))
        assert acts(postman)["payables.document.corrected"] == 1
        assert owed(postman) == {"G000000001": "450.00"}
        assert money(postman)["microsoft"] == "-450.00"
        shown = get_payable(company=postman.company, document="G000000001", today=TODAY)
        assert shown.due_on == date(2026, 6, 8)
        assert money(postman, date(2026, 5, 11))["microsoft"] == "-360.00"  # the day before knew it no better

    def test_a_replaced_file_changes_what_is_cost_and_what_is_tax(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring_header(header(total="450.00"))
        assert money(postman) == {"cost": "450.00", "microsoft": "-450.00"}  # nothing tells them apart yet
        postman.bring(seats(TaxTotal="90.00", Total="450.00"))
        followed(postman)
        assert money(postman) == {"cost": "360.00", "input-tax": "90.00", "microsoft": "-450.00"}

    def test_a_file_taken_out_takes_its_debt_with_it_and_brings_it_back(self, postman: Postman) -> None:
        from saldo.charges.actions import take_back_delivery

        postman.bring(seats())
        delivery = postman.delivery(1)
        withdraw_delivery(company=postman.company, delivery=delivery, reason="wrong", actor="test", at=NOW)
        assert followed(postman).gone == 1
        assert (money(postman), owed(postman)) == ({}, {"G000000001": "0.00"})
        take_back_delivery(company=postman.company, delivery=delivery, reason="right", actor="test", at=NOW)
        followed(postman)
        assert money(postman) == {"cost": "360.00", "microsoft": "-360.00"}

    def test_a_licence_file_without_a_number_is_owed_until_its_invoice_is_known(self, postman: Postman) -> None:
        postman.bring(licence())
        assert owed(postman) == {"UNNUMBERED-2026-03-SEK": "125.00"}
        postman.bring_header(header(number="D000000001", total="125.00", on="2026-03-06"))
        assert {document: value for document, value in owed(postman).items() if value != "0.00"} == {
            "D000000001": "125.00"
        }
        assert money(postman)["microsoft"] == "-125.00"

    def test_rows_of_two_currencies_are_named_and_not_owed(self, postman: Postman) -> None:
        postman.bring(seats(), seats(Currency="EUR", PricingCurrency="EUR"))
        (problem,) = followed(postman).problems
        assert problem.code == "payables.document.several-currencies"
        assert owed(postman) == {}

    def test_a_document_that_comes_again_in_two_currencies_is_not_gone(self, postman: Postman) -> None:
        postman.bring(seats())
        postman.bring(seats(), seats(Currency="EUR", PricingCurrency="EUR"))
        again = followed(postman)
        assert [one.code for one in again.problems] == ["payables.document.several-currencies"]
        assert (again.gone, owed(postman)) == (0, {"G000000001": "360.00"})
        assert acts(postman)["payables.document.gone"] == 0

    def test_beside_a_header_rows_of_another_currency_come_to_nothing(self, postman: Postman) -> None:
        postman.bring(seats(), seats(Currency="EUR", PricingCurrency="EUR"))
        postman.bring_header(header(total="720.00"))
        (shown,) = list_payables(company=postman.company, today=TODAY)
        assert (shown.currency, shown.gross, shown.tie_out.lines) == ("SEK", 720, 360)
        assert (shown.tie_out.code, shown.tie_out.rest) == ("payables.tie-out.rest", 360)


class TestGraph:
    def test_a_void_takes_back_all_and_a_rebill_takes_its_place(self, postman: Postman) -> None:
        postman.bring_header(
            header(),
            header(number="G000000002", documentType="void_note", amendsOf="G000000001", total="0"),
            header(number="G000000003", amendsOf="G000000001", total="300.00"),
        )
        assert owed(postman) == {"G000000001": "0.00", "G000000002": "0.00", "G000000003": "300.00"}
        kinds = {one.document: one.kind for one in list_payables(company=postman.company, today=TODAY)}
        assert kinds == {"G000000001": "invoice", "G000000002": "void", "G000000003": "rebill"}

    def test_a_credit_note_lowers_what_it_amends(self, postman: Postman) -> None:
        postman.bring_header(
            header(), header(number="G000000002", documentType="adjustment_note", amendsOf="G000000001", total="60.00")
        )
        followed(postman)
        assert owed(postman) == {"G000000001": "300.00", "G000000002": "0.00"}

    def test_what_amends_nothing_we_know_stays_our_credit(self, postman: Postman) -> None:
        postman.bring_header(
            header(), header(number="G000000002", documentType="adjustment_note", amendsOf="G000000009", total="60.00")
        )
        followed(postman)
        assert owed(postman) == {"G000000001": "360.00", "G000000002": "-60.00"}
        levels = {one.document: one.level for one in list_payables(company=postman.company, today=TODAY)}
        assert levels["G000000002"] == "credit"

    def test_an_invoice_called_void_without_a_note_comes_to_nothing(self, postman: Postman) -> None:
        postman.bring_header(header())
        postman.bring_header(header(Status="void"))
        assert (owed(postman), money(postman)) == ({"G000000001": "0.00"}, {})


@pytest.mark.skipif(not DATA.is_dir(), reason="the recorded invoices are not on this machine")
class TestRealInvoices:
    def test_eighteen_documents_come_to_the_balance_that_microsoft_says(self, postman: Postman) -> None:
        postman.bring_paths(DATA / "legacy_invoices_list_18.json", DATA / "legacy_account_summary.json")
        followed(postman)
        shown = list_payables(company=postman.company, today=date(2016, 3, 6))
        assert len(shown) == 18
        assert sum((one.open for one in shown), Decimal(0)) == Decimal("250142.84")
        owing = sum_open(company=postman.company, account="microsoft", as_of=date(2016, 3, 6))
        assert owing == {"USD": Decimal("-250142.84")}
        assert {one.document: one.level for one in shown}["D080002CPL"] == "far"
        assert {one.document: one.level for one in shown}["D080002CHM"] == "passed"  # due this Sunday
        assert shown[0].level == "suspension-near"

    def test_the_whole_invoice_ties_out_to_the_cent(self, postman: Postman) -> None:
        names = ("office_billinglineitems", "azure_billinglineitems", "azure_usagelineitems", "invoice")
        postman.bring_paths(*(DATA / f"legacy_D080002CPL_{name}.json" for name in names))
        followed(postman)
        shown = get_payable(company=postman.company, document="D080002CPL", today=date(2016, 3, 7))
        sums = shown.tie_out
        assert sums.ties
        assert (sums.total, sums.lines, sums.rest) == (Decimal("30154.25"), Decimal("27538.64"), 0)
        assert sums.total == sums.lines + sums.named + sums.tax + sums.tax_cuts + sums.rest
        assert (shown.invoiced_on, shown.due_on) == (date(2016, 3, 6), date(2016, 5, 5))
        assert money(postman)["microsoft"] == "-30154.25"
