"""Customers beside what two months charged them, a page at a time, sorted and summed by the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db import connection

from saldo.charges.queries import _counting
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month
from saldo.parties.queries import select_customers

By = Literal["name", "before", "after", "change", "percent", "lines-before", "lines-after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBills:
    """One customer and what two months charged it, before tax; None is a month without a bill."""

    key: CustomerId
    name: str
    domain: str
    before: Decimal | None
    after: Decimal | None
    lines_before: int
    lines_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """One page of them, and how many there are and what they come to on all pages."""

    rows: tuple[CustomerBills, ...]
    count: int
    before: Decimal
    after: Decimal
    lines_before: int
    lines_after: int


# A missing bill counts as nothing, and so does a share of nothing.
_ORDER: Mapping[By, str] = {
    "name": "lower(name) {way}, key {way}",
    "before": "coalesce(before, 0) {way}, lines_before {way}",
    "after": "coalesce(after, 0) {way}, lines_after {way}",
    "change": "coalesce(after, 0) - coalesce(before, 0) {way}",
    "percent": "CASE WHEN before > 0 THEN (coalesce(after, 0) - before) / before ELSE 0 END {way}",
    "lines-before": "lines_before {way}",
    "lines-after": "lines_after {way}",
}
_PAGE = """
WITH charged AS (
    SELECT t.customer,
        sum(t.net) FILTER (WHERE d.month = %s) AS before, sum(t.net) FILTER (WHERE d.month = %s) AS after,
        sum(t.lines) FILTER (WHERE d.month = %s) AS lines_before,
        sum(t.lines) FILTER (WHERE d.month = %s) AS lines_after
    FROM charges_customertotal t JOIN charges_delivery d ON d.id = t.delivery_id
    WHERE {counting} AND d.month = ANY(%s) AND t.company_id = %s AND t.currency = %s GROUP BY 1
), listed AS MATERIALIZED (
    SELECT f.key, f.name, f.domain, c.before, c.after, coalesce(c.lines_before, 0)::bigint AS lines_before,
        coalesce(c.lines_after, 0)::bigint AS lines_after
    FROM ({customers}) f LEFT JOIN charged c ON c.customer = f.key
)
SELECT s.*, p.* FROM (
    SELECT count(*), coalesce(sum(before), 0), coalesce(sum(after), 0), coalesce(sum(lines_before), 0)::bigint,
        coalesce(sum(lines_after), 0)::bigint FROM listed
) s LEFT JOIN (SELECT * FROM listed ORDER BY {order} LIMIT %s OFFSET %s) p ON TRUE
"""


def page_customers(
    *,
    company: CompanyId,
    months: tuple[Month | None, Month | None],
    currency: str,
    search: str = "",
    owner: int | None = None,
    by: By = "name",
    descending: bool = False,
    limit: int,
    offset: int = 0,
) -> CustomerPage:
    """Customers as `parties.queries.list_customers` finds them, by what the two months charged; equal ones by name.

    A page past the end has no rows, and still the sums.
    """
    before, after = (month.starts_on if month else None for month in months)
    customers, found = select_customers(company=company, search=search, owner=owner)
    order = _ORDER[by].format(way="DESC" if descending else "ASC")
    where, counting = _counting(company)
    sql = _PAGE.format(counting=where, customers=customers, order=f"{order}, {_ORDER['name'].format(way='ASC')}")
    known = [day for day in (before, after) if day is not None]
    values = [before, after, before, after, *counting, known, company, currency, *found, limit, offset]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    sums = dict(zip(("count", "before", "after", "lines_before", "lines_after"), rows[0], strict=False))
    bills = (dict(zip(CustomerBills.__slots__, row[len(sums) :], strict=True)) for row in rows)
    return CustomerPage(rows=tuple(CustomerBills(**bill) for bill in bills if bill["key"] is not None), **sums)
