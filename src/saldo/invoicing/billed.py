"""What stands on our invoices, line by line, with the Microsoft rows behind it: what explanations are made from.

Reads only, and without cost: what Microsoft charged us stays with the rows themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId, CustomerId
from saldo.core.periods import Month

_COLUMNS = (
    "l.position, l.customer, l.product, l.charge, l.file, l.row, l.quantity, l.unit_price, l.rate, l.net, l.tax, "
    "l.tax_percent, l.price_rule, l.starts_on, l.ends_on"
)
_FIELDS = tuple(name.strip().removeprefix("l.") for name in _COLUMNS.split(","))
DRAFT = "draft-"
"""How a document without a number is named where one is needed."""


# From one month to the one before by the index: months are few, the documents of each are many.
_MONTHS = """
WITH RECURSIVE held AS (
    (SELECT month FROM invoicing_invoice WHERE company_id = %(company)s ORDER BY month DESC LIMIT 1)
    UNION ALL
    SELECT (SELECT i.month FROM invoicing_invoice i WHERE i.company_id = %(company)s AND i.month < held.month
            ORDER BY i.month DESC LIMIT 1)
    FROM held WHERE held.month IS NOT NULL
)
SELECT month FROM held WHERE month IS NOT NULL AND (%(include_drafts)s OR EXISTS (
    SELECT FROM invoicing_invoice i WHERE i.company_id = %(company)s AND i.month = held.month AND i.number <> ''
)) ORDER BY month DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """One line of one of our documents, before tax, in the document's ``currency``.

    ``number`` is ``draft-…`` before issue; ``mirrors`` the number of the document that this one takes back; ``file``
    and ``row`` name Microsoft's row, or are empty for a charge of our own.
    """

    number: str
    mirrors: str
    month: Month
    currency: str
    position: int
    customer: CustomerId
    product: str
    charge: str
    file: str
    row: int
    quantity: Decimal
    unit_price: Decimal
    rate: Decimal
    net: Decimal
    tax: Decimal
    tax_percent: Decimal
    price_rule: str
    starts_on: date | None
    ends_on: date | None


def list_billed_lines(
    *,
    company: CompanyId,
    customer: CustomerId | None = None,
    month: Month | None = None,
    number: str | None = None,
    draft: int | None = None,
    currency: str | None = None,
    include_drafts: bool = False,
) -> tuple[BilledLine, ...]:
    """The lines of a customer's documents of a month, of one document or one draft, in the order of the paper."""
    where, values = _asked(company, customer, month, number, include_drafts or draft is not None)
    if draft is not None:
        where += " AND i.id = %s AND i.number = ''"
        values.append(draft)
    if currency is not None:
        where += " AND i.currency = %s"
        values.append(currency)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT i.id, i.number, i.mirrors, i.month, i.currency, {_COLUMNS} FROM invoicing_line l"
            f" JOIN invoicing_invoice i ON i.id = l.invoice_id WHERE {where} ORDER BY i.id, l.position, l.id",
            values,
        )
        return tuple(_line(row) for row in cursor.fetchall())


def list_billed_currencies(
    *,
    company: CompanyId,
    customer: CustomerId,
    month: Month | None = None,
    number: str | None = None,
    include_drafts: bool = False,
) -> tuple[str, ...]:
    """The currencies of a customer's documents of a month, or of one document."""
    where, values = _asked(company, customer, month, number, include_drafts)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT i.currency FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id"
            f" WHERE {where} ORDER BY 1",
            values,
        )
        return tuple(currency for (currency,) in cursor.fetchall())


