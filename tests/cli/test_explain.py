"""`saldo explain` says why a bill changed, in reasons that add up to the change and name the rows that prove them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from saldo.core.identity import LANGUAGES
from saldo.core.periods import Month
from saldo.explain.queries import explain_months
from tests.cli.asking import a_delivery, a_line
from tests.cli.conftest import CUSTOMER

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
EXPLAIN = ("explain", "--customer", CUSTOMER, "--from", "2026-03", "--to", "2026-04")
IN_MARCH = a_line(charge_starts_on=date(2026, 3, 1), charge_ends_on=date(2026, 3, 31), ordered_on=date(2026, 3, 1))


@pytest.fixture
def two_months(asker):
    """Ten seats in March, eleven in April; gives the asker and both files."""
    eleven = a_line(quantity=Decimal(11), amount="396.00")
    files = (
        a_delivery(company=asker.company, month=MARCH, document="G000000003", lines=[IN_MARCH]),
        a_delivery(company=asker.company, month=APRIL, document="G000000004", lines=[eleven]),
    )
    return asker, files


class TestTheDocument:
    def test_has_the_shape_that_others_rely_on(self, two_months):
        asker, (march, april) = two_months
        document = asker.ask(*EXPLAIN).document
        assert document == {
            "customer": CUSTOMER,
            "customer_name": "Havsbris Hotell AB",
            "currency": "SEK",
            "side": "cost",
            "lang": "en",
            "before": {"period": "2026-03", "total": "360.00"},
            "after": {"period": "2026-04", "total": "396.00"},
            "change": "36.00",
            "reasons": [
                {
                    "code": "seats-added",
                    "variant": "between",
                    "amount": "36.00",
                    "key": "s-1",
                    "subject": "Microsoft 365 E3",
                    "headline": "1 more seat",
                    "text": "Microsoft 365 E3 has 1 more seat than in the bill before (from 10 to 11): +36.00 SEK.",
                    "facts": {"currency": "SEK", "seats": "1", "seats_before": "10", "seats_after": "11"},
                    "lines": [{"file": march, "row": 1}, {"file": april, "row": 1}],
                }
            ],
            "unexplained": "0.00",
        }

    def test_facts_are_texts_days_and_whole_numbers(self, asker):
        a_delivery(company=asker.company, month=MARCH, document="G000000003", lines=[IN_MARCH])
        new = a_line(subscription="s-2", charge_type="new", charge_starts_on=date(2026, 4, 9), amount="264.00")
        a_delivery(company=asker.company, month=APRIL, document="G000000004", lines=[a_line(), new])
        reasons = {reason["code"]: reason for reason in asker.ask(*EXPLAIN).document["reasons"]}
        assert reasons["new-subscription"]["facts"] == {"currency": "SEK", "seats": "10", "on": "2026-04-09"}

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_speaks_the_language_asked_for(self, two_months, lang):
        asker, _ = two_months
        answer = asker.ask(*EXPLAIN, "--lang", lang)
        assert answer.document["lang"] == lang
        assert answer.document["reasons"][0]["text"] in answer.text

    def test_reasons_of_files_in_microsofts_formats_are_the_truth_and_add_up(self, imported):
        asker, truth = imported
        for change in truth["changes"]:
            words = ("--customer", change["customer"], "--from", change["from"], "--to", change["to"])
            document = asker.ask("explain", *words).document
            assert document["change"] == change["change"]
            assert Decimal(document["unexplained"]) == 0
            assert sum(Decimal(reason["amount"]) for reason in document["reasons"]) == Decimal(change["change"])
            found = sorted((reason["code"], reason["amount"]) for reason in document["reasons"])
            assert found == sorted((reason["code"], reason["amount"]) for reason in change["reasons"])


class TestTheDesksQuestion:
    def test_two_months_are_explained_as_the_command_explains_them(self, two_months):
        asker, _ = two_months
        found = explain_months(company=asker.company, customer=CUSTOMER, before=MARCH, after=APRIL, currency="SEK")
        assert (found.before, found.after, found.unexplained) == (Decimal(360), Decimal(396), 0)
        assert [(reason.code, reason.amount) for reason in found.reasons] == [("seats-added", Decimal(36))]

    def test_of_another_currency_nothing_changed(self, two_months):
        asker, _ = two_months
        found = explain_months(company=asker.company, customer=CUSTOMER, before=MARCH, after=APRIL, currency="EUR")
        assert (found.change, found.reasons) == (0, ())


class TestPeriods:
    def test_an_invoice_number_stands_for_its_lines_in_any_case(self, two_months):
        asker, _ = two_months
        words = ("explain", "--customer", CUSTOMER, "--from", "g000000003", "--to", "2026-04")
        document = asker.ask(*words).document
        assert document["before"] == {"period": "G000000003", "total": "360.00"}
        assert document["change"] == "36.00"

    def test_a_month_without_charges_is_an_empty_bill_and_all_of_the_other_is_new(self, asker):
        stranger = replace(IN_MARCH, customer="22222222-2222-2222-2222-222222222222")
        a_delivery(company=asker.company, month=MARCH, document="G000000003", lines=[stranger])
        a_delivery(company=asker.company, month=APRIL, document="G000000004", lines=[a_line()])
        document = asker.ask(*EXPLAIN).document
        assert document["before"]["total"] == "0.00"
        assert [reason["code"] for reason in document["reasons"]] == ["new-subscription"]

    def test_two_equal_months_have_nothing_to_explain(self, two_months):
        asker, _ = two_months
        document = asker.ask(*EXPLAIN[:-1], "2026-03").document
        assert (document["change"], document["reasons"], document["unexplained"]) == ("0.00", [], "0.00")

    def test_estimates_are_explained_when_asked_for_and_marked(self, asker):
        a_delivery(company=asker.company, month=MARCH, document="G000000003", lines=[IN_MARCH])
        estimated = [a_line(quantity=Decimal(12), amount="432.00")]
        a_delivery(company=asker.company, month=APRIL, document="", is_estimated=True, lines=estimated)
        assert asker.ask(*EXPLAIN).code == "explain.month.unknown"
        answer = asker.ask(*EXPLAIN, "--estimate")
        assert answer.document["estimated"] is True
        assert [reason["estimated"] for reason in answer.document["reasons"]] == [True]
        assert "Estimates are included." in answer.text

    def test_asking_for_estimates_marks_nothing_where_there_are_none(self, two_months):
        asker, _ = two_months
        assert asker.ask(*EXPLAIN, "--estimate").document == asker.ask(*EXPLAIN).document


class TestRefusals:
    @pytest.mark.parametrize(
        ("period", "code"),
        [
            ("2025-12", "explain.month.unknown"),
            ("2026-13", "explain.month.unreadable"),
            ("3", "explain.month.unreadable"),
            ("G999", "explain.document.unknown"),
            ("", "explain.document.unknown"),
        ],
    )
    def test_a_period_that_is_not_there_is_refused(self, two_months, period, code):
        asker, _ = two_months
        assert asker.ask(*EXPLAIN[:-1], period).code == code

    def test_currencies_of_both_periods_count(self, asker):
        a_delivery(company=asker.company, month=MARCH, document="G000000003", lines=[replace(IN_MARCH, currency="EUR")])
        a_delivery(company=asker.company, month=APRIL, document="G000000004", lines=[a_line()])
        assert asker.ask(*EXPLAIN).facts == {"currencies": ["EUR", "SEK"]}
        assert asker.ask(*EXPLAIN, "--currency", "SEK").document["change"] == "360.00"

    def test_the_price_side_waits_for_prices_whatever_the_periods(self, asker):
        words = ("explain", "--customer", CUSTOMER, "--from", "1001", "--to", "1002", "--side", "price")
        assert asker.ask(*words).code == "explain.side.no-prices"

    def test_a_customer_whom_nobody_knows_is_refused(self, two_months):
        asker, _ = two_months
        words = ("explain", "--customer", "nobody", "--from", "2026-03", "--to", "2026-04")
        assert asker.ask(*words).code == "parties.customer.unknown"


class TestTheText:
    def test_leads_from_one_total_to_the_other(self, two_months):
        asker, _ = two_months
        assert asker.ask(*EXPLAIN).text.splitlines() == [
            "Havsbris Hotell AB, March 2026 to April 2026, SEK before tax",
            "",
            "360.00  March 2026",
            "+36.00  1 more seat (Microsoft 365 E3)",
            "        Microsoft 365 E3 has 1 more seat than in the bill before (from 10 to 11): +36.00 SEK.",
            "  0.00  Unexplained",
            "396.00  April 2026",
            "+36.00  Change",
        ]
