"""The daily round over a million open items of 100,000 debtors: looking at all, looking at what is due, writing moves.

Items fall due evenly over four months and stand where the ready policy `standard` had left them the evening before, so
that about one in twenty moves today; three debtors in a hundred have a credit, a promise, a hold or a dispute. Each
figure is taken in the installation's own process; memory is that process's peak, PostgreSQL apart.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.import_rounds import a_home, setting, told

ITEMS = setting("SALDO_BENCH_ITEMS", 1_000_000)
DEBTORS = ITEMS // 10
TODAY = date(2026, 3, 3)  # a Tuesday
AT = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
READY = Path(__file__).resolve().parent.parent / "src" / "saldo" / "dunning" / "ready" / "standard.yaml"

_DEBTORS = """
INSERT INTO parties_debtor (company_id, number, name, country, street, postcode, city, region, vat_id, registration,
                            electronic_address, emails, language, segment, is_active, first_seen_at)
SELECT %(company)s, (100000 + i)::text, 'Kund ' || i, CASE i %% 4 WHEN 0 THEN 'NO' ELSE 'SE' END, '', '', '', '', '',
       '', '', '[]', 'sv', '', true, %(at)s FROM generate_series(0, %(debtors)s - 1) AS i
"""
_ITEMS = """
INSERT INTO ledger_item (company_id, key, account, party, kind, document, reference, issued_on, due_on, currency,
                         original, open, settled_on, posting)
SELECT %(company)s, 'invoice:' || i, 'receivable', (100000 + i %% %(debtors)s)::text, 'invoice', i::text, '',
       due - 30, due, 'SEK', 125 + i %% 1000, 125 + i %% 1000, NULL, 'invoice:' || i
FROM (SELECT i, %(today)s::date + 30 - (i %% 7919) %% 120 AS due FROM generate_series(0, %(many)s - 1) AS i) AS made
"""
# Where `standard` had left them last evening: its steps by days late, each proved on its day.
_STANDING = """
INSERT INTO dunning_collected (company_id, item, debtor, currency, policy, version, step, since, proved_on,
    notice_failed, "left", proposed, reviewed, because, facts, owed, decided_on, decided_at, look_again_on)
SELECT company_id, key, party, currency, 'standard', 1, s.step, due_on + s.late, due_on + s.late, false, '', '', '',
       CASE s.step WHEN 'decision' THEN 'last-step' ELSE 'not-yet' END, '{}', open, due_on + s.late,
       %(at)s, CASE WHEN s.step <> 'decision' THEN due_on + s.next END
FROM ledger_item JOIN (VALUES ('before-due', -7, 3), ('reminder', 3, 10), ('second-reminder', 10, 20),
    ('formal-notice', 20, 27),
    ('final-notice', 27, 33), ('suspension', 33, 60), ('decision', 60, 1000)) AS s (step, late, next)
    ON %(today)s::date - 1 - due_on >= s.late AND %(today)s::date - 1 - due_on < s.next
WHERE company_id = %(company)s
"""
_CLAUSES = """
INSERT INTO dunning_clause (company_id, debtor, allows, agreed_on, evidence, recorded_at, recorded_by, ended_by)
SELECT %(company)s, (100000 + i)::text, 'access', %(today)s::date - 400, 'contract', %(at)s, 'bench', ''
FROM generate_series(0, %(debtors)s - 1) AS i
"""
_CREDITS = """
INSERT INTO ledger_item (company_id, key, account, party, kind, document, reference, issued_on, due_on, currency,
                         original, open, settled_on, posting)
SELECT %(company)s, 'receipt:' || i, 'receivable', (100000 + i)::text, 'receipt', i::text, '', %(today)s::date - 20,
       %(today)s::date - 20, 'SEK', -40, -40, NULL, 'receipt:' || i
