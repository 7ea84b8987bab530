"""How a sale is taxed: at home, within the Union, outside it, with and without proof; and never by guessing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from saldo.agreements.queries import is_valid_vat_id
from saldo.agreements.rules.exchange import Published, Rates
from saldo.agreements.rules.tax import (
    TaxBook,
    TaxFacts,
    TaxProfile,
    UnableToTreat,
    tax_in_own_currency,
    treat,
    withheld,
)
from saldo.agreements.rules.tax_rates import EU, STANDARD, RateRow

DAY = date(2026, 6, 30)
BOOK = TaxBook.of()


def profile(treatment: str, **more: object) -> TaxProfile:
    return TaxProfile(debtor="10001", starts_on=date(2026, 1, 1), treatment=treatment, **more)


@pytest.mark.parametrize(
    ("seller", "buyer", "code", "category", "percent", "reason"),
    [
        ("SE", TaxFacts("SE", False), "standard", "S", "25", "domestic"),
        ("SE", TaxFacts("", False), "standard", "S", "25", "domestic"),
        ("SE", TaxFacts("DE", True), "reverse-charge", "AE", "0", "reverse-charge"),
        ("SE", TaxFacts("DE", False), "standard", "S", "25", "no-vat-id"),
        ("DE", TaxFacts("SE", False), "standard", "S", "19", "no-vat-id"),
        ("SE", TaxFacts("NO", False), "export", "G", "0", "export"),
        ("NO", TaxFacts("SE", True), "export", "G", "0", "export"),
        ("NO", TaxFacts("NO", False), "standard", "S", "25", "domestic"),
        ("SE", TaxFacts("US", False, profile("outside-scope")), "outside-scope", "O", "0", "outside-scope"),
        ("SE", TaxFacts("DE", True, profile("reverse-charge")), "reverse-charge", "AE", "0", "reverse-charge"),
        ("SE", TaxFacts("GB", False), "export", "G", "0", "export"),
        ("SE", TaxFacts("DE", True, profile("standard")), "standard", "S", "25", "agreed"),
        ("PT", TaxFacts("PT", False, profile("standard", region="PT-20")), "standard", "S", "16", "domestic"),
    ],
)
def test_a_sale_is_taxed_by_where_the_buyer_is_and_what_is_proven(
    seller, buyer, code, category, percent, reason
) -> None:
    told = treat(seller, buyer, on=DAY, book=BOOK)
    assert (told.code, told.category, told.percent) == (code, category, Decimal(percent))
    assert (told.reason, told.problem) == (f"agreements.tax.{reason}", "")


class TestProof:
    def test_exempt_while_the_certificate_holds(self) -> None:
        proven = profile("exempt", certificate="SKV-77", certificate_until=DAY)
        told = treat("SE", TaxFacts("SE", False, proven), on=DAY, book=BOOK)
        assert (told.category, told.percent, told.certificate) == ("E", 0, "SKV-77")

    @pytest.mark.parametrize(
        ("country", "has_vat_id", "agreed", "problem"),
        [
            (
                "SE",
                False,
                profile("exempt", certificate="7", certificate_until=date(2026, 6, 29)),
                "certificate-expired",
            ),
            ("SE", False, profile("exempt"), "certificate-missing"),
            ("DE", False, profile("reverse-charge"), "vat-id-invalid"),
            ("SE", True, profile("reverse-charge"), "own-country"),
            ("", True, profile("reverse-charge"), "own-country"),
        ],
    )
    def test_without_proof_the_standard_rate_and_a_problem(self, country, has_vat_id, agreed, problem) -> None:
        told = treat("SE", TaxFacts(country, has_vat_id, agreed), on=DAY, book=BOOK)
        assert (told.percent, told.problem) == (25, f"agreements.tax.{problem}")


class TestRates:
    @pytest.mark.parametrize("country", ["BR", "CN", "US"])
    def test_where_no_rate_is_known_nothing_is_guessed(self, country) -> None:
        with pytest.raises(UnableToTreat) as refusal:
            treat(country, TaxFacts(country, False), on=DAY, book=BOOK)
        assert refusal.value.code == "agreements.tax.unknown"

    def test_rows_of_the_company_win_over_the_table(self) -> None:
        own = RateRow("SE", "", Decimal("24"), date(2026, 7, 1), "SFS 2026:1")
        book = TaxBook.of(own=[own])
        days = (date(2026, 6, 30), date(2026, 7, 1))
        assert [treat("SE", TaxFacts("SE", False), on=day, book=book).percent for day in days] == [25, 24]

    def test_an_imported_place_is_taxed_and_its_neighbour_held(self) -> None:
        book = TaxBook.of(own=[RateRow("US", "WA-98101", Decimal("10.35"), date(2026, 1, 1), "WA DOR")])
        there = TaxFacts("US", False, profile("standard", region="WA-98101"))
        assert treat("US", there, on=DAY, book=book).percent == Decimal("10.35")
        with pytest.raises(UnableToTreat):
            treat("US", TaxFacts("US", False, profile("standard", region="OR")), on=DAY, book=book)

    @pytest.mark.parametrize(
        ("country", "day", "percent"),
        [
            ("DE", date(2020, 6, 30), "19"),
            ("DE", date(2020, 7, 1), "16"),
            ("DE", date(2021, 1, 1), "19"),
            ("FI", date(2024, 8, 31), "24"),
            ("FI", date(2024, 9, 1), "25.5"),
        ],
    )
    def test_the_rate_of_the_day_holds(self, country, day, percent) -> None:
        assert treat(country, TaxFacts(country, False), on=day, book=BOOK).percent == Decimal(percent)

    def test_every_member_of_the_union_has_a_rate_with_a_source(self) -> None:
        assert {row.country for row in STANDARD if not row.region} >= EU
        assert len(EU) == 27
        assert all(row.source and 0 < row.percent <= 27 for row in STANDARD)
        assert len({(row.country, row.region, row.starts_on) for row in STANDARD}) == len(STANDARD)

    @pytest.mark.parametrize(
        ("country", "region", "day", "percent"),
        [
            ("EE", "", date(2025, 6, 30), "22"),
            ("EE", "", date(2025, 7, 1), "24"),
            ("GR", "", date(2016, 5, 31), "23"),
            ("IE", "", date(2021, 2, 28), "21"),
            ("LU", "", date(2023, 6, 1), "16"),
            ("RO", "", date(2016, 12, 31), "20"),
            ("RO", "", date(2025, 8, 1), "21"),
            ("SK", "", date(2025, 1, 1), "23"),
            ("PT", "PT-20", date(2021, 6, 30), "18"),
            ("PT", "PT-30", date(2021, 6, 30), "22"),
        ],
    )
    def test_a_place_keeps_the_rates_it_had(self, country: str, region: str, day: date, percent: str) -> None:
        row = BOOK.rate_of(country, region, day)
        assert row is not None
        assert row.percent == Decimal(percent)


class TestVatIds:
    @pytest.mark.parametrize(
        ("vat_id", "country"),
        [("SE556732170701", "SE"), ("DE 136,695 976", "DE"), ("EL 094259216", "GR"), ("ESB58378431", "ES")],
    )
    def test_form_and_check_digits_are_right(self, vat_id, country) -> None:
        assert is_valid_vat_id(vat_id, country)

    @pytest.mark.parametrize(
        ("vat_id", "country"),
        [("SE556732170702", "SE"), ("DE136695976", "AT"), ("", "DE"), ("NO974761076MVA", "NO"), ("136695976", "DE")],
    )
    def test_a_wrong_digit_another_country_or_none(self, vat_id, country) -> None:
        assert not is_valid_vat_id(vat_id, country)


def test_tax_stands_in_the_sellers_currency_with_the_rate_and_its_day() -> None:
    rates = Rates.of([Published("SEK", DAY, Decimal("10.892"))], source="ecb")
    shown = tax_in_own_currency(tax=Decimal("25.05"), currency="EUR", own_currency="SEK", rates=rates, on=DAY)
    assert shown is not None
    assert (shown.amount, shown.currency, shown.rate.on) == (Decimal("272.84"), "SEK", DAY)
    assert tax_in_own_currency(tax=Decimal(1), currency="SEK", own_currency="SEK", rates=rates, on=DAY) is None


def test_what_is_withheld_is_a_per_cent_of_the_net() -> None:
    assert (
        withheld(net=Decimal("1000.10"), profile=profile("standard", withholding=Decimal("1.5")), currency="BRL") == 15
    )
    assert withheld(net=Decimal("1000.10"), profile=None, currency="BRL") == 0


def test_the_profile_of_the_day_holds() -> None:
    old, new = profile("standard"), TaxProfile(debtor="10001", starts_on=date(2026, 5, 1), treatment="reverse-charge")
    book = TaxBook.of(profiles=[new, old])
    days = (date(2025, 12, 31), date(2026, 4, 30), date(2026, 5, 1))
    assert [book.profile_of("10001", day) for day in days] == [None, old, new]
