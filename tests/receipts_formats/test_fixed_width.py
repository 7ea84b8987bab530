"""BgMax, CNAB and Norma 43: files of fixed positions, their counts and sums."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.receipts_formats.samples import BANK, BGMAX, NORMA43, codes, needs_samples, read


class TestBgMax:
    @needs_samples
    @pytest.mark.parametrize(
        ("name", "values", "warned"),
        [
            ("minimal", ["1100.00"], []),
            ("multipayment", ["100.00", "200.00", "300.00", "100.00"], []),
            ("isolated_deposit", ["3000.00", "1000.00"], ["receipts.file.cut-off"]),
            ("isolated_payment", [], ["receipts.statement.no-account", "receipts.file.cut-off"]),
            ("BGMAX_Sample1", ["37087.00", "14375.00"], ["receipts.entry.day-assumed"] * 2),
        ],
    )
    def test_the_samples(self, name: str, values: list[str], warned: list[str]) -> None:
        found = read((BANK / "bgmax" / f"{name}.txt").read_bytes())
        assert [f"{one.value:.2f}" for one in found.entries] == values
        assert codes(found) == warned

    @needs_samples
    def test_payer_references_and_notes_of_a_payment(self) -> None:
        found = read((BANK / "bgmax" / "isolated_deposit.txt").read_bytes())
        first = found.entries[0]
        assert (first.payer, first.account, first.payer_account) == ("Olles färg AB", "9912346", "97012333")
        assert first.references == ("8012577", "8013575", "8014573")
        assert (str(first.booked_on), first.currency) == ("2004-05-25", "EUR")
        assert "Faktura8014573" in first.text

    @pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "cp850", "utf-16", "utf-8-sig"])
    def test_a_deduction_is_a_return_and_the_letters_are_right(self, encoding: str) -> None:
        found = read(BGMAX.encode(encoding))
        assert not found.warnings
        assert [(one.value, one.kind) for one in found.entries] == [
            (Decimal("1100.00"), "payment"),
            (Decimal("-100.00"), "return"),
        ]
        assert found.entries[0].payer == "Olles färg AB"
        assert found.entries[0].references == ("1234567897", "4711")

    def test_sums_and_counts_that_differ_are_named_where_they_stand(self) -> None:
        found = read(BGMAX.replace("000000000000100000SEK00000002", "000000000000100001SEK00000003"))
        assert [(one.code, one.place.row) for one in found.warnings] == [
            ("receipts.file.sum-differs", 8),
            ("receipts.file.count-differs", 8),
        ]
        assert found.warnings[0].facts["said"] == "1000.01"
        found = read(BGMAX.replace("70" + "00000001", "70" + "00000004"))
        assert [(one.code, one.place.row) for one in found.warnings] == [("receipts.file.count-differs", 9)]


@needs_samples
class TestCnab:
    FACTS: Any = json.loads((BANK / "cnab" / "expected_facts_brcobranca.json").read_text()) if BANK.is_dir() else {}

    @pytest.mark.parametrize("name", ["CNAB240AILOS", "CNAB400ITAU", "CNAB400SANTANDER"])
    def test_the_first_settled_slip_is_as_another_program_read_it(self, name: str) -> None:
        found = read((BANK / "cnab" / f"{name}.RET").read_bytes())
        told = (one["fields"] for one in self.FACTS["expected"] if one["file"] == f"{name}.RET")
        facts = next(fields for fields in told if len(fields) > 3)
        slips = {one.bank_reference: one for one in found.entries}
        first = slips[facts["nosso_numero"]]
        assert first.value == Decimal(facts["valor_recebido"]) / 100
        assert first.fee == Decimal(facts["valor_tarifa"]) / 100
        assert first.original_value == Decimal(facts["valor_titulo"]) / 100
        day = facts["data_credito"]
        assert first.value_on.strftime("%d%m%Y" if len(day) == 8 else "%d%m%y") == day

    @pytest.mark.parametrize(
        ("name", "settled", "others"),
        [
            ("CNAB240AILOS", 3, {}),
            ("CNAB240SANTANDER", 1, {"02": "1"}),
            ("CNAB400BRADESCO", 0, {"02": "5", "10": "1"}),
            ("CNAB400ITAU", 51, {"09": "1"}),
            ("CNAB400SANTANDER", 51, {"09": "1"}),
        ],
    )
    def test_only_settlements_are_money_and_the_rest_is_counted(
        self, name: str, settled: int, others: dict[str, str]
    ) -> None:
        found = read((BANK / "cnab" / f"{name}.RET").read_bytes())
        assert len(found.entries) == settled
        assert {one.facts["occurrence"]: one.facts["times"] for one in found.warnings} == others
        assert found.format == name[:7].lower()

    def test_a_file_without_its_trailer_is_refused_and_a_wrong_count_named(self) -> None:
        data = (BANK / "cnab" / "CNAB400ITAU.RET").read_bytes()
        lines = data.splitlines(keepends=True)
        assert codes(read(b"".join(lines[:-1]))) == ["receipts.file.cut-off"]
        found = read(b"".join(lines[:5] + lines[6:]))
        assert "receipts.file.count-differs" in codes(found)


class TestNorma43:
    def test_movements_words_and_the_original_currency(self) -> None:
        found = read(NORMA43)
        assert codes(found) == []
        assert (found.format, found.accounts) == ("norma43", ("210004180200051332",))
        paid, fee = found.entries
        assert (paid.value, paid.text) == (Decimal("123.45"), "TRANSFERENCIA DE CLIENTE UNO SL")
        assert paid.references == ("123456789012", "REFERENCIA DOS", "0000004711")
        assert (paid.original_value, paid.original_currency) == (Decimal("135.80"), "USD")
        assert (str(paid.booked_on), str(paid.value_on)) == ("2026-05-04", "2026-05-05")
        assert (fee.value, fee.kind) == (Decimal("-3.45"), "fee")

    def test_totals_that_differ_are_named(self) -> None:
        found = read(NORMA43.replace("00000000012345" + "0000004711", "00000000012346" + "0000004711"))
        assert set(codes(found)) == {"receipts.file.sum-differs", "receipts.statement.unbalanced"}
        found = read(NORMA43.replace("000006" + " " * 54, "000007" + " " * 54))
        assert codes(found) == ["receipts.file.count-differs"]

    def test_an_account_without_its_closing_record_is_left_out(self) -> None:
        found = read("\n".join(NORMA43.split("\n")[:5]))
        assert codes(found) == ["receipts.statement.cut-off", "receipts.file.cut-off"]
        assert not found.entries
