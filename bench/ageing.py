"""Ageing and days sales outstanding over a million items: today, and days of the past.

Two years of invoices of 10,000 debtors in two currencies, nine in ten settled by receipts within a hundred days, a
twentieth of them by two. The books are filled by SQL, through the same constraints; statistics are taken once, as
autovacuum does on its own. Each figure is the slowest of three.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from bench.import_rounds import a_home, setting, told

ITEMS = setting("SALDO_BENCH_ITEMS", 1_000_000)  # invoices and receipts together
DEBTORS = 10_000
FIRST, TODAY = date(2024, 3, 1), date(2026, 3, 1)
PAST = {"a month ago": 30, "half a year ago": 182, "a year ago": 365, "two years ago": 729}
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

# i-th invoice: issued evenly over the two years; every tenth stays open, every twentieth is paid in two parts.
_INVOICES = """
INSERT INTO ledger_item (company_id, key, account, party, kind, document, reference, issued_on, due_on, currency,
                         original, open, settled_on, posting)
SELECT %(company)s, 'invoice:' || i, 'receivable', (10000 + i %% %(debtors)s)::text, 'invoice', i::text, '',
       issued, issued + 30, CASE i %% 5 WHEN 0 THEN 'EUR' ELSE 'SEK' END, 125 + i %% 1000,
       CASE WHEN paid <= %(today)s THEN 0 ELSE 125 + i %% 1000 END,
       CASE WHEN paid <= %(today)s THEN paid END, 'invoice:' || i
FROM (SELECT i, issued, CASE WHEN i %% 10 <> 0 THEN issued + 5 + i %% 95 END AS paid
      FROM (SELECT i, %(first)s::date + (i::bigint * %(days)s / %(many)s)::int AS issued
            FROM generate_series(0, %(many)s - 1) AS i) AS dated) AS made
"""
_RECEIPTS = """
INSERT INTO ledger_item (company_id, key, account, party, kind, document, reference, issued_on, due_on, currency,
                         original, open, settled_on, posting)
SELECT company_id, replace(key, 'invoice', 'receipt'), account, party, 'receipt', document, '', settled_on, settled_on,
       currency, -original, 0, settled_on, replace(key, 'invoice', 'receipt')
FROM ledger_item WHERE company_id = %(company)s AND settled_on IS NOT NULL
"""
_ALLOCATIONS = """
INSERT INTO ledger_allocation (company_id, key, "on", debit, credit, currency, value, reversal_of, made_at, made_by)
SELECT company_id, 'a' || part || ':' || key, settled_on, key, replace(key, 'invoice', 'receipt'), currency,
       CASE WHEN id %% 20 <> 0 THEN original WHEN part = 1 THEN 25 ELSE original - 25 END, '', %(at)s, 'bench'
FROM ledger_item, generate_series(1, 2) AS part
WHERE company_id = %(company)s AND kind = 'invoice' AND settled_on IS NOT NULL AND (part = 1 OR id %% 20 = 0)
"""


def fill(app: psycopg.Connection[Any], owner: psycopg.Connection[Any], company: int) -> float:
    """A company's items and allocations; returns the seconds."""
    began = time.perf_counter()
    facts = {
        "company": company,
        "debtors": DEBTORS,
        "first": FIRST,
        "today": TODAY,
        "days": (TODAY - FIRST).days,
        "many": ITEMS * 100 // 186,
        "at": AT,
    }
    with app.transaction():
        app.execute("SELECT set_config('saldo.company', %s, true)", [str(company)])
        for statement in (_INVOICES, _RECEIPTS, _ALLOCATIONS):
            app.execute(statement, facts)
    for table in ("item", "allocation"):
        owner.execute(f"VACUUM ANALYZE ledger_{table}")
    return time.perf_counter() - began


def slowest(work: Callable[[], Any], company: int) -> float:
    """Seconds of the slowest of three."""
    from saldo.core.identity import CompanyId
    from saldo.parties.company import company_context

    took = []
    for _ in range(3):
        with company_context(CompanyId(company)):
            began = time.perf_counter()
            work()
            took.append(time.perf_counter() - began)
    return max(took)


def measured(what: str, seconds: float, must: float) -> dict[str, Any]:
    """A duration against what is demanded."""
    return {
        "what": what,
        "value": round(seconds, 3),
        "unit": "s",
        "must": f"<= {must} s",
        "reached": seconds <= must,
    }


def figures(company: int) -> list[dict[str, Any]]:
    """Ageing by debtor and bucket, and DSO, of today and of the past."""
    from saldo.core.identity import CompanyId
    from saldo.ledger.ageing import age, dso
    from saldo.ledger.queries import list_open_items, sum_open

    ours = CompanyId(company)
    made = []
    for name, back in ({"today": 0} | PAST).items():
        day = TODAY - timedelta(days=back)
        must = 2.0 if back else 0.5
        aged = age_and_check(ours, day, sum_open)
        print(f"{name}: {aged} rows", file=sys.stderr)
        made.append(measured(f"ageing, {name}", slowest(lambda d=day: age(company=ours, as_of=d), company), must))
        made.append(measured(f"DSO, {name}", slowest(lambda d=day: dso(company=ours, as_of=d), company), must))
    one = slowest(lambda: age(company=ours, as_of=TODAY - timedelta(days=365), party="10007"), company)
    made.append(told("ageing of one debtor a year ago, ms", one * 1000, "ms"))
    listed = slowest(lambda: list_open_items(company=ours, party="10007"), company)
    return [*made, told("open items of one debtor, ms", listed * 1000, "ms")]


def age_and_check(company: Any, day: date, sum_open: Callable[..., Any]) -> int:
    """The ageing adds up to what is open by another query."""
    from saldo.ledger.ageing import age
    from saldo.parties.company import company_context

    with company_context(company):
        aged = age(company=company, as_of=day)
        total: dict[str, Any] = {}
        for one in aged:
            total[one.currency] = total.get(one.currency, 0) + one.total
        assert total == sum_open(company=company, as_of=day), day
        return len(aged)


def main() -> None:
    """Print one JSON object."""
    with a_home() as folder:
        os.environ["SALDO_HOME"] = str(folder / "home")
        from saldo.server.setup import make_installation

        installation = make_installation(folder / "home")
        from saldo.parties.actions import found_company

        company = found_company(name="Bench", country="SE", currency="SEK", cloud="global", actor="bench", at=AT)
        with (
            psycopg.connect(**installation.app.as_psycopg(), autocommit=True) as app,
            psycopg.connect(**installation.owner.as_psycopg(), autocommit=True) as owner,
        ):
            filled = fill(app, owner, company)
        print(json.dumps({"name": "ageing", "figures": [*figures(company), told("filling", filled, "s")]}))


if __name__ == "__main__":
    main()
