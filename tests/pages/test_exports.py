"""Tables that leave the house: figures stay figures, texts stay texts."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from saldo.desk.compare import _download
from saldo.desk.exports import Sheet, safe_text, write_csv, write_xlsx


def a_sheet(*cells: object) -> Sheet:
    return Sheet(name="March: April", head=("Reason", "Change, SEK"), rows=(tuple(cells),))  # type: ignore[arg-type]


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


class TestCsv:
    def test_writes_amounts_with_ascii_minus_and_plain_digits(self) -> None:
        rows = read_csv(write_csv(a_sheet("5 seats added", Decimal("-1234567.80"))))
        assert rows[1] == ["5 seats added", "-1234567.80"]

    @pytest.mark.parametrize(
        "text", ["=1+1", "+46 8 123", "-5 licences", "@import", "\tx", "  =cmd|' /C calc'!A0", "＝A1"]
    )
    def test_no_text_is_taken_for_a_formula(self, text: str) -> None:
        assert read_csv(write_csv(a_sheet(text, 1)))[1][0].startswith("'")

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_a_formula_behind_the_separator_of_another_country_stays_inside_its_cell(self, separator: str) -> None:
        """Spreadsheets in Sweden, Brazil and Spain part a line at semicolons."""
        text = f"Nord{separator}=cmd|' /C calc'!A0"
        row = write_csv(a_sheet(text, Decimal("1.50"))).decode("utf-8-sig").splitlines()[1]
        assert next(csv.reader([row], delimiter=separator))[0].startswith(text)

    def test_keeps_names_of_all_scripts(self) -> None:
        assert read_csv(write_csv(a_sheet("云港信息技术（上海）有限公司", 1)))[1][0] == "云港信息技术（上海）有限公司"

    def test_never_writes_an_exponent(self) -> None:
        assert read_csv(write_csv(a_sheet("x", Decimal("1E+6"))))[1][1] == "1000000"

    def test_writes_days_as_iso(self) -> None:
        assert read_csv(write_csv(a_sheet(date(2026, 4, 11), None)))[1] == ["2026-04-11", ""]


class TestXlsx:
    def test_amounts_are_numbers_with_their_digits(self) -> None:
        cell = load_workbook(io.BytesIO(write_xlsx(a_sheet("x", Decimal("-33.03"))))).worksheets[0]["B2"]
        assert (cell.data_type, cell.number_format, f"{cell.value}") == ("n", "0.00", "-33.03")

    def test_a_formula_stays_text(self) -> None:
        cell = load_workbook(io.BytesIO(write_xlsx(a_sheet("=1+1", 1)))).worksheets[0]["A2"]
        assert (cell.data_type, cell.value) == ("s", "=1+1")

    def test_control_characters_do_not_break_the_file(self) -> None:
        cell = load_workbook(io.BytesIO(write_xlsx(a_sheet("a\x00b\x1f", 1)))).worksheets[0]["A2"]
        assert cell.value == "ab"


def test_plain_text_is_left_alone() -> None:
    assert safe_text("Microsoft 365 E3") == "Microsoft 365 E3"
    assert safe_text("") == ""


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("saldo-Nord AB.csv", 'attachment; filename="saldo-Nord-AB.csv"'),
        ('a"\r\nSet-Cookie: b=c.csv', 'attachment; filename="a---Set-Cookie--b-c.csv"'),
        ("Björk.csv", "attachment; filename*=utf-8''Bj%C3%B6rk.csv"),
    ],
)
def test_the_name_of_a_download_stays_one_name_in_any_script(name: str, sent: str) -> None:
    assert _download(b"", "text/csv", name)["Content-Disposition"] == sent
