"""CSV: by a person's mapping, by a head that leaves no doubt, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.receipts.formats.fields import decode
from saldo.receipts.formats.sheet_guess import guess_mapping, propose_mapping
from saldo.receipts.formats.sheets import read_sum
from saldo.receipts.rules.entries import SheetMapping, Unreadable
from tests.receipts_formats.samples import codes, read

SWEDISH = (
    "Bokföringsdag;Valutadag;Belopp;Avsändare;Meddelande;Saldo\n2026-05-13;2026-05-13;1 250,50;Färg AB;1234567897;9\n"
)
ENGLISH = 'Date,Amount,Payer,Reference,Currency,Account\n25/03/2026,"1,250.50",Acme Ltd,INV-1,GBP,12345678\n'
SPANISH = """Extracto

Fecha operación;Concepto;Cargo;Abono;Divisa
25/03/2026;Pago;;1.250,50;EUR
26/03/2026;Comisión;3,00;;EUR
"""
MAPPING = SheetMapping(
    name="Our bank",
    head=("When", "What", "How much"),
    columns={"booked_on": "When", "text": "What", "value": "How much"},
    delimiter=",",
    decimal_point=".",
    day_form="%d.%m.%Y",
    account="1930",
    currency="SEK",
)


class TestGuess:
    def test_the_head_and_the_rows_tell_everything_of_a_swedish_file(self) -> None:
        guess = guess_mapping(SWEDISH)
        assert guess is not None
        assert guess.is_sure
        assert (guess.mapping.delimiter, guess.mapping.decimal_point) == (";", ",")
        (entry,) = read(SWEDISH.encode("cp1252")).entries
        assert (entry.value, entry.payer, str(entry.booked_on)) == (Decimal("1250.50"), "Färg AB", "2026-05-13")

    def test_money_in_and_money_out_stand_in_two_columns_below_a_title(self) -> None:
        found = read(SPANISH)
        assert [one.value for one in found.entries] == [Decimal("1250.50"), Decimal("-3.00")]
        assert codes(found) == ["receipts.csv.guessed"]

    def test_an_english_file_names_its_account_and_currency(self) -> None:
        (entry,) = read(ENGLISH).entries
        assert (entry.account, entry.currency, entry.value) == ("12345678", "GBP", Decimal("1250.50"))
        assert entry.references == ("INV-1",)

    def test_the_proposal_for_a_person_names_the_encoding_too(self) -> None:
        for encoding in ("utf-8", "cp1252", "cp850"):
            guess = propose_mapping(data=SWEDISH.encode(encoding))
            assert guess is not None
            assert guess.mapping.encoding == encoding
            assert guess.mapping.columns["payer"] == "Avsändare"

    @pytest.mark.parametrize(
        "text",
        [
            ENGLISH.replace("25/03/2026", "05/03/2026"),  # the third of May or the fifth of March
            ENGLISH.replace('"1,250.50"', '"1,250"'),  # a thousand or one and a quarter
            ENGLISH.replace("25/03/2026", "yesterday"),
        ],
    )
    def test_a_file_that_could_be_read_in_two_ways_waits_for_a_person(self, text: str) -> None:
        found = read(text)
        assert codes(found) == ["receipts.csv.no-mapping"]
        assert (found.format, found.entries) == ("csv", ())


class TestMapping:
    def test_a_mapping_is_found_by_its_head_in_any_order_of_columns(self) -> None:
        (entry,) = read("x,How much,When,What\n1,-12.50,03.02.2026,fee\n", MAPPING).entries
        assert (entry.value, entry.booked_on, entry.account) == (Decimal("-12.50"), date(2026, 2, 3), "1930")

    def test_the_encoding_that_a_person_chose_is_used(self) -> None:
        mapping = replace(MAPPING, encoding="cp850", columns=dict(MAPPING.columns))
        (entry,) = read("When,What,How much\n03.02.2026,Ñandú Õ,1.00\n".encode("cp850"), mapping).entries
        assert entry.text == "Ñandú Õ"

    def test_a_row_that_cannot_be_read_is_named_and_the_others_are_kept(self) -> None:
        found = read("When,What,How much\n31.02.2026,a,1.00\n01.02.2026,b,1.00\n\n02.02.2026,c,1.0.0\n", MAPPING)
        assert [(one.code, one.place.row) for one in found.warnings] == [
            ("receipts.entry.unreadable", 2),
            ("receipts.entry.unreadable", 5),
        ]
        assert len(found.entries) == 1


class TestSums:
    @given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([",", "."]))
    def test_a_sum_written_with_thousands_marks_is_read_back(self, value: Decimal, point: str) -> None:
        written = f"{value:,.2f}"
        if point == ",":
            written = written.translate(str.maketrans(",.", ".,"))
        assert read_sum(written, point, "value") == value
        assert read_sum(written.replace("." if point == "," else ",", "\N{NO-BREAK SPACE}"), point, "value") == value

    @pytest.mark.parametrize("text", ["", "-", "1,2,3", "12a", "NaN", "1e5", "Infinity", "--1", "1,250.5.0"])
    def test_what_is_no_sum_is_unreadable(self, text: str) -> None:
        with pytest.raises(Unreadable):
            read_sum(text, ".", "value")


@given(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850"]))
def test_swedish_letters_are_right_in_every_encoding(encoding: str) -> None:
    assert decode("Räksmörgås på Åland; Ängelholm".encode(encoding)) == "Räksmörgås på Åland; Ängelholm"
