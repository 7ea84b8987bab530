"""Correcting what was issued: mirror documents, correct-and-reissue. Nothing issued is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, amount_text
from saldo.invoicing import models
from saldo.invoicing.actions.copies import (
    UnableToCorrect,
    check_correctable,
    check_not_credited,
    copy_document,
    copy_lines,
    negated,
    taxed_anew,
)
from saldo.invoicing.actions.issuing import IssuedDocument, check_may_issue, issue_draft
from saldo.invoicing.actions.series import give_numbers, lock_series
from saldo.invoicing.actions.settling import debits_of, settle_items
from saldo.invoicing.actions.writing import next_ids, write_lines
from saldo.invoicing.queries import Invoice, find_cancellation, get_invoice
from saldo.invoicing.rules.lines import DraftLine
from saldo.invoicing.rules.references import reference_for
from saldo.invoicing.settings import get_settings
from saldo.ledger.actions import reverse
from saldo.ledger.queries import find_posting

_CORRECTABLE = frozenset(
    {"name", "country", "street", "postcode", "city", "region", "vat_id", "registration", "electronic_address"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What is right instead: the buyer's particulars, the purchase order, the net of lines by their position.

    The due day and the collections history stay those of the wrong document unless ``keeps_due_day`` is False.
    """

    buyer: Mapping[str, str] = field(default_factory=dict)
    purchase_order: str | None = None
    nets: Mapping[int, Decimal] = field(default_factory=dict)
    keeps_due_day: bool = True


def cancel_invoice(*, company: CompanyId, number: str, reason: str, today: date, by: str, at: datetime) -> str:
    """Take an issued document back by its mirror, with a number of its own; returns that number.

    The posting is mirrored, and what is open of the document is settled with it. Cancelling twice gives the same
    mirror. Refuses (UnableToFind): invoicing.document.unknown; (UnableToCorrect): invoicing.correction.no-reason,
    .is-a-mirror, .has-credits (part of it was given back already: cancel that first).
    """
    return _cancel(company, number, reason, is_reissued=False, today=today, by=by, at=at)


def _cancel(
    company: CompanyId, number: str, reason: str, *, is_reissued: bool, today: date, by: str, at: datetime
) -> str:
    found = get_invoice(company=company, number=number)
    if found.kind == "cancellation":
        raise UnableToCorrect(code="invoicing.correction.is-a-mirror", facts={"number": number})
    if not reason.strip():
        raise UnableToCorrect(code="invoicing.correction.no-reason", facts={"number": number})
    lock_series(company)
    known = find_cancellation(company=company, number=number)
    if known is not None:
        return known
    if not is_reissued:
        check_not_credited(company=company, found=found)
    _drop_proposals(company, number)
    new = _write_mirror(company, found, reason.strip(), today=today, by=by, at=at)
    for debit, key in debits_of(number, f"cancellation:{new}:settles"):
        settle_items(company=company, debit=debit, credit=f"cancellation:{new}", key=key, today=today, by=by, at=at)
    facts = {"mirror": new, "gross": amount_text(found.gross, found.currency), "currency": found.currency}
    record(company=company, code="invoicing.cancelled", actor=by, subject=f"invoice:{number}", at=at, facts=facts)
    return new


def _write_mirror(company: CompanyId, found: Invoice, reason: str, *, today: date, by: str, at: datetime) -> str:
    ((new, place),) = give_numbers(company=company, years=[today.year])
    (key,) = next_ids(1)
    mirror = _mirror_row(company, found, key, reason, by, at)
    mirror.save(force_insert=True)
    lines = [_mirrored(one, line) for one, line in copy_lines(company=company, invoice=found.id)]
    write_lines(company=company, month=found.month, invoice=key, lines=lines)
    models.Invoice.objects.filter(company_id=company, id=key, number="").update(
        number=new,
        year=today.year,
        sequence=place,
        issued_on=today,
        issued_at=at,
        issued_by=by,
        due_on=today,
        reference=reference_for(country=found.seller.get("country", ""), currency=found.currency, number=new),
    )
    if find_posting(company=company, key=posting_key(found)) is not None:
        reverse(
            company=company,
            key=posting_key(found),
            new_key=f"cancellation:{new}",
            on=today,
            by=by,
            at=at,
            code="invoicing.cancelled",
            document=new,
        )
    return new


