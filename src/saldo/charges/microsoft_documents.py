"""Microsoft's documents as the files that count show them: headers beside what their rows come to; balances; purchases.

Reads only the catalogue and the narrow lines. What is owed because of them is `saldo.payables`' own matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId, CustomerId, MicrosoftInvoiceId, SubscriptionId
from saldo.core.periods import Month

_KINDS = ["nce-reconciliation", "legacy-license", "legacy-usage"]

_DOCUMENTS = """
WITH headers AS (
    SELECT DISTINCT ON (upper(h.number)) upper(h.number) AS number, h.document_type, upper(h.amends) AS amends,
           h.status, h.invoiced_on, h.period_starts_on, h.total, h.paid, h.currency
    FROM charges_microsoftinvoice h JOIN charges_delivery d ON d.id = h.delivery_id AND d.state = 'counts'
    WHERE h.company_id = %(company)s
    ORDER BY upper(h.number), d.id DESC, h.row DESC
), files AS (
    SELECT coalesce(nullif(upper(d.document), ''), 'UNNUMBERED-' || to_char(d.month, 'YYYY-MM') || '-' || d.currency)
               AS number,
           min(d.month) AS month, array_agg(DISTINCT d.currency) AS currencies, sum(d.rows)::bigint AS rows,
           sum(d.total) AS net, sum(d.tax) AS tax, sum(coalesce(d.gross, d.total + d.tax)) AS gross
    FROM charges_delivery d
    WHERE d.company_id = %(company)s AND d.state = 'counts' AND d.kind = ANY(%(kinds)s) AND NOT d.is_estimated
      AND d.month IS NOT NULL
    GROUP BY 1
), own AS (
    SELECT number, sum(t.net) AS net
    FROM files f JOIN headers h USING (number)
    JOIN charges_delivery d ON upper(d.document) = number AND d.company_id = %(company)s AND d.state = 'counts'
         AND d.kind = ANY(%(kinds)s) AND NOT d.is_estimated
    JOIN charges_customertotal t ON t.company_id = d.company_id AND t.delivery_id = d.id AND t.currency = h.currency
    WHERE f.currencies::text[] <> ARRAY[h.currency::text]
    GROUP BY 1
)
SELECT number, h.document_type, h.amends, h.status, h.invoiced_on, h.period_starts_on, h.total, h.paid, h.currency,
       f.month, f.currencies, coalesce(f.rows, 0), coalesce(f.net, 0), coalesce(f.tax, 0), coalesce(f.gross, 0),
       coalesce(o.net, 0)
FROM headers h FULL JOIN files f USING (number) LEFT JOIN own o USING (number) ORDER BY number
"""
_BALANCES = """
SELECT DISTINCT ON (b.currency) b.currency, b.balance, b.said_on
FROM charges_microsoftbalance b JOIN charges_delivery d ON d.id = b.delivery_id AND d.state = 'counts'
WHERE b.company_id = %s ORDER BY b.currency, b.said_on DESC, b.id DESC
"""
_PURCHASES = """
SELECT l.subscription, l.customer, l.product_name, l.charge_type, l.ordered_on, l.charge_starts_on, l.currency,
       l.amount
FROM charges_line l JOIN charges_delivery d ON d.id = l.delivery_id
WHERE l.company_id = %(company)s AND d.company_id = l.company_id AND d.state = 'counts'
  AND d.kind = 'nce-reconciliation' AND d.month >= %(month)s AND l.category IN ('licence', 'software-subscription')
  AND greatest(l.ordered_on, l.charge_starts_on) BETWEEN %(since)s AND %(until)s
ORDER BY l.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrosoftDocument:
    """One document by number. Header facts are empty or None when none came; ``total`` and ``paid`` include tax.

    ``currencies`` has more than one, or an empty one, when no header came and the rows are not of one currency; beside
    a header rows of another currency than its own come to nothing. Row sums are exact.
    """

    number: MicrosoftInvoiceId
    document_type: str
    amends: MicrosoftInvoiceId
    status: str
    invoiced_on: date | None
    total: Decimal | None
    paid: Decimal
    month: Month | None
    currencies: tuple[str, ...]
    rows: int
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBalance:
    """What Microsoft last said is still to be paid in one currency."""

    currency: str
    balance: Decimal
    said_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """One row of seats bought, renewed or changed, estimates included."""

    subscription: SubscriptionId
    customer: CustomerId
    product: str
    charge_type: str
    ordered_on: date | None
    charge_starts_on: date | None
    currency: str
    amount: Decimal


def list_documents(*, company: CompanyId) -> tuple[MicrosoftDocument, ...]:
    """Every document that has a header or rows that count, by number; the newest header of a number speaks for it.

    A legacy licence file without a number is a document of its month and currency.
    """
    return tuple(_document(row) for row in _all(_DOCUMENTS, {"company": company, "kinds": _KINDS}))


def list_balances(*, company: CompanyId) -> tuple[SaidBalance, ...]:
    """The newest balance of each currency."""
    rows = _all(_BALANCES, [company])
    return tuple(SaidBalance(currency=row[0], balance=row[1], said_on=row[2]) for row in rows)


def list_bought(*, company: CompanyId, since: date, until: date) -> tuple[BoughtLine, ...]:
    """The rows of seats whose order, or the charge begun later, lies within these days."""
    facts = {"company": company, "month": Month.of(since).plus(-1).starts_on, "since": since, "until": until}
    names = ("subscription", "customer", "product", "charge_type", "ordered_on", "charge_starts_on", "currency")
    return tuple(BoughtLine(**dict(zip((*names, "amount"), row, strict=True))) for row in _all(_PURCHASES, facts))


def _document(row: tuple[Any, ...]) -> MicrosoftDocument:
    number, document_type, amends, status, invoiced_on, period, total, paid, currency, month, currencies = row[:11]
    rows, net, tax, gross, own = row[11:]
    if currency and currencies and set(currencies) != {currency}:
        net, tax, gross, currencies = own, Decimal(0), own, ()
    named = {*(currencies or ()), *((currency,) if currency else ())}
    day = month or period or invoiced_on
    return MicrosoftDocument(
        number=number,
        document_type=document_type or "",
        amends=MicrosoftInvoiceId(amends or ""),
        status=status or "",
        invoiced_on=invoiced_on,
        total=total,
        paid=paid if paid is not None else Decimal(0),
        month=Month.of(day) if day else None,
        currencies=tuple(sorted(named)),
        rows=rows,
        net=net,
        tax=tax,
        gross=gross,
    )


def _all(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
