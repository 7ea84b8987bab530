"""How long it takes to close a month: rated, drafted, issued and posted, for 10,000 customers with 200,000 lines.

The lines are written straight into the catalogue; that import is measured elsewhere. A tenth of the customers first, so
that the growth can be told.
"""

from __future__ import annotations

import json
import random
import resource
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.installation import _saldo, stop

FEW, MANY, LINES_EACH = 1_000, 10_000, 20
MUST_S, MUST_MB, FROM, UNTIL = 90, 1024, 8, 13
RULES = (("azure", "usage", "markup-on-cost"), ("seats", "licence", "discount-from-list"))
NOW = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
MONTH = date(2026, 3, 1)


def main() -> None:
    """Two companies of one installation, one after the other."""
    with TemporaryDirectory(prefix="saldo-bench-close-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        _saldo(home, "init", "--company", "Few", "--country", "SE", "--currency", "SEK")
        try:
            open_django(home)
            few, many = measure("Few", FEW), measure("Many", MANY)
        finally:
            from django.db import connections

            connections.close_all()
            stop(home)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = round(many["seconds"] / few["seconds"], 1)
    figures = [
        told(f"close and issue, {MANY:,} customers, {MANY * LINES_EACH:,} lines", many["seconds"], "s", MUST_S),
        told("the same a second time (changes nothing)", many["again"], "s", None),
        told(f"close and issue, {FEW:,} customers", few["seconds"], "s", None),
        {
            "what": "ten times the customers cost times the time",
            "value": ratio,
            "unit": "x",
            "must": f"{FROM}-{UNTIL} x",
            "reached": FROM <= ratio <= UNTIL,
        },
        told("memory of the process at most", memory, "MB", MUST_MB),
    ]
    print(json.dumps({"name": "Closing a month (rated, drafted, issued, posted; no PDF)", "figures": figures}))


def told(what: str, value: float, unit: str, must: float | None) -> dict[str, Any]:
    """One figure as the bench prints it."""
    reached = None if must is None else value <= must
    return {
        "what": what,
        "value": round(value, 1),
        "unit": unit,
        "must": "" if must is None else f"<= {must} {unit}",
        "reached": reached,
    }


def open_django(home: Path) -> None:
    """Load Django for an installation whose database runs."""
    import os

    from saldo.server.installation import describe, start_database
    from saldo.server.setup import migrate, start_django

    os.environ["SALDO_HOME"] = str(home)
    start_database(describe(home))
    start_django(home)
    migrate()


def measure(name: str, customers: int) -> dict[str, float]:
    """One company: its lines, then the close, then the close again."""
    from saldo.core.clock import FixedClock
    from saldo.core.identity import CompanyId
    from saldo.core.periods import Month
    from saldo.flows.month_close import close_month
    from saldo.parties.actions import found_company
    from saldo.parties.queries import list_companies
    from saldo.ports.world import World

    known = {one.name: one.id for one in list_companies()}
    company = known.get(name) or CompanyId(
        found_company(name=name, country="SE", currency="SEK", cloud="global", actor="bench", at=NOW)
    )
    write_month(company, customers)
    world = World(clock=FixedClock(NOW), queue=NoQueue())

    def close() -> tuple[float, Any]:
        began = time.perf_counter()
        closed = close_month(
            company=company, month=Month.of(MONTH), issue=True, by="bench", world=world, today=NOW.date()
        )
        return time.perf_counter() - began, closed

    seconds, closed = close()
    again, second = close()
    if closed.issued != customers or (second.issued, second.totals) != (closed.issued, closed.totals):
        raise RuntimeError(f"{closed.issued} and {second.issued} of {customers} were issued")
    return {"seconds": seconds, "again": again}


class NoQueue:
    """Closing leaves no work for later."""

    def enqueue(self, task: str, **arguments: object) -> int:
        """Never asked."""
        raise RuntimeError(task)


def write_month(company: Any, customers: int, month: date = MONTH) -> None:
    """One Microsoft document with so many customers' lines, some agreements, and a debtor for each customer."""
    from django.db import connections

    from saldo.agreements import models as agreed
    from saldo.charges import models
    from saldo.invoicing.actions.writing import copy_in
    from saldo.parties.billing_actions import ensure_debtors
    from saldo.parties.company import company_context
    from saldo.parties.queries import count_customers

    keys = [str(uuid.UUID(int=(int(company) << 64) + place)) for place in range(customers)]
    with company_context(company):
        columns = ("company_id", "key", "name", "domain", "country", "first_seen_at")
        known = count_customers(company=company)
        seen = ((company, key, f"Customer {key[-6:]}", "", "SE", NOW) for key in keys[known:])
        copy_in("parties_customer", columns, seen)
        ensure_debtors(company=company, at=NOW, by="bench")
        same = {"company_id": company, "version": 1, "level": "company", "starts_on": date(2025, 1, 1)}
        made = {"made_by": "bench", "made_at": NOW}
        for code, category, method in RULES if not known else ():
            agreed.PriceRule.objects.create(
                code=code, category=category, method=method, value={"percent": "5"}, **same, **made
            )
        delivery, part = write_delivery(company, month, customers * LINES_EACH)
        names = [field.column for field in models.Line._meta.fields if field.name != "id"]
        copy_in("charges_line", names, lines_of(company, delivery.pk, part.pk, keys, names))
        write_sums(delivery)
    with connections["owner"].cursor() as cursor:  # as the hours between an import and a close would have it
        cursor.execute("ANALYZE charges_line, charges_delivery, parties_customer, parties_debtor")


def write_sums(delivery: Any) -> None:
    """What the lines come to by customer and in all, as an import writes it."""
    from django.db import connection

    from saldo.charges.catalogue import write_delivery_totals

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO charges_customertotal (company_id, delivery_id, customer, currency, lines, net)"
            " SELECT company_id, delivery_id, customer, currency, count(*), sum(amount) FROM charges_line"
            " WHERE delivery_id = %s GROUP BY 1, 2, 3, 4",
            [delivery.pk],
        )
    write_delivery_totals(delivery)


