"""Everything the generator is meant to tell about stands in the files of one partner of ordinary size."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from saldo.core.periods import Month
from saldo.generator.generation import generate

FileRow = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("repertoire")
    generate(folder=made, customers=150, months=6, seed=11, start=Month(2026, 1))
    return made


@pytest.fixture(scope="module")
def rows(folder):
    found = []
    for path in sorted(folder.glob("*-reconciliation.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found += csv.DictReader(file)
    return found


@pytest.fixture(scope="module")
def legacy(folder):
    found = []
    for path in sorted(folder.glob("*-license.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found += csv.DictReader(file)
    return found


def day(text: str) -> date:
    """A day as the portal writes it: month/day/year."""
    month, day_of_month, year = map(int, text.split(" ")[0].split("/"))
    return date(year, month, day_of_month)


def is_type(*types: str) -> Callable[[FileRow], bool]:
    return lambda row: row["ChargeType"] in types


def is_below_list(row: FileRow) -> bool:
    return bool(row["PromotionId"]) and abs(Decimal(row["EffectiveUnitPrice"])) < Decimal(row["UnitPrice"])


def is_year_at_once(row: FileRow) -> bool:
    return row["BillingFrequency"] == "Annual" and row["ChargeType"] in {"new", "renew"}


def is_prepaid(word: str) -> Callable[[FileRow], bool]:
    return lambda row: word in row["TermAndBillingCycle"]


def is_adjusted(word: str) -> Callable[[FileRow], bool]:
    return lambda row: word in row["PriceAdjustmentDescription"]


def begins_on_the_last_days(row: FileRow) -> bool:
    return bool(row["ChargeStartDate"]) and day(row["ChargeStartDate"]).day in {30, 31} and bool(row["SubscriptionId"])


TOLD: dict[str, Callable[[FileRow], bool]] = {
    "seats added": is_type("addQuantity"),
    "seats removed": is_type("removeQuantity"),
    "a renewal": is_type("renew"),
    "a promotion": is_below_list,
    "an upgrade or a trial that was bought": is_type("convert"),
    "seats moved": is_type("moveQuantity"),
    "a cancellation": is_type("cancelImmediate"),
    "another billing plan": is_type("changeBillingPlan"),
    "a year at once": is_year_at_once,
    "a reservation": is_prepaid("Reservation"),
    "a savings plan": is_prepaid("Savings Plan"),
    "partner earned credit": is_adjusted("Partner earned credit"),
    "a credit": is_type("customerCredit"),
    "another currency": lambda row: row["PricingCurrency"] != row["Currency"],
    "a cycle from the end of a month": begins_on_the_last_days,
    "a trial": lambda row: "Trial" in row["ProductQualifiers"],
    "software for good": lambda row: not row["ChargeEndDate"],
    "something of another publisher": lambda row: not row["PublisherName"].startswith("Microsoft"),
}


class TestRepertoire:
    @pytest.mark.parametrize("told", TOLD)
    def test_tells_of(self, rows: list[FileRow], told: str) -> None:
        assert any(map(TOLD[told], rows))

    def test_a_cancellation_comes_within_seven_days_of_the_charge_it_takes_back(self, rows: list[FileRow]) -> None:
        cancelled = [row for row in rows if row["ChargeType"] == "cancelImmediate"]
        for row in cancelled:
            bought = [
                day(other["ChargeStartDate"])
                for other in rows
                if other["SubscriptionId"] == row["SubscriptionId"]
                and other["ChargeType"] in {"new", "renew"}
                and other["ChargeEndDate"] == row["ChargeEndDate"]
            ]
            assert bought
            assert timedelta(0) < day(row["OrderDate"]) - max(bought) < timedelta(days=7)

    def test_exchange_rates_move_from_month_to_month(self, rows: list[FileRow]) -> None:
        rates = {(row["InvoiceNumber"], row["PCToBCExchangeRate"]) for row in rows if row["PricingCurrency"] == "USD"}
        assert len({rate for _, rate in rates}) > 1

    def test_some_are_still_on_the_legacy_platform_and_some_leave_it(self, legacy: list[FileRow]) -> None:
        assert {row["ChargeType"].upper() for row in legacy} >= {"CYCLE FEE", "CANCEL FEE"}

    def test_one_meter_of_a_month_has_a_row_for_each_tier(self, rows: list[FileRow]) -> None:
        prices: dict[tuple[str, ...], set[str]] = {}
        for row in rows:
            if row["UnitType"] and not row["CreditReasonCode"]:
                key = (row["InvoiceNumber"], row["SubscriptionId"], row["SkuId"], row["AvailabilityId"])
                prices.setdefault(key, set()).add(row["UnitPrice"])
        assert any(len(of_tiers) > 1 for of_tiers in prices.values())
