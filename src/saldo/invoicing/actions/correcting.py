"""Correcting what was issued: mirror documents, correct-and-reissue. Nothing issued is ever changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, amount_text
from saldo.invoicing import models
from saldo.invoicing.actions.copies import (
    UnableToCorrect,
    check_not_credited,
    check_second_person,
    copy_document,
    copy_lines,
    negated,
)
from saldo.invoicing.actions.corrected import Corrections, check_corrections, corrected_document, weigh_correction
from saldo.invoicing.actions.issuing import IssuedDocument, check_may_issue, issue_draft
from saldo.invoicing.actions.series import give_numbers, lock_series
from saldo.invoicing.actions.settling import debits_of, settle_items
from saldo.invoicing.actions.writing import next_ids, write_lines
from saldo.invoicing.limits import sum_given
from saldo.invoicing.queries import Invoice, find_cancellation, get_invoice
from saldo.invoicing.rules.lines import DraftLine
from saldo.invoicing.rules.references import reference_for
from saldo.ledger.actions import reverse
from saldo.ledger.queries import find_posting


def cancel_invoice(
    *, company: CompanyId, number: str, reason: str, today: date, by: str, at: datetime, proposed_by: str = ""
) -> str:
    """Take an issued document back by its mirror, with a number of its own; returns that number.

    The posting is mirrored, and what is open of the document is settled with it. Cancelling twice gives the same
    mirror. Above what one person may give back, somebody else must have ``proposed_by`` it (`confirming`).
    Refuses (UnableToFind): invoicing.document.unknown; (UnableToCorrect): invoicing.correction.no-reason,
    .is-a-mirror, .has-credits (part of it was given back already: cancel that first),
    invoicing.credit.needs-second-person.
    """
    found = check_cancelling(company=company, number=number, reason=reason)
    lock_series(company)
    known = find_cancellation(company=company, number=number)
    if known is not None:
        return known
    check_not_credited(company=company, found=found)
    check_second_person(
        company=company,
        given=weigh_cancellation(company=company, found=found),
        currency=found.currency,
        proposed_by=proposed_by,
        today=today,
        by=by,
    )
    return _cancel(company, found, reason, today=today, by=by, at=at)


def weigh_cancellation(*, company: CompanyId, found: Invoice) -> Decimal:
    """What taking a document back gives the customer, with all that persons gave of it and of those it replaces."""
    if found.gross <= 0:
        return ZERO
    return found.gross + sum_given(company=company, number=found.number, with_waiting=False)


def check_cancelling(*, company: CompanyId, number: str, reason: str) -> Invoice:
    """The document, where it may be taken back for this reason.

    Refuses (UnableToFind): invoicing.document.unknown; (UnableToCorrect): invoicing.correction.is-a-mirror, .no-reason.
    """
    found = get_invoice(company=company, number=number)
    if found.kind == "cancellation":
        raise UnableToCorrect(code="invoicing.correction.is-a-mirror", facts={"number": number})
    if not reason.strip():
        raise UnableToCorrect(code="invoicing.correction.no-reason", facts={"number": number})
    return found


def _cancel(company: CompanyId, found: Invoice, reason: str, *, today: date, by: str, at: datetime) -> str:
    number = found.number
    _drop_proposals(company, number, by, at)
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
    proposed_by: str = "",
) -> tuple[str, IssuedDocument]:
    """Correct and reissue in one act (practice 9): the mirror's number, and the new document.

    What was paid of the wrong one counts for the new one. Another country or VAT id of the buyer decides the tax anew.
    Refuses: as `cancel_invoice`; (UnableToTreat): agreements.tax.unknown; (UnableToCorrect):
    invoicing.correction.unknown-field, .unknown-line, .cancelled-already (what was taken back is not corrected),
    .is-a-credit, invoicing.credit.needs-second-person (it gives more than one person may and nobody else proposed it).
    """
    check_may_issue(company=company, newest_backup=newest_backup, at=at)
    lock_series(company)  # or two would correct the same document at once
    found = check_cancelling(company=company, number=number, reason=reason)
    check_corrections(company=company, found=found, corrections=corrections)
    (key,) = next_ids(1)
    draft, lines, _ = corrected_document(
        company=company, found=found, key=key, corrections=corrections, reason=reason, by=by, at=at
    )
    given = weigh_correction(company=company, found=found, corrected=draft)
    check_second_person(
        company=company, given=given, currency=found.currency, proposed_by=proposed_by, today=today, by=by
    )
    mirror = _cancel(company, found, reason, today=today, by=by, at=at)
    draft.save(force_insert=True)
    write_lines(company=company, month=found.month, invoice=key, lines=lines)
    issued = issue_draft(company=company, draft=key, today=today, by=by, at=at)
    debit, credit = f"invoice:{issued.number}", f"cancellation:{mirror}"
    settle_items(company=company, debit=debit, credit=credit, key=f"{debit}:replaces", today=today, by=by, at=at)
    return mirror, issued


def _drop_proposals(company: CompanyId, number: str, by: str, at: datetime) -> None:
    """What somebody proposed for a document that is taken back has nothing left to credit or to correct."""
    waiting = models.Correction.objects.filter(company_id=company, number=number, outcome="")
    waiting.update(outcome="overtaken", decided_by=by, decided_at=at)
    rows = models.Invoice.objects.filter(
        company_id=company, number="", origin="person", kind="credit-note", mirrors=number
    )
    keys = list(rows.values_list("id", flat=True))
    models.Line.objects.filter(company_id=company, invoice_id__in=keys).delete()
    rows.filter(id__in=keys).delete()


def posting_key(found: Invoice) -> str:
    """The posting that a document made."""
    return f"{'credit-note' if found.kind == 'credit-note' else 'invoice'}:{found.number}"


def _mirrored(key: int, line: DraftLine) -> DraftLine:
    """The line of a mirror document; the cost stays where it was, since Microsoft still charges it."""
    return line._replace(
        mirrors_line=line.mirrors_line or key, quantity=-line.quantity, net=-line.net, tax=-line.tax, cost=ZERO
    )


def _mirror_row(company: CompanyId, found: Invoice, key: int, reason: str, by: str, at: datetime) -> models.Invoice:
    row = copy_document(company=company, found=found, key=key, reason=reason, by=by, at=at)
    row.kind, row.mirrors = "cancellation", found.number
    row.net, row.tax, row.gross = -found.net, -found.tax, -found.gross
    row.taxes = [negated(tax, found.currency) for tax in found.taxes]
    return row
