"""Carrying decisions out: items move to their step, with the decision kept, and what the step does is ordered.

One batch is one transaction of the flow's. Under the lock everything is read and decided again, so that what came in
since the look, a payment or another round, counts, and two rounds at once do everything once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.dunning.actions.step_acts import carry_out_steps
from saldo.dunning.candidates import these
from saldo.dunning.circumstances import debtors_with_any
from saldo.dunning.kept_text import as_json
from saldo.dunning.looking import Look, Seen, look_at
from saldo.dunning.rules.facts import Standing
from saldo.dunning.rules.ladder import moved, owed_on

_LOCK_ALL = "SELECT pg_advisory_xact_lock(20260401, %s::int)"
_LOCK_ROWS = """
SELECT id FROM dunning_collected WHERE company_id = %s AND item = ANY(%s::text[]) ORDER BY id FOR UPDATE
"""
_COLUMNS = {
    "item": "text",
    "debtor": "text",
    "currency": "text",
    "policy": "text",
    "version": "int",
    "step": "text",
    "since": "date",
    "proved_on": "date",
    "notice_failed": "boolean",
    "left": "text",
    "proposed": "text",
    "because": "text",
    "facts": "jsonb",
    "owed": "numeric",
    "decided_on": "date",
    "look_again_on": "date",
}
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_GIVEN = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
# Rows travel as one JSON text: arrays would be quoted value by value on the way, four times as dear.
_WRITE = f"""
INSERT INTO dunning_collected (company_id, {_NAMES}, reviewed, decided_at)
SELECT %(company)s, {_NAMES}, '', %(at)s FROM jsonb_to_recordset(%(rows)s::jsonb) AS given({_GIVEN})
ON CONFLICT (company_id, item) DO UPDATE SET
    {", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMNS if name != "item")},
    decided_at = excluded.decided_at
"""  # noqa: S608 — names of our own columns alone
_DECIDED = {
    "item": "text",
    "debtor": "text",
    "on": "date",
    "policy": "text",
    "version": "int",
    "before": "text",
    "step": "text",
    "because": "text",
    "facts": "jsonb",
    "known": "jsonb",
    "notice": "text",
}
_DECIDED_NAMES = ", ".join(f'"{name}"' for name in _DECIDED)
_KEEP = f"""
INSERT INTO dunning_decided (company_id, at, by, {_DECIDED_NAMES})
SELECT %(company)s, %(at)s, %(by)s, {_DECIDED_NAMES}
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given({", ".join(f'"{name}" {kind}' for name, kind in _DECIDED.items())})
"""  # noqa: S608 — names of our own columns alone
_CLEAR_PAID = """
UPDATE dunning_collected SET step = 'clear', "left" = step, since = %(on)s, proved_on = NULL, notice_failed = false,
    proposed = '', because = 'paid', facts = '{}', owed = 0, decided_on = %(on)s, decided_at = %(at)s,
    look_again_on = NULL
WHERE company_id = %(company)s AND step <> 'clear' AND item = ANY(%(items)s::text[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a batch did: items that moved by the step they came to, notices and proposals that were ordered."""

    moved: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    proposed: int = 0


def move_items(*, look: Look, items: Collection[str], by: str, released: Collection[str] = ()) -> Carried:
    """Read and decide these items again under the lock, and carry out what that says; the rest stays as it is.

    ``released``: items whose proposed step a person lets happen, if it is still the one that would begin.
    """
    _lock(look.company, items)
    with_books = debtors_with_any(company=look.company, today=look.at.date())
    open_items = these(company=look.company, items=items)
    wanted, asked = set(items), frozenset(released)
    looked = (one for one in look_at(look, open_items, with_books=with_books) if one.item.item in wanted)
    seen = [one for one in looked if one.is_news or one.item.item in asked]
    let_go = {one.item.item for one in seen if one.item.item in asked and one.item.proposed == one.decision.step}
    waiting = [one for one in seen if one.waits_for_person and one.item.item not in let_go]
    going = [one for one in seen if one.moves and (not one.waits_for_person or one.item.item in let_go)]
    notices = carry_out_steps(look=look, seen=[one for one in going if one.decision.enters is not None], by=by)
    _write(look, seen, going={one.item.item for one in going})
    _keep(look, going, notices, by)
    counted = Counter(one.decision.step for one in going)
    if going or waiting:
        facts = {"moved": dict(counted), "first": seen[0].item.item, "notices": len(set(notices.values()))}
        record(company=look.company, code="dunning.moved", actor=by, subject="round", at=look.at, facts=facts)
    return Carried(moved=dict(counted), notices=tuple(sorted(set(notices.values()))), proposed=len(waiting))


def clear_paid(*, company: CompanyId, items: Mapping[str, date], look: Look, by: str) -> int:
    """Let items go that the books have closed, each on its debtor's own day."""
    by_day: dict[date, list[str]] = {}
    for item, on in items.items():
        by_day.setdefault(on, []).append(item)
    gone = 0
    with connection.cursor() as cursor:
        for on, keys in sorted(by_day.items()):
            cursor.execute(_CLEAR_PAID, {"company": company, "on": on, "items": keys, "at": look.at})
            gone += cursor.rowcount
    if gone:
        facts = {"items": gone, "first": min(items)}
        record(company=company, code="dunning.cleared", actor=by, subject="round", at=look.at, facts=facts)
    return gone


def _lock(company: CompanyId, items: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ALL, [company])
        cursor.execute(_LOCK_ROWS, [company, list(items)])


def _write(look: Look, seen: Sequence[Seen], *, going: set[str]) -> None:
    if seen:
        rows = as_json([_row(one, goes=one.item.item in going) for one in seen])
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {"company": look.company, "at": look.at, "rows": rows})


def _row(one: Seen, *, goes: bool) -> dict[str, Any]:
    decision = one.decision
    proposed = decision.enters.code if decision.enters is not None and not goes else ""
    after: Standing = one.standing if proposed else moved(decision, one.standing, today=one.today)
    return {
        "item": one.item.item,
        "debtor": one.item.debtor,
        "currency": one.item.currency,
        "policy": one.pin[0],
        "version": one.pin[1],
        "step": after.step,
        "since": after.since,
        "proved_on": after.proved_on,
        "notice_failed": after.notice_failed,
        "left": after.left,
        "proposed": proposed,
        "because": decision.because,
        "facts": decision.facts,
        "owed": owed_on(one.facts, one.today),
        "decided_on": one.today,
        "look_again_on": None if proposed else decision.look_again_on,
    }


def _keep(look: Look, going: Sequence[Seen], notices: Mapping[str, str], by: str) -> None:
    if going:
        rows = as_json([_decided(one, notices.get(one.item.item, "")) for one in going])
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, {"company": look.company, "at": look.at, "by": by, "rows": rows})


def _decided(one: Seen, notice: str) -> dict[str, Any]:
    return {
        "item": one.item.item,
        "debtor": one.item.debtor,
        "on": one.today,
        "policy": one.pin[0],
        "version": one.pin[1],
        "before": one.standing.step,
        "step": one.decision.step,
        "because": one.decision.because,
        "facts": one.decision.facts,
        "known": {"facts": one.facts._asdict(), "standing": one.standing._asdict()},
        "notice": notice,
    }


def sorted_in_batches(pairs: Iterable[tuple[str, str]], *, size: int) -> list[list[str]]:
    """Items by debtor, cut so that a debtor's items stay together: they share letters."""
    batches: list[list[str]] = [[]]
    last = ""
    for debtor, item in sorted(pairs):
        if debtor != last and len(batches[-1]) >= size:
            batches.append([])
        batches[-1].append(item)
        last = debtor
    return [batch for batch in batches if batch]
