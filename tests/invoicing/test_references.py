"""Payment references: a slip shows, and the bank's text brings them back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.invoicing.rules.references import (
    Reference,
    UnableToMakeReference,
    bare_number,
    find_references,
    is_ocr,
    is_rf,
    ocr_reference,
    reference_for,
    rf_reference,
    written_reference,
)

numbers = st.from_regex(r"20[0-9]{2}-[0-9]{4,8}", fullmatch=True)
texts = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=21)
words = st.lists(st.from_regex(r"[A-QS-Z][a-z]{2,9}", fullmatch=True), max_size=4).map(" ".join)


class TestOcr:
    def test_is_the_number_and_luhns_digit(self) -> None:
        assert ocr_reference(number="2026-0471") == "202604716"

    def test_may_count_its_digits_before_the_check_digit(self) -> None:
        reference = ocr_reference(number="2026-0471", has_length_digit=True)
        assert reference[-2] == "0", "ten digits in all"
        assert is_ocr(reference, has_length_digit=True)

    @given(number=numbers, has_length_digit=st.booleans())
    def test_goes_there_and_back(self, number: str, has_length_digit: bool) -> None:
        reference = ocr_reference(number=number, has_length_digit=has_length_digit)
        assert is_ocr(reference, has_length_digit=has_length_digit)
        assert reference[: -2 if has_length_digit else -1] == bare_number(number)

    @given(number=numbers, place=st.integers(0, 30), other=st.integers(1, 9))
    def test_a_single_wrong_digit_shows(self, number: str, place: int, other: int) -> None:
        reference = ocr_reference(number=number)
        assert not is_ocr(_slip(reference, place % len(reference), other))

    @pytest.mark.parametrize(("number", "code"), [("INV-", "no-digits"), ("0", "no-digits"), ("1" * 25, "too-long")])
    def test_is_refused_where_none_can_be_made(self, number: str, code: str) -> None:
        with pytest.raises(UnableToMakeReference) as refused:
            ocr_reference(number=number)
        assert refused.value.code == f"invoicing.reference.{code}"

    def test_of_25_digits_is_the_longest(self) -> None:
        assert len(ocr_reference(number="1" * 24)) == 25


class TestRf:
    def test_is_the_standards_own_example(self) -> None:
        assert rf_reference(text="539007547034") == "RF18539007547034"
        assert is_rf("RF18 5390 0754 7034")

    @given(text=texts)
    def test_goes_there_and_back(self, text: str) -> None:
        reference = rf_reference(text=text)
        assert is_rf(reference)
        assert is_rf(written_reference(reference).lower())
        assert reference[4:] == text

    @given(number=numbers, place=st.integers(0, 30), other=st.integers(1, 9))
    def test_a_single_wrong_digit_shows(self, number: str, place: int, other: int) -> None:
        reference = rf_reference(text=number)
        assert not is_rf("RF" + _slip(reference[2:], place % (len(reference) - 2), other))

    @pytest.mark.parametrize(("text", "code"), [("--", "no-digits"), ("A" * 22, "too-long")])
    def test_is_refused_where_none_can_be_made(self, text: str, code: str) -> None:
        with pytest.raises(UnableToMakeReference) as refused:
            rf_reference(text=text)
        assert refused.value.code == f"invoicing.reference.{code}"


class TestChoice:
    def test_swedish_kronor_bring_an_ocr(self) -> None:
        assert reference_for(country="SE", currency="SEK", number="2026-0471") == "202604716"

    @pytest.mark.parametrize(("country", "currency"), [("SE", "EUR"), ("DE", "EUR"), ("NO", "NOK"), ("DE", "SEK")])
    def test_everything_else_brings_an_rf(self, country: str, currency: str) -> None:
        assert is_rf(reference_for(country=country, currency=currency, number="2026-0471"))

    def test_paper_shows_rf_in_fours_and_ocr_in_one(self) -> None:
        assert written_reference("RF18539007547034") == "RF18 5390 0754 7034"
        assert written_reference("202604716") == "202604716"


class TestSearch:
    @given(number=numbers, before=words, after=words, zeros=st.integers(0, 8))
    def test_an_ocr_is_found_among_words_and_behind_zeros(
        self, number: str, before: str, after: str, zeros: int
    ) -> None:
        reference = ocr_reference(number=number)
        text = f"{before} {'0' * zeros}{reference} {after}"
        assert Reference(kind="ocr", value=reference) in find_references(text)

    @given(number=numbers, before=words, after=words, gap=st.sampled_from([" ", "  ", "\n", "-"]))
    def test_an_rf_is_found_in_fours_and_across_lines(self, number: str, before: str, after: str, gap: str) -> None:
        reference = rf_reference(text=number)
        text = f"{before} {written_reference(reference).replace(' ', gap)} {after}"
        assert Reference(kind="rf", value=reference) in find_references(text)

    @given(number=numbers, before=words, after=words, gap=st.sampled_from(["-", "", " ", "/", " - "]))
    def test_our_own_number_is_found_however_it_is_written(
        self, number: str, before: str, after: str, gap: str
    ) -> None:
        text = f"{before} {number.replace('-', gap)} {after}"
        assert Reference(kind="number", value=bare_number(number)) in find_references(text)

    @pytest.mark.parametrize(
        ("text", "reference"),
        [
            ("OCR202604716", Reference(kind="ocr", value="202604716")),
            ("faktura2026-0471, tack", Reference(kind="number", value="20260471")),
            ("INV-2026/00012 maj", Reference(kind="number", value="INV202600012")),
            ("rf18 5390 0754 7034", Reference(kind="rf", value="RF18539007547034")),
            ("\uff12\uff10\uff12\uff16\uff10\uff14\uff17\uff11\uff16", Reference(kind="ocr", value="202604716")),
        ],
    )
    def test_what_banks_and_people_write(self, text: str, reference: Reference) -> None:
        assert reference in find_references(text)

    def test_a_wrong_check_digit_is_no_ocr(self) -> None:
        assert not [found for found in find_references("202604717") if found.kind == "ocr"]

    def test_the_surest_kind_comes_first(self) -> None:
        kinds = [found.kind for found in find_references("2026-0471 / 202604716 / RF18 5390 0754 7034")]
        assert kinds == sorted(kinds, key=("rf", "ocr", "number").index)

    @given(text=st.text(max_size=200))
    def test_any_text_can_be_searched(self, text: str) -> None:
        found = find_references(text)
        assert len(found) == len(set(found))


def _slip(reference: str, place: int, other: int) -> str:
    return reference[:place] + str((int(reference[place]) + other) % 10) + reference[place + 1 :]
