"""How long the server takes for the pages of money when 10,000 customers were billed for two months.

Four requests at once, against gunicorn as `saldo run` starts it; the time is what its access log says. The pages are
those of the side bar, whichever they are, and the pages of single debtors, invoices and documents.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.close import MANY, NoQueue, open_django, write_month
from bench.installation import EMAIL, _saldo, figure, percentile, stop
from bench.pages import Asked, fetch_all, read_log, served, sign_in

COMPANY = "Bench Partner AB"
MONTHS = (date(2026, 2, 1), date(2026, 3, 1))
PAID_SHARE, EACH, SINGLE, MUST_MS = 0.7, 12, 40, 300


def main() -> None:
    """Bill two months, let most of the first be paid, then read."""
    with TemporaryDirectory(prefix="saldo-bench-money-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        _saldo(home, "init", "--company", COMPANY, "--country", "SE", "--currency", "SEK")
        words = ("--email", EMAIL, "--role", "global-admin", "--password-stdin")
        _saldo(home, "person", "add", *words, said="bench " * 4)
        os.environ["SALDO_HOME"] = str(home)
        try:
            open_django(home)
            set_the_books()
            figures = read_pages()
        finally:
            from django.db import connections

            connections.close_all()
            stop(home)
    print(json.dumps({"name": f"Pages of money, {MANY:,} customers, 4 requests at once", "figures": figures}))


def set_the_books() -> None:
    """Two months rated, issued and posted, and the payments of the first."""
    from saldo.core.clock import FixedClock
    from saldo.core.periods import Month
    from saldo.flows.month_close import close_month
    from saldo.flows.payables_follow import follow
    from saldo.parties.queries import get_company
    from saldo.ports.world import World

    company = get_company(name=COMPANY).id
    for month in MONTHS:
        write_month(company, MANY, month)
        at = datetime.combine(Month.of(month).plus(1).starts_on + timedelta(days=8), datetime.min.time(), UTC)
        world = World(clock=FixedClock(at), queue=NoQueue())
        close_month(company=company, month=Month.of(month), issue=True, by="bench", world=world, today=at.date())
    follow(company=company, world=world)
    receive(company)


def receive(company: Any) -> None:
    """A bank file of what most customers paid of the first month, some of it with a wrong reference."""
    from decimal import Decimal

    from saldo.core.clock import FixedClock
    from saldo.flows.receive_files import receive_paths
    from saldo.generator.bank_files import camt_053
    from saldo.generator.bank_town import Payment, Truth
    from saldo.ledger.queries import list_open_items
    from saldo.parties.company import company_context
    from saldo.ports.world import World

    chance = random.Random(5)
    with company_context(company):
        owed = [item for item in list_open_items(company=company) if item.issued_on.month == MONTHS[0].month + 1]
    payments = [
        Payment(
            number=number,
            on=item.due_on,
            currency="SEK",
            value=item.open,
            truth=Truth(story="in full", debtor=item.party),
            payer=f"Customer {item.party}",
            references=(item.reference,) if chance.random() < 0.95 else ("12345",),
            bank_reference=f"B{number:010d}",
        )
        for number, item in enumerate(owed, start=1)
        if chance.random() < PAID_SHARE
    ]
    on = max(payment.on for payment in payments)
    path = Path(os.environ["SALDO_HOME"]) / "bank.xml"
    path.write_bytes(
        camt_053(payments=payments, account="SE3550000000054910000003", currency="SEK", opening=Decimal(0), made_on=on)
    )
    world = World(clock=FixedClock(datetime(2026, 4, 20, 8, tzinfo=UTC)), queue=NoQueue())
    receive_paths(company=company, paths=[path], actor="bench", world=world)


def read_pages() -> list[dict[str, Any]]:
    """Every page of the side bar a few times, single ones over many debtors and invoices."""
    asked = list_pages()
    figures = []
    with served() as server:
        cookie = sign_in()
        fetch_all(server.port, cookie, [asked[name][0] for name in asked])
        for name, pages in asked.items():
            server.log.write_text("")
            fetch_all(server.port, cookie, pages)
            times = [seconds for found in wait_for(server.log, len(pages)).values() for seconds in found]
            figures.append(figure(f"{name} page, p95 of {len(times)}", percentile(times, 0.95), must_ms=MUST_MS))
    return figures


def wait_for(log: Path, count: int) -> dict[str, list[float]]:
    """The log's lines, once all are there."""
    import time

    for _ in range(50):
        found = read_log(log)
        if sum(map(len, found.values())) >= count:
            return found
        time.sleep(0.1)
    return read_log(log)


def list_pages() -> dict[str, list[Asked]]:
    """Addresses by page."""
    from django.urls import NoReverseMatch, reverse

    from saldo.doors.navigation import GROUPS

    pages = {
        place.page: [Asked(page=place.page, address=place.address)] * EACH for group in GROUPS for place in group.places
    }
    singles: dict[str, tuple[str, Callable[[], list[str]]]] = {
        "debtor": ("desk:debtor", debtors),
        "invoice": ("desk:invoice", invoices),
        "payable": ("desk:payable", documents),
    }
    for page, (named, keys) in singles.items():
        try:
            pages[page] = [Asked(page=page, address=reverse(named, args=[key])) for key in keys()]
        except NoReverseMatch:
            continue
    return {page: found for page, found in pages.items() if found}


def _sample(sql: str) -> list[str]:
    from django.db import connection

    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company

    with company_context(get_company(name=COMPANY).id), connection.cursor() as cursor:
        cursor.execute(sql)
        found = sorted(str(row[0]) for row in cursor.fetchall())
    return random.Random(3).sample(found, min(SINGLE, len(found)))


def debtors() -> list[str]:
    """Numbers of some debtors."""
    return _sample("SELECT number FROM parties_debtor")


def invoices() -> list[str]:
    """Numbers of some issued invoices."""
    return _sample("SELECT number FROM invoicing_invoice WHERE number <> ''")


def documents() -> list[str]:
    """Microsoft's documents."""
    return _sample("SELECT document FROM payables_payable")


if __name__ == "__main__":
    main()
