"""Issued documents as a register: found by number or debtor, narrowed by month and by whether they are paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO
from saldo.core.periods import Month
from saldo.invoicing import models
from saldo.invoicing.queries import Invoice, as_invoice
from saldo.ledger.open_documents import is_open
from saldo.ledger.queries import list_open_among

State = Literal["every", "open", "overdue", "paid", "cancelled"]
STATES: tuple[State, ...] = ("every", "open", "overdue", "paid", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for; ``debtors`` narrows to whom the reader may see, ``named`` are those a search found."""

    search: str = ""
    named: Sequence[str] = ()
    month: Month | None = None
    state: State = "every"
    debtors: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedRow:
    """One issued document with what is open of it today and the document that cancelled it, if any."""

    invoice: Invoice
    open: Decimal
    cancelled_by: str

    def state(self, today: date) -> State | Literal["credit"]:
        """In one word; a document that gives back is neither open nor paid."""
        if self.cancelled_by:
            return "cancelled"
        if self.invoice.gross <= 0:
            return "credit"
        if not self.open:
            return "paid"
        due = self.invoice.due_on
        return "overdue" if due is not None and due < today else "open"


def list_issued(*, company: CompanyId, asked: Asked, today: date, limit: int, offset: int = 0) -> tuple[IssuedRow, ...]:
    """Documents that fit, newest number first; only those of the page are read whole."""
    found = _found(company, asked, today).order_by("-year", "-sequence").values_list("id", flat=True)
    rows = models.Invoice.objects.filter(company_id=company, id__in=list(found[offset : offset + limit]))
    return _with_states(company, [as_invoice(row) for row in rows.order_by("-year", "-sequence")])


def sum_issued(*, company: CompanyId, asked: Asked, today: date) -> Mapping[str, tuple[int, Decimal]]:
    """How many documents fit and their gross, by currency."""
    rows = _found(company, asked, today).order_by().values("currency").annotate(count=Count("id"), gross=Sum("gross"))
    return {row["currency"]: (row["count"], row["gross"]) for row in rows}


def get_states(*, company: CompanyId, invoices: Sequence[Invoice]) -> tuple[IssuedRow, ...]:
    """What is open of each of these, and what cancelled it."""
    return _with_states(company, invoices)


def item_keys(invoice: Invoice) -> tuple[str, ...]:
    """The open items that a document can have in the books."""
    kind = invoice.kind if invoice.kind in ("credit-note", "cancellation") else "invoice"
    keys = (f"{kind}:{invoice.number}",)
    return (*keys, f"authority:{invoice.number}") if invoice.kind == "statement" else keys


def _found(company: CompanyId, asked: Asked, today: date) -> QuerySet[models.Invoice]:
    rows = models.Invoice.objects.filter(company_id=company).exclude(number="")
    if asked.debtors is not None:
        rows = rows.filter(debtor__in=asked.debtors)
    if asked.search:
        rows = rows.filter(Q(number__icontains=asked.search) | Q(debtor__in=asked.named))
    if asked.month is not None:
        rows = rows.filter(month=asked.month.starts_on)
    return _in_state(rows, company, asked, today)


def _in_state(
    rows: QuerySet[models.Invoice], company: CompanyId, asked: Asked, today: date
) -> QuerySet[models.Invoice]:
    if asked.state == "every":
        return rows
    mirrors = models.Invoice.objects.filter(company_id=company, kind="cancellation", mirrors=OuterRef("number"))
    if asked.state == "cancelled":
        return rows.filter(Exists(mirrors.exclude(number="")))
    before = today if asked.state == "overdue" else None
    stands = is_open(company=company, number="number", due_before=before)
    rows = rows.filter(gross__gt=0)
    if asked.state == "paid":
        return rows.filter(~stands, ~Exists(mirrors.exclude(number="")))
    return rows.filter(stands)


def _with_states(company: CompanyId, invoices: Sequence[Invoice]) -> tuple[IssuedRow, ...]:
    keys = {invoice.number: item_keys(invoice) for invoice in invoices}
    items = list_open_among(company=company, keys=[key for held in keys.values() for key in held])
    mirrors = models.Invoice.objects.filter(company_id=company, kind="cancellation", mirrors__in=[*keys])
    cancelled = dict(mirrors.exclude(number="").values_list("mirrors", "number"))
    return tuple(
        IssuedRow(
            invoice=invoice,
            open=sum((items.get(key, ZERO) for key in keys[invoice.number]), ZERO),
            cancelled_by=cancelled.get(invoice.number, ""),
        )
        for invoice in invoices
    )
