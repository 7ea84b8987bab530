"""What a delivery says of itself when it arrives: its fingerprint, its document, its own month; not yet written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from saldo.charges import models, versions
from saldo.charges.formats.invoice_headers import AccountBalance, InvoiceHeader
from saldo.charges.rules.line import Kind
from saldo.charges.rules.months import month_of_rows
from saldo.charges.store.preparing import Prepared
from saldo.core.identity import CompanyId

_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who brought a delivery, when, under which name, with which upload."""

    actor: str
    at: datetime
    name: str
    batch: str = ""


def content_of(*, kind: Kind, files: Iterable[str]) -> str:
    """The fingerprint of a delivery: its kind and the hashes of its parts in their order."""
    return hashlib.sha256("\n".join((kind, *files)).encode()).hexdigest()


def describe(company: CompanyId, prepared: Prepared, content: str, arrival: Arrival) -> models.Delivery:
    """A delivery of rows. Without a number, new commerce is an estimate: unbilled data of an open period."""
    month = month_of_rows(prepared.months)
    own_month = month.starts_on if month else None
    is_estimated = prepared.kind.startswith("nce-") and not prepared.document
    return models.Delivery(
        company_id=company,
        content=content,
        kind=prepared.kind,
        source=prepared.source,
        document=prepared.document,
        document_key=versions.key_of(
            kind=prepared.kind,
            document=prepared.document,
            is_estimated=is_estimated,
            month=own_month,
            currency=prepared.currency,
        ),
        is_estimated=is_estimated,
        month=own_month,
        own_month=own_month,
        currency=prepared.currency,
        gross=prepared.gross,
        tax=prepared.tax,
        received_at=arrival.at,
        received_by=arrival.actor,
    )


def describe_headers(
    company: CompanyId,
    headers: tuple[InvoiceHeader, ...],
    balances: tuple[AccountBalance, ...],
    content: str,
    arrival: Arrival,
) -> models.Delivery:
    """A delivery of invoice headers, or of the balances over them; only a single header has a month."""
    numbers = sorted({header.number for header in headers})
    currencies = {header.currency for header in headers} | {balance.currency for balance in balances}
    single = headers[0] if len(headers) == 1 else None
    month: date | None = None
    if single is not None:
        month = (single.period_starts_on or single.invoiced_on).replace(day=1)
    named = ",".join(numbers) or f"balance:{','.join(sorted(currencies))}"
    if len(named) > _LONGEST_KEY:
        named = content_of(kind="invoice-header", files=numbers)
    return models.Delivery(
        company_id=company,
        content=content,
        kind="invoice-header",
        source="v1-pages",
        document=single.number if single else "",
        document_key=f"invoice-header:{named}",
        month=month,
        own_month=month,
        currency=currencies.pop() if len(currencies) == 1 else "",
        rows=len(headers) + len(balances),
        lines=len(headers) + len(balances),
        total=sum((header.total for header in headers), start=0),
        received_at=arrival.at,
        received_by=arrival.actor,
    )
