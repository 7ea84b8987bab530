"""The files of a synthetic partner obey the laws of Microsoft's own (reference section 11)."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from decimal import Decimal

import pytest

from saldo.core.periods import Month
from saldo.generator.daily_usage import COLUMNS as DAILY_COLUMNS
from saldo.generator.generation import generate
from saldo.generator.reconciliation import COLUMNS

CENT = Decimal("0.01")


@pytest.fixture(scope="module", params=[1, 7, 23])
def folder(request, tmp_path_factory):
    made = tmp_path_factory.mktemp("partner")
    generate(folder=made, customers=14, months=4, seed=request.param, start=Month(2027, 11), usage_rows=3001)
    return made


def rows_of(folder, ending):
    for path in sorted(folder.glob(f"*{ending}")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield path.name[:7], list(csv.DictReader(file))


class TestReconciliationFile:
    def test_has_the_columns_in_microsofts_order(self, folder):
        assert len(COLUMNS) == 47
        for path in folder.glob("*reconciliation.csv"):
            assert path.read_bytes().startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode())

    def test_adds_up_to_its_invoice_header_i7(self, folder):
        for month, rows in rows_of(folder, "reconciliation.csv"):
            number = rows[0]["InvoiceNumber"]
            header = json.loads(next(folder.glob(f"*{number}-invoice.json")).read_text(encoding="utf-8"))
            assert sum(Decimal(row["Total"]) for row in rows) == Decimal(header["totalCharges"])
            assert {row["InvoiceNumber"] for row in rows} == {header["id"]}
            assert header["billingPeriodStartDate"].startswith(month)

    def test_total_is_subtotal_and_tax_i9(self, folder):
        for _, rows in rows_of(folder, "reconciliation.csv"):
            for row in rows:
                assert Decimal(row["Total"]) == Decimal(row["Subtotal"]) + Decimal(row["TaxTotal"])

    def test_charges_what_its_price_times_quantity_and_rate_come_to_i10(self, folder):
        for _, rows in rows_of(folder, "reconciliation.csv"):
            for row in rows:
                exact = (
                    Decimal(row["EffectiveUnitPrice"])
                    * Decimal(row["BillableQuantity"])
                    * Decimal(row["PCToBCExchangeRate"])
                )
                assert 0 <= abs(exact) - abs(Decimal(row["Subtotal"])) + Decimal("1e-6") < CENT + Decimal("2e-6")

    def test_pairs_give_back_the_old_seats_and_charge_the_new_i13(self, folder):
        found = 0
        for _, rows in rows_of(folder, "reconciliation.csv"):
            events = defaultdict(list)
            for row in rows:
                if row["ChargeType"] in {"addQuantity", "removeQuantity"}:
                    events[row["ReferenceId"], row["SkuId"]].append(row)
            for event in events.values():
                back, again = sorted(event, key=lambda row: Decimal(row["Subtotal"]))
                grew = int(again["BillableQuantity"]) > int(back["BillableQuantity"])
                assert Decimal(back["Subtotal"]) < 0 < Decimal(again["Subtotal"])
                assert back["ChargeEndDate"] == again["ChargeEndDate"]
                assert grew == (back["ChargeType"] == "addQuantity")
                found += 1
        assert found

    def test_has_one_rate_a_month_and_currency_i14(self, folder):
        for _, rows in rows_of(folder, "reconciliation.csv"):
            rates = defaultdict(set)
            for row in rows:
                rates[row["PricingCurrency"]].add(row["PCToBCExchangeRate"])
            assert rates.pop("SEK", {"1"}) == {"1"}
            assert all(len(found) == 1 for found in rates.values())

    def test_every_row_was_ordered_in_the_month_of_its_invoice(self, folder):
        for month, rows in rows_of(folder, "reconciliation.csv"):
            for row in rows:
                number, _, year = row["OrderDate"].split("/")
                assert f"{year}-{int(number):02d}" == month

    def test_a_credit_offsets_a_row_of_the_same_quantity_i16(self, folder):
        for _, rows in rows_of(folder, "reconciliation.csv"):
            for credit in (row for row in rows if row["CreditReasonCode"]):
                assert any(
                    row["SubscriptionId"] == credit["SubscriptionId"]
                    and row["BillableQuantity"] == credit["BillableQuantity"]
                    and Decimal(row["Subtotal"]) == -Decimal(credit["Subtotal"])
                    for row in rows
                )


class TestNotes:
    def test_a_note_names_the_invoice_of_the_month_before_that_it_amends(self, tmp_path):
        generate(folder=tmp_path, customers=3, months=9, seed=3, start=Month(2026, 1))
        headers = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(tmp_path.glob("*invoice.json"))]
        months = {header["id"]: header.get("billingPeriodStartDate", "") for header in headers}
        notes = [header for header in headers if header["documentType"] == "adjustment_note"]
        assert notes
        for note in notes:
            assert Decimal(note["totalCharges"]) < 0
            assert months[note["amendsOf"]] < note["billingPeriodStartDate"]


class TestLegacyFiles:
    def test_licences_and_usage_add_up_to_their_invoice_i1(self, folder):
        headers = sorted(folder.glob("*-D*-invoice.json"))
        licences = dict(rows_of(folder, "-license.csv"))
        usage = dict(rows_of(folder, "S-usage.csv"))
        assert len(headers) == 4
        for path in headers:
            header, month = json.loads(path.read_text(encoding="utf-8")), path.name[:7]
            office = sum(Decimal(row["TotalForCustomer"]) for row in licences[month])
            azure = sum(Decimal(row["PostTaxTotal"]) for row in usage[month])
            assert office + azure == Decimal(header["totalCharges"])
            assert header["invoiceDate"].startswith(month)

    def test_each_row_is_its_amount_less_discount_plus_tax_i2_i3(self, folder):
        for _, rows in rows_of(folder, "-license.csv"):
            for row in rows:
                assert Decimal(row["Amount"]) - Decimal(row["TotalOtherDiscount"]) == Decimal(row["Subtotal"])
                assert Decimal(row["Subtotal"]) + Decimal(row["Tax"]) == Decimal(row["TotalForCustomer"])
                assert abs(Decimal(row["Amount"]) - Decimal(row["UnitPrice"]) * int(row["Quantity"])) <= CENT * int(
                    row["Quantity"]
                )
        for _, rows in rows_of(folder, "S-usage.csv"):
            for row in rows:
                assert Decimal(row["PretaxCharges"]) + Decimal(row["TaxAmount"]) == Decimal(row["PostTaxTotal"])
                assert Decimal(row["OverageQuantity"]) == Decimal(row["ConsumedQuantity"])

    def test_days_add_up_to_what_was_billed_i4(self, folder):
        billed = dict(rows_of(folder, "S-usage.csv"))
        for month, rows in rows_of(folder, "-usage-daily.csv"):
            assert _consumed(rows) == _consumed(billed[month])

    def test_a_migration_is_cancelled_here_and_bought_there_on_one_day(self, folder):
        cancelled = {
            (row["CustomerId"], row["OfferName"].casefold(), row["ChargeStartDate"])
            for _, rows in rows_of(folder, "-license.csv")
            for row in rows
            if row["ChargeType"] == "CANCEL FEE"
        }
        bought = {
            (row["CustomerId"], row["ProductName"].casefold(), row["OrderDate"])
            for _, rows in rows_of(folder, "reconciliation.csv")
            for row in rows
            if row["ChargeType"] == "new"
        }
        assert cancelled
        assert cancelled <= bought


class TestDailyFile:
    def test_has_exactly_the_rows_asked_for(self, folder):
        assert len(DAILY_COLUMNS) == 56
        assert sum(len(rows) for _, rows in rows_of(folder, "daily-usage.csv")) == 3001

    def test_ties_to_the_reconciliation_file_i11_i12(self, folder):
        billed = defaultdict(list)
        for month, rows in rows_of(folder, "reconciliation.csv"):
            billed[month] += rows
        for month, rows in rows_of(folder, "daily-usage.csv"):
            used, money = _sum(rows, "Quantity"), _sum(rows, "BillingPreTaxTotal")
            usage = [r for r in billed[month] if r["MeterDescription"] and r["ChargeType"] == "new"]
            counts = defaultdict(int)
            for row in usage:
                counts[_meter(row)] += 1
            assert used == _sum(usage, "BillableQuantity")
            for key, subtotal in _sum(usage, "Subtotal").items():
                assert abs(money[key] - subtotal) <= CENT * counts[key]

    def test_writes_dust_and_many_digits_as_microsoft_does(self, folder):
        rows = [row for _, month in rows_of(folder, "daily-usage.csv") for row in month]
        assert any("e-09" in row["Quantity"] for row in rows)
        assert max(len(row["BillingPreTaxTotal"].partition(".")[2]) for row in rows) == 18
        assert all(json.loads(row["Tags"])["team"] and json.loads(row["AdditionalInfo"]) for row in rows)


class TestGenerating:
    def test_the_same_seed_writes_the_same_bytes(self, tmp_path):
        for name in ("one", "two"):
            generate(folder=tmp_path / name, customers=3, months=2, seed=9, start=Month(2026, 1))
        one, two = ({p.name: _hash(p) for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
        assert one == two

    @pytest.mark.parametrize("rows", [0, 1, 5, 40, 41])
    def test_few_daily_rows_leave_few_metered_charges(self, tmp_path, rows):
        made = generate(folder=tmp_path, customers=6, months=3, seed=2, start=Month(2026, 1), usage_rows=rows)
        assert made.usage_rows == rows
        assert sum(len(month) for _, month in rows_of(tmp_path, "daily-usage.csv")) == rows


def _meter(row):
    return row["SubscriptionId"], row["ProductId"], row["SkuId"], row["AvailabilityId"]


def _consumed(rows):
    sums = defaultdict(Decimal)
    for row in rows:
        sums[row["SubscriptionId"], row["ResourceGuid"], row["Region"]] += Decimal(row["ConsumedQuantity"])
    return dict(sums)


def _sum(rows, column):
    sums = defaultdict(Decimal)
    for row in rows:
        sums[_meter(row)] += Decimal(row[column])
    return dict(sums)


def _hash(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
