"""The buying side of billing: work queue and leaks. Everything here holds cost and stays in the house."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from saldo.charges.month_lines import count_by_customer, open_month
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketLine:
    """A line of Microsoft's that no customer pays (yet): why, and what it costs us."""

    customer: CustomerId
    bucket: str
    because: str
    facts: Mapping[str, Any]
    decided_by: str
    file: str
    row: int
    document: str
    product: str
    subscription: str
    quantity: Decimal
    cost: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSum:
    """How many lines of a month are in a bucket for a reason, and what they cost."""

    bucket: str
    because: str
    currency: str
    lines: int
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A difference between the two sides: ``not-billed`` cost us, ``not-charged`` was billed and costs us nothing."""

    kind: Literal["not-billed", "not-charged"]
    because: str  # bucket and reason, or what happened to the line
    customer: CustomerId
    currency: str
    lines: int
    value: Decimal


def list_buckets(
    *, company: CompanyId, month: Month, buckets: Sequence[str] = ("held", "unmatched"), limit: int = 500
) -> tuple[BucketLine, ...]:
    """The work queue of a month, the dearest first."""
    rows = _all(
        "SELECT customer, bucket, because, facts::text, decided_by, file, row, document, product, subscription,"
        " quantity, cost, cost_currency FROM invoicing_line WHERE company_id = %s AND month = %s AND bucket = ANY(%s)"
        " AND invoice_id IS NULL ORDER BY abs(cost) DESC, id LIMIT %s",
        [company, month.starts_on, [*buckets], limit],
    )
    return tuple(BucketLine(**dict(zip(_BUCKET, row, strict=True)) | {"facts": _read(row[3])}) for row in rows)


def sum_buckets(*, company: CompanyId, month: Month) -> tuple[BucketSum, ...]:
    """Every bucket of a month with its reasons; all of them together cost what Microsoft charges."""
    rows = _all(
        "SELECT bucket, because, cost_currency, sum(lines)::bigint, sum(cost) FROM invoicing_linesum"
        " WHERE company_id = %s AND month = %s GROUP BY 1, 2, 3 HAVING sum(lines) <> 0 ORDER BY 1, 2, 3",
        [company, month.starts_on],
    )
    return tuple(BucketSum(bucket=r[0], because=r[1], currency=r[2], lines=r[3], cost=r[4]) for r in rows)


def list_leaks(*, company: CompanyId, month: Month) -> tuple[Leak, ...]:
    """What was charged to us and not billed, and what was billed and is not charged to us, with amounts."""
    opened = open_month(company=company, month=month)
    files = sorted(set(opened.files.values()))
    found = [*_not_billed(company, month), *_taken_back(company, month), *_never_closed(company, month)]
    found += _not_charged(company, month, files)
    return tuple(sorted(found, key=lambda leak: (leak.kind, -abs(leak.value), leak.customer)))


def _not_billed(company: CompanyId, month: Month) -> list[Leak]:
    rows = _all(
        "SELECT bucket || ' ' || because, customer, cost_currency, count(*), sum(cost) FROM invoicing_line"
        " WHERE company_id = %s AND month = %s AND bucket <> 'rated' AND file <> '' GROUP BY 1, 2, 3"
        " HAVING sum(cost) <> 0",
        [company, month.starts_on],
    )
    return [_leak("not-billed", row) for row in rows]


def _taken_back(company: CompanyId, month: Month) -> list[Leak]:
    """Lines on documents that a person cancelled without billing them anew."""
    rows = _all(
        "WITH taken AS ("
        "   SELECT mirrors_line AS id, sum(net) FILTER (WHERE invoice_id IS NOT NULL) AS net, sum(cost) AS cost"
        "   FROM invoicing_line WHERE company_id = %s AND mirrors_line IS NOT NULL GROUP BY 1)"
        " SELECT 'cancelled', l.customer, l.cost_currency, count(*), sum(l.cost) FROM taken"
        " JOIN invoicing_line l ON l.id = taken.id JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number <> ''"
        " WHERE l.company_id = %s AND l.month = %s AND l.mirrors_line IS NULL AND l.net <> 0 AND l.file <> ''"
        " AND l.net + taken.net = 0 AND l.cost + taken.cost <> 0 GROUP BY 2, 3",
        [company, company, month.starts_on],
    )
    return [_leak("not-billed", row) for row in rows]


def _never_closed(company: CompanyId, month: Month) -> list[Leak]:
    """Customers of whom Microsoft charges more lines than stand in any bucket: close the month again."""
    rows = _all(
        "SELECT customer, cost_currency, count(*), sum(cost) FROM invoicing_line"
        " WHERE company_id = %s AND month = %s AND file <> '' GROUP BY 1, 2",
        [company, month.starts_on],
    )
    there = {(customer, currency): cost for customer, currency, _, cost in rows}
    opened = open_month(company=company, month=month)
    return [
        Leak(
            kind="not-billed",
            because="not-closed",
            customer=one.customer,
            currency=one.currency,
            lines=one.lines,
            value=one.net - there.get((one.customer, one.currency), Decimal(0)),
        )
        for one in count_by_customer(month=opened)
        if one.net != there.get((one.customer, one.currency), Decimal(0))
    ]


def _not_charged(company: CompanyId, month: Month, files: Sequence[str]) -> list[Leak]:
    """Issued lines whose file counts no longer, as far as no correction has taken them back."""
    rows = _all(
        "SELECT 'no-longer-charged', customer, currency, count(*), sum(net) FROM ("
        "  SELECT l.customer, i.currency, l.net + COALESCE((SELECT sum(x.net) FROM invoicing_line x"
        "    WHERE x.company_id = l.company_id AND x.mirrors_line = l.id), 0) AS net"
        "  FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.number <> ''"
        "  WHERE l.company_id = %s AND l.month = %s AND l.file <> '' AND NOT l.file = ANY(%s)"
        "  AND l.mirrors_line IS NULL AND NOT EXISTS (SELECT FROM invoicing_line k WHERE k.company_id = l.company_id"
        "    AND k.mirrors_line = l.id AND k.invoice_id IS NULL)"
        ") gone WHERE net <> 0 GROUP BY 2, 3",
        [company, month.starts_on, [*files]],
    )
    return [_leak("not-charged", row) for row in rows]


_BUCKET = (
    *("customer", "bucket", "because", "facts", "decided_by", "file", "row", "document", "product", "subscription"),
    *("quantity", "cost", "currency"),
)


def _leak(kind: Literal["not-billed", "not-charged"], row: tuple[Any, ...]) -> Leak:
    because, customer, currency, lines, value = row
    return Leak(kind=kind, because=because, customer=CustomerId(customer), currency=currency, lines=lines, value=value)


def _read(text: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(text)
    return found


def _all(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
