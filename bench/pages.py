"""How long the server takes for the Customer and Compare pages, four requests at once, and what they ask PostgreSQL.

The server is the one of `saldo run`, gunicorn with its own settings; its time is what its access log says of each
request. The queries are counted apart, in this process, on the same pages.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.installation import COMPANY, EMAIL, PYTHON, figure, opened, percentile
from bench.machine import Spent, Watch

ROUNDS = 3
REQUESTS = 300
WARMING = 80
AT_ONCE = 4
COUNTED = 40
MUST_MS = 120
MOST_QUERIES = 40  # as tests/pages holds every page to
_LOGGED = re.compile(r"^(\d+) (\d+) (\S+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One page of one customer."""

    page: str
    address: str


def main() -> None:
    """Customer and Compare pages, taken in turns as people would, in three rounds of the same pages."""
    with opened() as made:
        addresses, cookie = list_addresses(), sign_in()
        asked = random.Random(1).sample(addresses, REQUESTS + WARMING)
        with served() as server:
            fetch_all(server.port, cookie, asked[:WARMING])
            rounds = [measure(server, cookie, asked[WARMING:]) for _ in range(ROUNDS)]
        figures = [*times(rounds), *count_queries(asked[:COUNTED]), *made.figures()]
    print(json.dumps({"name": f"Pages, {AT_ONCE} requests at once, median of {ROUNDS} rounds", "figures": figures}))


def measure(server: Served, cookie: str, asked: Sequence[Asked]) -> Round:
    """Fetch every page once, and see what that took: each request by the access log, processors by the system."""
    server.log.write_text("")
    watch = Watch([server.process, os.getpid(), server.database])
    walls = fetch_all(server.port, cookie, asked)
    spent = watch.read()
    time.sleep(0.5)  # the log's last lines
    logged = read_log(server.log)
    by_page: dict[str, list[float]] = {}
    for one in asked:
        by_page.setdefault(one.page, []).extend(logged[one.address.partition("?")[0]])
    return Round(by_page=by_page, walls=tuple(walls), spent=spent)


def list_addresses() -> list[Asked]:
    """Both pages of every customer, Compare in every pair of months that follow each other."""
    from saldo.charges.queries import list_months
    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company, list_customers

    company = get_company(name=COMPANY)
    with company_context(company.id):
        customers = [customer.key for customer in list_customers(company=company.id)]
    chance = random.Random(2)
    found = []
    for customer in customers:
        with company_context(company.id):
            months = list_months(company=company.id, customer=customer)
        pairs = [month for month in months if month.plus(-1) in months]
        if not pairs:
            continue
        after = chance.choice(pairs)
        compare = f"/compare/{customer}/?from={after.plus(-1)}&to={after}"
        found += [Asked(page="Customer", address=f"/customers/{customer}/"), Asked(page="Compare", address=compare)]
    return found


def sign_in() -> str:
    """A session of the bench's own person, as the cookie a browser would send."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email=EMAIL))
    return f"sessionid={client.cookies['sessionid'].value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server: its port, its access log, its process, that of its database."""

    port: int
    log: Path
    process: int
    database: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Seconds of the server by page, seconds as readers waited, and the processors' time."""

    by_page: Mapping[str, Sequence[float]]
    walls: Sequence[float]
    spent: Spent


@contextlib.contextmanager
def served() -> Iterator[Served]:
    """Gunicorn as `saldo run` starts it, with its access log switched on."""
    with tempfile.TemporaryDirectory(prefix="saldo-bench-log-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        log = Path(folder) / "access"
        words = ["-m", "gunicorn", "saldo.server.wsgi", "--config", "python:saldo.server.gunicorn"]
        words += [
            "--bind",
            f"127.0.0.1:{port}",
            "--access-logfile",
            str(log),
            "--access-logformat",
            "%(D)s %(s)s %(U)s",
        ]
        server = subprocess.Popen([PYTHON, *words], env={**os.environ}, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port)
            database = int((Path(os.environ["SALDO_HOME"]) / "postgres/data/postmaster.pid").read_text().split()[0])
            yield Served(port=port, log=log, process=server.pid, database=database)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("gunicorn did not begin to serve")


def fetch_all(port: int, cookie: str, asked: Sequence[Asked], *, at_once: int = AT_ONCE) -> list[float]:
    """Fetch each page once, some at a time; gives the seconds each took as its reader saw it."""
    with ThreadPoolExecutor(at_once) as readers:
        return list(readers.map(lambda one: _fetch(port, cookie, one.address), asked))


def _fetch(port: int, cookie: str, address: str) -> float:
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return time.perf_counter() - began


def read_log(log: Path) -> dict[str, list[float]]:
    """Seconds the server took, by the page's address without its question."""
    found: dict[str, list[float]] = {}
    for line in log.read_text().splitlines():
        seen = _LOGGED.match(line)
        if seen:
            found.setdefault(seen[3], []).append(int(seen[1]) / 1_000_000)
    return found


def times(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """The server's time by page, what readers waited, and how much of the machine was not ours."""

    def middle(share: float, *, page: str = "") -> float:
        return median(percentile(one.by_page[page] if page else one.walls, share) for one in rounds)

    figures = []
    for page in sorted(rounds[0].by_page):
        figures.append(figure(f"{page} page, server, p95", middle(0.95, page=page), must_ms=MUST_MS))
        figures.append(figure(f"{page} page, server, median", middle(0.5, page=page)))
    figures.append(figure("both pages, as their reader waits, p95", middle(0.95)))
    for one in rounds:
        if one.spent.ours is not None:
            figures.append(figure(_quiet(one), one.spent.ours / len(one.walls)))
    return figures


def _quiet(one: Round) -> str:
    slowest = max(percentile(seconds, 0.95) for seconds in one.by_page.values())
    return (
        f"a round with {one.spent.share_of_others} % of the machine taken by others:"
        f" p95 {slowest * 1000:.0f} ms, processor time a page"
    )


def count_queries(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """The most questions that any of these pages asked PostgreSQL, with the fewest beside it."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(email=EMAIL))
    counts: dict[str, list[int]] = {}
    for one in asked:
        with CaptureQueriesContext(connection) as captured:
            client.get(one.address)
        counts.setdefault(one.page, []).append(len(captured))
    return [
        {
            "what": f"{page} page, queries ({min(found)} to {max(found)} over {len(found)} customers)",
            "value": max(found),
            "unit": "",
            "must": f"<= {MOST_QUERIES}",
            "reached": max(found) <= MOST_QUERIES,
        }
        for page, found in sorted(counts.items())
    ]


if __name__ == "__main__":
    main()
