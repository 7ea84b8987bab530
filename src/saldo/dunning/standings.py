"""Where debtors stand in collection, for the board and the list: one statement each, whatever the house holds.

A debtor stands on the steepest step of the items that nothing keeps back; when something keeps back all of them it is
on hold; on a step of external collection it is outside. Lanes of the same currency add up to all that is collected.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.policies import PolicyShelf
from saldo.dunning.rules.policy import CLEAR, Policy

HELD = ("on-hold", "disputed", "promise-holds", "payment-pending", "insolvency", "money-unallocated")
"""Reasons that keep an item back whatever step it stands on."""

ON_HOLD, OUTSIDE = ":held", ":outside"
"""Lanes that are no step: no code of a step begins with a colon."""

SORTS = ("name", "open", "late", "step", "next")
_EXTERNAL = "external-collection"
_LAST = 999  # a step in a ring, which the checker lets nobody publish

_STANDING = """
WITH item AS MATERIALIZED (
    SELECT c.item, c.debtor, c.step, i.open, i.due_on, coalesce(c.because = ANY(%(held)s::text[]), false) AS held,
        coalesce(s.depth, 0) AS depth, coalesce(s.outside, false) AS outside, c.proposed <> '' AS waits,
        c.notice_failed AS failed, c.look_again_on AS again
    FROM dunning_collected c
    JOIN ledger_open_receivable i ON i.company_id = c.company_id AND i.item = c.item
    LEFT JOIN unnest(%(policies)s::text[], %(versions)s::int[], %(steps)s::text[], %(depths)s::int[],
                     %(outside)s::boolean[]) AS s (policy, version, step, depth, outside)
        ON s.policy = c.policy AND s.version = c.version AND s.step = c.step
    WHERE c.company_id = %(company)s AND c.currency = %(currency)s
        AND (c.step <> 'clear' OR c.proposed <> '' OR c.because = ANY(%(held)s::text[]))
        AND (%(reach)s::text[] IS NULL OR c.debtor = ANY(%(reach)s::text[]))
), standing AS (
    SELECT debtor, sum(open) AS open, min(due_on) AS oldest, count(*) AS items, min(again) AS again,
        CASE WHEN bool_and(held) THEN ':held' WHEN bool_or(outside AND NOT held) THEN ':outside'
            ELSE (array_agg(step ORDER BY held, depth DESC, due_on))[1] END AS lane,
        CASE WHEN bool_and(held) THEN 9000 WHEN bool_or(outside AND NOT held) THEN 9001
            ELSE coalesce(max(depth) FILTER (WHERE NOT held), 0) END AS rank,
        (array_agg(item ORDER BY held, depth DESC, due_on, item))[1] AS lead,
        bool_or(waits) AS waits, bool_or(failed) AS failed
    FROM item GROUP BY debtor
)
"""
_TOLD = """
    s.debtor, coalesce(d.name, s.debtor), s.open, s.oldest, s.items, s.lane, s.lead, s.waits, s.failed,
    c.policy, c.version, c.step, c.since, c.because, c.facts, c.proposed
"""
_JOINED = """
LEFT JOIN parties_debtor d ON d.company_id = %(company)s AND d.number = s.debtor
LEFT JOIN dunning_collected c ON c.company_id = %(company)s AND c.item = s.lead
"""
_BOARD = f"""
{_STANDING}, placed AS (
    SELECT *, count(*) OVER lane AS lane_count, sum(open) OVER lane AS lane_sum,
        row_number() OVER (PARTITION BY lane ORDER BY open DESC, debtor) AS place
    FROM standing WINDOW lane AS (PARTITION BY lane)
)
SELECT {_TOLD}, s.lane_count, s.lane_sum FROM placed s {_JOINED} WHERE s.place <= %(most)s ORDER BY s.lane, s.place
"""  # noqa: S608 — our own texts alone
_ORDERS = {
    "name": "coalesce(d.name, s.debtor)",
    "open": "s.open",
    "late": "%(today)s::date - s.oldest",
    "step": "s.rank",
    "next": "coalesce(s.again, '9999-12-31'::date)",
}
_CURRENCIES = """
SELECT c.currency, count(DISTINCT c.debtor) FROM dunning_collected c
JOIN ledger_open_receivable i ON i.company_id = c.company_id AND i.item = c.item
WHERE c.company_id = %(company)s AND (c.step <> 'clear' OR c.proposed <> '' OR c.because = ANY(%(held)s::text[]))
    AND (%(reach)s::text[] IS NULL OR c.debtor = ANY(%(reach)s::text[]))
GROUP BY c.currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One debtor in one currency. ``open`` is unpaid of the items in collection; ``oldest`` their first due day.

    ``step`` and what follows are of the item that stands steepest, ``lead``.
    """

    debtor: str
    name: str
    open: Decimal
    oldest: date
    items: int
    lane: str
    lead: str
    waits: bool
    failed: bool
    policy: str
    version: int
    step: str
    since: date | None
    because: str
    facts: Mapping[str, Any]
    proposed: str

    def days_late(self, today: date) -> int:
        """Days since the oldest of them fell due; below nothing before that."""
        return (today - self.oldest).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One column of the board: all debtors in it, what they have not paid, the largest of them."""

    code: str
    count: int = 0
    total: Decimal = Decimal(0)
    largest: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPage:
    """One page of the list; count and total are of all that was asked for."""

    rows: tuple[Standing, ...] = ()
    count: int = 0
    total: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSeen:
    """A round as it was written down; ``moved`` by the step that items came to."""

    on: date
    ran_at: datetime
    ran_by: str
    is_full: bool
    read: int
    moved: Mapping[str, int] = field(default_factory=dict)
    cleared: int = 0
    proposed: int = 0


