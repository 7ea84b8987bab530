"""Checks between the files of one document, as SQL over the catalogue's lines and sums.

Each query gives ``verdict, part, row, what, expected, seen``, one row a group; ``part`` and ``row`` tell its first
place. Parameters are ids of deliveries by kind, and the day of the invoice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.charges.store.checking import SAMPLES, Checked
from saldo.core.money import every_digit


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCheck:
    """A check that needs all of ``sides`` and stands with them."""

    code: str
    sides: tuple[str, ...]
    sql: str
    needs_header: bool = False


# what daily usage says was consumed of a meter is what was billed
_CONSUMED = """
    WITH billed AS (
        SELECT subscription, product_id, availability_id, sum(quantity) AS quantity, min(first_row) AS first_row
        FROM charges_usagetotal WHERE delivery_id = ANY(%(legacy_usage)s) GROUP BY 1, 2, 3
    ), daily AS (
        SELECT subscription, product_id, availability_id, sum(quantity) AS quantity
        FROM charges_usagetotal WHERE delivery_id = ANY(%(legacy_usage_daily)s) GROUP BY 1, 2, 3
    )
    SELECT CASE WHEN b.quantity = d.quantity THEN 'passed'
            WHEN abs(COALESCE(b.quantity, 0) - COALESCE(d.quantity, 0)) <= 0.000001 THEN 'tolerated'
            ELSE 'failed' END AS verdict,
        (SELECT min(id) FROM charges_part WHERE delivery_id = ANY(%(legacy_usage)s) HAVING count(*) = 1) AS part,
        b.first_row AS row, concat_ws(' ', subscription, product_id, availability_id) AS what,
        b.quantity AS expected, d.quantity AS seen
    FROM billed b FULL JOIN daily d USING (subscription, product_id, availability_id)
"""

# rated usage of a meter against the rows that bill it; credits may stand in the bill only
_RATED = """
    WITH billed AS (
        SELECT subscription, product_id, sku_id, availability_id, sum(amount) AS net, count(*) AS rows,
            sum(quantity) FILTER (WHERE lower(charge_type) <> 'customercredit') AS quantity,
            min(ARRAY[part_id, row]) AS place,
            bool_or(lower(charge_type) = 'customercredit' OR credit_reason <> ''
                OR adjustments ILIKE '%%tier%%') AS less
        FROM charges_line WHERE delivery_id = ANY(%(nce_reconciliation)s) AND category = 'usage'
            AND lower(publisher) IN ('', 'microsoft', 'microsoft corporation') GROUP BY 1, 2, 3, 4
    ), daily AS (
        SELECT subscription, product_id, sku_id, availability_id, sum(net) AS net, sum(quantity) AS quantity
        FROM charges_usagetotal WHERE delivery_id = ANY(%(nce_daily_usage)s) GROUP BY 1, 2, 3, 4
        HAVING sum(net) <> 0 OR sum(quantity) <> 0
    ), paired AS (
        SELECT subscription, product_id, sku_id, availability_id, b.net AS billed_net, d.net AS daily_net,
            b.quantity AS billed_quantity, d.quantity AS daily_quantity, b.rows, b.less, b.place
        FROM billed b FULL JOIN daily d USING (subscription, product_id, sku_id, availability_id)
    )
"""
_WHAT = "place[1] AS part, place[2] AS row, concat_ws(' ', subscription, product_id, sku_id, availability_id) AS what"
_RATED_MONEY = f"""{_RATED}
    SELECT CASE WHEN abs(COALESCE(billed_net, 0) - COALESCE(daily_net, 0)) <= 0.01 * COALESCE(rows, 1) THEN 'passed'
            WHEN less THEN 'tolerated' ELSE 'failed' END AS verdict,
        {_WHAT}, billed_net AS expected, daily_net AS seen FROM paired
    WHERE billed_net IS NOT NULL OR daily_net <> 0
