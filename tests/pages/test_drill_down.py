"""From a bill to the days behind it and to the row as it was sent: the same money all the way down."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from saldo.charges.drill_down import DailyRow, UnableToFindRow, get_original_row, list_daily_rows
from saldo.charges.queries import list_lines
from saldo.charges.rules.line import LineItem
from saldo.core.money import round_half_up
from saldo.parties.company import company_context
from saldo.parties.queries import list_customers
from tests.pages.desk import Desk
from tests.pages.people import signed_in

Meter = tuple[str, str, str, str, str]


@pytest.fixture
def inside(desk: Desk) -> Iterator[Desk]:
    """The desk, and the test inside its company."""
    with company_context(desk.company):
        yield desk


def metered(desk: Desk, platform: str) -> dict[Meter, list[LineItem]]:
    """Usage lines of the newest bills by meter; tiers of one meter are one."""
    found: dict[Meter, list[LineItem]] = {}
    for customer in list_customers(company=desk.company):
        for line in list_lines(company=desk.company, customer=customer.key, month=desk.month):
            if line.category == "usage" and line.platform == platform:
                key = (line.customer, line.subscription, line.product_id, line.sku_id, line.availability_id)
                found.setdefault(key, []).append(line)
    return found


def days(desk: Desk, meter: Meter) -> tuple[DailyRow, ...]:
    customer, subscription, product_id, sku_id, availability_id = meter
    return list_daily_rows(
        company=desk.company,
        customer=customer,  # type: ignore[arg-type]
        month=desk.month,
        subscription=subscription,
        product_id=product_id,
        sku_id=sku_id,
        availability_id=availability_id,
    )


class TestDays:
    def test_of_an_azure_meter_come_to_what_the_bill_says(self, inside: Desk) -> None:
        meters = metered(inside, "new-commerce")
        told = {
            meter: round_half_up(sum((row.amount or Decimal(0) for row in days(inside, meter)), Decimal(0)), "SEK")
            for meter in meters
            if days(inside, meter)
        }
        assert len(told) > 5
        for meter, amount in told.items():
            assert abs(amount - sum(line.amount for line in meters[meter])) <= Decimal("0.01") * len(meters[meter])

    def test_of_a_legacy_meter_are_its_quantity_and_tell_no_price(self, inside: Desk) -> None:
        meters = metered(inside, "legacy")
        assert meters
        for meter, lines in meters.items():
            rows = days(inside, meter)
            assert sum(row.quantity for row in rows) == sum(line.quantity for line in lines)
            assert {row.amount for row in rows} == {None}

    def test_come_in_their_order_each_from_its_own_row(self, inside: Desk) -> None:
        meter = max(metered(inside, "new-commerce"), key=lambda one: len(days(inside, one)))
        rows = days(inside, meter)
        assert [row.used_on for row in rows] == sorted(row.used_on for row in rows)
        for row in rows[:3]:
            cells = get_original_row(company=inside.company, file=row.file, row=row.row)
            assert cells["UsageDate"] == row.used_on.isoformat()
            assert Decimal(cells["Quantity"]) == row.quantity

    def test_of_another_customers_meter_are_not_shown_under_ones_own_name(self, desk: Desk) -> None:
        with company_context(desk.company):
            theirs = next(
                meter for meter in metered(desk, "new-commerce") if meter[0] != desk.own and days(desk, meter)
            )
        _, subscription, product, sku, offer = theirs
        asked = f"?subscription={subscription}&product={product}&sku={sku}&offer={offer}"
        page = signed_in(desk.people["billing"]).get(desk.address("customer-daily") + asked).content.decode()
        assert 'class="empty"' in page


class TestRow:
    def test_keeps_every_field_as_it_was_sent(self, inside: Desk) -> None:
        line = list_lines(company=inside.company, customer=inside.other, month=inside.month)[0]
        cells = get_original_row(company=inside.company, file=line.file, row=line.row)
        assert cells["CustomerId"].lower() == inside.other
        assert len(cells) > 25
        assert not any(name.startswith("saldo_") for name in cells)

    @pytest.mark.parametrize("row", [0, -1, 10**9])
    def test_past_either_end_is_refused(self, inside: Desk, row: int) -> None:
        with pytest.raises(UnableToFindRow):
            get_original_row(company=inside.company, file=inside.file, row=row)  # type: ignore[arg-type]

    def test_of_our_file_is_unknown_in_another_company(self, desk: Desk) -> None:
        with company_context(desk.elsewhere), pytest.raises(UnableToFindRow):
            get_original_row(company=desk.elsewhere, file=desk.file, row=desk.row)  # type: ignore[arg-type]
