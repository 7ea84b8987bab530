"""The time machine: one policy or two over the installation's own history or an uploaded file, figures kept beside it.

A run is a folder of the landing place: what was asked, the file if there was one, how far it is, and what came of it.
It changes nothing in the books. A small history is run while the person waits, a large one by the worker.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.receivables import UnableToReadReceivables, read_receivables
from saldo.dunning.history import list_past_receivables
from saldo.dunning.rules.backtest import climbs, count_climbs
from saldo.dunning.rules.policy import Policy
from saldo.dunning.rules.receivable import Receivable
from saldo.dunning.rules.tally import Assumption, Saved, Tally
from saldo.flows.import_progress import progress_beside
from saldo.parties.calendars import calendar_of
from saldo.parties.company import company_context
from saldo.ports.world import World

TASK = "backtest-policies"
MOST_AT_ONCE = 2_000
"""Receivables that a page runs while a person waits."""

MOST_BYTES = 20 * 1024 * 1024
_FOLDER, _ASKED, _RESULT, _FILE = "backtests", "asked.json", "result.json", "history.csv"
_RUN = re.compile(r"[0-9a-f]{24}")
_TELL_EACH = 50
_MOST_DIFFERING = 200
_OWN_YEARS = 3
_DAYS_KEPT = 50_000


class UnableToBacktest(Refused):
    """There is no history to run a policy over, or it cannot be read."""


def start_backtest(
    *,
    company: CompanyId,
    texts: Sequence[str],
    names: Sequence[str],
    keys: Sequence[str],
    data: bytes | None,
    currency: str,
    country: str,
    today: date,
    assumption: Assumption,
    world: World,
) -> str:
    """Keep what was asked and run it, or leave it to the worker; returns the run's name.

    ``names`` and ``keys`` are kept for the page. ``data`` is the CSV file, None our own books of three years.
    Refuses: dunning.backtest.too-large, .bad-policy, dunning.receivables.none, .not-csv, .missing-columns.
    """
    _check_asked(texts, data)
    asked: dict[str, Any] = {
        "texts": list(texts),
        "names": list(names),
        "keys": list(keys),
        "currency": currency,
        "country": country,
    }
    asked |= {"today": today.isoformat(), "answer_days": assumption.answer_days, "notice": assumption.notice}
    history, problems = _history(company, asked, data)
    if not history:
        raise UnableToBacktest(code="dunning.receivables.none")
    folder = _place(company, run := secrets.token_hex(12))
    folder.mkdir(parents=True, mode=0o700)
    if data is not None:
        (folder / _FILE).write_bytes(data)
    _write(folder / _ASKED, asked)
    if len(history) > MOST_AT_ONCE:
        world.queue.enqueue(TASK, company=company, run=run)
    else:
        _run(folder, asked, history, problems, world)
    return run


def _check_asked(texts: Sequence[str], data: bytes | None) -> None:
    if data is not None and len(data) > MOST_BYTES:
        raise UnableToBacktest(code="dunning.backtest.too-large", facts={"most": MOST_BYTES // 1024 // 1024})
    if not all(isinstance(read_policy(text), Policy) for text in texts):
        raise UnableToBacktest(code="dunning.backtest.bad-policy")


def run_backtest(*, company: CompanyId, run: str, world: World) -> None:
    """Run what was asked, for the worker; done before, it does nothing."""
    folder = _place(company, run)
    if not (folder / _ASKED).exists() or (folder / _RESULT).exists():
        return
    asked = json.loads((folder / _ASKED).read_text())
    data = (folder / _FILE).read_bytes() if (folder / _FILE).exists() else None
    with company_context(company):
        history, problems = _history(company, asked, data)
    _run(folder, asked, history, problems, world)


def read_backtest(*, company: CompanyId, run: str) -> tuple[Mapping[str, Any], Mapping[str, Any] | None] | None:
    """What was asked in a run and what came of it; None for a run that is not this company's, no result: it runs."""
    if not _RUN.fullmatch(run):
        return None
    folder = _place(company, run)
    if not (folder / _ASKED).exists():
        return None
    asked = json.loads((folder / _ASKED).read_text())
    result = json.loads((folder / _RESULT).read_text()) if (folder / _RESULT).exists() else None
    return asked, result


def folder_of(*, company: CompanyId, run: str) -> Path:
    """Where a run tells how far it is."""
    return _place(company, run)


def _place(company: CompanyId, run: str) -> Path:
    return Path(settings.LANDING) / _FOLDER / str(int(company)) / run