def list_billed_months(*, company: CompanyId, include_drafts: bool = False) -> tuple[Month, ...]:
    """The months for which we have issued (or drafted) anything, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"company": company, "include_drafts": include_drafts})
        return tuple(Month.of(month) for (month,) in cursor.fetchall())


def list_months_billed_to(*, company: CompanyId, customer: CustomerId) -> tuple[tuple[Month, str], ...]:
    """The months in which a customer was billed, with the currency of each, oldest first; drafts do not count."""
    months = [month.starts_on for month in list_billed_months(company=company)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT l.month, i.currency FROM invoicing_line l JOIN invoicing_invoice i ON i.id = l.invoice_id"
            " WHERE l.company_id = %s AND l.month = ANY(%s) AND l.customer = %s AND i.number <> '' ORDER BY 1, 2",
            [company, months, customer],
        )
        return tuple((Month.of(month), currency) for month, currency in cursor.fetchall())


def find_billed_number(*, company: CompanyId, number: str) -> str | None:
    """Our document's number as it was given, whatever the case it is asked in; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM invoicing_invoice WHERE company_id = %s AND upper(number) = upper(%s)"
            " AND number <> '' LIMIT 1",
            [company, number],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _asked(
    company: CompanyId, customer: CustomerId | None, month: Month | None, number: str | None, include_drafts: bool
) -> tuple[str, list[Any]]:
    where = "i.company_id = %s"
    values: list[Any] = [company]
    for condition, value in (
        ("l.customer = %s", customer),
        ("i.month = %s", month and month.starts_on),
        ("i.number = %s", number),
    ):
        if value is not None:
            where += f" AND {condition}"
            values.append(value)
    return where if include_drafts else where + " AND i.number <> ''", values


def _line(row: tuple[Any, ...]) -> BilledLine:
    key, number, mirrors, month, currency = row[:5]
    return BilledLine(
        number=number or f"{DRAFT}{key}",
        mirrors=mirrors,
        month=Month.of(month),
        currency=currency,
        **dict(zip(_FIELDS, row[5:], strict=True)),
    )


_BEFORE = (
    "SELECT old.number FROM invoicing_invoice new JOIN invoicing_invoice old"
    ' ON old.company_id = new.company_id AND old.debtor = new.debtor AND old."group" = new."group"'
    " AND old.currency = new.currency AND old.kind = new.kind AND old.month < new.month AND old.number <> ''"
)
_LATEST = (
    "AND NOT EXISTS (SELECT 1 FROM invoicing_invoice mirror WHERE mirror.company_id = old.company_id"
    " AND mirror.mirrors = old.number AND mirror.kind = 'cancellation')"
    " ORDER BY old.month DESC, old.year DESC, old.sequence DESC LIMIT 1"
)


def find_document_before(*, company: CompanyId, number: str) -> str | None:
    """The last document that a debtor had before this one, for the same thing and in the same currency; or None.

    One that was cancelled is passed over: its customer never owed it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_BEFORE} WHERE new.company_id = %s AND new.number = %s {_LATEST}", [company, number])
        found = cursor.fetchone()
    return found[0] if found else None


def find_document_before_draft(*, company: CompanyId, draft: int) -> str | None:
    """The last document that the debtor of a draft had before it, as `find_document_before`; or None."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_BEFORE} WHERE new.company_id = %s AND new.id = %s {_LATEST}", [company, draft])
        found = cursor.fetchone()
    return found[0] if found else None


def list_with_document_before(*, company: CompanyId, numbers: Collection[str]) -> frozenset[str]:
    """Which of these documents have one before them that they are compared with, as `find_document_before` says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.number FROM invoicing_invoice i WHERE i.company_id = %s AND i.number = ANY(%s) AND EXISTS ("
            "  SELECT FROM invoicing_invoice old WHERE old.company_id = i.company_id AND old.debtor = i.debtor"
            '  AND old."group" = i."group" AND old.currency = i.currency AND old.kind = i.kind'
            "  AND old.month < i.month AND old.number <> ''"
            "  AND NOT EXISTS (SELECT FROM invoicing_invoice mirror WHERE mirror.company_id = old.company_id"
            "    AND mirror.mirrors = old.number AND mirror.kind = 'cancellation'))",
            [company, list(numbers)],
        )
        return frozenset(number for (number,) in cursor.fetchall())


def list_unexplained(*, company: CompanyId, numbers: Collection[str]) -> tuple[str, ...]:
    """Which of these documents of a month carry no explanation yet; credits and mirrors never do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.number FROM invoicing_invoice i WHERE i.company_id = %s AND i.number = ANY(%s)"
            " AND i.kind IN ('invoice', 'statement') AND NOT EXISTS (SELECT 1 FROM invoicing_explanation e"
            " WHERE e.company_id = i.company_id AND e.number = i.number) ORDER BY i.number",
            [company, list(numbers)],
        )
        return tuple(number for (number,) in cursor.fetchall())