def read_board(
    *, company: CompanyId, shelf: PolicyShelf, currency: str, reach: Collection[str] | None, most: int
) -> tuple[Lane, ...]:
    """The lanes in the order of the policies in force, each with its ``most`` largest debtors.

    ``reach`` narrows to these debtors; None is everybody.
    """
    values = _values(company, shelf, currency, reach) | {"most": most}
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, values)
        rows = cursor.fetchall()
    found: dict[str, Lane] = {}
    for row in rows:
        one, count, total = _standing(row[:-2]), row[-2], row[-1]
        before = found.get(one.lane, Lane(code=one.lane))
        found[one.lane] = Lane(code=one.lane, count=count, total=total, largest=(*before.largest, one))
    order = list_lanes(shelf)
    others = sorted(code for code in found if code not in order and code != CLEAR)
    first = [CLEAR] if CLEAR in found else []
    codes = [*first, *order[:-2], *others, *order[-2:]]
    return tuple(found.get(code, Lane(code=code)) for code in codes)


def list_lanes(shelf: PolicyShelf) -> tuple[str, ...]:
    """The steps of the policies in force that somebody holds for, the first first, then On hold and Outside."""
    used = sorted(set(shelf.chosen.values()) & shelf.in_force.keys())
    depths: dict[str, int] = {}
    for code in used:
        policy = shelf.by_pin[shelf.in_force[code]]
        for step in policy.steps:
            if not _is_outside(policy, step.code):
                depths.setdefault(step.code, policy.depth.get(step.code, _LAST))
    return (*sorted(depths, key=depths.__getitem__), ON_HOLD, OUTSIDE)


def page_standings(
    *,
    company: CompanyId,
    shelf: PolicyShelf,
    currency: str,
    reach: Collection[str] | None,
    today: date,
    lane: str = "",
    search: str = "",
    sort: str = "-step",
    limit: int,
    offset: int = 0,
) -> StandingPage:
    """One page of the debtors in collection. ``search`` looks into name and number; ``sort`` one of SORTS, "-" turns.

    A page past the end is empty, but its count and total are those of the whole.
    """
    order = _ORDERS.get(sort.removeprefix("-"), _ORDERS["step"])
    turn = "DESC" if sort.startswith("-") else "ASC"
    where = """
    WHERE (%(lane)s = '' OR s.lane = %(lane)s)
        AND (%(search)s = '' OR strpos(lower(coalesce(d.name, s.debtor) || ' ' || s.debtor), %(search)s) > 0)
    """
    asked = {"today": today, "lane": lane, "search": search.lower(), "limit": limit, "offset": offset}
    values = _values(company, shelf, currency, reach) | asked
    counted = f"{_STANDING} SELECT count(*), coalesce(sum(s.open), 0) FROM standing s {_JOINED} {where}"  # noqa: S608
    paged = f"""{_STANDING} SELECT {_TOLD} FROM standing s {_JOINED} {where}
    ORDER BY {order} {turn}, s.open DESC, s.debtor LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(counted, values)
        count, total = cursor.fetchone()
        cursor.execute(paged, values)
        rows = cursor.fetchall()
    return StandingPage(rows=tuple(map(_standing, rows)), count=count, total=total)


def count_by_currency(*, company: CompanyId, reach: Collection[str] | None) -> dict[str, int]:
    """How many debtors are in collection, by currency."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCIES, {"company": company, "held": list(HELD), "reach": _listed(reach)})
        return dict(cursor.fetchall())


def list_rounds(*, company: CompanyId, limit: int) -> tuple[RoundSeen, ...]:
    """The last rounds, newest first."""
    rows = models.Round.objects.filter(company_id=company).order_by("-ran_at")[:limit]
    return tuple(
        RoundSeen(
            on=row.on,
            ran_at=row.ran_at,
            ran_by=row.ran_by,
            is_full=row.is_full,
            read=row.read,
            moved=row.facts.get("moved", {}),
            cleared=row.facts.get("cleared", 0),
            proposed=row.facts.get("proposed", 0),
        )
        for row in rows
    )


def _values(company: CompanyId, shelf: PolicyShelf, currency: str, reach: Collection[str] | None) -> dict[str, Any]:
    steps = [
        (code, version, step.code, policy.depth.get(step.code, _LAST), _is_outside(policy, step.code))
        for (code, version), policy in shelf.by_pin.items()
        for step in policy.steps
    ]
    columns: Sequence[list[Any]] = [list(one) for one in zip(*steps, strict=True)] if steps else [[]] * 5
    policies, versions, names, depths, outside = columns
    return {
        "company": company,
        "currency": currency,
        "reach": _listed(reach),
        "held": list(HELD),
        "policies": policies,
        "versions": versions,
        "steps": names,
        "depths": depths,
        "outside": outside,
    }


def _is_outside(policy: Policy, code: str) -> bool:
    return any(act.kind == _EXTERNAL for act in policy.step_by_code[code].acts)


def _listed(reach: Collection[str] | None) -> list[str] | None:
    return None if reach is None else sorted(reach)


def _standing(row: Sequence[Any]) -> Standing:
    names = tuple(Standing.__dataclass_fields__)
    told = dict(zip(names, row, strict=True))
    return Standing(**told | {"facts": _facts(told["facts"]), "proposed": told["proposed"] or ""})


def _facts(kept: Any) -> Mapping[str, Any]:
    """A raw cursor gives jsonb as text."""
    return json.loads(kept) if isinstance(kept, str) else kept or {}
