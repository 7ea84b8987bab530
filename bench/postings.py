"""Balanced postings: in batches, one per commit, with four writers; beside COPY, a one-row insert and django-hordak 2.

Each posting has three legs and an item. In batches 1,000 share a transaction; audit entries and the seal of the day are
in the time. COPY writes the same rows into tables with the same indexes and no check. What is compared runs in turn, in
the same server, and the ratio is the median over the rounds. Hordak runs where a Python with it is named in
SALDO_HORDAK_PYTHON, or stands in .venv-bench (made from requirements-bench.lock); in a database of its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from bench.import_rounds import a_home, at_least, setting, told

BATCHED = setting("SALDO_BENCH_POSTINGS", 20_000)
SINGLE = setting("SALDO_BENCH_SINGLE_POSTINGS", 2_000)
ROUNDS = setting("SALDO_BENCH_ROUNDS", 3)
BATCH, WRITERS = 1000, 4
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
PARTIES = 500


def pairs(first: int, count: int, mark: str) -> Iterator[Any]:
    """Invoices with a quarter of tax, no key twice under one mark."""
    from saldo.ledger.rules.posting import Entry, NewItem, Posting

    for number in range(first, first + count):
        party, net = str(10_000 + number % PARTIES), Decimal(4 + number % 997)
        key = f"invoice:{mark}-{number}"
        entries = (
            Entry(account="receivable", party=party, currency="SEK", value=net * 5 / 4),
            Entry(account="sales", party=party, currency="SEK", value=-net),
            Entry(account="tax:SE:25", currency="SEK", value=-net / 4),
        )
        item = NewItem(
            key=key,
            account="receivable",
            party=party,
            kind="invoice",
            document=key,
            reference=key,
            issued_on=DAY,
            due_on=DAY + timedelta(days=30),
            currency="SEK",
            original=net * 5 / 4,
        )
        yield Posting(key=key, on=DAY, code="invoicing.issued", document=key, entries=entries), (item,)


def post(company: int, batch: Sequence[Any]) -> None:
    """One transaction of ours."""
    from saldo.core.identity import CompanyId
    from saldo.ledger.actions import post as post_batch
    from saldo.parties.company import company_context

    with company_context(CompanyId(company)):
        post_batch(company=CompanyId(company), postings=batch, by="bench", at=AT)


def batched(company: int, mark: str) -> float:
    """Postings a second in batches; the seal of their day belongs to it."""
    from saldo.core.identity import CompanyId
    from saldo.ledger.sealing import seal_days_before
    from saldo.parties.company import company_context

    batches = [list(pairs(first, min(BATCH, BATCHED - first), mark)) for first in range(0, BATCHED, BATCH)]
    began = time.perf_counter()
    for batch in batches:
        post(company, batch)
    with company_context(CompanyId(company)):
        assert seal_days_before(company=CompanyId(company), today=DAY + timedelta(days=1)) == 1
    return BATCHED / (time.perf_counter() - began)


PLAIN = ("posting", "entry", "item")


def make_plain(owner: psycopg.Connection[Any]) -> None:
    """Tables like ours, indexes included, without triggers, row-level security or foreign keys."""
    for table in PLAIN:
        owner.execute(f"CREATE TABLE IF NOT EXISTS plain_{table} (LIKE ledger_{table} INCLUDING ALL)")
        owner.execute(f"ALTER TABLE plain_{table} DROP CONSTRAINT IF EXISTS ledger_item_open_within_original")
    owner.execute("CREATE TABLE IF NOT EXISTS plain_floor (id bigint PRIMARY KEY, said text)")


def copied(owner: psycopg.Connection[Any], mark: str, first_id: int) -> float:
    """Postings a second by COPY of the same rows, without any check."""
    batches = [list(pairs(first, min(BATCH, BATCHED - first), mark)) for first in range(0, BATCHED, BATCH)]
    number = first_id
    began = time.perf_counter()
    for batch in batches:
        numbered = list(enumerate(batch, start=number))
        number += len(batch)
        with owner.transaction(), owner.cursor() as cursor:
            copy_rows(cursor, numbered)
    return BATCHED / (time.perf_counter() - began)


def copy_rows(cursor: psycopg.Cursor[Any], numbered: Sequence[Any]) -> None:
    """The three tables of one transaction."""
    with cursor.copy(
        'COPY plain_posting (id, company_id, key, "on", code, document, reversal_of, posted_at, posted_by, digest)'
        " FROM STDIN"
    ) as copy:
        for number, (posting, _) in numbered:
            copy.write_row((number, 1, posting.key, posting.on, posting.code, posting.document, "", AT, "b", "0" * 64))
    with cursor.copy(
        'COPY plain_entry (company_id, posting_id, account, party, "on", currency, value) FROM STDIN'
    ) as copy:
        for number, (posting, _) in numbered:
            for entry in posting.entries:
                copy.write_row((1, number, entry.account, entry.party, posting.on, entry.currency, entry.value))
    with cursor.copy(
        "COPY plain_item (company_id, key, account, party, kind, document, reference, issued_on, due_on, currency,"
        " original, open, posting) FROM STDIN"
    ) as copy:
        for _, (posting, items) in numbered:
            for i in items:
                names = (1, i.key, i.account, i.party, i.kind, i.document, i.reference)
                copy.write_row((*names, i.issued_on, i.due_on, i.currency, i.original, i.original, posting.key))


def one_by_one(company: int, mark: str, count: int) -> float:
    """Postings a second, each in its own transaction."""
    made = list(pairs(0, count, mark))
    began = time.perf_counter()
    for pair in made:
        post(company, [pair])
    return count / (time.perf_counter() - began)


def floor(login: dict[str, Any], first: int, count: int) -> float:
    """One-row inserts a second, each in its own transaction."""
    with psycopg.connect(**login) as connection:
        began = time.perf_counter()
        for number in range(first, first + count):
            connection.execute("INSERT INTO plain_floor VALUES (%s, %s)", (number, "row"))
            connection.commit()
        return count / (time.perf_counter() - began)


def child() -> None:
    """Entry of one of four writers: waits for the word on stdin, prints its seconds."""
    what, company, mark, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    login = enter()
    work: Callable[[], float]
    if what == "ours":
        post(company, list(pairs(10**6, 1, mark)))  # opens the connection
        work = lambda: one_by_one(company, mark, count)  # noqa: E731 - one of two, chosen here and timed below
    else:
        work = lambda: floor(login, int(mark), count)  # noqa: E731 - the other
    print("ready", flush=True)
    sys.stdin.readline()
    work()
    os._exit(0)  # as a writer of Hordak ends: taking Python down is no part of posting


def four(what: str, company: int, marks: Sequence[str]) -> float:
    """Postings or rows a second of four writers together."""
    count = SINGLE // WRITERS
    code = "from bench.postings import child; child()"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, what, str(company), mark, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for mark in marks
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.close()
    if any(writer.wait() for writer in writers):
        raise RuntimeError(f"a writer of {what} failed")
    return WRITERS * count / (time.perf_counter() - began)


def enter() -> dict[str, Any]:
    """Django for the installation in SALDO_HOME; gives the owner's way into its database."""
    from saldo.server.installation import describe
    from saldo.server.setup import start_django

    home = Path(os.environ["SALDO_HOME"])
    start_django(home)
    return describe(home).owner.as_psycopg()


