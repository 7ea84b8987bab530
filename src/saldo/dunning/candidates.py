"""The items that a round must decide: a coarse sieve in SQL that lets through everything that can move.

Law: what the sieve keeps back, `decide` would leave where it is. It knows of a policy only what can never be wrong: the
first day on which any step that follows may begin, and the calendar days of the notice that must have passed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.dunning.policies import PolicyShelf
from saldo.dunning.rules.conditions import NEVER_TOO_EARLY, days_between
from saldo.dunning.rules.policy import CLEAR, Policy

ROWS_AT_ONCE = 20_000
_SOON = -10_000  # days late at which every item is: a step without a first day may begin at once

# For this transaction: a million rows are joined in memory, and the cursor is read to its end.
_FOR_MANY_ROWS = """
SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true),
       set_config('cursor_tuple_fraction', '1', true)
"""
_COLUMNS = """
    i.item, i.debtor, i.currency, i.due_on, i.open, i.kind, d.country, d.zone, d.segment,
    c.policy, c.version, coalesce(c.step, 'clear') AS step, c.since, c.proved_on, coalesce(c.notice_failed, false),
    coalesce(c."left", ''), coalesce(c.proposed, ''), coalesce(c.reviewed, ''), coalesce(c.because, ''),
    c.look_again_on, a.debtor IS NOT NULL
"""
_FROM = """
FROM ledger_open_receivable i
JOIN parties_debtor d ON d.company_id = i.company_id AND d.number = i.debtor
LEFT JOIN dunning_collected c ON c.company_id = i.company_id AND c.item = i.item
LEFT JOIN (
    SELECT debtor FROM dunning_clause WHERE company_id = %(company)s AND allows = 'access' AND ended_on IS NULL
    UNION SELECT debtor FROM dunning_acknowledgement WHERE company_id = %(company)s
) a ON a.debtor = i.debtor
"""
_SIEVE = """
LEFT JOIN (SELECT * FROM unnest(%(codes)s::text[], %(versions)s::int[], %(steps)s::text[], %(lates)s::int[],
                                %(notices)s::int[]) AS s (policy, version, step, late, notice)) s
    ON s.policy = c.policy AND s.version = c.version AND s.step = c.step
WHERE i.company_id = %(company)s AND (
    coalesce(c.step, 'clear') = 'clear' AND i.due_on <= %(today)s::date - %(first)s::int
        AND (i.open > coalesce((%(floors)s::jsonb ->> i.currency)::numeric, 0) OR c.look_again_on IS NOT NULL)
    OR c.step <> 'clear' AND NOT c.notice_failed AND c.proved_on < %(today)s::date - s.notice
        AND i.due_on <= %(today)s::date - s.late
    OR c.step <> 'clear' AND (i.open <= coalesce((%(highest)s::jsonb ->> i.currency)::numeric, 0) OR c.proposed <> '')
)
"""
# The two ways to be due, each by an index of its own. What stands nowhere yet and came into reach before the last full
# round was looked at by it, and stands somewhere now.
_DUE = """
WHERE i.company_id = %(company)s AND i.item IN (
    SELECT item FROM dunning_collected WHERE company_id = %(company)s AND look_again_on <= %(today)s
    UNION ALL
    SELECT n.item FROM ledger_open_receivable n WHERE n.company_id = %(company)s
        AND n.due_on <= %(today)s::date - %(first)s::int AND n.due_on > %(since)s::date - %(first)s::int
        AND NOT EXISTS (SELECT 1 FROM dunning_collected k WHERE k.company_id = n.company_id AND k.item = n.item)
)
"""
_THESE = "WHERE i.company_id = %(company)s AND i.item = ANY(%(items)s::text[])"
_OF_DEBTORS = "WHERE i.company_id = %(company)s AND i.debtor = ANY(%(debtors)s::text[])"


class Candidate(NamedTuple):
    """One open item as the round reads it: the books beside where it stands; ``policy`` None: nowhere yet."""

    item: str
    debtor: str
    currency: str
    due_on: date
    open: Decimal
    kind: str
    country: str
    zone: str
    segment: str
    policy: str | None
    version: int | None
    step: str
    since: date | None
    proved_on: date | None
    notice_failed: bool
    left: str
    proposed: str
    reviewed: str
    because: str
    look_again_on: date | None
    may_touch_access: bool  # the debtor's terms, or a policy it acknowledged, allow it (practice 19)


def sieve(*, company: CompanyId, shelf: PolicyShelf, today: date) -> Iterator[Candidate]:
    """Everything that can move by a day, from all open items; ``today`` is the latest day of any debtor's zone."""
    yield from _stream(_SIEVE, _sieve_values(company, shelf, today))


def due(*, company: CompanyId, shelf: PolicyShelf, today: date, since: date) -> Iterator[Candidate]:
    """The items whose day to look again has come, and those that came into reach since the last full round's day."""
    values = {"company": company, "today": today, "since": since, "first": _first_late(shelf.by_pin.values())}
    yield from _stream(_DUE, values)


def these(*, company: CompanyId, items: Collection[str]) -> list[Candidate]:
    """These items, as far as they are open."""
    return list(_stream(_THESE, {"company": company, "items": list(items)}))


def of_debtors(*, company: CompanyId, debtors: Collection[str]) -> list[Candidate]:
    """Every open item of these debtors."""
    return list(_stream(_OF_DEBTORS, {"company": company, "debtors": list(debtors)}))


def count_open(*, company: CompanyId) -> int:
    """How many items are open: what a full round looks at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_open_receivable WHERE company_id = %s", [company])
        return int(cursor.fetchone()[0])


def _stream(condition: str, values: Mapping[str, Any]) -> Iterator[Candidate]:
    """Rows by a server's cursor, so that the process stays small whatever the house holds."""
    with connection.cursor() as plain:
        plain.execute(_FOR_MANY_ROWS)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} {_FROM} {condition}", values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from map(Candidate._make, rows)


def _sieve_values(company: CompanyId, shelf: PolicyShelf, today: date) -> dict[str, Any]:
    steps = [
        (code, version, step.code, _first_after(policy, step.code), step.notice.count)
        for (code, version), policy in shelf.by_pin.items()
        for step in policy.steps
        if policy.following[step.code]
    ]
    codes, versions, names, lates, notices = (
        (list(column) for column in zip(*steps, strict=True)) if steps else [[]] * 5
    )
    return {
        "company": company,
        "today": today,
        "codes": codes,
        "versions": versions,
        "steps": names,
        "lates": lates,
        "notices": notices,
        "first": _first_late(shelf.by_pin.values()),
        "floors": _floors(shelf.by_pin.values(), lowest=True),
        "highest": _floors(shelf.by_pin.values(), lowest=False),
    }


def _first_late(policies: Collection[Policy]) -> int:
    """The fewest days late (below nothing: before due) at which any policy may begin."""
    return min((_first_after(policy, CLEAR) for policy in policies), default=0)


def _first_after(policy: Policy, code: str) -> int:
    firsts = [days_between(step)[0] for step in policy.following.get(code, ())]
    return min((_SOON if first == NEVER_TOO_EARLY else first for first in firsts), default=0)


def _floors(policies: Collection[Policy], *, lowest: bool) -> str:
    """By currency, the floor that lets most through; a policy that names none has 0."""
    known: Sequence[Policy] = list(policies)
    currencies = {currency for policy in known for currency in policy.floor}
    pick = min if lowest else max
    return json.dumps({one: str(pick(policy.floor_of(one) for policy in known)) for one in sorted(currencies)})
