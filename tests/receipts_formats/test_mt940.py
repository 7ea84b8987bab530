"""MT940: samples of seven banks against the library `mt-940`, and the rules of the fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import mt940
import pytest

from tests.receipts_formats.samples import BANK, MT940, codes, needs_samples, read, samples

KNOWN = {"abnamro", "ing", "rabobank", "rabobank-iban", "triodos"}


@needs_samples
class TestSamples:
    @pytest.mark.parametrize("path", samples("mt940/jejik", ".sta"), ids=lambda path: path.name)
    def test_amounts_days_and_references_are_those_the_library_reads(self, path: Path) -> None:
        found = read(path.read_bytes())
        theirs = [one.data for one in mt940.parse(str(path), encoding="utf-8")]
        theirs = [one for one in theirs if one.get("amount") is not None]
        assert len(theirs) == path.with_suffix(".yml").read_text().count("object:mt940.models.Transaction\n")
        assert [(one.value, one.currency) for one in found.entries] == [
            (one["amount"].amount, one["amount"].currency) for one in theirs
        ]
        assert [one.value_on for one in found.entries] == [
            date(one["date"].year, one["date"].month, one["date"].day) for one in theirs
        ]
        for mine, said in zip(found.entries, theirs, strict=True):
            if said.get("bank_reference") not in (None, "NONREF"):
                assert mine.bank_reference == said["bank_reference"]
        is_named = "receipts.mt940.unknown-dialect" not in codes(found)
        assert is_named == (path.stem in KNOWN)

    def test_the_habits_of_rabobank_give_payer_and_account(self) -> None:
        found = read((BANK / "mt940" / "jejik" / "rabobank.sta").read_bytes())
        assert (found.entries[0].payer, found.entries[0].payer_account) == ("W.P. Jansen", "0121470966")
        found = read((BANK / "mt940" / "jejik" / "rabobank-iban.sta").read_bytes())
        assert (found.entries[0].payer, found.entries[0].payer_account) == (
            "CONTRA ACCOUNT HOLDER",
            "NL70ABNA0987654321",
        )


class TestFields:
    def test_structured_words_give_payer_account_and_references(self) -> None:
        found = read(MT940)
        assert not found.warnings
        first, returned, fee = found.entries
        assert (first.payer, first.payer_account) == ("Olles farg AB", "DE89370400440532013000")
        assert first.references == ("E2E-77", "1234567897")
        assert (first.text, first.bank_reference) == ("FAKTURA 4711", "BANK1")
        assert (returned.kind, returned.value) == ("return", Decimal("-10.00"))
        assert (fee.kind, fee.value, fee.bank_reference) == ("fee", Decimal("-5.50"), "")

    def test_a_returned_debit_is_money_in(self) -> None:
        found = read(MT940.replace("RC10,00", "RD10,00").replace("134,50", "154,50"))
        assert not found.warnings
        assert found.entries[1].value == Decimal("10.00")

    def test_the_booking_day_takes_the_year_nearest_to_the_value_day(self) -> None:
        text = MT940.replace(":61:2605040504C", ":61:2512311231C").replace(":61:2605050505D", ":61:2512310102D")
        found = read(text)
        assert [str(one.booked_on) for one in found.entries] == ["2025-12-31", "2026-05-04", "2026-01-02"]

    def test_a_statement_without_its_closing_balance_is_left_out_whole(self) -> None:
        found = read(MT940 + MT940.replace("REF1", "REF2").partition(":62F:")[0])
        assert codes(found) == ["receipts.statement.cut-off"]
        assert len(found.entries) == 3

    def test_the_blocks_of_swift_are_no_part_of_the_message(self) -> None:
        text = "{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN}{4:\n" + MT940.replace("\n-\n", "\n-}\n")
        assert len(read(text).entries) == 3
        assert not read(text).warnings
