"""Figures and dates as each of the five languages writes them; the values here are the standard, not the code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.core.identity import LANGUAGES
from saldo.core.periods import Month
from saldo.core.written import end_once, write_amount, write_day, write_month, write_number, write_percent

DAY = date(2026, 5, 12)


class TestAmounts:
    @pytest.mark.parametrize(
        ("lang", "text"),
        [
            ("en", "1,284,906.52"),
            ("sv", "1\u00a0284\u00a0906,52"),
            ("zh-Hans", "1,284,906.52"),
            ("pt-BR", "1.284.906,52"),
            ("es", "1.284.906,52"),
        ],
    )
    def test_each_language_groups_and_points_in_its_own_way(self, lang: str, text: str) -> None:
        assert write_amount(Decimal("1284906.52"), "SEK", lang) == text

    def test_a_minus_is_the_minus_sign_and_a_plus_stands_only_on_changes(self) -> None:
        assert write_amount(Decimal("-748.8"), "SEK", "en") == "\u2212748.80"
        assert write_amount(Decimal("4129.87"), "SEK", "en", signed=True) == "+4,129.87"
        assert write_amount(Decimal("4129.87"), "SEK", "en") == "4,129.87"

    def test_zero_has_no_sign_and_all_its_digits(self) -> None:
        assert write_amount(Decimal("-0"), "SEK", "en", signed=True) == "0.00"

    @pytest.mark.parametrize(("currency", "text"), [("JPY", "1,200"), ("KWD", "1,200.000")])
    def test_the_currency_decides_the_digits(self, currency: str, text: str) -> None:
        assert write_amount(Decimal(1200), currency, "en") == text

    def test_writing_never_rounds(self) -> None:
        with pytest.raises(ValueError, match="finer"):
            write_amount(Decimal("0.001"), "SEK", "en")

    @given(st.integers(-(10**15), 10**15), st.sampled_from(LANGUAGES))
    def test_every_amount_can_be_read_back(self, cents: int, lang: str) -> None:
        text = write_amount(Decimal(cents) / 100, "SEK", lang)
        digits = "".join(character for character in text if character.isdigit())
        assert int(digits) == abs(cents)
        assert text.startswith("\u2212") == (cents < 0)


class TestNumbers:
    @pytest.mark.parametrize(("value", "text"), [("5", "5"), ("1200", "1,200"), ("9.5310", "9.531"), ("0.10", "0.1")])
    def test_keep_the_digits_they_have_without_trailing_zeros(self, value: str, text: str) -> None:
        assert write_number(Decimal(value), "en") == text

    def test_a_share_is_written_as_per_cent_with_one_decimal(self) -> None:
        assert [write_percent(Decimal("0.1128"), lang) for lang in LANGUAGES] == [
            "11.3%",
            "11,3\u00a0%",
            "11.3%",
            "11,3%",
            "11,3\u00a0%",
        ]
        assert write_percent(Decimal("0.226"), "en", signed=True) == "+22.6%"


class TestDays:
    def test_long_days(self) -> None:
        assert [write_day(DAY, lang) for lang in LANGUAGES] == [
            "12 May 2026",
            "12 maj 2026",
            "2026年5月12日",
            "12 de mai. de 2026",
            "12 may 2026",
        ]

    def test_short_days(self) -> None:
        shorts = [write_day(DAY, lang, form="short") for lang in LANGUAGES]
        assert shorts == ["12 May", "12 maj", "5月12日", "12 mai.", "12 may"]

    def test_months(self) -> None:
        months = [write_month(Month(2026, 4), lang) for lang in LANGUAGES]
        assert months == ["April 2026", "april 2026", "2026年4月", "abril de 2026", "abril de 2026"]


class TestEnds:
    @pytest.mark.parametrize(
        ("words", "who", "said"),
        [
            ("The payer is %(who)s.", "Hotelaria S.A.", "The payer is Hotelaria S.A."),
            ("The payer is %(who)s.", "Nordlund AB", "The payer is Nordlund AB."),
            ("%(who)s, and again %(who)s.", "Foods Co.", "Foods Co., and again Foods Co."),
            ("付款方是 %(who)s。", "Foods Co.", "付款方是 Foods Co.。"),
        ],
    )
    def test_a_name_that_ends_in_a_full_stop_ends_its_sentence_once(self, words: str, who: str, said: str) -> None:
        assert end_once(words, {"who": who}) % {"who": who} == said
