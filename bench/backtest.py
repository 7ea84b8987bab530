"""The back-test: thirty-six months of ten thousand debtors under two policies, in one process and in two.

One history, both policies on it; by events, with the ladder that the round uses. Smaller with SALDO_BENCH_DEBTORS.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from saldo.dunning.backtests import run_backtests
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.rules.policy import Policy
from saldo.dunning.rules.receivable import Receivable
from saldo.dunning.rules.tally import Assumption, Tally

DEBTORS = int(os.environ.get("SALDO_BENCH_DEBTORS", "10000"))
MONTHS = 36
ROUNDS = 3
MUST_SECONDS, MUST_FASTER = 30, Decimal("1.6")


def main() -> None:
    """One process and two in turn; the middle of the rounds, and the same figures from both."""
    items = history(debtors=DEBTORS, months=MONTHS, seed=7)
    policies = (ready("standard"), ready("strict"))
    rounds = [(measured(policies, items, jobs=1), measured(policies, items, jobs=2)) for _ in range(ROUNDS)]
    assert all(one[2] == two[2] for one, two in rounds), "two processes counted otherwise than one"
    wall = middle([one[0] for one, _ in rounds])
    cpu = middle([one[1] for one, _ in rounds])
    faster = middle([one[0] / two[0] for one, two in rounds])
    what = f"{MONTHS} months x {DEBTORS:,} debtors x {len(policies)} policies"
    scaled = MUST_SECONDS * DEBTORS / 10_000
    figures = [
        figure(f"{what}, one process", wall, "s", f"<= {scaled:g}", wall <= scaled),
        figure("CPU of it", cpu, "s", "", True),
        figure("two processes against one", faster, "x", f">= {MUST_FASTER}", faster >= MUST_FASTER),
    ]
    print(json.dumps({"name": "Back-test", "figures": figures}))


def ready(code: str) -> Policy:
    policy = read_policy(ready_policy(code))
    assert isinstance(policy, Policy)
    return policy


def measured(policies: Sequence[Policy], items: Sequence[Receivable], *, jobs: int) -> tuple[float, float, Any]:
    """Wall and CPU seconds of this process, and the tallies."""
    began, began_cpu = time.perf_counter(), time.process_time()
    tallies: tuple[Tally, ...] = run_backtests(
        policies,
        items,
        country="SE",
        until=date(2026, 3, 1),
        assumption=Assumption(),
        jobs=jobs,
        tell=lambda done, of: None,
    )
    return time.perf_counter() - began, time.process_time() - began_cpu, tallies


def history(*, debtors: int, months: int, seed: int) -> list[Receivable]:
    """An invoice a month; each debtor with its own habit: most pay about the due day, some late, a few never."""
    random = Random(seed)
    made = []
    for debtor in range(debtors):
        slow = random.random() * 0.6
        for month in range(months):
            issued = date(2023 + month // 12, month % 12 + 1, 1)
            due = issued + timedelta(days=30)
            late = int(random.expovariate(1 / 15)) if random.random() < slow else int(random.gauss(-5, 4))
            settled = due + timedelta(days=late) if random.random() > 0.01 else None
            value = Decimal(random.randrange(10_000, 9_000_000)) / 100
            is_disputed = random.random() < 0.02
            made.append(Receivable(f"C{debtor}", f"F{debtor}-{month}", "SEK", issued, due, value, settled, is_disputed))
    return made


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def figure(what: str, value: float, unit: str, must: str, reached: bool) -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "must": must, "reached": reached}


if __name__ == "__main__":
    main()