def write_delivery(company: Any, month: date, rows: int) -> tuple[Any, Any]:
    """The document and its one file in the catalogue."""
    from saldo.charges import models

    number, content = f"G0000{month:%y%m}", f"{int(company):056x}{month:%Y%m%d}"
    delivery = models.Delivery.objects.create(
        company_id=company,
        content=content,
        kind="nce-reconciliation",
        source="bench",
        document=number,
        document_key=number,
        month=month,
        own_month=month,
        currency="SEK",
        rows=rows,
        lines=rows,
        total=0,
        received_at=NOW,
        received_by="bench",
    )
    part = models.Part.objects.create(
        company_id=company,
        delivery=delivery,
        number=1,
        sha256=content,
        name="bench",
        rows=rows,
        lines=rows,
        total=0,
    )
    return delivery, part


def lines_of(company: Any, delivery: int, part: int, keys: list[str], names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Twelve seat lines and eight metered ones a customer, in an order of Microsoft's own: none."""
    chance = random.Random(7)
    places = [(key, number) for key in keys for number in range(LINES_EACH)]
    chance.shuffle(places)
    for row, (key, number) in enumerate(places, start=1):
        is_usage = number >= 12
        price = Decimal(chance.randrange(500, 90_000)) / 100
        quantity = Decimal(chance.randrange(1, 4000)) / 10 if is_usage else Decimal(chance.randrange(1, 80))
        amount = (price * quantity).quantize(Decimal("0.01"))
        found = dict.fromkeys(names, "") | {
            "company_id": company,
            "delivery_id": delivery,
            "part_id": part,
            "row": row,
            "customer": key,
            "category": "usage" if is_usage else "licence",
            "charge_type": "new" if is_usage else "cycleCharge",
            "subscription": f"{key[:24]}{number:012d}",
            "product_id": f"CFQ7TTC0{number:04d}",
            "sku_id": "0001",
            "product_name": f"Product {number}",
            "publisher": "Microsoft",
            "quantity": quantity,
            "unit_price": price,
            "effective_unit_price": price,
            "discount": 0,
            "amount": amount,
            "tax": 0,
            "currency": "SEK",
            "pricing_currency": "SEK",
            "exchange_rate": 1,
            "ordered_on": date(2026, 3, 4),
            "charge_starts_on": date(2026, 3, 1),
            "charge_ends_on": date(2026, 3, 31),
            "term_starts_on": None if is_usage else date(2026, 1, 1),
            "term_ends_on": None if is_usage else date(2026, 12, 31),
            "billing_frequency": "" if is_usage else "Monthly",
        }
        yield tuple(found[name] for name in names)


if __name__ == "__main__":
    main()