def reissue(
    *,
    company: CompanyId,
    number: str,
    corrections: Corrections,
    reason: str,
    today: date,
    by: str,
    at: datetime,
    newest_backup: datetime | None = None,
) -> tuple[str, IssuedDocument]:
    """Correct and reissue in one act (practice 9): the mirror's number, and the new document.

    What was paid of the wrong one counts for the new one. Refuses: as `cancel_invoice`; (UnableToCorrect):
    invoicing.correction.unknown-field, .unknown-line, .cancelled-already (what was taken back is not corrected),
    .is-a-credit, invoicing.credit.needs-second-person (it would give more than the limit: propose a credit note).
    """
    check_may_issue(company=company, newest_backup=newest_backup, at=at)
    found = get_invoice(company=company, number=number)
    _check_corrections(company, found, corrections)
    lines = copy_lines(company=company, invoice=found.id)
    (key,) = next_ids(1)
    corrected = [_corrected(one, line, place, corrections) for place, (one, line) in enumerate(lines, start=1)]
    draft, corrected = taxed_anew(_corrected_row(company, found, key, corrections, reason.strip(), by, at), corrected)
    _check_gift(company, found, draft)
    mirror = _cancel(company, number, reason, is_reissued=True, today=today, by=by, at=at)
    draft.save(force_insert=True)
    write_lines(company=company, month=found.month, invoice=key, lines=corrected)
    issued = issue_draft(company=company, draft=key, today=today, by=by, at=at)
    settle_items(
        company=company,
        debit=f"invoice:{issued.number}",
        credit=f"cancellation:{mirror}",
        key=f"invoice:{issued.number}:replaces",
        today=today,
        by=by,
        at=at,
    )
    return mirror, issued


def _check_gift(company: CompanyId, found: Invoice, corrected: models.Invoice) -> None:
    """A lower price is a credit by another name, and has the same limit."""
    limit, given = get_settings(company=company).credit_limit, found.gross - corrected.gross
    if given > limit:
        facts = {"gross": amount_text(given, found.currency), "limit": f"{limit}", "currency": found.currency}
        raise UnableToCorrect(code="invoicing.credit.needs-second-person", facts=facts)


def _drop_proposals(company: CompanyId, number: str) -> None:
    """Credit notes that somebody proposed for a document that is taken back have nothing left to credit."""
    rows = models.Invoice.objects.filter(
        company_id=company, number="", origin="person", kind="credit-note", mirrors=number
    )
    keys = list(rows.values_list("id", flat=True))
    models.Line.objects.filter(company_id=company, invoice_id__in=keys).delete()
    rows.filter(id__in=keys).delete()


def posting_key(found: Invoice) -> str:
    """The posting that a document made."""
    return f"{'credit-note' if found.kind == 'credit-note' else 'invoice'}:{found.number}"


def _check_corrections(company: CompanyId, found: Invoice, corrections: Corrections) -> None:
    check_correctable(company=company, found=found)
    for name in corrections.buyer:
        if name not in _CORRECTABLE:
            raise UnableToCorrect(code="invoicing.correction.unknown-field", facts={"field": name})
    places = range(1, len(copy_lines(company=company, invoice=found.id)) + 1)
    for place in corrections.nets:
        if place not in places:
            raise UnableToCorrect(
                code="invoicing.correction.unknown-line", facts={"number": found.number, "line": place}
            )


def _mirrored(key: int, line: DraftLine) -> DraftLine:
    """The line of a mirror document; the cost stays where it was, since Microsoft still charges it."""
    return line._replace(
        mirrors_line=line.mirrors_line or key, quantity=-line.quantity, net=-line.net, tax=-line.tax, cost=ZERO
    )


def _corrected(key: int, line: DraftLine, place: int, corrections: Corrections) -> DraftLine:
    copy = line._replace(mirrors_line=line.mirrors_line or key, cost=ZERO)
    if place not in corrections.nets:
        return copy
    net = corrections.nets[place]
    price = abs(net / line.quantity) if line.quantity else abs(net)
    return copy._replace(net=net, unit_price=round(price, 10), price_rule="corrected")


def _mirror_row(company: CompanyId, found: Invoice, key: int, reason: str, by: str, at: datetime) -> models.Invoice:
    row = copy_document(company=company, found=found, key=key, reason=reason, by=by, at=at)
    row.kind, row.mirrors = "cancellation", found.number
    row.net, row.tax, row.gross = -found.net, -found.tax, -found.gross
    row.taxes = [negated(tax, found.currency) for tax in found.taxes]
    return row


def _corrected_row(
    company: CompanyId, found: Invoice, key: int, corrections: Corrections, reason: str, by: str, at: datetime
) -> models.Invoice:
    row = copy_document(company=company, found=found, key=key, reason=reason, by=by, at=at)
    row.kind, row.replaces = found.kind, found.number
    row.buyer = dict(found.buyer) | dict(corrections.buyer)
    row.due_on = found.due_on if corrections.keeps_due_day else None
    if corrections.purchase_order is not None:
        row.purchase_order = corrections.purchase_order
    return row
