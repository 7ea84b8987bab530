"""Reading the billed lines of a whole month, customer by customer: what invoicing rates.

A month is opened once (which documents count, which parts they have), then read in chunks of customers by index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from saldo.charges.queries import _LINE_FIELDS, _counting
from saldo.charges.rules.line import LineItem, Platform
from saldo.core.identity import CompanyId, CustomerId, FileId, MicrosoftInvoiceId
from saldo.core.periods import Month

_COLUMNS = ", ".join(f"l.{field}" for field in _LINE_FIELDS)


class _Document(NamedTuple):
    number: MicrosoftInvoiceId
    amends: tuple[MicrosoftInvoiceId, ...]
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMonth:
    """A month's documents that count, as they were when it was opened; `list_month_lines` reads from them."""

    company: CompanyId
    month: Month
    documents: Mapping[int, _Document]
    files: Mapping[int, FileId]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCount:
    """How many billed lines a customer has in a month, and what they come to in one currency before tax."""

    customer: CustomerId
    currency: str
    lines: int
    net: Decimal


def open_month(*, company: CompanyId, month: Month) -> OpenMonth:
    """The documents that make up the month's bills; empty where nothing was billed."""
    where, values = _counting(company, month=month)
    documents = {
        key: _Document(
            number=MicrosoftInvoiceId(number),
            amends=tuple(MicrosoftInvoiceId(amended) for amended in (amends or "").split()),
            platform="new-commerce" if kind.startswith("nce-") else "legacy",
        )
        for key, number, kind, amends in _all(
            "SELECT d.id, d.document, d.kind, (SELECT string_agg(DISTINCT h.amends, ' ')"
            "   FROM charges_microsoftinvoice h"
            "   JOIN charges_delivery hd ON hd.id = h.delivery_id AND hd.state = 'counts'"
            "   WHERE h.company_id = d.company_id AND h.number = d.document AND h.amends <> '' AND d.document <> '')"
            f" FROM charges_delivery d WHERE {where} ORDER BY d.id",
            values,
        )
    }
    found = _all(
        "SELECT id, sha256 FROM charges_part WHERE company_id = %s AND delivery_id = ANY(%s)", [company, [*documents]]
    )
    files = {part: FileId(sha256) for part, sha256 in found}
    return OpenMonth(company=company, month=month, documents=documents, files=files)


def list_files_elsewhere(*, month: OpenMonth) -> frozenset[FileId]:
    """The parts of all documents that count in other months than this: what is there has not gone away."""
    where, values = _counting(month.company)
    rows = _all(
        "SELECT p.sha256 FROM charges_part p JOIN charges_delivery d ON d.id = p.delivery_id"
        f" WHERE p.company_id = %s AND {where} AND d.month <> %s",
        [month.company, *values, month.month.starts_on],
    )
    return frozenset(FileId(sha256) for (sha256,) in rows)


def count_by_customer(*, month: OpenMonth) -> tuple[CustomerCount, ...]:
    """Every customer with billed lines in the month, one entry a currency, in the order of their keys."""
    rows = _all(
        "SELECT customer, currency, sum(lines)::bigint, sum(net) FROM charges_customertotal"
        " WHERE company_id = %s AND delivery_id = ANY(%s) GROUP BY 1, 2 ORDER BY 1, 2",
        [month.company, [*month.documents]],
    )
    return tuple(CustomerCount(customer=CustomerId(r[0]), currency=r[1], lines=r[2], net=r[3]) for r in rows)


def list_crediting(*, month: OpenMonth) -> tuple[CustomerId, ...]:
    """Customers to whom Microsoft gives something back in the month, a first look: any line below zero counts."""
    rows = _all(
        "SELECT DISTINCT customer FROM charges_line WHERE company_id = %s AND delivery_id = ANY(%s) AND amount < 0"
        " ORDER BY 1",
        [month.company, [*month.documents]],
    )
    return tuple(CustomerId(customer) for (customer,) in rows)


def list_month_lines(*, month: OpenMonth, customers: Sequence[CustomerId]) -> list[LineItem]:
    """The billed lines of these customers in the month, by customer and then in the order of the files."""
    rows = _all(
        f"SELECT {_COLUMNS}, l.delivery_id, l.part_id, l.row FROM charges_line l"
        " WHERE l.company_id = %s AND l.delivery_id = ANY(%s) AND l.customer = ANY(%s)"
        " ORDER BY l.customer, l.delivery_id, l.part_id, l.row",
        [month.company, [*month.documents], [*customers]],
    )
    width = len(_LINE_FIELDS)
    return [_line(month, row, width) for row in rows]


def _line(month: OpenMonth, row: tuple[Any, ...], width: int) -> LineItem:
    delivery, part, number = row[width:]
    document = month.documents[delivery]
    return LineItem(
        file=month.files[part],
        row=number,
        document=document.number,
        amends=document.amends,
        is_estimated=False,
        platform=document.platform,
        **dict(zip(_LINE_FIELDS, row, strict=False)),
    )


def _all(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
