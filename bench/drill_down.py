"""How long it takes to go down from a billed meter to its daily rows, in Parquet files that the catalogue names."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.installation import COMPANY, USAGE_ROWS, figure, opened, percentile, spread
from bench.pages import AT_ONCE, Asked, Served, fetch_all, read_log, served, sign_in

ANSWERS = 200
ROWS = 100
PAGES = 200
MUST_MS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One billed meter of one customer and month."""

    customer: Any
    month: Any
    key: tuple[str, str, str, str]  # subscription, product, SKU, availability


def main() -> None:
    """As the files came in, then ordered by customer as the hourly job leaves them; then the page that shows them."""
    with opened() as made:
        meters = list_meters()
        figures = [] if are_ordered() else measure_rows(meters, "as delivered (shuffled): ")
        figures += [*order(), *measure_rows(meters, "ordered by customer: "), *measure_page(meters), *made.figures()]
    print(json.dumps({"name": "Drill-down to daily rows (DuckDB, named files)", "figures": figures}))


def list_meters() -> list[Meter]:
    """Metered lines of a sample of customers and months."""
    from saldo.charges.queries import list_lines, list_months, sum_by_customer
    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company

    company = get_company(name=COMPANY)
    chance = random.Random(3)
    found: list[Meter] = []
    with company_context(company.id):
        months = list_months(company=company.id)
        customers = [total.customer for total in sum_by_customer(company=company.id, month=months[0])]
        while len(found) < ANSWERS + PAGES:
            customer, month = chance.choice(customers), chance.choice(months)
            lines = list_lines(company=company.id, customer=customer, month=month)
            metered = [line for line in lines if line.category == "usage" and line.platform == "new-commerce"]
            if metered:
                line = chance.choice(metered)
                key = (line.subscription, line.product_id, line.sku_id, line.availability_id)
                found.append(Meter(customer=customer, month=month, key=key))
    return found


def are_ordered() -> bool:
    """Whether an earlier script of this run has had the files ordered already."""
    from saldo.charges.clustering import list_waiting
    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company

    company = get_company(name=COMPANY).id
    with company_context(company):
        return not list_waiting(company=company)


def order() -> list[dict[str, Any]]:
    """Let the hourly job do its work; for information how long it took."""
    from saldo.flows.order_by_customer import order_by_customer

    began = time.perf_counter()
    files = order_by_customer()
    seconds = round(time.perf_counter() - began, 1)
    what = f"ordering {files} files of {USAGE_ROWS:,} rows in all by customer"
    return [{"what": what, "value": seconds, "unit": "s", "must": "", "reached": None}] if files else []


def measure_rows(meters: list[Meter], how: str) -> list[dict[str, Any]]:
    """The query as a page asks it, each answer in a transaction of its company; and single rows as they were sent."""
    from saldo.charges.drill_down import get_original_row, list_daily_rows
    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company

    company = get_company(name=COMPANY).id
    places: list[tuple[Any, int]] = []

    def rows_of(meter: Meter) -> int:
        subscription, product_id, sku_id, availability_id = meter.key
        with company_context(company):
            rows = list_daily_rows(
                company=company,
                customer=meter.customer,
                month=meter.month,
                subscription=subscription,
                product_id=product_id,
                sku_id=sku_id,
                availability_id=availability_id,
            )
        places.extend((row.file, row.row) for row in rows[:1])
        return len(rows)

    def original(place: tuple[Any, int]) -> int:
        with company_context(company):
            return len(get_original_row(company=company, file=place[0], row=place[1]))

    for meter in meters[:20]:
        rows_of(meter)
    found = [_timed(rows_of, meter) for meter in meters[:ANSWERS]]
    originals = [_timed(original, place)[0] for place in places[:ROWS]]
    return [
        *spread(f"{how}daily rows of a meter", [seconds for seconds, _ in found], must_ms=MUST_MS),
        {
            "what": f"{how}rows found, median",
            "value": percentile([count for _, count in found], 0.5),
            "unit": "rows",
            "must": "",
            "reached": None,
        },
        figure(f"{how}one row as it was sent, p95", percentile(originals, 0.95)),
    ]


def _timed(act: Callable[[Any], int], what: Any) -> tuple[float, int]:
    began = time.perf_counter()
    count = act(what)
    return time.perf_counter() - began, count


def measure_page(meters: list[Meter]) -> list[dict[str, Any]]:
    """The page of the days, one reader after the other."""
    asked = [Asked(page="Daily", address=address_of(meter)) for meter in meters[ANSWERS:]]
    cookie = sign_in()
    with served() as server:
        fetch_all(server.port, cookie, asked[:40])
        alone, together = (_server_times(server, cookie, asked, at_once) for at_once in (1, AT_ONCE))
    return [
        *spread("page of the days, server", alone, must_ms=MUST_MS),
        figure("page of the days, four requests at once, server, p95", percentile(together, 0.95)),
    ]


def _server_times(server: Served, cookie: str, asked: list[Asked], at_once: int) -> list[float]:
    server.log.write_text("")
    fetch_all(server.port, cookie, asked, at_once=at_once)
    time.sleep(0.5)  # the log's last lines
    return [seconds for found in read_log(server.log).values() for seconds in found]


def address_of(meter: Meter) -> str:
    """The address that a bill's row links to."""
    facts = urlencode(dict(zip(("subscription", "product", "sku", "offer"), meter.key, strict=True)))
    return f"/customers/{meter.customer}/bills/{meter.month}/daily/?{facts}"


if __name__ == "__main__":
    main()
