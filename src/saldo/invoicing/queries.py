"""Reading documents: drafts with what changed, issued ones, their lines. Nothing here holds cost or margin."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from saldo.core.identity import CompanyId, CustomerId
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.invoicing import models


class UnableToFind(Refused):
    """A document that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One document, draft or issued. ``cancelled_by`` and ``authority_number`` are what came later."""

    id: int
    kind: str
    month: Month
    debtor: str
    group: str
    currency: str
    language: str
    number: str
    issued_on: date | None
    issued_at: datetime | None
    issued_by: str
    due_on: date | None
    reference: str
    purchase_order: str
    mirrors: str
    replaces: str
    seller: Mapping[str, Any]
    buyer: Mapping[str, Any]
    terms: Mapping[str, Any]
    rates: Sequence[Mapping[str, Any]]
    taxes: Sequence[Mapping[str, Any]]
    net: Decimal
    tax: Decimal
    gross: Decimal
    origin: str
    made_by: str
    reason: str
    held_because: str
    problems: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line as a customer may see it; ``file`` and ``row`` are Microsoft's, for who may read them."""

    id: int
    position: int
    customer: CustomerId
    subscription: str
    product: str
    product_id: str
    sku_id: str
    category: str
    charge_type: str
    charge: str
    file: str
    row: int
    document: str
    starts_on: date | None
    ends_on: date | None
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal
    tax_percent: Decimal
    tax_treatment: str
    price_rule: str
    rate: Decimal
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftShown:
    """A draft in review: its sums, and those of the same debtor's documents of the month before."""

    invoice: Invoice
    lines: int
    before: Decimal
    change: Decimal
    is_odd: bool  # first, gone the other way, or moved by a quarter and more


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSums:
    """What a month came to: drafts that wait, documents issued, the gross of all of them, what needs a person."""

    drafts: int
    issued: int
    totals: Mapping[str, Decimal]
    problems: tuple[Mapping[str, Any], ...]


_QUARTER = Decimal("0.25")


def get_invoice(*, company: CompanyId, number: str) -> Invoice:
    """The issued document of this number. Refuses (UnableToFind): invoicing.document.unknown."""
    found = find_invoice(company=company, number=number)
    if found is None:
        raise UnableToFind(code="invoicing.document.unknown", facts={"number": number})
    return found


def find_invoice(*, company: CompanyId, number: str) -> Invoice | None:
    """The issued document of this number, or None."""
    row = models.Invoice.objects.filter(company_id=company, number=number).exclude(number="").first()
    return as_invoice(row) if row else None


def get_draft(*, company: CompanyId, draft: int) -> Invoice:
    """A draft by its key. Refuses (UnableToFind): invoicing.draft.unknown."""
    row = models.Invoice.objects.filter(company_id=company, id=draft, number="").first()
    if row is None:
        raise UnableToFind(code="invoicing.draft.unknown", facts={"draft": draft})
    return as_invoice(row)


def list_invoices(
    *,
    company: CompanyId,
    month: Month | None = None,
    debtors: Sequence[str] | None = None,
    kind: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Invoice, ...]:
    """Issued documents, newest first; of some debtors where named."""
    rows = models.Invoice.objects.filter(company_id=company).exclude(number="")
    if month is not None:
        rows = rows.filter(month=month.starts_on)
    if debtors is not None:
        rows = rows.filter(debtor__in=debtors)
    if kind is not None:
        rows = rows.filter(kind=kind)
    rows = rows.order_by("-year", "-sequence")
    return tuple(as_invoice(row) for row in rows[offset : None if limit is None else offset + limit])


def list_lines_of(*, company: CompanyId, number: str = "", draft: int | None = None) -> tuple[InvoiceLine, ...]:
    """The lines of an issued document by number, or of a draft by key, as its paper lists them."""
    rows = models.Line.objects.filter(company_id=company, invoice__company_id=company)
    rows = rows.filter(invoice__number=number) if draft is None else rows.filter(invoice_id=draft)
    if draft is None and not number:
        return ()
    fields = tuple(InvoiceLine.__slots__)
    return tuple(InvoiceLine(**row) for row in rows.order_by("position", "id").values(*fields))


def list_drafts(*, company: CompanyId, month: Month, debtors: Sequence[str] | None = None) -> tuple[DraftShown, ...]:
    """The drafts of a month with their change against the month before, what is odd first, then the largest change."""
    rows = models.Invoice.objects.filter(company_id=company, month=month.starts_on, number="")
    if debtors is not None:
        rows = rows.filter(debtor__in=debtors)
    drafts = [as_invoice(row) for row in rows]
    before = _nets_before(company, month)
    counts = _count_lines(company, [draft.id for draft in drafts])
    shown = [_shown(draft, counts.get(draft.id, 0), before) for draft in drafts]
    return tuple(sorted(shown, key=lambda one: (not one.is_odd, -abs(one.change), one.invoice.debtor, one.invoice.id)))


