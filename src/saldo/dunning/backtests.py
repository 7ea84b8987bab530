"""Running policies over history, in one process or several: the customers are shared out, the figures added up.

Several give the same figures as one, to the last cent: every figure is a count or an exact sum over customers.
"""

from __future__ import annotations

import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import repeat

from saldo.core.workdays import Closed
from saldo.dunning.rules.backtest import backtest
from saldo.dunning.rules.policy import Policy
from saldo.dunning.rules.receivable import Receivable
from saldo.dunning.rules.tally import Assumption, Tally
from saldo.parties.calendars import calendar_of

Tell = Callable[[int, int], None]
"""Is told how many customers of how many are done."""

CHUNK = 200
"""Customers handed to a process at a time."""
_DAYS_KEPT = 50_000


def run_backtests(
    policies: Sequence[Policy],
    receivables: Sequence[Receivable],
    *,
    country: str,
    until: date,
    assumption: Assumption,
    jobs: int,
    tell: Tell,
) -> tuple[Tally, ...]:
    """The tally of each policy. ``country``: whose holidays count; empty: those of each policy's jurisdiction."""
    chunks = list(_chunks(receivables))
    tallies = tuple(Tally() for _ in policies)
    told = repeat((tuple(policies), country, until, assumption))
    done, customers = 0, sum(len(chunk) for chunk in chunks)
    for parts in _each(chunks, told, jobs):
        for tally, part in zip(tallies, parts, strict=True):
            tally.add(part)
        done += parts[0].customers if parts else 0
        tell(done, customers)
    return tallies


_Chunk = list[list[Receivable]]
_Told = tuple[tuple[Policy, ...], str, date, Assumption]


def _each(chunks: list[_Chunk], told: repeat[_Told], jobs: int) -> Iterator[list[Tally]]:
    if jobs <= 1 or len(chunks) <= 1:
        yield from map(_run_chunk, chunks, told)
        return
    context = multiprocessing.get_context("spawn")  # a forked process would hold on to the database of its parent
    with ProcessPoolExecutor(max_workers=min(jobs, len(chunks)), mp_context=context) as pool:
        yield from pool.map(_run_plain_chunk, map(_as_plain, chunks), told)


_Plain = list[tuple[str, str, str, int, int, str, int, bool]]
"""Receivables as numbers and texts, which travel between processes at a third of the cost of days and decimals."""


def _as_plain(chunk: _Chunk) -> _Plain:
    return [
        (
            *(item.customer, item.invoice, item.currency, item.issued_on.toordinal(), item.due_on.toordinal()),
            *(str(item.value), item.settled_on.toordinal() if item.settled_on else 0, item.is_disputed),
        )
        for customer in chunk
        for item in customer
    ]


def _run_plain_chunk(chunk: _Plain, told: _Told) -> list[Tally]:
    day = date.fromordinal
    items = [
        Receivable(
            customer,
            invoice,
            currency,
            day(issued),
            day(due),
            Decimal(value),
            day(settled) if settled else None,
            disputed,
        )
        for customer, invoice, currency, issued, due, value, settled, disputed in chunk
    ]
    return _run_chunk([items], told)


def _run_chunk(chunk: _Chunk, told: _Told) -> list[Tally]:
    policies, country, until, assumption = told
    items = [item for customer in chunk for item in customer]
    return [
        backtest(policy, items, closed=_closed(country or policy.jurisdiction), until=until, assumption=assumption)
        for policy in policies
    ]


@lru_cache(maxsize=64)
def _closed(country: str) -> Closed:
    """The holidays of a country; each day is looked up once a process."""
    return lru_cache(maxsize=_DAYS_KEPT)(calendar_of(country))


def _chunks(receivables: Sequence[Receivable]) -> Iterator[_Chunk]:
    by_customer: dict[str, list[Receivable]] = defaultdict(list)
    for one in receivables:
        by_customer[one.customer].append(one)
    customers = list(by_customer.values())
    return (customers[at : at + CHUNK] for at in range(0, len(customers), CHUNK))