def hordak(login: dict[str, Any], superuser: dict[str, Any]) -> dict[str, float] | None:
    """Postings a second of django-hordak 2, one per commit, one writer and four; None where it is not installed."""
    python = os.environ.get("SALDO_HORDAK_PYTHON") or str(ROOT / ".venv-bench" / "bin" / "python")
    if not Path(python).exists():
        return None
    done = subprocess.run(
        [python, str(ROOT / "bench" / "hordak_writer.py"), json.dumps(login), str(SINGLE), str(WRITERS)],
        env={**os.environ, "SALDO_BENCH_SUPERUSER": json.dumps(superuser)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr[-800:], file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    return found


def one_round(
    number: int, company: int, login: dict[str, Any], superuser: dict[str, Any], owner: psycopg.Connection[Any]
) -> dict[str, float]:
    """Everything once, in turn."""
    single = 10**9 + number * 10**7
    found = {
        "copy": copied(owner, f"c{number}", number * 10**7 + 1),
        "batched": batched(company + number, f"b{number}"),
        "floor": floor(login, single, SINGLE),
        "single": one_by_one(company, f"s{number}", SINGLE),
        "floor of 4": four("floor", company, [str(single + (w + 1) * 10**6) for w in range(WRITERS)]),
        "single of 4": four("ours", company, [f"f{number}-{w}" for w in range(WRITERS)]),
    }
    theirs = hordak(login, superuser)
    if theirs:
        found |= {"hordak": theirs["one"], "hordak of 4": theirs["four"]}
    print(json.dumps({name: round(value) for name, value in found.items()}), file=sys.stderr, flush=True)
    return found


def figures(found: Sequence[dict[str, float]]) -> list[dict[str, Any]]:
    """Medians, and medians of ratios within a round."""

    def middle(name: str) -> float:
        return statistics.median(one[name] for one in found)

    def ratio(above: str, below: str) -> float:
        return statistics.median(one[above] / one[below] for one in found)

    made = [
        at_least("postings in batches, audit and seal included", middle("batched"), 5000, unit="/s"),
        at_least("the same against COPY without any check", ratio("batched", "copy"), 0.5),
        at_least("one per commit against a one-row insert", ratio("single", "floor"), 0.12),
        at_least(
            "four writers, one per commit, against four of a one-row insert", ratio("single of 4", "floor of 4"), 0.12
        ),
        *(told(name, middle(name), "/s") for name in ("copy", "single", "floor", "single of 4", "floor of 4")),
    ]
    if all("hordak" in one for one in found):
        made += [
            at_least("one per commit against django-hordak 2", ratio("single", "hordak"), 1),
            at_least("four writers against four of django-hordak 2", ratio("single of 4", "hordak of 4"), 1),
            *(told(name, middle(name), "/s") for name in ("hordak", "hordak of 4")),
        ]
    return made


def main() -> None:
    """Print one JSON object."""
    with a_home() as folder:
        os.environ["SALDO_HOME"] = str(folder / "home")
        from saldo.server.setup import make_installation

        installation = make_installation(folder / "home")
        from saldo.parties.actions import found_company

        companies = [
            found_company(name=f"Bench {n}", country="SE", currency="SEK", cloud="global", actor="bench", at=AT)
            for n in range(ROUNDS)
        ]
        assert companies == list(range(companies[0], companies[0] + ROUNDS))
        login = installation.owner.as_psycopg()
        superuser = (installation.superuser or installation.owner).as_psycopg()
        with psycopg.connect(**login, autocommit=True) as owner:
            make_plain(owner)
            settings_of = {name: owner.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")}
            print(settings_of, file=sys.stderr)
            assert settings_of == {"fsync": ("on",), "synchronous_commit": ("on",)}
            found = [one_round(number, companies[0], login, superuser, owner) for number in range(ROUNDS)]
        print(json.dumps({"name": "postings", "figures": figures(found)}))


if __name__ == "__main__":
    main()
