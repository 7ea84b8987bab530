"""Files of daily usage are ordered by customer some time after they came in, and nobody can tell but by the speed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from saldo.charges import clustering, models
from saldo.charges.drill_down import DailyRow, get_original_row, list_daily_rows
from saldo.charges.store import clustering as in_store
from saldo.core.identity import CustomerId, FileId
from saldo.core.periods import Month
from saldo.flows.order_by_customer import order_by_customer
from tests.microsoft_files import AZURE, HAVSBRIS, METER, SODER, day, legacy_day, seats
from tests.rooms.importing import Postman

METERED = {"subscription": AZURE, "product_id": "DZH318Z0BNZ5", "sku_id": "006G", "availability_id": "DZH318Z08B80"}
CUSTOMERS = (HAVSBRIS, SODER)
DAYS = tuple(f"3/{number}/2026" for number in (3, 1, 2))


def usage_of_two_customers(postman: Postman) -> FileId:
    """Six rows in which the two customers take turns; the file's hash."""
    rows = [
        day(on=on, used=f"{number + 1}", CustomerId=customer, Tags=f'{{"row": {number + 1}}}')
        for number, (on, customer) in enumerate(product(DAYS, CUSTOMERS))
    ]
    return FileId(postman.bring(*rows).sha256)


def daily(postman: Postman, customer: str, **meter: str) -> list[DailyRow]:
    month = models.Delivery.objects.get().month
    assert month is not None
    of = {"company": postman.company, "customer": CustomerId(customer), "month": Month.of(month)}
    return list(list_daily_rows(**of, **(METERED | meter)))  # type: ignore[arg-type]


def originals(postman: Postman, file: FileId, rows: int) -> list[Mapping[str, str]]:
    return [get_original_row(company=postman.company, file=file, row=row) for row in range(1, rows + 1)]


def files_in(postman: Postman, settings: Any) -> set[str]:
    store = Path(settings.LINE_STORE)
    return {str(path.relative_to(store)) for path in (store / str(postman.company)).iterdir()}


def stored() -> set[str]:
    return set(models.Part.objects.values_list("stored", flat=True))


class TestWhatPeopleSee:
    def test_days_and_their_row_numbers_are_the_same_before_and_after(self, postman: Postman) -> None:
        usage_of_two_customers(postman)
        before = {customer: daily(postman, customer) for customer in CUSTOMERS}
        assert [row.row for row in before[HAVSBRIS]] == [3, 5, 1]
        assert order_by_customer() == 1
        assert {customer: daily(postman, customer) for customer in CUSTOMERS} == before

    def test_each_row_is_shown_as_it_was_sent_under_the_number_it_came_with(self, postman: Postman) -> None:
        file = usage_of_two_customers(postman)
        before = originals(postman, file, 6)
        assert [row["Tags"] for row in before] == [f'{{"row": {number}}}' for number in range(1, 7)]
        order_by_customer()
        assert originals(postman, file, 6) == before

    def test_a_cell_that_could_not_be_read_is_still_shown_as_it_was_seen(self, postman: Postman) -> None:
        result = postman.bring(day(CustomerId=SODER), day(Quantity="12,5"))
        assert [problem.row for problem in result.outcome.problems] == [2]
        order_by_customer()
        seen = get_original_row(company=postman.company, file=FileId(result.sha256), row=2)
        assert seen["Quantity"] == "12,5"

    @pytest.mark.parametrize("absent", ["CustomerId", "CustomerCompanyName"])
    def test_legacy_days_are_found_whether_the_file_names_customers_by_id_or_by_name(
        self, postman: Postman, absent: str
    ) -> None:
        rows = [legacy_day(on=on, consumed=consumed) for on, consumed in (("3/7/2026", "20"), ("3/6/2026", "30"))]
        postman.bring(*({name: cell for name, cell in row.items() if name != absent} for row in rows))
        customer = HAVSBRIS if absent != "CustomerId" else "name:havsbris hotell ab"
        meter = {"product_id": METER, "sku_id": "", "availability_id": rows[0]["Region"]}
        before = daily(postman, customer, **meter)
        assert [row.quantity for row in before] == [30, 20]
        order_by_customer()
        assert daily(postman, customer, **meter) == before


class TestTheStore:
    def test_one_customers_rows_lie_together_afterwards(self, postman: Postman, settings: Any) -> None:
        usage_of_two_customers(postman)
        order_by_customer()
        (name,) = stored()
        with duckdb.connect() as connection:
            path = str(Path(settings.LINE_STORE) / name)
            rows = connection.execute(f"SELECT saldo_customer, saldo_row FROM read_parquet('{path}')").fetchall()
        first, second = sorted(CUSTOMERS)
        odd, even = [1, 3, 5], [2, 4, 6]
        of = {HAVSBRIS: odd, SODER: even}
        assert rows == [(first, row) for row in of[first]] + [(second, row) for row in of[second]]

    def test_told_twice_it_does_nothing_but_remove_what_it_replaced(self, postman: Postman, settings: Any) -> None:
        usage_of_two_customers(postman)
        old = stored()
        order_by_customer()
        assert files_in(postman, settings) == old | stored()
        assert order_by_customer() == 0
        assert files_in(postman, settings) == stored()
        assert len(daily(postman, HAVSBRIS)) == 3

    def test_billed_lines_stay_as_they_came_since_nobody_searches_them_there(self, postman: Postman) -> None:
        postman.bring(seats(), seats(customer=SODER))
        old = stored()
        assert order_by_customer() == 0
        assert stored() == old

    def test_the_same_file_delivered_again_is_still_known(self, postman: Postman) -> None:
        usage_of_two_customers(postman)
        order_by_customer()
        usage_of_two_customers(postman)
        assert postman.states() == ["counts"]


class TestInterrupted:
    def test_before_the_catalogue_names_the_new_file_the_old_one_is_read_and_the_new_one_swept(
        self, postman: Postman, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage_of_two_customers(postman)
        old, before = stored(), daily(postman, HAVSBRIS)

        def die(**_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr("saldo.flows.order_by_customer.put_in_place", die)
            with pytest.raises(KeyboardInterrupt):
                order_by_customer()
        assert stored() == old
        assert daily(postman, HAVSBRIS) == before
        assert order_by_customer() == 1
        assert daily(postman, HAVSBRIS) == before

    def test_a_copy_that_does_not_say_the_same_never_takes_its_place(
        self, postman: Postman, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage_of_two_customers(postman)
        old = files_in(postman, settings)
        # as if the engine had miscounted
        true_copy = in_store._with_customer
        damaged = "SELECT * REPLACE (Quantity + 1 AS Quantity) FROM ({})"
        monkeypatch.setattr(in_store, "_with_customer", lambda *said: damaged.format(true_copy(*said)))
        (waiting,) = clustering.list_waiting(company=postman.company)
        store = Path(settings.LINE_STORE)
        with pytest.raises(in_store.StoreIsDamaged):
            clustering.write_by_customer(waiting=waiting, store=store, scratch=store / "scratch")
        assert files_in(postman, settings) == old
