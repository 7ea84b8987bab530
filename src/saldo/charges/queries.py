"""Reading what Microsoft charged: lines of a bill, totals, months. Pages and explanations read PostgreSQL only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.charges.rules.line import LineItem
from saldo.core.identity import CompanyId, CustomerId, MicrosoftInvoiceId
from saldo.core.periods import Month

_LINE_KINDS = ("nce-reconciliation", "legacy-license", "legacy-usage")
"""What adds up to a bill; daily usage proves it and headers check it, neither is added (interface.md)."""

_LINE_COLUMNS = (
    "category, charge_type, customer, subscription, product_id, sku_id, availability_id, product_name, sku_name, "
    "meter_name, unit_type, publisher, quantity, unit_price, effective_unit_price, discount, amount, l.tax, "
    "l.currency, pricing_currency, exchange_rate, ordered_on, charge_starts_on, charge_ends_on, term_starts_on, "
    "term_ends_on, term_text, billing_frequency, reference, promotion, credit_reason, qualifiers, adjustments, "
    "reservation_order"
)
_LINE_FIELDS = tuple(name.strip().removeprefix("l.") for name in _LINE_COLUMNS.split(","))
_SELECT = (
    f"SELECT {_LINE_COLUMNS}, p.sha256, l.row, d.document, d.is_estimated, d.kind, i.amends"
    " FROM charges_line l JOIN charges_delivery d ON d.id = l.delivery_id JOIN charges_part p ON p.id = l.part_id"
    " LEFT JOIN LATERAL (SELECT string_agg(DISTINCT h.amends, ' ') AS amends FROM charges_microsoftinvoice h"
    "   JOIN charges_delivery hd ON hd.id = h.delivery_id AND hd.state = 'counts'"
    "   WHERE h.company_id = d.company_id AND h.number = d.document AND h.amends <> '') i ON d.document <> ''"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMonth:
    """What one customer was charged in one month and currency, before tax."""

    customer: CustomerId
    currency: str
    net: Decimal
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotal:
    """What one month comes to, in one currency, before tax."""

    month: Month
    currency: str
    net: Decimal
    lines: int


def list_lines(
    *,
    company: CompanyId,
    customer: CustomerId,
    month: Month | None = None,
    currency: str | None = None,
    include_estimated: bool = False,
    document: str | None = None,
) -> tuple[LineItem, ...]:
    """The billed lines of a customer in a month or of one document, in file order; estimates only when asked for."""
    where, values = _counting(company, month=month, document=document, include_estimated=include_estimated)
    where += " AND l.customer = %s"
    values.append(customer)
    if currency is not None:
        where += " AND l.currency = %s"
        values.append(currency)
    return tuple(_line(row) for row in _all(f"{_SELECT} WHERE {where} ORDER BY d.id, p.number, l.row", values))


def list_lines_at(
    *, company: CompanyId, customers: Collection[CustomerId], places: Collection[tuple[str, int]]
) -> dict[tuple[str, int], LineItem]:
    """Customers' lines by file and row, also of files that count no longer: what was billed from them stays explained.

    The customers are asked for because lines are kept by customer: without them a whole file would be read.
    """
    where = "d.company_id = %s AND d.kind = ANY(%s) AND p.sha256 = ANY(%s) AND l.customer = ANY(%s)"
    values = [company, list(_LINE_KINDS), sorted({file for file, _ in places}), sorted(customers)]
    found = (_line(row) for row in _all(f"{_SELECT} WHERE {where} ORDER BY d.id", values))
    return {(item.file, item.row): item for item in found if (item.file, item.row) in places}


def list_currencies(
    *,
    company: CompanyId,
    customer: CustomerId,
    month: Month | None = None,
    document: str | None = None,
    include_estimated: bool = False,
) -> tuple[str, ...]:
    """The currencies in which a customer was charged in a month or by a document."""
    where, values = _counting(company, month=month, document=document, include_estimated=include_estimated)
    sql = (
        "SELECT DISTINCT t.currency FROM charges_customertotal t JOIN charges_delivery d ON d.id = t.delivery_id"
        f" WHERE {where} AND t.customer = %s ORDER BY 1"
    )
    return tuple(row[0] for row in _all(sql, [*values, customer]))


def find_month_of_document(*, company: CompanyId, document: str) -> Month | None:
    """The month of a Microsoft document by its number, or None when no counting file bears it."""
    rows = _all(
        "SELECT month FROM charges_delivery WHERE company_id = %s AND upper(document) = upper(%s)"
        " AND state = 'counts' AND kind = ANY(%s) AND month IS NOT NULL LIMIT 1",
        [company, document, list(_LINE_KINDS)],
    )
    return Month.of(rows[0][0]) if rows else None


def list_months(
    *, company: CompanyId, customer: CustomerId | None = None, include_estimated: bool = False
) -> tuple[Month, ...]:
    """The months that have billed lines (of a customer), newest first; those of estimates only when asked for."""
    if customer is None:
        sql = "SELECT DISTINCT d.month FROM charges_delivery d WHERE {where} ORDER BY 1 DESC"
    else:
        sql = (
            "SELECT DISTINCT d.month FROM charges_delivery d WHERE {where} AND EXISTS (SELECT 1 FROM"
            " charges_customertotal t WHERE t.delivery_id = d.id AND t.customer = %s) ORDER BY 1 DESC"
        )
    where, values = _counting(company, include_estimated=include_estimated)
    rows = _all(sql.format(where=where), [*values, *([customer] if customer is not None else [])])
    return tuple(Month.of(row[0]) for row in rows)


def sum_by_customer(*, company: CompanyId, month: Month, currency: str | None = None) -> tuple[CustomerMonth, ...]:
    """What each customer was charged in a month, one entry a currency; customers without lines are absent."""
    where, values = _counting(company, month=month)
    if currency is not None:
        where += " AND t.currency = %s"
        values.append(currency)
    rows = _all(
        "SELECT t.customer, t.currency, sum(t.net), sum(t.lines)::bigint FROM charges_customertotal t"
        f" JOIN charges_delivery d ON d.id = t.delivery_id WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2",
        values,
    )
    return tuple(CustomerMonth(customer=CustomerId(r[0]), currency=r[1], net=r[2], lines=r[3]) for r in rows)


def sum_by_month(*, company: CompanyId, customer: CustomerId | None = None) -> tuple[MonthTotal, ...]:
    """What each month came to (for one customer, or for all), oldest first, one entry a currency."""
    where, values = _counting(company)
    table = "charges_deliverytotal"  # the sums of all customers, kept by document
    if customer is not None:
        table, where = "charges_customertotal", where + " AND t.customer = %s"
        values.append(customer)
    rows = _all(
        f"SELECT d.month, t.currency, sum(t.net), sum(t.lines)::bigint FROM {table} t"
        f" JOIN charges_delivery d ON d.id = t.delivery_id WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2",
        values,
    )
    return tuple(MonthTotal(month=Month.of(r[0]), currency=r[1], net=r[2], lines=r[3]) for r in rows)


def _counting(
    company: CompanyId,
    *,
    month: Month | None = None,
    document: str | None = None,
    include_estimated: bool = False,
) -> tuple[str, list[Any]]:
    """The condition that keeps the deliveries which add up to a bill."""
    where = "d.company_id = %s AND d.state = 'counts' AND d.kind = ANY(%s) AND d.month IS NOT NULL"
    values: list[Any] = [company, list(_LINE_KINDS)]
    if not include_estimated:
        where += " AND NOT d.is_estimated"
    if month is not None:
        where += " AND d.month = %s"
        values.append(month.starts_on)
    if document is not None:
        where += " AND upper(d.document) = upper(%s)"
        values.append(document)
    return where, values


def _all(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _line(row: tuple[Any, ...]) -> LineItem:
    file, number, document, is_estimated, kind, amends = row[len(_LINE_FIELDS) :]
    return LineItem(
        file=file,
        row=number,
        document=document,
        amends=tuple(MicrosoftInvoiceId(number) for number in (amends or "").split()),
        is_estimated=is_estimated,
        platform="new-commerce" if kind.startswith("nce-") else "legacy",
        **dict(zip(_LINE_FIELDS, row, strict=False)),
    )