def find_cancellation(*, company: CompanyId, number: str) -> str | None:
    """The number of the mirror document that cancels this one, or None."""
    rows = models.Invoice.objects.filter(company_id=company, kind="cancellation", mirrors=number).exclude(number="")
    return rows.values_list("number", flat=True).first()


def find_open_wave(*, company: CompanyId, month: Month) -> int | None:
    """A wave of the month that has drafts left: it was cut short."""
    rows = models.Invoice.objects.filter(company_id=company, month=month.starts_on, number="", wave__isnull=False)
    return rows.order_by("wave_id").values_list("wave_id", flat=True).first()


def sum_month(*, company: CompanyId, month: Month) -> MonthSums:
    """What a month came to so far."""
    rows = _all(
        "SELECT currency, count(*) FILTER (WHERE number = ''), count(*) FILTER (WHERE number <> ''), sum(gross)"
        " FROM invoicing_invoice WHERE company_id = %s AND month = %s GROUP BY 1 ORDER BY 1",
        [company, month.starts_on],
    )
    return MonthSums(
        drafts=sum(row[1] for row in rows),
        issued=sum(row[2] for row in rows),
        totals={row[0]: row[3] for row in rows},
        problems=tuple(_problems(company, month)),
    )


def as_invoice(row: models.Invoice) -> Invoice:
    """A row as plain data."""
    values = {name: getattr(row, name) for name in Invoice.__slots__ if name not in ("id", "month")}
    return Invoice(id=row.pk, month=Month.of(row.month), **values)


def _problems(company: CompanyId, month: Month) -> list[Mapping[str, Any]]:
    """Lines by bucket and reason, lines at list price, drafts that are held; each with its count."""
    defaults = _all(
        "SELECT count(*) FROM invoicing_line WHERE company_id = %s AND month = %s AND price_rule = 'default'",
        [company, month.starts_on],
    )[0][0]
    found: list[Mapping[str, Any]] = []
    if defaults:
        found.append({"code": "agreements.price.default-used", "facts": {"lines": defaults}})
    for bucket, because, lines, example in _all(
        "SELECT bucket, because, count(*), (array_agg(facts ORDER BY id))[1]::text FROM invoicing_line"
        " WHERE company_id = %s AND month = %s"
        " AND bucket IN ('held', 'unmatched') GROUP BY 1, 2 ORDER BY 1, 2",
        [company, month.starts_on],
    ):
        found.append(
            {
                "code": f"invoicing.bucket.{bucket}",
                "facts": {"lines": lines, "because": because, "first": json.loads(example)},
            }
        )
    for because, drafts in _all(
        "SELECT held_because, count(*) FROM invoicing_invoice WHERE company_id = %s AND month = %s AND number = ''"
        " AND held_because <> '' GROUP BY 1 ORDER BY 1",
        [company, month.starts_on],
    ):
        found.append({"code": because, "facts": {"drafts": drafts}})
    return found


def _nets_before(company: CompanyId, month: Month) -> dict[tuple[str, str, str], Decimal]:
    """What the month before came to, by debtor, currency and group, whatever its documents are."""
    rows = _all(
        'SELECT debtor, currency, "group", sum(net) FROM invoicing_invoice'
        " WHERE company_id = %s AND month = %s GROUP BY 1, 2, 3",
        [company, month.plus(-1).starts_on],
    )
    return {(debtor, currency, group): net for debtor, currency, group, net in rows}


def _count_lines(company: CompanyId, drafts: Sequence[int]) -> dict[int, int]:
    rows = _all(
        "SELECT invoice_id, count(*) FROM invoicing_line WHERE company_id = %s AND invoice_id = ANY(%s) GROUP BY 1",
        [company, [*drafts]],
    )
    return dict(rows)


def _shown(draft: Invoice, lines: int, nets: Mapping[tuple[str, str, str], Decimal]) -> DraftShown:
    before = nets.get((draft.debtor, draft.currency, draft.group), ZERO)
    change = draft.net - before
    is_odd = draft.kind == "credit-note" or draft.net < 0 or not before or abs(change) > abs(before) * _QUARTER
    return DraftShown(
        invoice=draft,
        lines=lines,
        before=before,
        change=change,
        is_odd=is_odd or bool(draft.held_because),
    )


def _all(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
