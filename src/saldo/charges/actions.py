"""Taking in what Microsoft delivered, and deciding about it. Every function belongs to the caller's transaction.

A row with a cell that could not be read is no line and is not counted as one, but its money is in the total and in the
bill: a file must come to the sum that its invoice charges (docs/algorithms/reading.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import DataError, connection

from saldo.audit import log
from saldo.charges import catalogue, cross_checks, models, versions
from saldo.charges.arrivals import Arrival, content_of, describe, describe_headers
from saldo.charges.formats.invoice_headers import AccountBalance, InvoiceHeader
from saldo.charges.formats.refusals import UnableToReadFile
from saldo.charges.nameless import give_to_their_customers
from saldo.charges.store.preparing import Prepared
from saldo.core.identity import CompanyId, CustomerId
from saldo.core.problems import Refused
from saldo.parties.actions import CustomerSeen, note_customers

State = Literal["accepted", "replaced", "duplicate"]
_LOCK = 0x5A1D0  # taken by the transaction that changes which versions count, one a company at a time


class UnableToDecide(Refused):
    """A delivery about which nothing can be decided any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of a delivery; ``delivery`` is the version that was there already when it is a duplicate."""

    delivery: int
    state: State


def find_duplicate(*, company: CompanyId, content: str, arrival: Arrival, sha256: str) -> TakenIn | None:
    """The delivery of this very content if there is one; the attempt is noted. None when it is new."""
    found = models.Delivery.objects.filter(company_id=company, content=content).first()
    if found is None:
        return None
    _note_attempt(found, arrival, sha256, "duplicate")
    return TakenIn(delivery=found.pk, state="duplicate")


def take_in(*, company: CompanyId, prepared: Prepared, arrival: Arrival) -> TakenIn:
    """Write a prepared delivery into the catalogue, let it take the place of the version before, check it with others.

    Refuses (UnableToReadFile): charges.file.unstorable.
    """
    _lock(company)
    files = [part.written.part.sha256 for part in prepared.parts]
    content = content_of(kind=prepared.kind, files=files)
    duplicate = find_duplicate(company=company, content=content, arrival=arrival, sha256=files[0])
    if duplicate is not None:
        return duplicate
    delivery = describe(company, prepared, content, arrival)
    try:
        state = _settle(delivery, write=lambda: catalogue.write_delivery(delivery, prepared))
        note_customers(company=company, seen=_customers(prepared), at=arrival.at)
    except DataError as said:
        facts = {"file": arrival.name, "seen": str(said).splitlines()[0][:160]}
        raise UnableToReadFile(code="charges.file.unstorable", facts=facts) from said
    give_to_their_customers(company)
    named = versions.name_unnumbered(company)
    _look_again(company, {delivery.document, *named})
    return _note(delivery, arrival, files[0], state)


def take_in_headers(
    *,
    company: CompanyId,
    sha256: str,
    headers: tuple[InvoiceHeader, ...],
    balances: tuple[AccountBalance, ...],
    arrival: Arrival,
) -> TakenIn:
    """Write invoice headers into the catalogue; the months of their documents and the checks of sums follow them."""
    _lock(company)
    content = content_of(kind="invoice-header", files=[sha256])
    duplicate = find_duplicate(company=company, content=content, arrival=arrival, sha256=sha256)
    if duplicate is not None:
        return duplicate
    delivery = describe_headers(company, headers, balances, content, arrival)
    state = _settle(
        delivery,
        write=lambda: catalogue.write_header_delivery(
            delivery, name=arrival.name, sha256=sha256, headers=headers, balances=balances
        ),
    )
    named = versions.name_unnumbered(company)
    _look_again(company, {header.number for header in headers} | named, balances_too=True)
    return _note(delivery, arrival, sha256, state)


def note_refusal(
    *, company: CompanyId, arrival: Arrival, sha256: str, kind: str, code: str, facts: Mapping[str, Any]
) -> None:
    """Remember that a file was refused, and why; nothing that a bill can see changes."""
    catalogue.write_attempt(
        company=company,
        at=arrival.at,
        by=arrival.actor,
        name=arrival.name,
        sha256=sha256,
        kind=kind,
        state="refused",
        batch=arrival.batch,
        code=code,
        facts=dict(facts),
    )


def accept_delivery(*, company: CompanyId, delivery: int, reason: str, actor: str, at: datetime) -> None:
    """Keep a delivery although a check failed; the reason stands beside it from now on.

    Refuses (UnableToDecide): charges.delivery.unknown, charges.delivery.not-counting.
    """
    row = _get_counting(company, delivery)
    row.accepted_because = reason
    row.save(update_fields=["accepted_because"])
    _record("charges.delivery.accepted", row, actor, at, {"reason": reason})


def withdraw_delivery(*, company: CompanyId, delivery: int, reason: str, actor: str, at: datetime) -> None:
    """Take a delivery out of all bills; what it had superseded counts again.

    Refuses (UnableToDecide): charges.delivery.unknown, charges.delivery.not-counting.
    """
    row = _get_counting(company, delivery)
    row.state, row.accepted_because = "withdrawn", reason
    row.save(update_fields=["state", "accepted_because"])
    brought_back = versions.bring_back(row)
    _look_again_at(company, row)
    _record("charges.delivery.withdrawn", row, actor, at, {"reason": reason, "brought_back": brought_back})


def take_back_delivery(*, company: CompanyId, delivery: int, reason: str, actor: str, at: datetime) -> None:
    """Let a delivery that was taken out count again, instead of the older version that had come back in its place.

    Refuses (UnableToDecide): charges.delivery.unknown, charges.delivery.not-taken-out, charges.delivery.newer-counts.
    """
    row = _get(company, delivery)
    if row.state != "withdrawn":
        raise UnableToDecide(code="charges.delivery.not-taken-out", facts={"delivery": delivery, "state": row.state})
    before = versions.find_predecessor(row)
    if before is not None and before.pk > row.pk:
        raise UnableToDecide(code="charges.delivery.newer-counts", facts={"delivery": delivery, "newer": before.pk})
    row.state, row.accepted_because = "counts", ""  # a check that failed is open again
    row.save(update_fields=["state", "accepted_because"])
    if before is not None:
        versions.supersede(before, by=row)
    _look_again_at(company, row)
    superseded = before.pk if before is not None else None
    _record("charges.delivery.taken-back", row, actor, at, {"reason": reason, "superseded": superseded})


def _get(company: CompanyId, delivery: int) -> models.Delivery:
    _lock(company)
    row = models.Delivery.objects.filter(company_id=company, pk=delivery).first()
    if row is None:
        raise UnableToDecide(code="charges.delivery.unknown", facts={"delivery": delivery})
    return row


def _get_counting(company: CompanyId, delivery: int) -> models.Delivery:
    row = _get(company, delivery)
    if row.state != "counts":
        raise UnableToDecide(code="charges.delivery.not-counting", facts={"delivery": delivery, "state": row.state})
    return row


def _lock(company: CompanyId) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, company])


def _settle(delivery: models.Delivery, *, write: Any) -> State:
    """Write a version and let it take the place of the one before."""
    before = versions.find_predecessor(delivery)
    if before is not None:
        delivery.document_key = before.document_key
    write()
    if before is None:
        return "accepted"
    versions.supersede(before, by=delivery)
    return "replaced"


def _look_again(company: CompanyId, documents: set[str], *, balances_too: bool = False) -> None:
    """Months, estimates and checks between documents, after something about these documents changed."""
    versions.settle_months(company, documents)
    versions.settle_estimates(company)
    cross_checks.check_again(company, documents - {""}, balances_too=balances_too)


def _look_again_at(company: CompanyId, delivery: models.Delivery) -> None:
    """The same after a person decided about a delivery; one of headers speaks of many documents."""
    numbers = set(models.MicrosoftInvoice.objects.filter(delivery=delivery).values_list("number", flat=True))
    named = versions.name_unnumbered(company) if numbers else set()
    has_balances = delivery.kind == "invoice-header"
    _look_again(company, {delivery.document, *numbers, *named}, balances_too=has_balances)


def _customers(prepared: Prepared) -> Iterable[CustomerSeen]:
    return (
        CustomerSeen(
            key=CustomerId(row.key),
            name=row.name.strip(),
            domain=row.domain.strip(),
            country=row.country.strip().upper() if len(row.country.strip()) == 2 else "",
        )
        for row in prepared.customers
    )


def _note(delivery: models.Delivery, arrival: Arrival, sha256: str, state: State) -> TakenIn:
    _note_attempt(delivery, arrival, sha256, state)
    facts = {"kind": delivery.kind, "document": delivery.document, "rows": delivery.rows, "lines": delivery.lines}
    code = "charges.delivery.replaced" if state == "replaced" else "charges.delivery.imported"
    _record(code, delivery, arrival.actor, arrival.at, facts)
    return TakenIn(delivery=delivery.pk, state=state)


def _note_attempt(delivery: models.Delivery, arrival: Arrival, sha256: str, state: State) -> None:
    catalogue.write_attempt(
        company=CompanyId(delivery.company_id),
        at=arrival.at,
        by=arrival.actor,
        name=arrival.name,
        sha256=sha256,
        kind=delivery.kind,
        state=state,
        batch=arrival.batch,
        delivery=delivery.pk,
    )


def _record(code: str, delivery: models.Delivery, actor: str, at: datetime, facts: Mapping[str, Any]) -> None:
    log.record(
        company=CompanyId(delivery.company_id),
        code=code,
        actor=actor,
        subject=f"delivery:{delivery.pk}",
        at=at,
        facts=facts,
    )
