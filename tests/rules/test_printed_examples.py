"""Microsoft's own printed examples: each row is reproduced, or stands below with the rule that it breaks.

The figures are not ours to publish; these tests run where they lie beside the checkout.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from saldo.charges.rules.proration import (
    cycle_around,
    cycle_days,
    cycle_ending,
    effective_unit_price,
    is_annual,
    is_whole_cycle,
    legacy_amount,
    rule_of_seats,
    usage_cost,
)

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "recon"
CENT, EUR = Decimal("0.01"), "EUR"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="Microsoft's printed examples are not beside this checkout")

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """Every row of one file of examples."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def day(row: Row, column: str) -> date:
    return date.fromisoformat(row[column])


# ---- new commerce -------------------------------------------------------------------------------------------------

# Scenario and type of charge → the rule its rows obey where that is not A.
OBEY_RULE_B = {
    ("cancel_2_days", "cancelImmediate"),
    ("full_upgrade", "convert"),
    ("partial_upgrade", "convert"),
    ("monthly_to_annual", "changeBillingPlan"),
}
NCE_BROKEN = {
    # row (1-based): what it breaks
    37: "cost is cut: 2.5415 × 32 = 81.328 is 81.32; the page rounds it up to 81.33",
}


def part_of_cycle(row: Row) -> tuple[int, int]:
    """Days (or, for a change of the billing plan, months) charged, and those of the cycle."""
    starts_on, ends_on = day(row, "ChargeStartDate"), day(row, "ChargeEndDate")
    if row["ChargeType"] == "changeBillingPlan" and row["BillingFrequency"] == "Annual":
        return (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month, 12
    frequency = "Annual" if (ends_on - starts_on).days > 300 else "Monthly"  # the prepaid year prints none
    if is_whole_cycle(starts_on=starts_on, ends_on=ends_on, billing_frequency=frequency):
        return 1, 1
    cycle = cycle_ending(ends_on=ends_on, anchor=(ends_on + timedelta(days=1)).day)
    of_days = cycle_days(starts_on=cycle.starts_on, billing_frequency=frequency, is_legacy=False)
    return (ends_on - starts_on).days + 1, of_days


class TestNewCommerce:
    def test_every_printed_row_obeys_rule_a_or_rule_b_or_is_listed(self) -> None:
        told = {}
        for number, row in enumerate(rows("derived_nce_worked_examples.csv"), start=1):
            if not row["ChargeStartDate"]:
                continue  # the two metered rows, below
            days, of_days = part_of_cycle(row)
            amount = Decimal(row["Subtotal"])
            price = effective_unit_price(unit_price=Decimal(row["UnitPrice"]), days=days, of_days=of_days)
            rule = rule_of_seats(
                amount=amount,
                price=-price if amount < 0 else price,
                quantity=Decimal(row["BillableQuantity"]),
                currency=EUR,
            )
            told[number] = (row["scenario"], row["ChargeType"], rule)
        assert len(told) == 35
        wrong = {
            number: seen
            for number, seen in told.items()
            if seen[2] != ("B" if seen[:2] in OBEY_RULE_B else "A") and number not in NCE_BROKEN
        }
        assert wrong == {}

    def test_metered_rows_are_cut_and_the_one_rounded_up_is_listed(self) -> None:
        metered = {
            number: row
            for number, row in enumerate(rows("derived_nce_worked_examples.csv"), start=1)
            if row["scenario"] == "tiered_meter"
        }
        broken = {
            number
            for number, row in metered.items()
            if Decimal(row["Subtotal"])
            != usage_cost(
                unit_price=Decimal(row["UnitPrice"]),
                quantity=Decimal(row["BillableQuantity"]),
                earned_credit=Decimal("0.15"),
                currency=EUR,
            )
        }
        assert len(metered) == 2
        assert broken == set(NCE_BROKEN)
        exact = Decimal(metered[37]["EffectiveUnitPrice"]) * Decimal(metered[37]["BillableQuantity"])
        assert half_up(exact) == Decimal(metered[37]["Subtotal"])


# ---- legacy -------------------------------------------------------------------------------------------------------

# What the offer costs a cycle; the rows print the prorated price only.
LIST_PRICES = {
    "m_new": "4.00",
    "m_change_qty": "4.00",
    "m_suspend_lt30": "4.00",
    "m_suspend_gt30": "4.00",
    "m_qty_and_convert_to_annual": "21.1",
    "a_new": "48.00",
    "a_add_license_before_bill_date": "211.20",
    "a_change_qty": "48.00",
    "a_suspend_lt30": "48.00",
    "a_suspend_gt30": "48.00",
    "a_reactivate": "48.00",
    "a_renew_then_convert_monthly": "48.6",
}
# Rows of one scenario that charge another offer than the rest of it.
OTHER_OFFER = {10: "270.12", 28: "4.05"}
ANCHORS = {"m_qty_and_convert_to_annual": 26, "a_renew_then_convert_monthly": 2}


@dataclass(frozen=True)
class Charged:
    """What a row charges: list price, quantity as printed, days of the cycle."""

    price: Decimal
    quantity: Decimal
    days: int
    of_days: int

    def amount(self, *, quantity: Decimal | None = None) -> Decimal:
        """The rule: price × quantity × days / cycle days, rounded once."""
        return legacy_amount(
            unit_price=self.price,
            quantity=quantity if quantity is not None else self.quantity,
            days=self.days,
            of_days=self.of_days,
            currency=EUR,
        )


def tenfold(row: Charged) -> Decimal:
    """Quantity printed as a tenth of what the amount implies."""
    return row.amount(quantity=row.quantity * 10)


def tenfold_in_tenths(row: Charged) -> Decimal:
    """The same, and the amount printed to ten cents: 40.84 as 40.80."""
    return tenfold(row).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def day_first(row: Charged) -> Decimal:
    """The price of a day rounded first: 48.00 / 365 = 0.13."""
    return half_up(row.price / row.of_days) * row.days * row.quantity


def used_part_first(row: Charged) -> Decimal:
    """The days used cut first, and the rest of the cycle's price given back: 4.00 - 2.28."""
    used = row.of_days - row.days
    return row.price - (row.price * used / row.of_days).quantize(CENT, rounding="ROUND_DOWN")


# Row (1-based) → the reading of it that gives the printed amount, instead of the rule.
LEGACY_BROKEN: dict[int, Callable[[Charged], Decimal]] = {
    8: used_part_first,
    9: tenfold,
    10: tenfold,
    11: tenfold_in_tenths,
    12: tenfold_in_tenths,
    13: tenfold_in_tenths,
    14: tenfold,
    22: day_first,
    23: day_first,
    25: day_first,
    26: day_first,
    27: tenfold,
    28: tenfold,
    29: tenfold_in_tenths,
}


def read(number: int, row: Row) -> Charged:
    """A printed row as the rule sees it."""
    starts_on, ends_on = day(row, "ChargeStartDate"), day(row, "ChargeEndDate")
    price = Decimal(OTHER_OFFER.get(number, LIST_PRICES[row["scenario"]]))
    days = (ends_on - starts_on).days + 1
    if is_annual(row["BillingCycleType"]) or number == 29:  # the last one charges the rest of a year
        of_days = 365
    else:
        anchor = ANCHORS.get(row["scenario"], 13)
        cycle = cycle_around(day=starts_on, anchor=anchor)
        of_days = cycle_days(starts_on=cycle.starts_on, billing_frequency="Monthly", is_legacy=True)
    return Charged(price=price, quantity=Decimal(row["Quantity"]), days=days, of_days=of_days)


class TestLegacy:
    def test_every_printed_row_obeys_the_rule_or_the_reading_it_is_listed_with(self) -> None:
        printed = rows("derived_legacy_worked_examples.csv")
        obey, wrong = set(), {}
        for number, row in enumerate(printed, start=1):
            charged, amount = read(number, row), abs(Decimal(row["Amount"]))
            if charged.amount() == amount:
                obey.add(number)
            elif number not in LEGACY_BROKEN or LEGACY_BROKEN[number](charged) != amount:
                wrong[number] = (row["scenario"], charged, amount)
        assert len(printed) == 29
        assert wrong == {}
        assert obey.isdisjoint(LEGACY_BROKEN)