def _history(company: CompanyId, asked: Mapping[str, Any], data: bytes | None) -> tuple[Sequence[Receivable], int]:
    if data is None:
        since = date.fromisoformat(asked["today"]) - timedelta(days=365 * _OWN_YEARS)
        return list_past_receivables(company=company, since=since), 0
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnableToReadReceivables(code="dunning.receivables.not-csv") from None
    read = read_receivables(text, currency=asked["currency"])
    return read.receivables, len({one.place.row for one in read.problems})


def _run(folder: Path, asked: Mapping[str, Any], history: Sequence[Receivable], problems: int, world: World) -> None:
    days = [day for one in history for day in (one.issued_on, one.due_on, one.settled_on) if day]
    until = max(days) if (folder / _FILE).exists() else date.fromisoformat(asked["today"])
    by_customer: dict[str, list[Receivable]] = defaultdict(list)
    for one in history:
        by_customer[one.customer].append(one)
    tell = progress_beside(folder, since=world.clock.now())
    sides = [_Side(text, asked, until) for text in asked["texts"]]
    differing: list[dict[str, Any]] = []
    for done, (customer, items) in enumerate(by_customer.items(), 1):
        told = [side.take(items) for side in sides]
        if len(told) > 1 and told[0] != told[1]:
            differing.append({"customer": customer, "steps": told, "weight": _weight(told)})
        if done % _TELL_EACH == 0:
            tell(done, len(by_customer))
    differing.sort(key=lambda one: (-one["weight"], one["customer"]))
    result = {
        "policies": [_figures(side.tally) for side in sides],
        "months": _series([side.months for side in sides]),
        "differing": differing[:_MOST_DIFFERING],
        "differing_count": len(differing),
        "receivables": len(history),
        "customers": len(by_customer),
        "bad_rows": problems,
        "first": min(days).isoformat(),
        "until": until.isoformat(),
    }
    _write(folder / _RESULT, result)


class _Side:
    """One policy on its way through history."""

    def __init__(self, text: str, asked: Mapping[str, Any], until: date) -> None:
        policy = read_policy(text)
        assert isinstance(policy, Policy)  # nothing else is ever asked for
        self._policy, self._until = policy, until
        self._assumption = Assumption(answer_days=asked["answer_days"], notice=asked["notice"])
        self._closed = lru_cache(maxsize=_DAYS_KEPT)(calendar_of(policy.jurisdiction or asked["country"]))
        self.tally = Tally()
        self.months: Counter[str] = Counter()

    def take(self, items: Sequence[Receivable]) -> dict[str, int]:
        """Count one customer; how many of its items came to each step."""
        entered = list(climbs(self._policy, items, closed=self._closed, until=self._until))
        self.tally.add(count_climbs(entered, items, until=self._until, assumption=self._assumption))
        letters = {(one.on, one.step.code, one.item.currency) for one in entered if one.step.tells}
        self.months.update(f"{on:%Y-%m}" for on, _, _ in letters)
        return dict(Counter(one.step.code for one in entered))


def _weight(told: Sequence[Mapping[str, int]]) -> int:
    first, second = told
    return sum(abs(first.get(code, 0) - second.get(code, 0)) for code in {*first, *second})


def _series(months: Sequence[Counter[str]]) -> dict[str, Any]:
    """Every month from the first to the last in which any policy would have written."""
    named = sorted({month for counter in months for month in counter})
    if not named:
        return {"months": [], "counts": [[] for _ in months]}
    first, last = (int(one[:4]) * 12 + int(one[5:]) - 1 for one in (named[0], named[-1]))
    every = [f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range(first, last + 1)]
    return {"months": every, "counts": [[counter[month] for month in every] for counter in months]}


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "touched": tally.touched,
        "notices": dict(tally.notices),
        "invoices": dict(tally.invoices),
        "suspensions": tally.suspensions,
        "suspensions_paid_soon": tally.suspensions_paid_soon,
        "calls": tally.calls,
        "letters": tally.letters,
        "releases": tally.releases,
        "assumed": _saved(tally.assumed),
        "by_habit": _saved(tally.by_habit),
    }


def _saved(saved: Saved) -> dict[str, Any]:
    def texts(values: Mapping[str, Decimal]) -> dict[str, str]:
        return {currency: f"{value:f}" for currency, value in values.items()}

    return {
        "days": saved.days,
        "invoices": saved.invoices,
        "earlier": texts(saved.earlier),
        "money_days": texts(saved.money_days),
    }


def _write(path: Path, facts: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    unfinished = path.with_name(f".{path.name}.tmp")
    unfinished.write_text(json.dumps(facts, ensure_ascii=False))
    os.replace(unfinished, path)
