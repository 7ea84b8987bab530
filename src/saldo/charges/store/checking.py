"""Asking a stored part its checks: counts in one scan, samples only where something did not pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from saldo.charges.store.checks_sql import GROUP_CHECKS, RowCheck, row_checks
from saldo.charges.store.summing import StoredPart
from saldo.core.money import every_digit, minor_digits

SAMPLES = 20
_PART = 1 << 40  # rows of later parts are counted from here on while several parts are asked together


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many rows or groups passed, were within tolerance, failed; and some of those that did not pass."""

    code: str
    passed: int
    tolerated: int
    failed: int
    samples: tuple[dict[str, Any], ...]


def check_rows(part: StoredPart, *, currency: str) -> tuple[Checked, ...]:
    """The checks of single rows."""
    checks = row_checks(part.kind, minor_digits=minor_digits(currency))
    return tuple(_check_rows(part, checks)) if checks else ()


def check_groups(parts: Sequence[StoredPart]) -> tuple[Checked, ...]:
    """The checks of groups of rows over all parts of a delivery; samples name their part by its place, from 0."""
    if parts[0].kind != "nce-reconciliation":
        return ()
    rows = " UNION ALL ".join(
        f"SELECT * REPLACE (saldo_row + {place * _PART} AS saldo_row) FROM ({part.rows})"
        for place, part in enumerate(parts)
    )
    found = (_check_groups(parts[0].connection, rows, code) for code in sorted(GROUP_CHECKS))
    return tuple(checked for checked in found if checked)


def _check_rows(part: StoredPart, checks: tuple[RowCheck, ...]) -> Iterator[Checked]:
    verdicts = ", ".join(f"{check.verdict} AS {check.code}" for check in checks)
    counts = ", ".join(
        f"count(*) FILTER ({check.code} = '{verdict}')"
        for check in checks
        for verdict in ("passed", "tolerated", "failed")
    )
    row = part.connection.execute(f"SELECT {counts} FROM (SELECT {verdicts} FROM ({part.rows}))").fetchone()
    assert row is not None  # an aggregate always has its row
    for place, check in enumerate(checks):
        passed, tolerated, failed = row[place * 3 : place * 3 + 3]
        if passed or tolerated or failed:
            samples = _samples(part, check) if tolerated or failed else ()
            yield Checked(code=check.code, passed=passed, tolerated=tolerated, failed=failed, samples=samples)


def _samples(part: StoredPart, check: RowCheck) -> tuple[dict[str, Any], ...]:
    rows = part.connection.execute(
        f"SELECT saldo_row, {check.expected}, {check.seen}, {check.verdict} AS verdict FROM ({part.rows})"
        f" WHERE {check.verdict} <> 'passed' ORDER BY verdict, saldo_row LIMIT {SAMPLES}"
    ).fetchall()
    return tuple(
        {"row": row, "expected": _plain(expected), "seen": _plain(seen), "verdict": verdict}
        for row, expected, seen, verdict in rows
    )


def _check_groups(connection: duckdb.DuckDBPyConnection, rows: str, code: str) -> Checked | None:
    groups = GROUP_CHECKS[code].format(rows=rows)
    counts = dict(connection.execute(f"SELECT verdict, count(*) FROM ({groups}) GROUP BY 1").fetchall())
    if not counts:
        return None
    samples = connection.execute(
        f'SELECT "at", what, expected, seen, verdict FROM ({groups})'
        f" WHERE verdict <> 'passed' ORDER BY \"at\" LIMIT {SAMPLES}"
    ).fetchall()
    return Checked(
        code=code,
        passed=counts.get("passed", 0),
        tolerated=counts.get("tolerated", 0),
        failed=counts.get("failed", 0),
        samples=tuple(
            {
                "part": at // _PART,
                "row": at % _PART,
                "group": what,
                "expected": _plain(expected),
                "seen": _plain(seen),
                "verdict": verdict,
            }
            for at, what, expected, seen, verdict in samples
        ),
    )


def _plain(value: Any) -> str:
    return "" if value is None else every_digit(value) if isinstance(value, Decimal) else str(value)