"""
_RATED_QUANTITY = f"""{_RATED}
    SELECT CASE WHEN abs(billed_quantity - daily_quantity) <= 0.000001 THEN 'passed'
            WHEN billed_net = 0 AND daily_quantity IS NULL THEN 'tolerated' ELSE 'failed' END AS verdict,
        {_WHAT}, billed_quantity AS expected, daily_quantity AS seen FROM paired
    WHERE billed_quantity IS NOT NULL OR daily_net <> 0
"""

# licences are charged for the coming cycle, usage for the past one; late usage is older
_LICENCE_CYCLE = """
    SELECT CASE WHEN %(invoiced_on)s::date BETWEEN charge_starts_on AND charge_ends_on THEN 'passed' ELSE 'failed' END
        AS verdict, part_id AS part, row, product_name AS what, %(invoiced_on)s::date::text AS expected,
        concat_ws(' ', charge_starts_on, charge_ends_on) AS seen
    FROM charges_line WHERE delivery_id = ANY(%(legacy_license)s) AND lower(charge_type) LIKE 'cycle fee%%'
"""
_USAGE_CYCLE = """
    SELECT CASE WHEN charge_ends_on >= %(invoiced_on)s::date THEN 'failed'
            WHEN charge_ends_on < %(invoiced_on)s::date - 31 THEN 'tolerated' ELSE 'passed' END AS verdict,
        part_id AS part, row, product_name AS what, %(invoiced_on)s::date::text AS expected,
        concat_ws(' ', charge_starts_on, charge_ends_on) AS seen
    FROM charges_line WHERE delivery_id = ANY(%(legacy_usage)s) AND charge_ends_on IS NOT NULL
"""

GROUP_CHECKS = (
    GroupCheck(code="I4", sides=("legacy-usage", "legacy-usage-daily"), sql=_CONSUMED),
    GroupCheck(code="I11", sides=("nce-reconciliation", "nce-daily-usage"), sql=_RATED_MONEY),
    GroupCheck(code="I12", sides=("nce-reconciliation", "nce-daily-usage"), sql=_RATED_QUANTITY),
    GroupCheck(code="I6", sides=("legacy-license",), sql=_LICENCE_CYCLE, needs_header=True),
    GroupCheck(code="I6", sides=("legacy-usage",), sql=_USAGE_CYCLE, needs_header=True),
)


def ask_groups(check: GroupCheck, by_kind: Mapping[str, Sequence[int]], invoiced_on: date | None) -> Checked | None:
    """Its counts and some groups that did not pass; None where a side, the header or every group is missing."""
    if not all(by_kind.get(side) for side in check.sides) or (check.needs_header and invoiced_on is None):
        return None
    values: dict[str, Any] = {kind.replace("-", "_"): list(ids) for kind, ids in by_kind.items()}
    values["invoiced_on"] = invoiced_on
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT verdict, count(*) FROM ({check.sql}) asked GROUP BY 1", values)
        counts = dict(cursor.fetchall())
        cursor.execute(
            "SELECT p.sha256, f.row, f.what, f.expected, f.seen, f.verdict"
            f" FROM ({check.sql}) f LEFT JOIN charges_part p ON p.id = f.part"
            f" WHERE f.verdict <> 'passed' ORDER BY f.verdict, f.part, f.row LIMIT {SAMPLES}",
            values,
        )
        samples = tuple(_sample(row) for row in cursor.fetchall())
    if not counts:
        return None
    return Checked(
        code=check.code,
        passed=counts.get("passed", 0),
        tolerated=counts.get("tolerated", 0),
        failed=counts.get("failed", 0),
        samples=samples,
    )


def _sample(found: tuple[Any, ...]) -> dict[str, Any]:
    file, row, what, expected, seen, verdict = found
    place = {"file": file, "row": row} if file and row else {"row": 0}
    return place | {"group": what, "expected": _plain(expected), "seen": _plain(seen), "verdict": verdict}


def _plain(value: Any) -> str:
    return "" if value is None else every_digit(value) if isinstance(value, Decimal) else str(value)
