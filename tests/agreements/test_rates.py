"""Rates of exchange: read from the bank's files, crossed through the euro, never older than a week."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.agreements.actions import UnableToAgree, set_rates_place
from saldo.agreements.queries import RatesPlace, load_rates, newest_rate_day
from saldo.agreements.rules.exchange import Published, Rates, UnableToConvert, convert
from saldo.audit.queries import list_entries
from saldo.connectors.ecb import EcbRates, read_rates
from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.flows.fetch_rates import fetch_rates
from saldo.ports.rates import RatesUnreachable
from saldo.ports.world import World
from tests.rooms.importing import NoQueue

DAY = date(2026, 4, 13)
DAILY = "Date, USD, JPY, SEK, \n13 April 2026, 1.1684, 186.75, 10.8920, \n"
HISTORY = "Date,USD,CYP,SEK,\n2026-04-13,1.1684,N/A,10.892,\n2026-04-10,1.1711,N/A,10.836,\n2021-04-10,1.1,N/A,10.1,\n"
BANK = Path(__file__).parents[3] / "shared" / "data" / "calendars"


def rates(*published: tuple[str, date, str]) -> Rates:
    return Rates.of([Published(currency, on, Decimal(rate)) for currency, on, rate in published], source="ecb")


class TestCrossing:
    BOOK = rates(("USD", DAY, "1.1684"), ("SEK", DAY, "10.892"), ("SEK", DAY + timedelta(1), "11"))

    @pytest.mark.parametrize(
        ("base", "quote", "rate"),
        [("EUR", "SEK", "10.892"), ("SEK", "EUR", "0.09181050312"), ("USD", "SEK", "9.322149949"), ("USD", "USD", "1")],
    )
    def test_a_rate_goes_through_the_euro(self, base, quote, rate) -> None:
        found = self.BOOK.cross(base, quote, DAY)
        assert (found.rate, found.on) == (Decimal(rate), DAY)

    def test_both_currencies_come_from_one_day(self) -> None:
        assert self.BOOK.cross("USD", "SEK", DAY + timedelta(2)).on == DAY
        assert self.BOOK.cross("EUR", "SEK", DAY + timedelta(2)).on == DAY + timedelta(1)

    def test_a_week_old_is_used_and_older_refused(self) -> None:
        assert self.BOOK.cross("EUR", "USD", DAY + timedelta(7)).on == DAY
        with pytest.raises(UnableToConvert) as refusal:
            self.BOOK.cross("EUR", "USD", DAY + timedelta(8))
        assert refusal.value.code == "agreements.rate.too-old"

    @pytest.mark.parametrize(("base", "on"), [("CHF", DAY), ("USD", DAY - timedelta(1))])
    def test_what_was_not_published_is_refused(self, base, on) -> None:
        with pytest.raises(UnableToConvert) as refusal:
            self.BOOK.cross(base, "SEK", on)
        assert refusal.value.code == "agreements.rate.none"

    @given(st.decimals("0.0001", "50000", places=4), st.decimals("0.0001", "50000", places=4))
    def test_there_and_back_is_as_good_as_the_digits_of_a_rate(self, one, other) -> None:
        book = rates(("USD", DAY, f"{one}"), ("SEK", DAY, f"{other}"))
        back = convert(convert(Fraction(1), book.cross("USD", "SEK", DAY)), book.cross("SEK", "USD", DAY))
        assert abs(back - 1) < Fraction(2, 10**9)


class TestFiles:
    def test_the_daily_file_and_the_history_say_the_same_of_a_day(self) -> None:
        daily, history = read_rates(DAILY.encode()), read_rates(HISTORY.encode())
        assert ("SEK", DAY, Decimal("10.8920")) in daily
        assert ("SEK", DAY, Decimal("10.892")) in history
        assert not [one for one in history if one.currency == "CYP"]

    def test_the_banks_zip_is_opened(self) -> None:
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("eurofxref.csv", DAILY)
        assert read_rates(packed.getvalue()) == read_rates(DAILY.encode())

    @pytest.mark.parametrize(
        "data",
        [
            *(b"", b"hello", b"Date,USD\nyesterday,1\n", b"Date,USD\n2026-04-13,-1\n", b"Date,USD\n2026-04-13,x\n"),
            *(b"Date,USD\n2026-04-13,1E+99\n", b"Date,USD\n2026-04-13," + b"1" * 200_000),
            *(b"PK\x05\x06" + bytes(18), b"PK\x03\x04 and nothing more", b"\xff\xfe"),
        ],
    )
    def test_another_file_is_refused_by_name(self, data, tmp_path) -> None:
        (tmp_path / "rates.csv").write_bytes(data)
        with pytest.raises(RatesUnreachable) as fault:
            EcbRates().fetch(str(tmp_path / "rates.csv"))
        assert fault.value.code == "agreements.rates.unreadable"

    @pytest.mark.parametrize("where", ["none.csv", "no\x00ne.csv", "https://[none"])
    def test_a_missing_file_is_told(self, where, tmp_path) -> None:
        with pytest.raises(RatesUnreachable) as fault:
            EcbRates().fetch(where if "://" in where else str(tmp_path / where))
        assert fault.value.code == "agreements.rates.unreachable"

    @pytest.mark.skipif(not BANK.exists(), reason="the bank's own files are not here")
    def test_the_banks_own_files_are_read_whole(self) -> None:
        daily = EcbRates().fetch(str(BANK / "eurofxref.csv"))
        history = EcbRates().fetch(str(BANK / "eurofxref-hist.csv"))
        newest = {(one.currency, one.on): one.rate for one in history}
        assert len(daily) > 25
        assert all(newest[one.currency, one.on] == one.rate for one in daily)
        assert min(one.on for one in history) == date(1999, 1, 4)


class TestFetching:
    WORLD = World(clock=FixedClock(datetime(2026, 4, 14, 8, tzinfo=UTC)), queue=NoQueue(), rates=EcbRates())

    def test_rates_are_kept_once_and_the_log_says_so(self, company: CompanyId, tmp_path) -> None:
        (tmp_path / "rates.csv").write_text(HISTORY)
        place = RatesPlace(address=str(tmp_path / "rates.csv"))
        set_rates_place(company=company, place=place, by="test", at=self.WORLD.clock.now())
        assert fetch_rates(company=company, world=self.WORLD).new == 4
        assert fetch_rates(company=company, world=self.WORLD).new == 0
        assert newest_rate_day(company=company) == DAY
        assert load_rates(company, DAY, DAY).cross("USD", "SEK", DAY).rate == Decimal("9.322149949")
        told = [entry.code for entry in list_entries(company=company)]
        assert told.count("agreements.rates-taken") == 1

    def test_a_place_that_does_not_answer_is_told_and_changes_nothing(self, company: CompanyId, tmp_path) -> None:
        place = RatesPlace(address=str(tmp_path / "none.csv"))
        set_rates_place(company=company, place=place, by="test", at=self.WORLD.clock.now())
        assert fetch_rates(company=company, world=self.WORLD).code == "agreements.rates.unreachable"
        assert newest_rate_day(company=company) is None

    def test_rates_of_the_source_that_a_company_names_are_used(self, company: CompanyId, tmp_path) -> None:
        (tmp_path / "rates.csv").write_text(HISTORY)
        place = RatesPlace(source="own-bank", address=str(tmp_path / "rates.csv"))
        set_rates_place(company=company, place=place, by="test", at=self.WORLD.clock.now())
        fetch_rates(company=company, world=self.WORLD)
        assert load_rates(company, DAY, DAY).cross("EUR", "SEK", DAY).source == "own-bank"
        assert newest_rate_day(company=company, source="ecb") is None

    def test_an_address_without_encryption_is_refused(self, company: CompanyId) -> None:
        place = RatesPlace(address="http://rates.example/eurofxref.csv")
        with pytest.raises(UnableToAgree) as refusal:
            set_rates_place(company=company, place=place, by="test", at=self.WORLD.clock.now())
        assert refusal.value.code == "agreements.rates.bad-address"