FROM generate_series(0, %(debtors)s - 1, 50) AS i
"""
_HOLDS = """
INSERT INTO dunning_hold (company_id, debtor, item, reason, until, placed_on, placed_at, placed_by, ended_by)
SELECT %(company)s, (100000 + i)::text, '', 'asked', %(today)s::date + 3, %(today)s, %(at)s, 'bench', ''
FROM generate_series(7, %(debtors)s - 1, 100) AS i
"""
_ROUND = """
INSERT INTO dunning_round (company_id, "on", ran_at, ran_by, is_full, read, moved, facts)
SELECT %(company)s, %(today)s::date - 1, %(at)s, 'bench', true, 0, 0, '{}'
"""


def fill(app: psycopg.Connection[Any], owner: psycopg.Connection[Any], company: int) -> float:
    """Debtors, open items, where they stand, and what keeps some back; returns the seconds."""
    began = time.perf_counter()
    facts = {"company": company, "debtors": DEBTORS, "many": ITEMS, "today": TODAY, "at": AT}
    with app.transaction():
        app.execute("SELECT set_config('saldo.company', %s, true)", [str(company)])
        for statement in (_DEBTORS, _ITEMS, _STANDING, _CLAUSES, _CREDITS, _HOLDS, _ROUND):
            app.execute(statement, facts)
    for table in ("parties_debtor", "ledger_item", "dunning_collected", "dunning_hold", "dunning_clause"):
        owner.execute(f"VACUUM ANALYZE {table}")
    return time.perf_counter() - began


def the_look(company: Any) -> Any:
    """The ready policy for everybody, bank data of this morning."""
    from dataclasses import replace

    from saldo.dunning.formats.policy_text import read_policy
    from saldo.dunning.looking import Look
    from saldo.dunning.policies import PolicyShelf
    from saldo.dunning.rules.policy import Policy

    policy = read_policy(READY.read_text())
    assert isinstance(policy, Policy), policy
    shelf = PolicyShelf(
        by_pin={("standard", 1): replace(policy, version=1)},
        in_force={"standard": ("standard", 1)},
        chosen={("company", ""): "standard"},
    )
    return Look(
        company=company,
        shelf=shelf,
        day_of=lambda zone: TODAY,
        country="SE",
        zone="Europe/Stockholm",
        at=AT,
        bank_at=AT,
    )


def timed(work: Callable[[], Any], company: Any, *, times: int = 3) -> tuple[float, Any]:
    """The median seconds of a few runs in a transaction of the company's, and what the last one gave."""
    from saldo.parties.company import company_context

    took = []
    given = None
    for _ in range(times):
        with company_context(company):
            began = time.perf_counter()
            given = work()
            took.append(time.perf_counter() - began)
    return sorted(took)[len(took) // 2], given


def read_everything(company: Any) -> int:
    """Every row by a server's cursor, nothing decided: what the round is held against."""
    from saldo.dunning import candidates

    rows = candidates._stream("WHERE i.company_id = %(company)s", {"company": company})
    return sum(1 for _ in rows)


def figures(company: Any) -> list[dict[str, Any]]:
    """Reading, looking, writing, and writing nothing the second time."""
    from saldo.dunning.actions.moving import move_items, sorted_in_batches
    from saldo.dunning.actions.rounds import find_moves
    from saldo.flows.dunning_round import BATCH

    look = the_look(company)

    def find(full: bool) -> list[tuple[str, str]]:
        return [(one.item.debtor, one.item.item) for one in find_moves(look=look, on=TODAY, full=full)]

    bare, rows = timed(lambda: read_everything(company), company)
    whole, moves = timed(lambda: find(True), company)
    due, due_moves = timed(lambda: find(False), company)
    began = time.perf_counter()
    for batch in sorted_in_batches(moves, size=BATCH):
        timed(lambda b=batch: move_items(look=look, items=b, by="bench"), company, times=1)
    wrote = time.perf_counter() - began
    _, again = timed(lambda: find(True), company, times=1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows} rows, {len(moves)} change, {len(due_moves)} of what is due, {len(again)} again", file=sys.stderr)
    return [
        must("full look at all items", whole, "s", 7.0),
        must("the same against reading every row, deciding nothing", whole / bare, "x", 2.0),
        must("look at what is due", due, "s", 2.0),
        at_least("changed items written, with audit and notice", len(moves) / wrote, "/s", 10_000),
        must("changes of a second round", len(again), "", 0),
        must("memory of the process", peak, "MB", 250),
        told("reading every row", bare, "s"),
        told("share of items that change", 100 * len(moves) / rows, "%"),
    ]


def must(what: str, value: float, unit: str, most: float) -> dict[str, Any]:
    """A figure that may be at most so much."""
    return {"what": what, "value": round(value, 2), "unit": unit, "must": f"<= {most:g}", "reached": value <= most}


def at_least(what: str, value: float, unit: str, least: float) -> dict[str, Any]:
    """A figure that must be at least so much."""
    return {"what": what, "value": round(value), "unit": unit, "must": f">= {least:g}", "reached": value >= least}


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
        print(json.dumps({"name": "dunning round", "figures": [*figures(company), told("filling", filled, "s")]}))


if __name__ == "__main__":
    main()
