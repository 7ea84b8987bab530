"""Debtors, terms and prices from a sheet: a preview row by row, and then exactly what it showed."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from saldo.agreements import actions
from saldo.agreements.formats.sheet_files import UnableToReadSheet, read_sheet
from saldo.agreements.queries import list_price_rules, list_terms
from saldo.agreements.rules.sheet_rows import read_amount, read_day
from saldo.agreements.rules.terms import Terms
from saldo.agreements.sheets import CellChange, Preview, UnableToTakeSheet, preview_sheet, take_sheet
from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId
from saldo.parties.actions import found_company
from saldo.parties.billing_actions import add_debtor
from saldo.parties.company import company_context
from saldo.parties.debtors import get_debtor, list_debtors
from tests.agreements.builders import JANUARY, fixed, markup

NOW = datetime(2026, 5, 12, 7, 12, tzinfo=UTC)
JUNE = date(2026, 6, 1)
PRICES = """code;level;target;product;method;percent;price;steps;reason;currency;starts_on;reaches
markup;company;;;markup-on-cost;12,5;;;;;2026-06-01;
basic;debtor;10001;CFQ7TTC0LH18;fixed-price;;5.40;;;EUR;2026-06-01;from-date
steps;company;;P2;tiers;;;0:10; 50:8;;EUR;2026-06-01;
"""


def preview(company: CompanyId, text: str | bytes) -> Preview:
    data = text if isinstance(text, bytes) else text.encode()
    return preview_sheet(company=company, data=data, by="user:1", at=NOW)


def take(company: CompanyId, text: str, fingerprint: str = "") -> Preview:
    fingerprint = fingerprint or preview(company, text).fingerprint
    return take_sheet(company=company, data=text.encode(), fingerprint=fingerprint, by="user:1", at=NOW)


def agree(company: CompanyId, *rules) -> None:
    for one in rules:
        actions.set_price_rule(company=company, rule=one, by="user:1", at=NOW)


class TestPrices:
    SHEET = PRICES.replace("0:10; 50:8", '"0:10; 50:8"')

    def test_a_preview_tells_each_row_and_writes_nothing(self, company: CompanyId) -> None:
        agree(
            company, markup("10"), fixed("5.40", code="basic", level="debtor", target="10001", product="CFQ7TTC0LH18")
        )
        told = preview(company, self.SHEET)
        assert [(row.row, row.key, row.state) for row in told.rows] == [
            (1, "markup", "changed"),
            (2, "basic", "changed"),
            (3, "steps", "new"),
        ]
        assert told.rows[0].cells == (
            CellChange(column="percent", before="10", after="12.5"),
            CellChange(column="starts_on", before="2026-01-01", after="2026-06-01"),
        )
        assert [cell.column for cell in told.rows[1].cells] == ["starts_on", "reaches"]
        assert len(list_price_rules(company=company)) == 2
        assert not list_entries(company=company, code="agreements.sheet-taken")

    def test_confirmed_it_writes_what_it_showed(self, company: CompanyId) -> None:
        assert take(company, self.SHEET).count("new") == 3
        agreed = {rule.code: rule for rule in list_price_rules(company=company)}
        assert agreed["markup"].value == {"percent": "12.5"}
        assert agreed["basic"].reaches == "from-date"
        assert agreed["steps"].value == {"steps": [{"from": "0", "price": "10"}, {"from": "50", "price": "8"}]}
        (entry,) = list_entries(company=company, code="agreements.sheet-taken")
        assert entry.facts == {"kind": "prices", "new": 3, "changed": 0}

    def test_the_same_sheet_again_changes_nothing_and_says_so(self, company: CompanyId) -> None:
        take(company, self.SHEET)
        later = self.SHEET.replace("2026-06-01", "2026-07-01").replace("5.40", "5.4")
        for text in (self.SHEET, later):
            assert [row.state for row in take(company, text).rows] == ["same"] * 3
        assert len(list_price_rules(company=company)) == 3

    def test_what_changed_since_the_preview_is_not_written(self, company: CompanyId) -> None:
        shown = preview(company, self.SHEET).fingerprint
        agree(company, markup("11"))
        with pytest.raises(UnableToTakeSheet) as refusal:
            take(company, self.SHEET, shown)
        assert refusal.value.code == "agreements.sheet.other-fingerprint"
        assert len(list_price_rules(company=company)) == 1

    @pytest.mark.parametrize(
        ("row", "code", "column"),
        [
            ("markup;company;;;markup-on-cost;much;;;;;2026-06-01;", "agreements.sheet.bad-cell", "percent"),
            ("markup;company;;;markup-on-cost;1,234;;;;;2026-06-01;", "agreements.sheet.bad-cell", "percent"),
            ("markup;company;;;markup-on-cost;5;;;;;June;", "agreements.sheet.bad-cell", "starts_on"),
            ("markup;company;;;markup-on-cost;5;;;;;;", "agreements.sheet.missing-cell", "starts_on"),
            (";company;;;markup-on-cost;5;;;;;2026-06-01;", "agreements.sheet.missing-cell", "code"),
            ("markup;company;;;markup-on-cost;;;;;;2026-06-01;", "agreements.rule.bad-figure", "percent"),
            ("markup;debtor;;;markup-on-cost;5;;;;;2026-06-01;", "agreements.rule.bad-target", "target"),
            ("fix;company;;;fixed-price;;5;;;;2026-06-01;", "agreements.rule.no-currency", "currency"),
            ("fix;company;;;fixed-price;;5;;;EURO;2026-06-01;", "agreements.sheet.bad-cell", "currency"),
            ("held;company;;;markup-on-cost;5;;;;;2025-06-01;", "agreements.rule.before-last", ""),
        ],
    )
    def test_a_fault_names_its_row_and_column_and_keeps_all_of_it_out(self, company, row, code, column) -> None:
        agree(company, markup("1", code="held"))
        head, first, *_ = PRICES.splitlines()
        text = "\n".join([head, row, first.replace("markup;", "good;")])
        told = preview(company, text)
        (problem,) = told.rows[0].problems
        assert (problem.code, problem.place.row, problem.place.column) == (code, 1, column)
        assert told.rows[1].state == "new"
        with pytest.raises(UnableToTakeSheet) as refusal:
            take(company, text)
        assert refusal.value.code == "agreements.sheet.has-faults"
        assert len(list_price_rules(company=company)) == 1

    def test_one_code_in_two_rows_is_a_fault_of_the_second(self, company: CompanyId) -> None:
        head, first, *_ = PRICES.splitlines()
        told = preview(company, "\n".join([head, first, first]))
        assert [[problem.code for problem in row.problems] for row in told.rows] == [[], ["agreements.sheet.twice"]]


class TestTerms:
    def test_only_the_columns_of_the_sheet_change(self, company: CompanyId) -> None:
        number = add_debtor(company=company, fields={"name": "Ekdal", "country": "SE"}, by="test", at=NOW)
        held = Terms(debtor=number, starts_on=JANUARY, net_days=30, purchase_order="PO-7", delivery="e-invoice")
        actions.set_terms(company=company, terms=held, by="test", at=NOW)
        told = take(company, f"Debtor,Starts on,Net days\n{number},2026-06-01,45\n,2026-06-01,20\n")
        assert [row.state for row in told.rows] == ["changed", "new"]
        assert told.rows[0].cells[1] == CellChange(column="net_days", before="30", after="45")
        newest = list_terms(company=company, debtor=number)[-1]
        assert (newest.net_days, newest.purchase_order, newest.delivery) == (45, "PO-7", "e-invoice")

    @pytest.mark.parametrize(
        ("row", "code", "column"),
        [
            ("77777,2026-06-01,30,debtor", "parties.debtor.unknown", "debtor"),
            (",2026-06-01,x,debtor", "agreements.sheet.bad-cell", "net_days"),
            (",2026-06-01,999,debtor", "agreements.terms.bad-net-days", ""),
            (",2026-06-01,30,pile", "agreements.terms.unknown-grouping", ""),
        ],
    )
    def test_terms_that_cannot_be_meant_are_told(self, company, row, code, column) -> None:
        told = preview(company, f"debtor,starts_on,net_days,grouping\n{row}\n")
        assert [(one.code, one.place.column) for one in told.rows[0].problems] == [(code, column)]


class TestDebtors:
    def test_debtors_are_added_and_changed_with_their_contacts(self, company: CompanyId) -> None:
        number = add_debtor(company=company, fields={"name": "Ekdal", "country": "SE"}, by="test", at=NOW)
        text = (
            "number;name;country;vat id;emails;segment;parent\n"
            f"{number};Ekdal AB;SE;SE556732170701;Ann <ann@example.org>; pay@example.org;school;\n"
        ).replace("Ann <ann@example.org>; pay@example.org", '"Ann <ann@example.org>; pay@example.org"')
        text += f"20001;Gerd Wik;DE;;;;{number}\n"
        told = take(company, text)
        assert [row.state for row in told.rows] == ["changed", "new"]
        debtor = get_debtor(company=company, number=number)
        assert (debtor.name, debtor.segment) == ("Ekdal AB", "school")
        assert debtor.emails == (("Ann", "ann@example.org"), ("", "pay@example.org"))
        assert get_debtor(company=company, number="20001").parent == number
        assert [row.state for row in preview(company, text).rows] == ["same", "same"]

    def test_a_wrong_vat_id_is_told_with_its_cell(self, company: CompanyId) -> None:
        told = preview(company, "number,name,country,vat_id\n10001,Ekdal,SE,SE556732170702\n")
        (problem,) = told.rows[0].problems
        assert (problem.place.column, problem.seen) == ("vat_id", "SE556732170702")
        assert list_debtors(company=company) == ()


class TestFiles:
    ROWS = (
        ("code", "level", "method", "percent", "starts on"),
        ("markup", "company", "markup-on-cost", "12.5", "2026-06-01"),
    )

    def test_csv_and_xlsx_say_the_same(self, company: CompanyId) -> None:
        book = Workbook()
        book.active.append(list(self.ROWS[0]))
        book.active.append(["markup", "company", "markup-on-cost", 12.5, datetime(2026, 6, 1)])  # noqa: DTZ001 - as Excel has it
        saved = BytesIO()
        book.save(saved)
        texts = [delimiter.join(row) for delimiter in ";,\t" for row in self.ROWS]
        sheets = ["\r\n".join(texts[at : at + 2]).encode(code) for at in (0, 2, 4) for code in ("utf-8-sig", "utf-16")]
        read = {str(read_sheet(data=data)) for data in (saved.getvalue(), *sheets)}
        assert len(read) == 1

    def test_old_spreadsheets_letters_are_read(self) -> None:
        sheet = read_sheet(data="number;name\n1;Åsa Öberg\n".encode("cp1252"))
        assert sheet.rows[0].cells["name"] == "Åsa Öberg"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b"\n\n", "empty"),
            (b"PK\x03\x04broken", "unreadable"),
            (b'a,b\n"1,2\n', "unreadable"),
            (b"\x00\x01\x02", "unreadable"),
            (b"x" * 10_000_001, "too-large"),
            (b"a;b\n" + b"1;2\n" * 20_001, "too-many-rows"),
        ],
    )
    def test_what_is_no_sheet_is_refused_by_name(self, data, code) -> None:
        with pytest.raises(UnableToReadSheet) as refusal:
            read_sheet(data=data)
        assert refusal.value.code == f"agreements.sheet.{code}"

    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, data) -> None:
        with suppress(UnableToReadSheet):
            read_sheet(data=data)

    @pytest.mark.parametrize(
        ("text", "code"),
        [("size,colour\n1,red\n", "unknown-kind"), ("number,name,colour\n1,a,red\n", "unknown-columns")],
    )
    def test_columns_that_mean_nothing_are_named(self, company, text, code) -> None:
        with pytest.raises(UnableToTakeSheet) as refusal:
            preview(company, text)
        assert refusal.value.code == f"agreements.sheet.{code}"


@pytest.mark.parametrize(("text", "amount"), [("10,5", "10.5"), ("10.5", "10.5"), ("1234", "1234"), ("-3,25", "-3.25")])
def test_a_comma_is_a_decimal_point_where_nothing_else_can_be_meant(text, amount) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,234", "1.234,50", "1,2,3", "x", "NaN", "1e999999999"])
def test_a_figure_that_can_be_read_in_two_ways_is_refused(text) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        read_amount(text)


class TestCells:
    @pytest.mark.parametrize(
        "text",
        [
            'number,name\n"1\x000",Ann\n',
            f"number,name\n{'9' * 400},Ann\n",
            'debtor,starts_on,purchase_order\n,2026-01-01,"a\x00b"\n',
            'code,level,method,starts_on,percent,product\nx,company,markup-on-cost,2026-01-01,5,"a\x00b"\n',
            'code,level,method,starts_on,reason\nx,company,not-billed,2026-01-01,"a\x00b"\n',
            'code,level,method,starts_on,percent\n"a\x00b",company,markup-on-cost,2026-01-01,5\n',
        ],
    )
    def test_that_no_database_takes_are_a_fault_of_their_row(self, company: CompanyId, text: str) -> None:
        (row,) = preview(company, text).rows
        assert (row.state, row.problems[0].code) == ("fault", "agreements.sheet.bad-cell")
        assert "\x00" not in row.key + row.problems[0].seen

    @pytest.mark.parametrize("text", ["2026-06-011", "2026-06-01x", "20260601", "2026-W01-1", "01.06.2026"])
    def test_no_day_is_read_out_of_something_else(self, text: str) -> None:
        with pytest.raises(ValueError, match=text):
            read_day(text)
        assert read_day("2026-06-01 00:00:00") == JUNE

    def test_a_preview_of_one_company_confirms_nothing_in_another(self, company: CompanyId) -> None:
        text = "number,name\n10001,Ann\n"
        shown = preview(company, text).fingerprint
        other = found_company(name="Nordlys", country="NO", currency="NOK", cloud="global", actor="user:1", at=NOW)
        with company_context(other), pytest.raises(UnableToTakeSheet) as refusal:
            take(other, text, shown)
        assert refusal.value.code == "agreements.sheet.other-fingerprint"
